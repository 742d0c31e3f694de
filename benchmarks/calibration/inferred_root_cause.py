"""Simulations of inferred root causes: demo tickets whose code is withheld mostly in one area, texts that say nothing, few examples.

`python -m benchmarks.calibration.inferred_root_cause` prints accuracy, kappa, calibration error and the share answered.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analyst_agent.demo import DEMO_TODAY, REASON_CODES, generate
from analyst_agent.embedding import default_embedder
from analyst_agent.settings import Settings
from analyst_agent.skillkit import CauseReading
from analyst_agent.skillkit.causes.cause_reader import NEAREST, Read, Reader, fitted
from analyst_agent.skillkit.causes.wordings import EACH, Words, everything, tickets_of
from analyst_agent.statistics import agreement, expected_calibration_error
from analyst_agent.warehouse.tables import TABLES
from benchmarks.calibration.desks import Shape, context_of

TICKETS = 12_000
AREAS = (
    "Reports",
    "Billing",
    "Sign-on",
    "Integrations",
    "Mobile",
    "Notifications",
    "Administration",
    "Data import",
)
WITHHELD_THERE, WITHHELD_ELSEWHERE = 0.7, 0.08
MOST_READ = 150
SYLLABLES = ("ka", "to", "mi", "re", "lu", "sha", "ven", "dor", "pli", "gru", "onk", "est", "ira", "bo")
_vectors: dict[str, NDArray[np.float32]] = {}


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """The sentence model, each text once for all seeds."""
    new = [text for text in dict.fromkeys(texts) if text not in _vectors]
    _vectors.update(zip(new, default_embedder().embed(new), strict=True))
    return np.array([_vectors[text] for text in texts], dtype=np.float32).reshape(len(texts), -1)


@cache
def recorded() -> tuple[tuple[Words, str], ...]:
    """Every escalated ticket of a demo helpdesk with a recorded cause, with its product area, oldest first."""
    with TemporaryDirectory() as folder:
        generate(Path(folder), tickets=TICKETS)
        tables = {name: pd.read_csv(Path(folder) / f"{name}.csv", dtype=str) for name in TABLES}
    for frame in tables.values():
        for column in (c for c in frame if str(c).endswith("_at")):
            frame[column] = pd.to_datetime(frame[column], utc=True).dt.tz_localize(None)
    areas = dict(zip(tables["tickets"]["ticket_id"], tables["tickets"]["product_area"], strict=True))
    context = context_of(tables, Shape(today=DEMO_TODAY), Settings(root_causes=REASON_CODES))
    found, _ = tickets_of(context, (), everything(context))
    return tuple((t, str(areas[t.ticket_id])) for t in found if t.cause in set(REASON_CODES.values()))


def withheld(seed: int) -> tuple[list[Words], list[Words]]:
    """Examples, and tickets whose cause is withheld: mostly of one area. In every other seed the reason is withheld as well."""
    dice = np.random.default_rng(seed)
    area = AREAS[seed % len(AREAS)]
    examples, hidden = [], []
    for ticket, own in recorded():
        is_hidden = dice.random() < (WITHHELD_THERE if own == area else WITHHELD_ELSEWHERE)
        (hidden if is_hidden else examples).append(ticket)
    chosen = dice.permutation(len(hidden))[:MOST_READ]
    asked = [replace(hidden[i], reason="see ticket" if seed // len(AREAS) % 2 else hidden[i].reason) for i in chosen]
    return examples, asked


def reader_from(examples: Sequence[Words]) -> Reader:
    """A reader of the most recent examples of each cause, as a workspace makes it."""
    counts: dict[str, float] = {}
    kept: list[Words] = []
    for ticket in reversed(examples):
        counts[ticket.cause] = counts.get(ticket.cause, 0) + 1
        if counts[ticket.cause] <= EACH:
            kept.append(ticket)
    return fitted(kept, counts, CauseReading(embed), Settings().minimum_sample)


def answers(reader: Reader, asked: Sequence[Words]) -> list[tuple[Words, Read]]:
    """Those of the tickets that the reader names a cause for."""
    read = reader.read(asked, CauseReading(embed))
    return [(t, one) for t, one in zip(asked, read, strict=True) if one.source == NEAREST]


def truth(seed: int) -> bool:
    """Whether at least a quarter of the withheld tickets is answered, and 0.8 of the answers are right but for chance."""
    examples, asked = withheld(seed)
    given = answers(reader_from(examples), asked)
    right = sum(t.cause == one.cause for t, one in given)
    allowed = 1.645 * np.sqrt(0.8 * 0.2 / max(len(given), 1))
    return len(given) >= len(asked) / 4 and right >= (0.8 - allowed) * len(given)


def null(seed: int) -> bool:
    """Whether a cause is named where the texts do not go with the causes, or for words that mean nothing."""
    dice = np.random.default_rng(seed)
    examples, asked = withheld(seed)
    causes = dice.permutation([t.cause for t in examples])
    unrelated = reader_from([replace(t, cause=str(c)) for t, c in zip(examples, causes, strict=True)])
    noise = [replace(t, content=_noise(dice), reason="") for t in asked[:20]]
    named = answers(reader_from(examples), noise)
    return bool(answers(unrelated, asked)) or len(named) > 1


def small(seed: int) -> bool:
    """Whether it says that so few examples are too few."""
    return reader_from(withheld(seed)[0][-40:]).problem != ""


def coverage(seed: int) -> Iterator[tuple[float, float, float]]:
    """The interval of the precision that cross-validation promises, and the share of withheld answers that were right, where the
    tickets are withheld at random: only then is it promised.
    """
    dice = np.random.default_rng(seed)
    tickets = [t for t, _ in recorded()]
    hidden = dice.random(len(tickets)) < 0.5
    reader = reader_from([t for t, h in zip(tickets, hidden, strict=True) if not h])
    given = answers(reader, [t for t, h in zip(tickets, hidden, strict=True) if h])
    promised = reader.precision_of([one for _, one in given])
    if promised is not None:
        yield (*promised[1], float(np.mean([t.cause == one.cause for t, one in given])))


def _noise(dice: np.random.Generator) -> str:
    words = ["".join(dice.choice(SYLLABLES, size=dice.integers(2, 4))) for _ in range(12)]
    return " ".join(words)


def measured(seeds: int) -> dict[str, Any]:
    """Over all seeds: share answered, accuracy, kappa and calibration error of the answers, with reasons and without."""
    found: dict[str, Any] = {}
    for name, chosen in (("with reasons", 0), ("reasons withheld too", 1)):
        given: list[tuple[Words, Read]] = []
        asked_count = 0
        for seed in (s for s in range(seeds) if s // len(AREAS) % 2 == chosen):
            examples, asked = withheld(seed)
            given += answers(reader_from(examples), asked)
            asked_count += len(asked)
        if not given:
            continue
        told = agreement([t.cause for t, _ in given], [one.cause for _, one in given])
        right = np.array([t.cause == one.cause for t, one in given])
        sure = np.array([one.confidence for _, one in given], dtype=float)
        found[name] = {
            "asked": asked_count,
            "answered": round(len(given) / asked_count, 3),
            "accuracy": round(told.accuracy, 3),
            "kappa": None if told.kappa is None else round(told.kappa, 3),
            "mean confidence": round(float(sure.mean()), 3),
            "calibration error": round(expected_calibration_error(sure, right), 3),
        }
    return found


def main() -> None:
    """Prints the measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=32)
    for name, values in measured(parser.parse_args().seeds).items():
        print(f"{name}: {', '.join(f'{key} {value}' for key, value in values.items())}", flush=True)


if __name__ == "__main__":
    main()
