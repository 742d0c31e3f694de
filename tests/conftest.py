"""Third-party data for tests; there is no other shared state."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def third_party() -> Callable[[str], Path]:
    """`third_party("uci_incident")` is that folder of ANALYST_TEST_DATA (default: ../shared/data); absent, the test
    is skipped.
    """
    root = Path(os.environ.get("ANALYST_TEST_DATA") or CHECKOUT.parent / "shared" / "data")

    def folder(name: str) -> Path:
        found = root / name
        if not found.is_dir():
            pytest.skip(
                f"third-party data {name!r} is not in {root}; set ANALYST_TEST_DATA to the folder that holds it"
            )
        return found

    return folder
