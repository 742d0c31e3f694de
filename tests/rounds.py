"""What a test tries in every run, and what besides in `make thorough`, which sets THOROUGH: more rounds, and more cases alike."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

import pytest


def rounds(usual: int, thorough: int) -> int:
    """The number of rounds of this run. The test is marked `repeated`, so that `make thorough` finds it."""
    return thorough if os.environ.get("THOROUGH") else usual


def cases(every_day: Sequence[Any], thorough: Iterable[Any]) -> list[Any]:
    """The values of a parameter: some are tried in every run, those like them in `make thorough`."""
    return [*every_day, *(pytest.param(one, marks=pytest.mark.thorough) for one in thorough)]
