"""Statistics that no metric gives ("standard deviation", "95th percentile", "total handle time"): named as unknown, never answered by their neighbour."""

from __future__ import annotations

import re

from analyst_agent.understanding.reading import Reading, Unknown

_NONE = re.compile(
    r"\b(?:standard deviations?|std ?dev(?:iation)?s?|stddev|variances?|variability|volatility|interquartile (?:range|distance)|iqr|coefficient of variation|skew(?:ness)?|kurtosis"
    r"|correlat(?:ions?|es?|ed|ing)\b(?! \w+ known)|covariance|regression|r squared|histogram|(?:first|1st|third|3rd|lower|upper) quartiles?|quartiles?|deciles?)\b"
)
_OF_RATINGS = re.compile(
    r"\b(?:csat|satisfaction|ratings?)\b.*\b(?:resol|wait|time to)|\b(?:resol\w+|wait\w*|time to)\b.*\b(?:csat|satisfaction|ratings?)\b"
)
_PERCENTILE = re.compile(r"\b(?:(?P<a>\d{1,2}(?:[.,]\d+)?)(?:st|nd|rd|th)? (?:percentiles?|pctl|quantiles?)\b|p ?(?P<b>[5-9]\d(?:[.,]\d+)?)(?= (?:of|for|resol|respon|hand|time|ack|first|csat)|[a-z])|p(?P<c>25|50|75|80|95|98|99)\b)")  # fmt: skip
_TOTAL = re.compile(
    r"\b(?:total|sum of(?: all| the)?|summed|cumulative|combined) (?:\w+ ){0,2}?(?:handle|handling|resolution|resolve|response|waiting|wait|acknowledgement|escalation) (?:times?|minutes|hours)\b(?! worked)"
)
_SPENT = re.compile(
    r"\bhow (?:much (?:handle |working |agent )?time|many (?:working |agent )?(?:hours|minutes|days)) (?:(?:did|do|does|have|has|had|was|were|is|are|in total|in all|we|our|agents?|teams?|they|the|us) )*(?:spen[dt]\w*|put in\w*|invest\w*|work\w*|los[et]\w*|burn\w*)\b"
)
_TOTAL_KNOWN = re.compile(r"\btotal (?:resolution minutes|minutes worked)\b")
_EXTREME = re.compile(
    r"\b(?:maximum|minimum|max|min|longest|shortest|highest single|lowest single|slowest|fastest|quickest) (?:single )?(?:handle|handling|resolution|response|first response|acknowledgement|ack|escalation) (?:times?|minutes|hours)\b(?! by\b)"
)
_KNOWN_PERCENTILES = ("90", "50")
_GROUPED = re.compile(r"\b(?:which|what) (?!(?:is|was|were|are)\b)\w+|\bby\b|\bper\b|\bwho\b|\bwhere\b")


def read_no_measures(reading: Reading) -> None:
    """Marks the first of them as the name of a measure that there is not."""
    said = reading.said
    found = _NONE.search(said)
    if found is not None and found[0].startswith("correl") and _OF_RATINGS.search(said):
        # How ratings go with the time to a resolution is told by a skill.
        return
    if found is None and (match := _PERCENTILE.search(said)):
        number = (match["a"] or match["b"] or match["c"] or "").replace(",", ".")
        found = None if number in _KNOWN_PERCENTILES or _names_priority(reading, match) else match
    if found is None and _TOTAL_KNOWN.search(said) is None:
        found = _TOTAL.search(said) or (None if "resolution" in said else _SPENT.search(said))
    if found is None and not _GROUPED.search(said):
        found = _EXTREME.search(said)
    if found is None:
        return
    inside = reading.tokens_in(found.span())
    text = reading.text[reading.tokens[inside[0]].start : reading.tokens[inside[-1]].end]
    reading.unknown.append(Unknown(text, "measure", inside[0], inside[-1] + 1))
    reading.use(inside[0], inside[-1] + 1)
    if found.re in (_TOTAL, _EXTREME, _SPENT):
        reading.mentions = tuple(m for m in reading.mentions if not m.overlaps(inside[0], inside[-1] + 1))


def _names_priority(reading: Reading, match: re.Match[str]) -> bool:
    """Whether "P50" is a value of these data."""
    return any(reading.mention_at(i) is not None for i in reading.tokens_in(match.span()))
