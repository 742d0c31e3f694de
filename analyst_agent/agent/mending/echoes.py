"""What a small model repeats of its instructions in place of an answer: left out, whatever marks stand in it as examples."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

LEAST_REPEATED = 6
"""Words of the instructions in a row that no answer has by chance."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\S)")
_WORD = re.compile(r"\w+")


def without_echoes(text: str, instructions: str, say: Callable[[str], None]) -> str:
    """The text without the sentences that repeat so many words of the instructions; `say` is told once.

    >>> without_echoes("[c2] Write the marks of the best claims.", "Write the marks of the best claims first.", print)
    Left out what only repeated the instructions.
    '[c2]'
    """
    known = set(_runs(instructions))
    lines = [
        " ".join(
            part for sentence in _SENTENCE.split(line) for part in _apart(sentence) if known.isdisjoint(_runs(part))
        )
        for line in text.splitlines()
    ]
    kept = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    if _WORD.findall(kept) == _WORD.findall(text):
        return text
    say("Left out what only repeated the instructions.")
    return kept


def _apart(sentence: str) -> Iterable[str]:
    """A sentence behind the marks that it begins with, and these."""
    led = re.match(r"((?:\[c\d+\][.,;:]?\s*)+)(?=\S)", sentence)
    return (led[1].strip(), sentence[led.end() :]) if led else (sentence,)


def _runs(text: str) -> Iterable[tuple[str, ...]]:
    words = [word.lower() for word in _WORD.findall(text)]
    return (tuple(words[i : i + LEAST_REPEATED]) for i in range(len(words) - LEAST_REPEATED + 1))
