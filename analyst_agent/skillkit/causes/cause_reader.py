"""Root causes read from what tickets say: the nearest examples with a known cause, a confidence that was measured, or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyst_agent.skillkit.causes.wordings import FEWEST_OF_A_CAUSE, Words, texts_of
from analyst_agent.skillkit.context import CauseReading
from analyst_agent.skillkit.patterns import UNCLASSIFIED
from analyst_agent.statistics import (
    Agreement,
    Cut,
    Interval,
    Scaling,
    agreement,
    cut_for_precision,
    expected_calibration_error,
    neighbour_votes,
    platt_scaling,
    without_own_group,
)

PRECISION = 0.8
"""Of the answers that are shown, at least this share was right in cross-validation."""
LEAST_CONFIDENCE = 0.6
LEAST_KAPPA = 0.2
"""Below it ("slight", Landis and Koch 1977, Biometrics 33, 159) the texts do not carry the cause, however often one cause is right."""
FEWEST = 50
REASON_ALIKE = 0.75
"""Cosine from which on two reasons say the same."""
FEWEST_ALIKE, TELLING = 3, 0.8
"""A reason counts where so many examples have one that says the same, and so large a part of them one cause: "see ticket" says
nothing, and neither does "other", whatever was found behind it.
"""
NOVEL = 0.05
LEAST_ALIKE = 0.3
NEAREST = "nearest"

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Read:
    """What one ticket reads like. cause: `unclassified` below the threshold; confidence: the chance that the cause named is
    right, None where none was given; source: `nearest`, `human:NAME` or `model:NAME`, "" where there is no cause.
    """

    ticket_id: str
    cause: str = UNCLASSIFIED
    confidence: float | None = None
    source: str = ""
    with_reason: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """One way to read: from the content, or from content and reason together. novel: texts less alike than this to every
    example are like nothing known. lowest: the least decided vote that calibration has seen. cut: None where no threshold
    keeps the precision.
    """

    vectors: Floats
    classes: Ints
    weights: Floats
    balanced: Floats
    scaling: Scaling
    novel: float
    lowest: float
    cut: Cut | None

    def read(self, likeness: Floats) -> tuple[Ints, Floats]:
        """The class that each row of likenesses reads like, and the confidence, 0 where it is like nothing known or where
        only the frequency of a cause speaks for it.
        """
        votes = neighbour_votes(likeness, self.classes, self.weights)
        even = neighbour_votes(likeness, self.classes, self.balanced)
        chosen = votes.argmax(axis=1)
        nearest = likeness.max(axis=1, initial=-np.inf)
        score = _score(votes)
        speaks = (even.argmax(axis=1) == chosen) & (nearest >= self.novel) & (score >= self.lowest)
        return chosen, np.where(speaks, self.scaling.probability(score), 0.0)


@dataclass(frozen=True, slots=True)
class Measured:
    """How the inference does on the examples themselves, each read from those of other accounts.

    agreement: over all that could be read, answered or not; share: part that is answered; precision: right ones of these, with its
    interval and number; calibration_error: of the confidence.
    """

    agreement: Agreement
    share: float
    precision: float
    interval: Interval
    answered: int
    calibration_error: float


@dataclass(frozen=True, slots=True)
class Reader:
    """Examples with a known cause, ready to read others. problem: why nothing can be read from them, "" where it can."""

    causes: tuple[str, ...] = ()
    content: Route | None = None
    with_reason: Route | None = None
    reasons: Floats | None = None
    reason_classes: Ints | None = None
    measured: Measured | None = None
    example_count: int = 0
    problem: str = ""

    def read(self, tickets: Sequence[Words], reading: CauseReading) -> list[Read]:
        """What each ticket reads like; `unclassified` where the confidence is below the threshold."""
        if self.problem or not tickets:
            return [Read(t.ticket_id) for t in tickets]
        content, reasons = vectors_of(tickets, reading)
        found = _Found.nothing(len(tickets))
        if self.content is not None:
            found.take(self.content, content @ self.content.vectors.T, np.ones(len(tickets), dtype=bool))
        used = np.zeros(len(tickets), dtype=bool)
        if self.with_reason is not None and self.reasons is not None and self.reason_classes is not None:
            used = _telling(reasons @ self.reasons.T, self.reason_classes, len(self.causes))
            found.take(self.with_reason, _joined(content, reasons) @ self.with_reason.vectors.T, used)
        return [
            Read(t.ticket_id, self.causes[c], float(p), NEAREST, bool(r)) if s and not t.is_empty else Read(t.ticket_id)
            for t, c, p, s, r in zip(tickets, found.chosen, found.confidence, found.shown, used, strict=True)
        ]

    def precision_of(self, answers: Sequence[Read]) -> tuple[float, Interval, int] | None:
        """The share of right answers to expect of these by cross-validation, each by the way it was read; with its interval
        and the number of answers it was measured on. None without an answer of its own.
        """
        cuts = [
            route.cut
            for a in answers
            if a.source == NEAREST
            and (route := self.with_reason if a.with_reason else self.content) is not None
            and route.cut is not None
        ]
        if not cuts:
            return None
        value = float(np.mean([cut.precision for cut in cuts]))
        low, high = (float(np.mean([cut.interval[end] for cut in cuts])) for end in (0, 1))
        return value, (low, high), sum(cut.n for cut in set(cuts))


def fitted(tickets: Sequence[Words], counts: dict[str, float], reading: CauseReading, fewest_answers: int) -> Reader:
    """A reader from examples. counts: how often each cause is recorded; a cause that is only labelled counts as often as it
    is among the examples. fewest_answers: that a threshold must rest on.
    """
    usable = usable_of(tickets)
    if not usable:
        return Reader(problem="too few tickets with a known cause and a text to learn from")
    causes = tuple(sorted({t.cause for t in usable}))
    found = {c: sum(t.cause == c for t in usable) for c in causes}
    classes = np.array([causes.index(t.cause) for t in usable])
    number = {group: i for i, group in enumerate(dict.fromkeys(t.group for t in usable))}
    groups = np.array([number[t.group] for t in usable])
    sizes = np.bincount(classes, minlength=len(causes)).astype(float)
    weights = np.array([max(counts.get(c, 0.0), found[c]) for c in causes]) / sizes
    content, reasons = vectors_of(usable, reading)
    found_out = _Found.nothing(len(usable))
    everyone = np.ones(len(usable), dtype=bool)
    first = _route(content, classes, groups, weights, sizes, fewest_answers, everyone)
    if first is not None:
        found_out.take(first, _likeness(content, groups), everyone)
    said = np.array([bool(t.reason) for t in usable])
    telling = _telling(np.where(said, _likeness(reasons, groups), -np.inf), classes, len(causes)) & said
    second = None
    if telling.sum() >= FEWEST:
        both = _joined(content, reasons)
        second = _route(both[said], classes[said], groups[said], weights, sizes, fewest_answers, telling[said])
        if second is not None:
            found_out.take(second, _likeness(both, groups)[:, said], telling)
    measured = _measured(causes, classes, found_out, weights[classes])
    if measured is None:
        return Reader(problem="what tickets say does not tell their causes apart")
    return Reader(causes, first, second, reasons[said], classes[said], measured, len(usable))


def usable_of(tickets: Sequence[Words]) -> list[Words]:
    """Those of the examples that can be learned from, by their ids; none where they are too few or all of one cause."""
    written = sorted((t for t in tickets if not t.is_empty), key=lambda t: t.ticket_id)
    found = Counter(t.cause for t in written)
    usable = [t for t in written if found[t.cause] >= FEWEST_OF_A_CAUSE]
    return usable if len(usable) >= FEWEST and len({t.cause for t in usable}) >= 2 else []


@dataclass(slots=True)
class _Found:
    """What the routes say of each ticket: the class, the confidence, whether it is shown, and whether any route read it."""

    chosen: Ints
    confidence: Floats
    shown: Bools
    read: Bools

    @classmethod
    def nothing(cls, n: int) -> _Found:
        return cls(np.zeros(n, dtype=np.int64), np.zeros(n), np.zeros(n, dtype=bool), np.zeros(n, dtype=bool))

    def take(self, route: Route, likeness: Floats, among: Bools) -> None:
        """The answers of a route, for the tickets `among`; one without a threshold has none."""
        if route.cut is None or not among.any():
            return
        chosen, confidence = route.read(likeness[among])
        self.chosen[among], self.confidence[among] = chosen, confidence
        self.shown[among] = confidence >= route.cut.confidence
        self.read[among] = True


def vectors_of(tickets: Sequence[Words], reading: CauseReading) -> tuple[Floats, Floats]:
    """Unit vectors of contents and of reasons, zero where there is none; each distinct text is embedded once."""
    texts = texts_of(tickets)
    vectors = np.asarray(reading.embed(texts), dtype=float)
    width = vectors.shape[1] if texts else 1
    place = {text: i for i, text in enumerate(texts)}
    found = [np.zeros((len(tickets), width)), np.zeros((len(tickets), width))]
    for row, ticket in enumerate(tickets):
        for which, text in enumerate((ticket.content, ticket.reason)):
            if text:
                found[which][row] = vectors[place[text]]
    return found[0], found[1]


def _telling(likeness: Floats, classes: Ints, k: int) -> Bools:
    """Whether a reason is one that examples share, and nearly always for one cause."""
    same = likeness >= REASON_ALIKE
    counts = np.stack([(same & (classes == c)[None, :]).sum(axis=1) for c in range(k)], axis=1)
    total = counts.sum(axis=1)
    return np.asarray((total >= FEWEST_ALIKE) & (counts.max(axis=1) >= TELLING * np.maximum(total, 1)), dtype=np.bool_)


def _joined(content: Floats, reasons: Floats) -> Floats:
    both = np.hstack([content, reasons])
    length = np.linalg.norm(both, axis=1, keepdims=True)
    return both / np.where(length == 0, 1.0, length)


def _likeness(vectors: Floats, groups: Ints) -> Floats:
    return without_own_group(vectors @ vectors.T, groups)


def _score(votes: Floats) -> Floats:
    best = np.clip(votes.max(axis=1), 1e-3, 1 - 1e-3)
    return np.asarray(np.log(best / (1 - best)), dtype=float)


def _route(
    vectors: Floats, classes: Ints, groups: Ints, weights: Floats, sizes: Floats, fewest: int, among: Bools
) -> Route | None:
    """Calibrated by leaving out one account at a time, over the examples `among`; None where texts and causes do not go together.

    The weights give each cause the frequency it is recorded with: the confidence holds for such a mix.
    """
    likeness = _likeness(vectors, groups)
    votes = neighbour_votes(likeness, classes, weights)
    balanced = sizes.mean() / sizes
    even = neighbour_votes(likeness, classes, balanced).argmax(axis=1)
    nearest = likeness.max(axis=1, initial=-np.inf)
    some = np.isfinite(nearest) & among
    if not some.any():
        return None
    told = agreement([str(c) for c in classes[some]], [str(c) for c in even[some]])
    if told.kappa_interval is None or told.kappa_interval[0] < LEAST_KAPPA:
        return None
    chosen, score, own = votes.argmax(axis=1), _score(votes), weights[classes]
    novel = max(LEAST_ALIKE, float(np.quantile(nearest[some], NOVEL)))
    speaks = some & (even == chosen) & (nearest >= novel)
    if not speaks.any():
        return None
    right = chosen == classes
    scaling = platt_scaling(score[speaks], right[speaks], own[speaks])
    confidence = np.where(speaks, scaling.probability(score), 0.0)
    cut = cut_for_precision(confidence[some], right[some], PRECISION, fewest, LEAST_CONFIDENCE, own[some])
    return Route(vectors, classes, weights, balanced, scaling, novel, float(score[speaks].min()), cut)


def _measured(causes: Sequence[str], classes: Ints, found: _Found, weights: Floats) -> Measured | None:
    """None where not one example is answered."""
    if not found.shown.any():
        return None
    right, named = found.chosen == classes, found.confidence > 0
    cut = cut_for_precision(np.where(found.shown, 1.0, 0.0), right, 0.0, 1, 0.5, weights)
    assert cut is not None  # every answer shown is of confidence 1 here
    given, read = classes[found.read], found.chosen[found.read]
    return Measured(
        agreement([causes[c] for c in given], [causes[c] for c in read]),
        cut.share,
        cut.precision,
        cut.interval,
        cut.n,
        expected_calibration_error(found.confidence[named], right[named], weights[named]),
    )
