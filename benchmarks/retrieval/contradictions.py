"""Measures how many contradicting pairs of passages are found, and how many that agree are wrongly called."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import yaml

from analyst_agent.embedding import default_embedder
from analyst_agent.knowledge.contradictions import contradictions
from analyst_agent.knowledge.documents import Document
from analyst_agent.knowledge.sections import Block, Section

CASES = Path(__file__).with_name("contradictions.yml")
TODAY = date(2031, 1, 1)


def document_of(name: str, passage: str) -> Document:
    """A document of one section."""
    heading, _, text = passage.partition(": ")
    section = Section((f"Handbook {name}", heading), (Block("text", text),))
    return Document(name, f"Handbook {name}", "policies", f"/{name}.md", name, {}, (section,))


def is_called(pair: list[str]) -> bool:
    """Whether the two passages are called a contradiction."""
    documents = [document_of(name, passage) for name, passage in zip("ab", pair, strict=True)]
    return bool(contradictions(documents, default_embedder(), TODAY))


def report() -> Iterator[str]:
    """A line for each half and for the pairs written afterwards, then each pair that is judged wrongly."""
    raw = yaml.safe_load(CASES.read_text(encoding="utf-8"))
    judged: list[tuple[str, bool, list[str], bool]] = []
    for kind, pairs in raw.items():
        for n, pair in enumerate(pairs):
            part = "fresh" if kind.startswith("fresh") else ("tune", "test")[n % 2]
            judged.append((part, kind.endswith("contradict"), pair, is_called(pair)))
    for part in ("tune", "test", "fresh"):
        found = [called for where, contradicts, _, called in judged if where == part and contradicts]
        wrong = [called for where, contradicts, _, called in judged if where == part and not contradicts]
        yield f"contradictions, {part}: {sum(found)} of {len(found)} found, {sum(wrong)} of {len(wrong)} agreeing pairs wrongly called"
    for part, contradicts, pair, called in judged:
        if called != contradicts:
            yield f"  {part}, {'missed' if contradicts else 'wrongly called'}: {pair[0]} <> {pair[1]}"


if __name__ == "__main__":
    print("\n".join(report()))
