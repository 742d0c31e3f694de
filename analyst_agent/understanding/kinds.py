"""What kind of question a clause is: one of the built-in skills, a plain number, a document, or talk of something else, each with a probability.

Multinomial logistic regression on the clause's sentence vector and its words, fitted to the phrases in benchmarks/routing
(`make routing`); kinds.npz holds the weights and the digest of what they were fitted to.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analyst_agent.understanding.context import Context
from analyst_agent.understanding.options import id_spans
from analyst_agent.understanding.reading import Reading, ValueGroup
from analyst_agent.understanding.words import stem

MEASURE, KNOWLEDGE, ELSEWHERE = "measure", "knowledge", "elsewhere"
"""The kinds that are no skill: a plain number, what documents say, and no question about the desk at all."""
WEIGHTS = Path(__file__).with_name("kinds.npz")
_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Weights:
    """A fitted model of k kinds: vectors 384 x k, words v x k, bias k."""

    kinds: tuple[str, ...]
    vocabulary: Mapping[str, int]
    vectors: NDArray[np.float64]
    words: NDArray[np.float64]
    bias: NDArray[np.float64]
    digest: str


@cache
def weights() -> Weights:
    """The weights in kinds.npz."""
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        vocabulary = {str(word): place for place, word in enumerate(stored["vocabulary"])}
        vectors, words, bias = (stored[name].astype(np.float64) for name in ("vectors", "words", "bias"))
        return Weights(tuple(map(str, stored["kinds"])), vocabulary, vectors, words, bias, str(stored["digest"]))


def terms(text: str) -> frozenset[str]:
    """Stems of a text and pairs of neighbours.

    >>> sorted(terms("Slow exports"))
    ['export', 'slow', 'slow export']
    """
    found = [stem(word) for word in _WORD.findall(text.lower())]
    return frozenset((*found, *(f"{a} {b}" for a, b in pairwise(found))))


def bag(texts: Sequence[str], vocabulary: Mapping[str, int]) -> NDArray[np.float64]:
    """n x v: the known terms of each text, of length 1 together."""
    made = np.zeros((len(texts), len(vocabulary)))
    for row, text in enumerate(texts):
        places = [vocabulary[term] for term in terms(text) if term in vocabulary]
        if places:
            made[row, places] = 1 / math.sqrt(len(places))
    return made


def asked_text(reading: Reading, context: Context, *, plain: bool = False) -> str:
    """What is compared: the clause without its periods, but for today and yesterday, and with the kind of thing for each name in it.

    plain: everyday words that are values too ("new", "open") stand as they were said.
    """
    said = {i: token.word for i, token in enumerate(reading.tokens)}
    days = [
        m.span
        for m in reading.periods
        if m.period is not None and m.period.days <= 2 and m.period.end >= context.clock.today
    ]
    single = [m.span for m in reading.periods if m.role == "period" and m.period is not None and m.period.days == 1]
    for start, end in reading.period_spans():
        near = any(a <= reading.tokens[start].start < b for a, b in days)
        said |= {i: "" for i in range(start, end) if not near and said[i] not in ("today", "yesterday")}
        if not near and any(a <= reading.tokens[start].start < b for a, b in single):
            said[start] = "that day"
    groups = [group for group in reading.groups if not (plain and _is_everyday(group, reading))]
    named = [(group.start, group.end, group.dimension.replace("_", " ")) for group in groups]
    named += [(start, end, "known issue") for start, end in reading.issue_spans]
    named += [(start, end, "ticket") for start, end in id_spans(reading)]
    for start, end, kind in named:
        said |= dict.fromkeys(range(start, end), "") | {start: kind}
    return " ".join(word for _, word in sorted(said.items()) if word) or reading.text


def _is_everyday(group: ValueGroup, reading: Reading) -> bool:
    token = reading.tokens[group.start]
    return group.end - group.start == 1 and not (token.capital or token.quoted)


def likely_kinds(reading: Reading, context: Context) -> dict[str, float]:
    """The log-probability of each kind, among those of the skills that are installed and the three that are no skill.

    Where an everyday word is a value too, each kind has the better of both readings.
    """
    model = weights()
    texts = tuple(dict.fromkeys((asked_text(reading, context), asked_text(reading, context, plain=True))))
    scores = (
        context.embed(texts).astype(np.float64) @ model.vectors
        + bag(texts, model.vocabulary) @ model.words
        + model.bias
    )
    here = {skill.name for skill in context.skills} | {MEASURE, KNOWLEDGE, ELSEWHERE}
    kept = [place for place, kind in enumerate(model.kinds) if kind in here]
    best = _normal(_normal(scores[:, kept]).max(axis=0)[None, :])[0]
    return {model.kinds[place]: float(value) for place, value in zip(kept, best, strict=True)}


def _normal(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows of scores as log-probabilities."""
    highest = scores.max(axis=1, keepdims=True)
    result: NDArray[np.float64] = scores - highest - np.log(np.exp(scores - highest).sum(axis=1, keepdims=True))
    return result
