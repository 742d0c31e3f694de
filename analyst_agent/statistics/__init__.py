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
from analyst_agent.statistics.decomposition import (
    CountParts,
    Estimate,
    RateParts,
    Split,
    count_parts,
    decidable,
    rate_parts,
    split_change,
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
from analyst_agent.statistics.survival import Median, SurvivalCurve, kaplan_meier, median_time
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
    "CountParts",
    "Estimate",
    "Interval",
    "Median",
    "RateEstimate",
    "RateParts",
    "RateRatio",
    "Standardised",
    "Split",
    "SurvivalCurve",
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
    "count_parts",
    "decidable",
    "kaplan_meier",
    "mean_interval",
    "mean_interval_from_moments",
    "median_time",
    "minimum_detectable_difference",
    "newcombe_interval",
    "poisson_counts_differ",
    "poisson_rate_interval",
    "single_tickets",
    "strongest_combination",
    "rate_parts",
    "split_change",
    "two_proportions_test",
    "wilson_interval",
]
