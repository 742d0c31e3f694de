"""Fits the weights of `understanding/kinds.npz` anew, and measures which skill questions reach.

Prints five-fold cross-validation over the phrases, then the share of the labelled questions in the *.jsonl files beside this module
whose plan is the one they ask for: tuned_on.jsonl was looked at while thresholds were set, fresh.jsonl was written after they were frozen.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from analyst_agent.embedding import default_embedder
from analyst_agent.records import Intent, Plan
from analyst_agent.statistics.intervals import wilson_interval
from analyst_agent.understanding import Context, SkillCard, understand
from analyst_agent.understanding.kinds import WEIGHTS, Weights, bag, weights
from analyst_agent.workspace import Workspace
from benchmarks.routing.training import Phrases, fit, read_phrases, save
from benchmarks.workspace import prepared

QUESTIONS = ("tuned_on.jsonl", "fresh.jsonl")
TICKETS = 20_000
FOLDS = 5


def main() -> None:
    """Fit where asked, then measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", action="store_true", help="fit and write the weights before measuring")
    phrases = read_phrases()
    if parser.parse_args().fit:
        save(fit(phrases), WEIGHTS)
        weights.cache_clear()
    print(f"{len(phrases.texts):,} phrases of {len(set(phrases.kinds))} kinds")
    print(f"cross-validation, kind alone: {_share(*_cross_validated(phrases))}")
    with tempfile.TemporaryDirectory(prefix="analyst-routing-") as place:
        context = _context(Workspace.open(prepared(Path(place), TICKETS)[1]))
        for name in QUESTIONS:
            file = Path(__file__).with_name(name)
            if file.exists():
                _measure(file, context)


def _cross_validated(phrases: Phrases) -> tuple[int, int]:
    fold = np.random.default_rng(0).permutation(len(phrases.texts)) % FOLDS
    right = 0
    for one in range(FOLDS):
        model = fit(_part(phrases, fold != one))
        held = _part(phrases, fold == one)
        right += sum(a == b for a, b in zip(_kinds_of(model, held.texts), held.kinds, strict=True))
    return right, len(phrases.texts)


def _part(phrases: Phrases, wanted: np.ndarray) -> Phrases:
    places = np.flatnonzero(wanted)
    return Phrases(tuple(phrases.texts[i] for i in places), tuple(phrases.kinds[i] for i in places))


def _kinds_of(model: Weights, texts: tuple[str, ...]) -> list[str]:
    vectors = default_embedder().embed(texts).astype(np.float64)
    scores = vectors @ model.vectors + bag(texts, model.vocabulary) @ model.words + model.bias
    return [model.kinds[i] for i in scores.argmax(axis=1)]


def _context(workspace: Workspace) -> Context:
    skills = workspace.skills.values()
    return Context(
        model=workspace.model,
        clock=workspace.clock,
        embed=default_embedder().embed,
        values=workspace.engine.values_index(),
        skills=tuple(SkillCard(s.name, s.description, s.triggers, s.examples, s.parameters) for s in skills),
        spaces=("escalation_policies", "known_issues"),
        issues=("KI-9", "KI-12"),
        ticket_shapes=workspace.engine.ticket_shapes(),
    )


def _measure(file: Path, context: Context) -> None:
    questions = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]
    right, asked = Counter[str](), Counter[str](one["want"] for one in questions)
    for one in questions:
        got = _label(understand(one["q"], context))
        right[one["want"]] += got == one["want"]
        if got != one["want"]:
            print(f"  {one['want']} went to {got}: {one['q']}")
    print(f"{file.name}: {_share(right.total(), asked.total())}")
    print("  " + ", ".join(f"{want} {right[want]} of {n}" for want, n in sorted(asked.items())))


def _label(plan: Plan) -> str:
    return plan.skill or {Intent.QUERY: "plain"}.get(plan.intent, plan.intent.value)


def _share(right: int, n: int) -> str:
    low, high = wilson_interval(right, n)
    return f"{right} of {n}, {right / n:.1%} ({low:.1%} to {high:.1%})"


if __name__ == "__main__":
    main()
