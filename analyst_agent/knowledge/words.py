"""Plain words beside the vectors: terms of a text and the BM25 weight of a query's terms in each passage."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analyst_agent.knowledge.codes import code_terms

K1 = 1.2
B = 0.75
CODE_WEIGHT = 2.0
_STOP_WORDS = """
a about after again against all also am an and any are as at be because been before being between both but by can
could did do does doing don down during each few for from further had has have having he her here hers him his how i
if in into is it its itself just me more most must my no nor not now of off on once only or other our ours out over
own please s said same say says she should so some such t tell than that the their them then there these they this
those through to too under until up us very was we were what when where which while who whom why will with would you
your document documents documented
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_SUFFIXES = (
    "ements",
    "ement",
    "ions",
    "ion",
    "ments",
    "ment",
    "ings",
    "ing",
    "edly",
    "ies",
    "ied",
    "ed",
    "es",
    "s",
    "e",
    "y",
)


def terms(text: str) -> list[str]:
    """Words without stop words, reduced to stems, and codes in one spelling: KI-12, KI 12 and ki12 all give `ki12`.

    >>> terms("How fast must a P1 be acknowledged?")
    ['p1', 'fast', 'acknowledg']
    """
    codes = code_terms(text)
    words = [word.removesuffix("'s") for word in _WORD.findall(text.lower())]
    joined = set(codes)
    return codes + [stem(word) for word in words if word not in STOP_WORDS and word not in joined]


def stem(word: str) -> str:
    """The word without its commonest English ending; crude, but the same for a query and a document."""
    if len(word) <= 3 or not word.isalpha():
        return word
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            base = word[: -len(suffix)]
            is_doubled = len(base) > 3 and base[-1] == base[-2] and base[-1] not in "lsz"
            return base[:-1] if is_doubled and suffix in ("ing", "ings", "ed") else base
    return word


def inverse_frequency(found: Mapping[str, int], total: int, wanted: Iterable[str]) -> dict[str, float]:
    """The weight of each wanted term, ln(1 + (N - n + 0.5) / (n + 0.5)), where n of N texts hold it."""
    return {term: math.log(1 + (total - found.get(term, 0) + 0.5) / (found.get(term, 0) + 0.5)) for term in wanted}


class Lexical:
    """BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009) over a fixed list of passages.

    Scores are divided by what a passage holding every query term endlessly often would get, so they lie in 0..1 and a
    query term that occurs nowhere lowers them. idf = ln(1 + (N - n + 0.5) / (n + 0.5)), twice that for a term
    with a digit; k1 = 1.2, b = 0.75.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._counts = [Counter(terms(text)) for text in texts]
        self._lengths = np.array([sum(c.values()) for c in self._counts], dtype=np.float64)
        self._found = Counter(term for counts in self._counts for term in counts)

    def score(self, query: str) -> NDArray[np.float64]:
        """One score per passage, 0 where no term of the query occurs."""
        scores = np.zeros(len(self._counts))
        wanted = sorted(set(terms(query)))
        if not wanted or not self._counts:
            return scores
        norm = K1 * (1 - B + B * self._lengths / max(self._lengths.mean(), 1.0))
        total = 0.0
        for term, idf in inverse_frequency(self._found, len(self._counts), wanted).items():
            # Who names a code means exactly that one.
            weight = idf * (CODE_WEIGHT if any(c.isdigit() for c in term) else 1.0)
            total += weight * (K1 + 1)
            frequency = np.array([counts.get(term, 0) for counts in self._counts], dtype=np.float64)
            scores += weight * frequency * (K1 + 1) / (frequency + norm)
        return scores / total
