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
    """A line for each half, then each pair that is judged wrongly."""
    raw = yaml.safe_load(CASES.read_text(encoding="utf-8"))
    judged = {
        kind: [(("tune", "test")[n % 2], pair, is_called(pair)) for n, pair in enumerate(raw[kind])] for kind in raw
    }
    for half in ("tune", "test"):
        found = [called for where, _, called in judged["contradict"] if where == half]
        wrong = [called for where, _, called in judged["agree"] if where == half]
        yield f"contradictions, {half}: {sum(found)} of {len(found)} found, {sum(wrong)} of {len(wrong)} agreeing pairs wrongly called"
    for kind, cases in judged.items():
        for half, pair, called in cases:
            if called != (kind == "contradict"):
                yield f"  {half}, {'missed' if kind == 'contradict' else 'wrongly called'}: {pair[0]} <> {pair[1]}"


if __name__ == "__main__":
    print("\n".join(report()))
