"""How often a test repeats what it tries: a few times in every run, more often in `make thorough`, which sets THOROUGH."""

from __future__ import annotations

import os


def rounds(usual: int, thorough: int) -> int:
    """The number of rounds of this run. The test is marked `repeated`, so that `make thorough` finds it."""
    return thorough if os.environ.get("THOROUGH") else usual
