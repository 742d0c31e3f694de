"""Measures how well questions find the passage that answers them: embeddings alone, words alone, both together.

Sixty questions with their passage and twenty that the documents do not answer, over the demo's Markdown and over a second
company's HTML, PDF and DOCX files. Every other question is for tuning; figures are given for each half.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from analyst_agent.knowledge import KnowledgeStore
from analyst_agent.knowledge.documents import read_document
from analyst_agent.knowledge.searching import RELEVANT, Hit
from benchmarks.retrieval.writing import as_docx, as_html, as_pdf, parts_of

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
DEEPEST = 20
FUSION_K = 60
WRITERS = {".html": as_html, ".pdf": as_pdf, ".docx": as_docx}

Scores = Callable[[Sequence[Hit]], Sequence[float]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what answers it: document and heading, None where nothing does."""

    collection: str
    half: str
    question: str
    answer: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the report. silent: unanswerable questions rightly left; lost: answerable ones wrongly left."""

    method: str
    half: str
    recall_at_1: float
    recall_at_5: float
    mrr: float
    threshold: float
    silent: float
    lost: float
    answered: int
    unanswerable: int


def fused(hits: Sequence[Hit]) -> list[float]:
    """Reciprocal rank fusion of the order by meaning and the order by words (Cormack, Clarke and Buettcher, SIGIR 2009)."""
    found = [0.0] * len(hits)
    for of in (lambda h: h.cosine, lambda h: h.words):
        order = sorted(range(len(hits)), key=lambda n: -of(hits[n]))
        for rank, n in enumerate(order, start=1):
            if of(hits[n]) > 0:
                found[n] += 1 / (FUSION_K + rank)
    return found


METHODS: Mapping[str, Scores] = {
    "embeddings alone": lambda hits: [hit.cosine for hit in hits],
    "words alone": lambda hits: [hit.words for hit in hits],
    "reciprocal rank fusion": fused,
    "meaning lifted by words and codes": lambda hits: [hit.score for hit in hits],
}


def questions() -> list[Asked]:
    """All of them; the halves alternate."""
    raw = yaml.safe_load((HERE / "questions.yml").read_text(encoding="utf-8"))
    found: list[Asked] = []
    for collection in ("demo", "fibre"):
        for n, one in enumerate(raw[collection]):
            found.append(Asked(collection, ("tune", "test")[n % 2], one["q"], (one["document"], one["heading"])))
        for n, text in enumerate(raw["none"][collection]):
            found.append(Asked(collection, ("tune", "test")[n % 2], text, None))
    return found


def stores(folder: Path) -> dict[str, KnowledgeStore]:
    """The demo's documents, and the second company's written in their formats."""
    demo = KnowledgeStore(folder / "demo")
    demo.add([HERE.parents[1] / "knowledge"])
    written = folder / "handbook"
    written.mkdir()
    for source in sorted((HERE / "documents").glob("*.md")):
        page = read_document(source, "handbook")
        suffix = Path(source.stem).suffix
        fields = {"id": page.id, "effective": page.effective or ""}
        content = WRITERS[suffix](list(parts_of(source.read_text(encoding="utf-8"))), page.title, fields)
        (written / source.stem).write_bytes(content)
    fibre = KnowledgeStore(folder / "fibre")
    fibre.add([written])
    return {"demo": demo, "fibre": fibre}


def measured(found: Sequence[tuple[Asked, Sequence[Hit]]]) -> Iterator[Line]:
    """A line for each method and half. Each method's threshold is the best of the tuning half; ours is also given as shipped."""
    for name, scores in METHODS.items():
        ranked = [(asked, _ranked(hits, scores)) for asked, hits in found]
        threshold = _best_threshold([one for one in ranked if one[0].half == "tune"])
        for half in ("tune", "test"):
            yield _line(name, half, [one for one in ranked if one[0].half == half], threshold)
    ranked = [(asked, _as_shipped(hits)) for asked, hits in found]
    for half in ("tune", "test"):
        yield _line("as shipped", half, [one for one in ranked if one[0].half == half], RELEVANT)


Ranked = list[tuple[float, tuple[str, str]]]


