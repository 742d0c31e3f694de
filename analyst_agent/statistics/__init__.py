"""Intervals, tests and comparisons as pure functions on numbers and arrays; no database, no records of ours."""

from analyst_agent.statistics.change import RateRatio, poisson_counts_differ
from analyst_agent.statistics.cluster import RateEstimate, clustered_rate, design_effect, encode_accounts
from analyst_agent.statistics.clustering import Tag, average_linkage, tag_of, tag_of_sets
from analyst_agent.statistics.comparison import Comparison, compare_periods, compare_with_rest
from analyst_agent.statistics.decay import Decay, continues, decay_after
from analyst_agent.statistics.emergence import dispersion, growth, sources_by_stretch
from analyst_agent.statistics.intervals import (
    Interval,
    mean_interval,
    mean_interval_from_moments,
    newcombe_interval,
    poisson_rate_interval,
    wilson_interval,
)
from analyst_agent.statistics.tests import (
    benjamini_hochberg,
    excludable_difference,
    minimum_detectable_difference,
    two_proportions_test,
)

__all__ = [
    "Comparison",
    "Decay",
    "Interval",
    "RateEstimate",
    "RateRatio",
    "Tag",
    "average_linkage",
    "benjamini_hochberg",
    "clustered_rate",
    "compare_periods",
    "compare_with_rest",
    "continues",
    "decay_after",
    "design_effect",
    "dispersion",
    "encode_accounts",
    "excludable_difference",
    "growth",
    "mean_interval",
    "mean_interval_from_moments",
    "minimum_detectable_difference",
    "newcombe_interval",
    "poisson_counts_differ",
    "poisson_rate_interval",
    "sources_by_stretch",
    "tag_of",
    "tag_of_sets",
    "two_proportions_test",
    "wilson_interval",
]
