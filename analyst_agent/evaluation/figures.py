"""Whether a value is shown in a text: the figures written there, each taken as a rounding."""

from __future__ import annotations

import re
from collections.abc import Iterable

_FIGURE = re.compile(r"(?<![\w.,])[-−]?(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?(?:\s?([kM])\b)?")
_SCALES: dict[str, tuple[float, ...]] = {
    "ratio": (100.0, 1.0),
    "points": (100.0, 1.0),
    "minutes": (1.0, 1 / 60, 1 / 1440),
}
_SUFFIX = {"k": 1_000.0, "M": 1_000_000.0}
COARSEST = 0.06
"""A rounding coarser than this share of the value does not count as showing it; 0.7 h for 41 minutes still does."""


def figures(text: str) -> list[tuple[float, float]]:
    """Every figure with the size of its last written place.

    >>> figures("412 tickets, 8.0 % of 5,120, about $8.9k")
    [(412.0, 1.0), (8.0, 0.1), (5120.0, 1.0), (8900.0, 100.0)]
    """
    found = []
    for match in _FIGURE.finditer(text.replace("$", " ").replace("€", " ")):
        scale = _SUFFIX.get(match[3] or "", 1.0)
        decimals = match[2] or ""
        value = float(match[1].replace(",", "") + ("." + decimals if decimals else ""))
        found.append((round(value * scale, 9), round(scale * 10.0 ** -len(decimals), 9)))
    return found


def shows(written: Iterable[tuple[float, float]], value: float, unit: str) -> bool:
    """Whether one of the figures is the value in its unit, or in one it may be shown in (percent, hours, days), rounded."""
    listed = list(written)
    return any(
        _is_rounding(figure, place, abs(value) * scale)
        for scale in _SCALES.get(unit, (1.0,))
        for figure, place in listed
    )


def _is_rounding(figure: float, place: float, value: float) -> bool:
    if value == 0:
        return figure == 0
    return abs(figure - value) <= place / 2 * (1 + 1e-9) and abs(figure - value) <= COARSEST * value
