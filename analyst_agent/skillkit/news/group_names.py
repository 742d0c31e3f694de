"""Names of groups of letters: a few quoted words that set each apart, chosen by how many accounts use them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log

from analyst_agent.skillkit.news.letters import Letter, telling_words

MOST_TERMS = 3
SHARE_OF_TERM = 0.25


def names_of(members: Sequence[Sequence[Letter]]) -> list[str]:
    """A name for each group, no two alike: in quotation marks up to three words or codes that set it apart, in no order that
    could make a sentence. A word counts by the accounts that use it, so that one customer cannot choose it.
    """
    used = [_terms_by_source(group) for group in members]
    everywhere = Counter(term for terms in used for term, count in terms.items() for _ in range(count))
    total = sum(len({letter.source for letter in group}) for group in members)
    taken: set[str] = set()
    found = []
    for group, terms in zip(members, used, strict=True):
        sources = len({letter.source for letter in group})
        ranked = sorted(terms, key=lambda t: (-_telling(terms[t], sources, everywhere[t], total), t))
        shared = [t for t in ranked if terms[t] >= max(min(2, sources), SHARE_OF_TERM * sources)]
        name, most = _quoted(shared[:MOST_TERMS]), MOST_TERMS
        while name in taken and most < len(shared):
            most += 1
            name = _quoted(shared[:most])
        count = 2
        while name in taken:
            name, count = f"{_quoted(shared[:MOST_TERMS])} ({count})", count + 1
        taken.add(name)
        found.append(name)
    return found


def _terms_by_source(group: Sequence[Letter]) -> Counter[str]:
    areas = {word for letter in group for word in telling_words(letter.area or "")}
    seen = {
        (letter.source, term) for letter in group for term in {*telling_words(letter.compared), *letter.codes} - areas
    }
    return Counter(term for _, term in seen)


def _telling(inside: int, sources: int, everywhere: int, total: int) -> float:
    """How much more often the group uses a term than all, weighed by how often: inside times the logarithm of the ratio."""
    return inside / sources * log((inside / sources) / (everywhere / total))


def _quoted(terms: Sequence[str]) -> str:
    return f'"{", ".join(sorted(terms))}"' if terms else "no words in common"
