"""Meaning by nearness: a question's vector against what each skill and each kind of question is introduced with."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analyst_agent.understanding.context import Context, Embed
from analyst_agent.understanding.lexicon import metric_phrases
from analyst_agent.understanding.reading import Reading

_PROTOTYPES = Path(__file__).with_name("prototypes.toml")
_VECTORS: dict[tuple[str, ...], NDArray[np.float32]] = {}


@cache
def prototypes() -> Mapping[str, tuple[str, ...]]:
    """Kinds of questions and sentences of each."""
    raw = tomllib.loads(_PROTOTYPES.read_text(encoding="utf-8"))
    return {kind: tuple(sentences) for kind, sentences in raw.items()}


def fixed_vectors(texts: Iterable[str], embed: Embed) -> NDArray[np.float32]:
    """Vectors of texts that stay the same over questions, computed once in this process for each content."""
    key = tuple(texts)
    if key not in _VECTORS:
        if len(_VECTORS) >= 64:
            _VECTORS.pop(next(iter(_VECTORS)))
        _VECTORS[key] = embed(key)
    return _VECTORS[key]


def likenesses(reading: Reading, context: Context, text: str | None = None) -> dict[str, float]:
    """Cosine of the clause to the nearest sentence of each kind; skills as `skill:NAME`. text: what is compared, else the clause
    with its values replaced by their dimension's name.
    """
    vector = context.embed([masked(reading) if text is None else text])[0]
    found = {kind: _best(vector, sentences, context.embed) for kind, sentences in prototypes().items()}
    for skill in context.skills:
        texts = tuple(dict.fromkeys((*skill.triggers, *skill.examples)))
        if texts:
            found[f"skill:{skill.name}"] = _best(vector, texts, context.embed)
    return found


def _best(vector: NDArray[np.float32], sentences: Sequence[str], embed: Embed) -> float:
    return float(np.max(fixed_vectors(sentences, embed) @ vector))


def masked(reading: Reading) -> str:
    """The clause without its periods and with each value as the name of its dimension, so that what is asked counts, not about whom."""
    label = reading.lexicon.model.dimension_label
    words: dict[int, str] = {i: t.word for i, t in enumerate(reading.tokens)}
    for start, end in reading.period_spans():
        for i in range(start, end):
            words.pop(i, None)
    for group in reading.groups:
        for i in range(group.start, group.end):
            words.pop(i, None)
        words[group.start] = label(group.dimension)
    return " ".join(words[i] for i in sorted(words)) or reading.text


def nearest_metrics(text: str, context: Context, most: int = 3) -> list[tuple[str, float]]:
    """The metrics whose phrases are nearest in meaning to a text, with the cosine, best first."""
    metrics = list(context.model.metrics.values())
    phrases = [(m.name, p) for m in metrics for p in dict.fromkeys(metric_phrases(m))]
    if not phrases:
        return []
    scores = fixed_vectors([p for _, p in phrases], context.embed) @ context.embed([text])[0]
    best: dict[str, float] = {}
    for (name, _), score in zip(phrases, scores, strict=True):
        best[name] = max(best.get(name, -1.0), float(score))
    return sorted(best.items(), key=lambda item: (-item[1], item[0]))[:most]
