"""A model's words around quoted passages: kept where they say nothing that a passage does not, else its marks alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from analyst_agent.claims import cues
from analyst_agent.claims.lexicon import squeezed
from analyst_agent.records import Citation
from analyst_agent.report.passages import stem

_MARK = re.compile(r"\[(c\d+)\]")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\S)")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
LEAST_QUOTED = 4
"""Words of a passage in a row that make a quotation."""


def kept_to_passages(
    text: str, passages: Mapping[str, Citation], is_alone: bool, question: str, say: Callable[[str], None]
) -> str:
    """The text, its words about passages reduced to what these bear out.

    passages: by the mark that refers to each. is_alone: nothing else was found, so that every sentence is about them; else those
    that refer to one. A sentence is kept where it is quoted (its passage's mark is added), or has no figure, no negation and only words
    that a passage, the question or nearly every text has. Of another one only the marks are kept; `say` is told once.
    """
    sources = {mark: squeezed(f"{c.quote} {c.heading} {c.title}") for mark, c in passages.items()}
    held = " ".join((question, *(f"{c.quote} {c.heading} {c.title} {c.document}" for c in passages.values())))
    known = frozenset(stem(word.lower()) for word in _words(held))
    is_cut = False
    lines: list[str] = []
    for line in text.splitlines():
        kept: list[str] = []
        for sentence in _SENTENCE.split(line.strip()):
            marks = _MARK.findall(sentence)
            own = _MARK.sub(" ", sentence)
            quoted = _quoted(own, sources)
            if quoted:
                kept.append(sentence if marks else f"{sentence} [{quoted}]")
            elif not (is_alone or set(marks) & set(passages)) or _is_harmless(own, known):
                kept.append(sentence)
            else:
                is_cut = True
                kept += [f"[{mark}]" for mark in marks]
        lines.append(" ".join(kept).strip())
    if is_cut:
        say("Left out words that no passage bears out.")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _quoted(text: str, sources: Mapping[str, str]) -> str:
    """The mark of the passage that a sentence is taken from; empty where it is from none."""
    whole = squeezed(text).strip(' .,:;"“”*_>-')
    if len(whole.split()) < LEAST_QUOTED:
        return ""
    return next((mark for mark, source in sources.items() if whole in source), "")


def _is_harmless(text: str, known: Collection[str]) -> bool:
    if re.search(r"\d", text) or cues.NEGATION.search(text):
        return False
    words = (word.lower() for word in _words(text) if len(word) > 1)
    return all(word in cues.ORDINARY or stem(word) in known for word in words)


def _words(text: str) -> list[str]:
    return [re.sub(r"['’]s$", "", word) for word in _WORD.findall(text)]