def _ranked(hits: Sequence[Hit], scores: Scores) -> Ranked:
    found = [
        (score, (hit.document.id, hit.piece.headings[-1] if hit.piece.headings else hit.document.title))
        for score, hit in zip(scores(hits), hits, strict=True)
    ]
    return sorted(found, key=lambda pair: -pair[0])[:DEEPEST]


def _as_shipped(hits: Sequence[Hit]) -> Ranked:
    """In the order in which they are shown, each with the score that says whether it is."""
    placed = sorted(hits, key=lambda hit: -hit.placed)[:DEEPEST]
    return [
        (hit.score, (hit.document.id, hit.piece.headings[-1] if hit.piece.headings else hit.document.title))
        for hit in placed
    ]


def _rank_of(ranked: Ranked, answer: tuple[str, str]) -> int | None:
    places = list(dict.fromkeys(place for score, place in ranked if score > 0))
    return places.index(answer) + 1 if answer in places else None


def _line(name: str, half: str, found: Sequence[tuple[Asked, Ranked]], threshold: float) -> Line:
    ranks = [_rank_of(ranked, asked.answer) for asked, ranked in found if asked.answer is not None]
    best = [(asked, max((s for s, _ in ranked), default=0.0)) for asked, ranked in found]
    silent = [score < threshold for asked, score in best if asked.answer is None]
    lost = [score < threshold for asked, score in best if asked.answer is not None]
    return Line(
        name,
        half,
        float(np.mean([rank == 1 for rank in ranks])),
        float(np.mean([rank is not None and rank <= 5 for rank in ranks])),
        float(np.mean([1 / rank if rank else 0.0 for rank in ranks])),
        threshold,
        float(np.mean(silent)),
        float(np.mean(lost)),
        len(lost),
        len(silent),
    )


def _best_threshold(found: Sequence[tuple[Asked, Ranked]]) -> float:
    """Where the mean of the two shares, rightly silent and rightly not, is largest; the middle of the widest such gap."""
    best = sorted((max((s for s, _ in ranked), default=0.0), asked.answer is None) for asked, ranked in found)
    cuts = [0.0, *((a[0] + b[0]) / 2 for a, b in itertools.pairwise(best))]
    nothing, something = sum(n for _, n in best), sum(not n for _, n in best)

    def worth(cut: float) -> float:
        silent = sum(n and score < cut for score, n in best) / nothing
        return silent + sum(not n and score >= cut for score, n in best) / something

    return max(cuts, key=worth)


def failures(found: Sequence[tuple[Asked, Sequence[Hit]]]) -> Iterator[str]:
    """What goes wrong as shipped, for the eye."""
    for asked, hits in found:
        ranked = _as_shipped(hits)
        top = ", ".join(f"{d} {h} {s:.2f}" for s, (d, h) in ranked[:3])
        if asked.answer is None and ranked and max(s for s, _ in ranked) >= RELEVANT:
            yield f"{asked.half}: not silent: {asked.question}: {top}"
        elif asked.answer is not None and (rank := _rank_of(ranked, asked.answer)) != 1:
            yield f"{asked.half}: rank {rank}: {asked.question} ({' '.join(asked.answer)}): {top}"
        elif asked.answer is not None and ranked[0][0] < RELEVANT:
            yield f"{asked.half}: lost: {asked.question}: {top}"


def main() -> None:
    """Prints the table; with --write also results.json beside this module; with --failures each question that goes wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retrieval", description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--failures", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="analyst-retrieval-") as scratch:
        opened = stores(Path(scratch))
        found = [(asked, opened[asked.collection].hits(asked.question, spaces=None)) for asked in questions()]
        for store in opened.values():
            store.close()
    lines = list(measured(found))
    print(
        f"{'':36}{'half':6}{'recall@1':>9}{'recall@5':>9}{'MRR':>7}{'threshold':>11}{'rightly silent':>16}{'wrongly silent':>16}"
    )
    for line in lines:
        print(
            f"{line.method:36}{line.half:6}{line.recall_at_1:9.3f}{line.recall_at_5:9.3f}{line.mrr:7.3f}{line.threshold:11.3f}"
            f"{line.silent:16.2f}{line.lost:16.2f}"
        )
    if options.failures:
        print("\n".join(failures(found)))
    if options.write:
        rows = [{name: getattr(line, name) for name in Line.__slots__} for line in lines]
        RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
