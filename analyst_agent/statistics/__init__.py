"""Intervals, tests and comparisons as pure functions on numbers and arrays; no database, no records of ours."""

from analyst_agent.statistics.change import RateRatio, poisson_counts_differ
from analyst_agent.statistics.cluster import RateEstimate, clustered_rate, design_effect, encode_accounts
from analyst_agent.statistics.comparison import Comparison, compare_periods, compare_with_rest
from analyst_agent.statistics.interaction import (
    Combination,
    Departure,
    corrected_for_search,
    departure,
    single_tickets,
    strongest_combination,
)
from analyst_agent.statistics.intervals import (
    Interval,
    mean_interval,
    mean_interval_from_moments,
    newcombe_interval,
    poisson_rate_interval,
    wilson_interval,
)
from analyst_agent.statistics.standardisation import Standardised, mantel_haenszel_difference
from analyst_agent.statistics.tests import (
    benjamini_hochberg,
    excludable_difference,
    minimum_detectable_difference,
    two_proportions_test,
)

__all__ = [
    "Combination",
    "Comparison",
    "Departure",
    "Interval",
    "RateEstimate",
    "RateRatio",
    "Standardised",
    "benjamini_hochberg",
    "clustered_rate",
    "compare_periods",
    "compare_with_rest",
    "corrected_for_search",
    "departure",
    "design_effect",
    "encode_accounts",
    "excludable_difference",
    "mantel_haenszel_difference",
    "mean_interval",
    "mean_interval_from_moments",
    "minimum_detectable_difference",
    "newcombe_interval",
    "poisson_counts_differ",
    "poisson_rate_interval",
    "single_tickets",
    "strongest_combination",
    "two_proportions_test",
    "wilson_interval",
]
