"""One context for each desk."""

from __future__ import annotations

from datetime import date

import pytest

from analyst_agent.understanding import Context
from tests.understanding.desks import INCIDENTS, PAYMENTS, SAAS, desk


@pytest.fixture(scope="session")
def saas() -> Context:
    """A SaaS desk on 3 November 2026."""
    return desk(SAAS, date(2026, 11, 3))


@pytest.fixture(scope="session")
def payments() -> Context:
    """A payment platform's desk on 15 June 2026."""
    return desk(PAYMENTS, date(2026, 6, 15))


@pytest.fixture(scope="session")
def incidents() -> Context:
    """An IT company's desk on 1 September 2016."""
    return desk(INCIDENTS, date(2016, 9, 1))
