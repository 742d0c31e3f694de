"""Error codes and issue ids in texts: as printed, in one spelling, and told apart from those that are denied."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

_CODE = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{1,10})[-_ ]?(\d{1,6})(?![A-Za-z0-9])")
_PRINTED_CODE = re.compile(
    r"(?<![\w-])(?:[A-Z][A-Z0-9]{1,9}-\d{1,6}|[A-Z]{2,6}\d{3,6}|[EW]\d{3,6}|0x[0-9A-Fa-f]{4,8}|(?:ERR|E|EC)_[A-Z0-9_]{3,40})(?![\w-])"
)
# Names of standards look like codes and say nothing about an issue.
_STANDARD = re.compile(
    r"(?:UTF|ISO|SHA|RFC|MD|AES|TLS|SSL|RSA|HTTP|HTTPS|HTML|MP|IPV|COVID|GMT|UTC|RS|CVE|FY|CSV|SOC|PCI|PSD|WCAG|IEC|DIN|EN|BASE"
    r"|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|[A-Z]*\dQ)-?\d+$"
)
# A code of letters only is one where the text says so ("code BUG-LOGIN") or a `codes` field lists it.
_LETTERS = r"[A-Z][A-Z0-9]*(?:[-_][A-Z0-9]+)+"
_LABELLED = re.compile(
    rf"(?i:\b(?:code|codes))\s*(?:[:=]|is)?\s+[\"'`(]?({_LETTERS}(?:(?:\s*,\s*|\s+(?:and|or)\s+){_LETTERS})*)(?![\w-])"
)
_LISTED = re.compile(rf"(?<![\w-])(?:{_LETTERS}|(?i:[a-z]+(?:[-_][a-z0-9]+)+)|[A-Z]{{4,}})(?![\w-])")
_NEGATION = (
    r"(?:\bnot|\bisn't|\bis no|\bno|\bnever|\bnothing to do with|\bunrelated to|\bruled out|\brule out|\bother than|\bdifferent from|"
    r"\bunlike|\bwithout)[\s\"'(:]+(?:(?:the|a|an|related|to|caused|by|due|same|as|issue|bug|known|error|code|our|this|it|is|be|with|"
    r"instance|of|case|about|for|from|our|their)[\s\"'(:]+){0,4}$"
)
_DENIED_BEFORE = re.compile(_NEGATION, re.IGNORECASE)
_DENIED_AFTER = re.compile(
    r"^\W{0,3}(?:(?:was|is|has been|can be|could be|already)\s+){0,2}(?:ruled out|excluded|not (?:it|the cause|related|the same))",
    re.IGNORECASE,
)


def codes_in(text: str) -> list[str]:
    """Error codes and issue ids as printed in a text, in capitals, each once, in order; names of standards are none.

    >>> codes_in("RPT-504 after KI-12, as UTF-8, then RPT-504 and ERR_QUOTA_HIT")
    ['RPT-504', 'KI-12', 'ERR_QUOTA_HIT']
    >>> codes_in("Sent back to the login page. Code BUG-LOGIN.")
    ['BUG-LOGIN']
    """
    found = [(match.start(), match.group()) for match in _PRINTED_CODE.finditer(text)]
    for match in _LABELLED.finditer(text):
        found += [(match.start(1) + one.start(), one.group()) for one in re.finditer(_LETTERS, match[1])]
    return list(dict.fromkeys(code for _, code in sorted(found) if not _STANDARD.match(code)))


def listed_codes(field: str) -> list[str]:
    """The codes of a field that lists nothing else: also those of letters only, such as reason codes; plain words are none.

    >>> listed_codes("RPT-504, BUG-LOGIN; payment_failed, see below")
    ['RPT-504', 'BUG-LOGIN', 'payment_failed']
    """
    return list(dict.fromkeys([*codes_in(field), *(c for c in _LISTED.findall(field) if not _STANDARD.match(c))]))


def code_terms(text: str) -> list[str]:
    """The codes of a text in one spelling: letters and digits in lower case, without hyphen or space."""
    found = (match for match in _CODE.finditer(text) if " " not in match[0] or match[1].isupper())
    return [(match[1] + match[2]).lower() for match in found]


def affirmed(text: str, wanted: Collection[str]) -> set[str]:
    """The wanted codes (`rpt504`, `err_quota_hit`) that a text names at least once, in any spelling, without denying them.

    "RPT 504 again" names it; "not RPT-504" and "RPT-504 was ruled out" do not.
    """
    return {code for code, is_denied in _mentions(text, wanted) if not is_denied}


def denied(text: str, wanted: Collection[str]) -> set[str]:
    """The wanted codes that a text names only to deny them."""
    return mentioned(text, wanted) - affirmed(text, wanted)


def mentioned(text: str, wanted: Collection[str]) -> set[str]:
    """The wanted codes that a text names, denied or not."""
    return {code for code, _ in _mentions(text, wanted)}


def _mentions(text: str, wanted: Collection[str]) -> Iterator[tuple[str, bool]]:
    if not wanted:
        return
    for match in _pattern(frozenset(wanted)).finditer(text):
        before, after = text[max(0, match.start() - 80) : match.start()], text[match.end() : match.end() + 60]
        yield one_spelling(match.group()), bool(_DENIED_BEFORE.search(before) or _DENIED_AFTER.search(after))


@lru_cache(maxsize=64)
def _pattern(wanted: frozenset[str]) -> re.Pattern[str]:
    spellings = []
    for code in sorted(wanted, key=lambda c: (-len(c), c)):
        parts = re.fullmatch(r"([a-z]+)(\d+)", code)
        gap = "[-_ ]?" if parts and len(parts[1]) > 1 else "[-_]?"
        spellings.append(f"{parts[1]}{gap}{parts[2]}" if parts else re.escape(code))
    return re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(spellings)})(?![A-Za-z0-9])", re.IGNORECASE)


def one_spelling(code: str) -> str:
    """A printed code as the other functions here spell it."""
    return re.sub(r"^([A-Za-z]+)[-_ ]?(\d+)$", r"\1\2", code).lower()
