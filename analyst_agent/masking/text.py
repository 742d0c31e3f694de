"""The visible characters of a text somebody else wrote."""

from __future__ import annotations

import re
import unicodedata

_LINE_BREAKS = re.compile(r"[\r\n\u0085\u2028\u2029\v\f]")
_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn"}
# Letters and marks that render as nothing although Unicode does not call them format characters.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800\u180b\u180c\u180d\u180f") | {
    chr(c) for c in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
}


def visible(text: str) -> str:
    """NFC text without control, zero-width, bidirectional and other invisible characters, line breaks and tabs kept.

    >>> visible("pay\\u200bment \\u202eok")
    'payment ok'
    """
    if text.isascii() and text.isprintable():
        return text
    text = _LINE_BREAKS.sub("\n", text.replace("\r\n", "\n"))
    kept = (c for c in text if c in "\n\t" or (c not in _BLANK and unicodedata.category(c) not in _INVISIBLE))
    return unicodedata.normalize("NFC", "".join(kept))


def one_line(text: str) -> str:
    """`visible` with every run of white space as one space."""
    return " ".join(visible(text).split())
