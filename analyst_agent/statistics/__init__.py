"""Intervals, tests and comparisons as pure functions on numbers and arrays; no database, no records of ours."""

from analyst_agent.statistics.agreement import Agreement, agreement, agreement_of_table
from analyst_agent.statistics.calibration import (
    Cut,
    Scaling,
    brier_score,
    cut_for_precision,
    expected_calibration_error,
    platt_scaling,
)
from analyst_agent.statistics.change import RateRatio, poisson_counts_differ
from analyst_agent.statistics.cluster import RateEstimate, clustered_rate, design_effect, encode_accounts
from analyst_agent.statistics.comparison import Comparison, compare_periods, compare_with_rest
from analyst_agent.statistics.intervals import (
    Interval,
    mean_interval,
    mean_interval_from_moments,
    newcombe_interval,
    poisson_rate_interval,
    wilson_interval,
)
from analyst_agent.statistics.neighbours import neighbour_votes, without_own_group
from analyst_agent.statistics.tests import (
    benjamini_hochberg,
    excludable_difference,
    minimum_detectable_difference,
    two_proportions_test,
)

__all__ = [
    "Agreement",
    "Comparison",
    "Cut",
    "Interval",
    "RateEstimate",
    "RateRatio",
    "Scaling",
    "agreement",
    "agreement_of_table",
    "benjamini_hochberg",
    "brier_score",
    "clustered_rate",
    "compare_periods",
    "compare_with_rest",
    "cut_for_precision",
    "design_effect",
    "encode_accounts",
    "excludable_difference",
    "expected_calibration_error",
    "mean_interval",
    "mean_interval_from_moments",
    "minimum_detectable_difference",
    "neighbour_votes",
    "newcombe_interval",
    "platt_scaling",
    "poisson_counts_differ",
    "poisson_rate_interval",
    "two_proportions_test",
    "wilson_interval",
    "without_own_group",
]
