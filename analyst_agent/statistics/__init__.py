"""Intervals, tests and comparisons as pure functions on numbers and arrays; no database, no records of ours."""

from analyst_agent.statistics.casemix import (
    Clustering,
    Mix,
    clusterings,
    expected_by_mix,
    explained_variance,
    merged_strata,
)
from analyst_agent.statistics.change import RateRatio, poisson_counts_differ
from analyst_agent.statistics.cluster import RateEstimate, clustered_rate, design_effect, encode_accounts
from analyst_agent.statistics.comparison import Comparison, compare_periods, compare_with_rest
from analyst_agent.statistics.funnel import between_variance, control_limits, deviation_p_value
from analyst_agent.statistics.intervals import (
    Interval,
    mean_interval,
    mean_interval_from_moments,
    newcombe_interval,
    poisson_rate_interval,
    wilson_interval,
)
from analyst_agent.statistics.shrinkage import Shrunken, shrunken_ratios
from analyst_agent.statistics.tests import (
    benjamini_hochberg,
    excludable_difference,
    minimum_detectable_difference,
    two_proportions_test,
)

__all__ = [
    "Clustering",
    "Comparison",
    "Interval",
    "Mix",
    "RateEstimate",
    "RateRatio",
    "Shrunken",
    "benjamini_hochberg",
    "between_variance",
    "clustered_rate",
    "clusterings",
    "compare_periods",
    "compare_with_rest",
    "control_limits",
    "design_effect",
    "deviation_p_value",
    "encode_accounts",
    "excludable_difference",
    "expected_by_mix",
    "explained_variance",
    "mean_interval",
    "mean_interval_from_moments",
    "merged_strata",
    "minimum_detectable_difference",
    "newcombe_interval",
    "poisson_counts_differ",
    "poisson_rate_interval",
    "shrunken_ratios",
    "two_proportions_test",
    "wilson_interval",
]
