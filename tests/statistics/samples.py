"""Seeded accounts as support desks have them: a few large, many small, tickets of one account alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def accounts_of_unequal_size(
    accounts: int, tickets: int, power: float, generator: np.random.Generator
) -> NDArray[np.int64]:
    """Tickets of each account that has any, in proportion to rank ** -power (Zipf)."""
    share = 1 / np.arange(1, accounts + 1) ** power
    drawn = generator.multinomial(tickets, share / share.sum())
    return drawn[drawn > 0]


def beta_binomial(
    tickets: NDArray[np.int64], rate: float, correlation: float, generator: np.random.Generator
) -> NDArray[np.int64]:
    """Escalated tickets of each account with this mean rate and correlation of two tickets of an account."""
    return generator.binomial(tickets, account_rates(len(tickets), rate, correlation, generator))


def account_rates(
    accounts: int, rate: float, correlation: float, generator: np.random.Generator
) -> NDArray[np.float64]:
    """The accounts' own rates."""
    if correlation == 0:
        return np.full(accounts, rate)
    size = (1 - correlation) / correlation
    return generator.beta(rate * size, (1 - rate) * size, accounts)
