"""Numbers of a step's result rounded to ten significant digits: a parallel sum differs in its last bits from run to run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

DIGITS = 10


def settled(value: Any) -> Any:
    """The same record with every float in it rounded.

    >>> settled((0.1 + 0.2, 3, "a", float("inf")))
    (0.3, 3, 'a', inf)
    """
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else value
    if is_dataclass(value) and not isinstance(value, type):
        own = {f.name: getattr(value, f.name) for f in fields(value) if f.init}
        rounded = {name: settled(one) for name, one in own.items()}
        changed = {name: one for name, one in rounded.items() if one is not own[name]}
        return replace(value, **changed) if changed else value
    if isinstance(value, Mapping):
        return {name: settled(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return tuple(settled(one) for one in value)
    if isinstance(value, list):
        return [settled(one) for one in value]
    return value
