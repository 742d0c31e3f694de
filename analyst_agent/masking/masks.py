"""Texts with personal data and secrets replaced: quotations, values of categories, texts of several lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache

from analyst_agent.masking.rules import RULES, SECRETS, may_be_personal, without
from analyst_agent.masking.text import one_line

_CODE = re.compile(r"[\w.:/#&-]+")
_OWN_ID = re.compile(r" \((?!\d{13,19}\))[\w-]+\)$")
_BARE_CARD = re.compile(r"[3-6]\d{14,15}")
_KNOWN_SECRET = re.compile(
    r"(?:sk|pk|rk)[-_]|eyJ|AKIA|ASIA|AIza|ya29\.|SG\.|npm_|hf_|gh[pousr]_|github_pat_|glpat-|xox[a-z]-"
)


def mask(text: str, names: Collection[str] = (), organisations: Collection[str] = ()) -> str:
    """One clean line of `text` with personal data and secrets replaced: [email], [phone], [card], [iban], [ip],
    [link], [secret], [number] (nine digits and more), [name].

    names: people; each is masked whole and, where capitalised, by its single words of three letters and more.
    organisations: masked whole only, since their words are often ordinary ones.

    >>> mask("Call Ana Lopez on +44 20 7946 0958, password: hunter2", names=["Ana Lopez"])
    'Call [name] on [phone], password: [secret]'
    """
    result = without(one_line(text), RULES)
    people = frozenset(n for n in names if n.strip())
    others = frozenset(n for n in organisations if n.strip())
    for pattern in _name_patterns(people, others):
        result = pattern.sub("[name]", result)
    return result


def mask_secrets(text: str) -> str:
    """One clean line with what nobody needs to read replaced: secrets, links that carry them, cards, bank accounts.

    >>> mask_secrets("Mail ana@example.com, password: hunter2, card 4111 1111 1111 1111")
    'Mail ana@example.com, password: [secret], card [card]'
    """
    return without(one_line(text), SECRETS)


def mask_value(text: str, hide: Callable[[str], str] = mask) -> str:
    """The value of a category as it may be shown: as it is, unless something in it reads like personal data or a secret.

    A code or an id, one word of letters, digits and signs, is nobody's number, whatever its digits, also in brackets after a name that several
    have; the number of a card is one.

    >>> mask_value("Jane Roe jane@example.com"), mask_value("360012345678"), mask_value("4111111111111111")
    ('Jane Roe [email]', '360012345678', '[card]')
    """
    if not may_be_personal(text):
        return text
    if _CODE.fullmatch(text):
        found = hide(text) if _BARE_CARD.fullmatch(text) or _KNOWN_SECRET.match(text) else text
        return found if found in ("[card]", "[secret]") else text
    name, own_id = text, ""
    if bracketed := _OWN_ID.search(text):
        name, own_id = text[: bracketed.start()], bracketed.group()
    hidden = hide(name)
    return text if hidden == one_line(name) else hidden + own_id


def mask_lines(text: str, hide: Callable[[str], str] = mask) -> str:
    """A text of several lines with personal data and secrets replaced, each line for itself; its lines and indents stay."""
    return "\n".join(_masked_line(line, hide) for line in text.split("\n")) if may_be_personal(text) else text


def _masked_line(line: str, hide: Callable[[str], str]) -> str:
    if not may_be_personal(line):
        return line
    hidden = hide(line)
    return line if hidden == one_line(line) else line[: len(line) - len(line.lstrip())] + hidden


@dataclass(frozen=True, slots=True)
class Masking:
    """How what was written about some tickets may be quoted.

    people, organisations: whose names are hidden. shows_personal: for a role that may see personal data only secrets, cards and
    bank accounts are replaced.
    """

    people: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    shows_personal: bool = False

    def __call__(self, text: str) -> str:
        """One line, as it may be shown."""
        return mask_secrets(text) if self.shows_personal else mask(text, self.people, self.organisations)

    def titled(self, name: str) -> str:
        """The heading of a column of such quotations."""
        return name if self.shows_personal else f"{name}, personal data masked"

    def cut(self, text: str, longest: int) -> str:
        """The same, cut at a word where it is longer."""
        clean = self(text)
        return clean if len(clean) <= longest else clean[:longest].rsplit(" ", 1)[0] + " ..."


@lru_cache(maxsize=16)
def _name_patterns(people: frozenset[str], organisations: frozenset[str]) -> tuple[re.Pattern[str], ...]:
    whole = {
        spelling for name in people | organisations for spelling in _spellings(one_line(name)) if len(spelling) > 1
    }
    parts = {word for name in people for spelling in _spellings(one_line(name)) for word in spelling.split()}
    patterns = []
    if whole:
        patterns.append(re.compile(rf"(?<!\w)(?:{_any_of(whole)})(?!\w)", re.IGNORECASE))
    if single := {
        f"{p[0].upper()}{p[1:]}" for p in parts if len(p) >= 3 and p.replace("-", "").replace("'", "").isalpha()
    }:
        patterns.append(re.compile(rf"(?<!\w)(?:{_any_of(single | {p.upper() for p in single})})(?!\w)"))
    return tuple(patterns)


def _any_of(words: Collection[str]) -> str:
    longest_first = sorted(words, key=lambda w: (-len(w), w))
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in longest_first)


def _spellings(name: str) -> set[str]:
    plain = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    return {name, plain}
