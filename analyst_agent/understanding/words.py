"""Words: one normal form, tokens with their place, stems, and the correction of misspelt words that are no English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from analyst_agent.embedding import vocabulary
from analyst_agent.semantic.period_words import distance

LONGEST_QUESTION = 1_000
SHORTEST_TYPO = 5


def word_set(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


_QUOTES = {"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'}
_CONTRACTIONS = (
    (re.compile(r"\bcan't\b", re.I), "can not"),
    (re.compile(r"\bwon't\b", re.I), "will not"),
    (re.compile(r"n't\b", re.I), " not"),
    (re.compile(r"\b(what|who|where|how|that)s\b", re.I), r"\1 is"),
    (re.compile(r"\b(do|does|did|is|are|was|were|has|have|should|could|would)nt\b", re.I), r"\1 not"),
    (re.compile(r"\b(what|who|where|when|why|how|which|that|it|there|here)'s\b", re.I), r"\1 is"),
    (re.compile(r"'(re|ve|ll|m|d)\b", re.I), r" \1"),
)
_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")
# Different words for one notion in names of metrics; applied to both the model's phrases and the question.
_SAME = {
    "average": "mean", "avg": "mean", "percentage": "rate", "percent": "rate", "proportion": "rate", "portion": "rate", "share": "rate", "ratio": "rate",
    "fraction": "rate", "quantity": "number", "qty": "number", "num": "number", "amount": "number", "organisation": "organization",
    "licence": "license", "speed": "fast", "quick": "fast", "quickly": "fast", "handled": "handle", "solve": "resolve", "solved": "resolved", "solving": "resolving",
}  # fmt: skip


_SHORT = {
    "esc": "escalation", "escs": "escalations", "tix": "tickets", "tkt": "ticket", "tkts": "tickets", "cust": "customer", "custs": "customers",
    "acct": "account", "accts": "accounts", "prio": "priority", "chan": "channel", "mins": "minutes", "cnt": "count", "hrs": "hours",
}  # fmt: skip
"""How people at a desk shorten its words; what the data call something is never taken for one of them."""
_NEVER_A_NAME = word_set("not no and or only all never must both any every")
"""Written in capitals these words are stressed: "when should we NOT escalate"."""
_NO_ENDING = word_set(
    "rating during nothing something anything everything morning evening opinion million region version season"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the question: as typed, folded, its stem, its place, and whether it was capitalised, quoted or corrected."""

    text: str
    word: str
    stem: str
    start: int
    end: int
    capital: bool = False
    quoted: bool = False
    corrected: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it is written in digits only."""
        return self.text[0].isdigit() and re.fullmatch(r"[\d.,]+[km]?", self.word) is not None


_GLUED = re.compile(r"(?<![\w.-])(\d+)(h|hrs?|hours?|mins?|minutes?)(?![\w-])", re.IGNORECASE)
"""A number written together with its unit."""


def clean(text: str) -> str:
    """Straight quotes, no control characters, contractions written out, single spaces; "24h" is 24 h."""
    text = "".join(_QUOTES.get(c, c) if c.isprintable() else " " for c in unicodedata.normalize("NFC", text))
    for pattern, full in _CONTRACTIONS:
        text = pattern.sub(full, text)
    text = re.sub(r"\bw/o\b", "without", re.sub(r"\bw/(?=\s)", "with", text, flags=re.I), flags=re.I)
    text = _GLUED.sub(r"\1 \2", text)
    return re.sub(r"\s+", " ", text).strip()


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """Lower case without accents.

    >>> fold("Zürich")
    'zurich'
    """
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """A light stem: plural, -ing, -ed, -ion and a final e removed, so that the forms of one word meet.

    >>> [stem(w) for w in ("escalations", "escalated", "escalate", "bugs", "policies", "billing")]
    ['escalat', 'escalat', 'escalat', 'bug', 'policy', 'bill']
    """
    word = _SAME.get(word, word)
    if word in _NO_ENDING:
        return word
    if len(word) <= 3 and not (len(word) == 3 and word[0].isalpha() and word[1].isdigit() and word.endswith("s")):
        return word
    if word[0].isdigit():
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    word = _SAME.get(word, word)
    if word in _NO_ENDING:
        return word
    for ending, shortest in (("ing", 6), ("ed", 5), ("ion", 6)):
        if word.endswith(ending) and len(word) >= shortest and re.search("[aeiouy]", word[: -len(ending)]):
            word = word[: -len(ending)]
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl":
                word = word[:-1]
            break
    if word.endswith("olut"):
        return word[:-3] + "lv"
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def singular(word: str) -> str:
    """A folded word without its plural's s, so that a part of a name is met as it is written: a bill is not Billing.

    >>> [singular(w) for w in ("webhooks", "billing", "access")]
    ['webhook', 'billing', 'access']
    """
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 4 else word


def stems(phrase: str) -> tuple[str, ...]:
    """The stems of a phrase, `&` read as "and"."""
    return tuple(stem(w) for w in folded_words(phrase))


def folded_words(phrase: str) -> tuple[str, ...]:
    """The folded words of a phrase."""
    return tuple(fold(m[0]) for m in _TOKEN.finditer(phrase.replace("&", " and ").replace("_", " ")))


def tokenize(text: str, correct: Speller | None = None) -> tuple[Token, ...]:
    """The words of a cleaned text. Capital: begins with a capital although not first in its sentence, in a text not all in capitals."""
    quoted = [m.span() for m in re.finditer(r"\"[^\"]+\"|(?<![\w])'[^']+'(?!\w)", text)]
    shouting = text.upper() == text
    found: list[Token] = []
    for m in _TOKEN.finditer(text):
        word = fold(m[0])
        fixed = correct.correct(word) if correct else word
        begins = not re.search(
            r"[^\s\"'(]", text[: m.start()].rsplit("?", 1)[-1].rsplit(". ", 1)[-1].rsplit("!", 1)[-1]
        )
        capital = m[0][0].isupper() and not begins and not shouting and m[0] != "I" and word not in _NEVER_A_NAME
        inside = any(s <= m.start() < e for s, e in quoted)
        found.append(Token(m[0], fixed, stem(fixed), m.start(), m.end(), capital, inside, fixed != word))
    return tuple(found)


class Speller:
    """Corrects words of five letters and more that are neither known here nor English, towards the words known here."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = {w for w in known if not w[0].isdigit()}
        self._stems = {stem(w) for w in self._known}
        self._targets: dict[int, list[str]] = {}
        for word in sorted(self._known):
            if len(word) >= SHORTEST_TYPO:
                self._targets.setdefault(len(word), []).append(word)
        self._memory: dict[str, str] = {}

    def correct(self, word: str) -> str:
        """The known word that `word` misspells, else `word`. One mistake up to seven letters, two from eight on; a swap is one."""
        if word in _SHORT and word not in self._known:
            return _SHORT[word]
        if len(word) < SHORTEST_TYPO or not word.isalpha() or word in self._known or stem(word) in self._stems:
            return word
        if word not in self._memory:
            if len(self._memory) > 10_000:
                self._memory.clear()
            self._memory[word] = word if is_english(word) else self._nearest_form(word)
        return self._memory[word]

    def _nearest_form(self, word: str) -> str:
        """The known word nearest to this one, else nearest to its singular."""
        found = self._nearest(word)
        singular = word.removesuffix("s")
        if found != word or singular == word or len(singular) < SHORTEST_TYPO:
            return found
        nearest = self._nearest(singular)
        return nearest if nearest != singular else word

    def _nearest(self, word: str) -> str:
        allowed = 1 if len(word) < 8 else 2
        best, fewest = word, allowed + 1
        for length in range(len(word) - allowed, len(word) + allowed + 1):
            for target in self._targets.get(length, ()):
                if target[0] != word[0] and target[1:2] != word[0:1]:
                    continue
                mistakes = distance(word, target)
                if mistakes < fewest:
                    best, fewest = target, mistakes
        return best


def is_english(word: str) -> bool:
    """Whether a word is in the sentence model's vocabulary of common English words, as it is or without its ending."""
    known = vocabulary()
    return word in known or (word.endswith("s") and not word.endswith("ss") and word[:-1] in known)
