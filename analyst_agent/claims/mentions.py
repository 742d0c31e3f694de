"""What can be recognised in a sentence: the records of mentions and of numbers as said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["name", "metric", "time", "badtime", "number", "range", "quote", "reference", "identifier", "vague"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number as said: value, decimals shown, unit (of facts; h, min and days stay as said; "" bare), and how precise.

    about: 0 exact, 1 "about", 2 "more than", -2 "less than". tolerance: for fractions in words. sign: -1, 0 or 1 as written.
    currencies: codes that its sign or word may stand for, where it has one.
    """

    value: float
    decimals: int = 0
    unit: str = ""
    about: int = 0
    tolerance: float = 0.0
    sign: int = 0
    currencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """One recognised piece of a sentence: `payload` is a Number, two Numbers, a Span, a set of names or text, by kind."""

    kind: Kind
    text: str
    payload: object = None
