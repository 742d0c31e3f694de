"""The English words that make a sentence checkable: directions, superlatives, significance, fractions, references."""

from __future__ import annotations

import re
from pathlib import Path


def words(text: str) -> re.Pattern[str]:
    """A pattern of whole words, case ignored; alternatives separated by white space, `_` standing for a space."""
    parts = sorted(text.split(), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(p.replace("_", r"\s+") for p in parts) + r")(?!\w)", re.IGNORECASE)


UP = words(
    "rose rise rises rising risen increase increased increases increasing up higher grew grow grows growing grown climbed "
    "climbing jumped surged spiked soared more above exceed exceeds exceeded longer slower larger greater bigger upward "
    "upwards costlier gain gained ahead leads_by outnumber outnumbered worse worsened deteriorated"
)
DOWN = words(
    "fell fall falls falling fallen decrease decreased decreases decreasing down lower dropped drop drops dropping declined "
    "decline declines declining fewer less below shrank shrink shrinking shorter faster smaller reduced sank plunged slid "
    "receded behind trails trailing lags eased downward downwards cheaper better improved improves improving"
)
# Words that say "up" or "down" of a judgement: they flip with the metric, so they are checked only with its number.
JUDGING = words("better worse improved improves improving worsened deteriorated")
UNCHANGED = words("unchanged flat stable steady constant level same equal identical no_change no_difference")
HIGHEST = words(
    "highest most largest biggest worst top greatest longest slowest costliest leading main peak maximum foremost dominant "
    "dominates dominated leads lead commonest most_expensive priciest busiest"
)
LOWEST = words("lowest least fewest smallest best shortest fastest cheapest minimum bottom rarest least_expensive")
MAJORITY = words("most_of majority_of majority mostly more_than_half over_half")
SIGNIFICANT = words(
    "more_than_noise significant significantly beyond_noise above_noise clearly clear real_change real_difference "
    "statistically_significant not_noise not_chance"
)
NOT_SIGNIFICANT = words(
    "within_noise not_significant not_significantly no_significant insignificant could_be_chance may_be_chance just_noise "
    "not_clearly no_clear no_difference_is_shown no_difference_shown not_shown only_noise statistical_noise"
)
# "no difference from the rest is shown" is our own way to say it.
NOTHING_SHOWN = re.compile(r"\bno (?:clear |real )?difference\b[^.,;]{0,60}?\bshown\b", re.IGNORECASE)
NOT_TESTED = words("not_tested untested too_few_tickets too_few too_few_to_say")
NEGATION = words(
    "not no never neither nor none without hardly barely cannot false wrong untrue incorrect contrary unlike except excluding "
    "don't doesn't didn't isn't aren't wasn't weren't hasn't haven't won't"
)
# Phrases whose "no" or "not" belongs to a name of ours and negates nothing.
HARMLESS_NEGATION = words(
    "not_documented not_recorded no_recorded_cause no_known_issue without_a_rating without_a_handle_time without_a_value "
    "without_a_due_time not_acknowledged not_only unlike no_recorded not_only"
)
TOGETHER = words("together combined in_total jointly sum summed total both between_them in_all altogether")
RELATIVE = words("relative relatively in_relative_terms")
APPROXIMATE = words("about around roughly approximately some nearly almost circa ca approx close_to ~")
AT_LEAST = words("more_than over above at_least exceeding upwards_of")
AT_MOST = words("less_than under below at_most fewer_than up_to")
REST = words(
    "the_rest the_others other_customers other_tickets other_accounts everyone_else elsewhere all_others others"
)
INFERRED = words("infer inferred inference reads_like read_like likely labelled labeled without_a_recorded_cause")
"""What must be said with a count that nobody recorded."""
OVERALL = words("overall in_total in_all altogether total all across_the_board")
BEFORE = words(
    "the_month_before the_previous_month the_prior_month a_month_earlier the_month_earlier the_preceding_month the_previous_"
    "period the_prior_period the_comparison_period the_period_before previously before earlier the_week_before the_previous_"
    "week the_quarter_before the_previous_quarter the_year_before a_year_earlier"
)
ESCALATED = words("escalated escalate escalates escalating escalation escalations")
CREATED = words("created opened came_in received arrived filed raised submitted logged volume new")
MISSING = words(
    "without missing open unknown left_out imputed unresolved not_acknowledged lacking lack lacks have_no had_no unrated"
)
WHOLE = re.compile(
    r"(?:\bof|\bout of|\bamong|\bn\s*=|\bacross|\bbased on|/)\s*(?:the|all|all the|these|those|our)?\s*$", re.I
)
REFERENCE = re.compile(
    r"\b(?:against|than|versus|vs|from|after|compared with|compared to)\.?\s*"
    r"(?:the|a|an)?\s*$",
    re.IGNORECASE,
)
MEAN, MEDIAN, PERCENTILE = words("mean average averaged averages typically"), words("median"), words("p90 percentile")
_UNITS_IN_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen"
)
NUMBER_WORDS = {word: value for value, word in enumerate(_UNITS_IN_WORDS.split())} | {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "hundred": 100, "dozen": 12, "thousand": 1000, "million": 1_000_000,
}  # fmt: skip
FRACTIONS = {
    "two thirds": 2 / 3, "two-thirds": 2 / 3, "three quarters": 0.75, "three-quarters": 0.75, "a third": 1 / 3,
    "one third": 1 / 3, "one-third": 1 / 3, "a quarter": 0.25, "one quarter": 0.25, "one-quarter": 0.25, "half": 0.5,
    "a fifth": 0.2, "one fifth": 0.2, "a tenth": 0.1, "one tenth": 0.1, "one in three": 1 / 3, "one in four": 0.25,
    "one in five": 0.2, "one in ten": 0.1, "one in two": 0.5,
}  # fmt: skip
MULTIPLES = {
    "doubled": 2.0, "doubles": 2.0, "doubling": 2.0, "double": 2.0, "twice": 2.0, "twofold": 2.0, "tripled": 3.0,
    "triple": 3.0, "threefold": 3.0, "thrice": 3.0, "quadrupled": 4.0, "fourfold": 4.0, "halved": 0.5, "halving": 0.5,
}  # fmt: skip
# "No tickets", "almost all product bugs": amounts without a number, which nothing here recomputes.
AMOUNTS = re.compile(
    r"\b(?:almost|nearly|virtually|practically)\s+(?:all|every|none)\b|\b(?:no|none|zero)\s+(?:of\s+)?(?:the\s+|escalated\s+|open\s+)*"
    r"(?:tickets?|escalations?|customers?|accounts?|[\ue000-\uefff])|(?<!of )\b(?:all|every|each)\s+(?:of\s+)?(?:the\s+|these\s+|those\s+)?"
    r"(?:tickets?|escalat\w*|customers?|accounts?|[\ue000-\uefff])",
    re.IGNORECASE,
)
VAGUE = words(
    "dozens hundreds thousands millions scores handful couple pair tenfold multiple first second third fourth fifth"
)
ORDINALS = {"second": 2, "third": 3, "fourth": 4, "fifth": 5}
# What may stand after a preposition, or begin a sentence with a number, without naming a part of the business.
ORDINARY = frozenset(Path(__file__).with_name("ordinary_words.txt").read_text(encoding="utf-8").split())
GROUP_NOUNS = (
    "customers|accounts|users|clients|merchants|segment|segments|tier|team|teams|region|area|industry|sector|plan"
)
