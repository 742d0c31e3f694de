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
from analyst_agent.statistics.clustering import Tag, average_linkage, tag_of, tag_of_sets
from analyst_agent.statistics.comparison import Comparison, compare_periods, compare_with_rest
from analyst_agent.statistics.decay import Decay, continues, decay_after
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
from analyst_agent.statistics.emergence import dispersion, growth, sources_by_stretch
from analyst_agent.statistics.funnel import between_variance, control_limits, deviation_p_value
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
from analyst_agent.statistics.neighbours import neighbour_votes, without_own_group
from analyst_agent.statistics.paired import mcnemar_exact
from analyst_agent.statistics.sampling import Drawn
from analyst_agent.statistics.shrinkage import Shrunken, shrunken_ratios
from analyst_agent.statistics.standardisation import Standardised, mantel_haenszel_difference
from analyst_agent.statistics.survival import Median, SurvivalCurve, kaplan_meier, median_time
from analyst_agent.statistics.tests import (
    benjamini_hochberg,
    excludable_difference,
    minimum_detectable_difference,
    two_proportions_test,
)

__all__ = [
    "Agreement",
    "Clustering",
    "Combination",
    "Comparison",
    "CountParts",
    "Cut",
    "Decay",
    "Departure",
    "Drawn",
    "Estimate",
    "Interval",
    "Median",
    "Mix",
    "RateEstimate",
    "RateParts",
    "RateRatio",
    "Scaling",
    "Shrunken",
    "Split",
    "Standardised",
    "SurvivalCurve",
    "Tag",
    "agreement",
    "agreement_of_table",
    "average_linkage",
    "benjamini_hochberg",
    "between_variance",
    "brier_score",
    "clustered_rate",
    "clusterings",
    "compare_periods",
    "compare_with_rest",
    "continues",
    "control_limits",
    "corrected_for_search",
    "count_parts",
    "cut_for_precision",
    "decay_after",
    "decidable",
    "departure",
    "design_effect",
    "deviation_p_value",
    "dispersion",
    "encode_accounts",
    "excludable_difference",
    "expected_by_mix",
    "expected_calibration_error",
    "explained_variance",
    "growth",
    "kaplan_meier",
    "mantel_haenszel_difference",
    "mcnemar_exact",
    "mean_interval",
    "mean_interval_from_moments",
    "median_time",
    "merged_strata",
    "minimum_detectable_difference",
    "neighbour_votes",
    "newcombe_interval",
    "platt_scaling",
    "poisson_counts_differ",
    "poisson_rate_interval",
    "rate_parts",
    "shrunken_ratios",
    "single_tickets",
    "sources_by_stretch",
    "split_change",
    "strongest_combination",
    "tag_of",
    "tag_of_sets",
    "two_proportions_test",
    "wilson_interval",
    "without_own_group",
]
