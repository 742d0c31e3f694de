"""Phrases of each kind of question, and the logistic regression that is fitted to them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from analyst_agent.embedding import default_embedder
from analyst_agent.resources import builtin_dir
from analyst_agent.skillkit import load_skills
from analyst_agent.understanding.context import CAUSES_SKILL
from analyst_agent.understanding.kinds import ELSEWHERE, KNOWLEDGE, MEASURE, Weights, bag, terms
from analyst_agent.understanding.meaning import prototypes

PHRASES = Path(__file__).with_name("phrases")
_KINDS = {
    "overview": CAUSES_SKILL, "measure": MEASURE, "knowledge": KNOWLEDGE, "off_topic": ELSEWHERE, "action": ELSEWHERE, "secret": ELSEWHERE,
    "injection": ELSEWHERE, "smalltalk": ELSEWHERE,
}  # fmt: skip
VECTOR_PENALTY, WORD_PENALTY = 0.05, 0.1
"""Ridge penalties, chosen by five-fold cross-validation."""
BALANCE = 0.5
"""How far rare kinds are weighted up: 0 not at all, 1 to equal weight."""
LEAST_USES = 2


@dataclass(frozen=True, slots=True)
class Phrases:
    """n texts and their kinds."""

    texts: tuple[str, ...]
    kinds: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Sha256 of all of them, in any order."""
        lines = sorted(f"{kind}\t{text}\n" for text, kind in zip(self.texts, self.kinds, strict=True))
        return hashlib.sha256("".join(lines).encode()).hexdigest()


def read_phrases() -> Phrases:
    """Everything the regression is fitted to: phrases/*.txt, the triggers and examples of each SKILL.md, the prototypes."""
    found: dict[str, str] = {}
    for file in sorted(PHRASES.glob("*.txt")):
        found |= {line.strip(): file.stem for line in file.read_text(encoding="utf-8").splitlines() if line.strip()}
    for skill in load_skills(builtin_dir("skills")).values():
        found |= dict.fromkeys((*skill.triggers, *skill.examples), skill.name)
    for kind, sentences in prototypes().items():
        if kind in _KINDS:
            found |= dict.fromkeys(sentences, _KINDS[kind])
    return Phrases(tuple(found), tuple(found.values()))


def fit(phrases: Phrases) -> Weights:
    """The regression, fitted by L-BFGS; the same phrases give the same weights."""
    common = Counter(term for text in phrases.texts for term in terms(text))
    vocabulary = {term: i for i, term in enumerate(sorted(t for t, n in common.items() if n >= LEAST_USES))}
    kinds = tuple(sorted(set(phrases.kinds)))
    vectors = default_embedder().embed(phrases.texts).astype(np.float64)
    scale = np.concatenate(
        [np.full(vectors.shape[1], VECTOR_PENALTY**-0.5), np.full(len(vocabulary), WORD_PENALTY**-0.5), [1.0]]
    )
    features = np.hstack([vectors, bag(phrases.texts, vocabulary), np.ones((len(vectors), 1))]) * scale
    fitted = _regress(features, [kinds.index(kind) for kind in phrases.kinds], len(kinds)) * scale[:, None]
    cut = vectors.shape[1]
    return Weights(kinds, vocabulary, fitted[:cut], fitted[cut:-1], fitted[-1], phrases.digest)


def _regress(features: NDArray[np.float64], kinds: Sequence[int], k: int) -> NDArray[np.float64]:
    n, d = features.shape
    truth = np.eye(k)[list(kinds)]
    weight = ((n / k / truth.sum(0)) ** BALANCE)[list(kinds)][:, None]
    penalised = np.ones((d, 1))
    penalised[-1] = 0.0

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        w = flat.reshape(d, k)
        scores = features @ w
        scores -= scores.max(axis=1, keepdims=True)
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        gradient = features.T @ ((np.exp(logs) - truth) * weight) + penalised * w
        return float(-(weight * truth * logs).sum() + 0.5 * (penalised * w * w).sum()), gradient.ravel()

    return np.asarray(minimize(loss, np.zeros(d * k), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x).reshape(
        d, k
    )


def save(weights: Weights, path: Path) -> None:
    """Writes what `analyst_agent.understanding.kinds` reads."""
    np.savez_compressed(
        path,
        kinds=np.array(weights.kinds),
        vocabulary=np.array(list(weights.vocabulary)),
        vectors=weights.vectors.astype(np.float16),
        words=weights.words.astype(np.float16),
        bias=weights.bias.astype(np.float32),
        digest=np.array(weights.digest),
    )
