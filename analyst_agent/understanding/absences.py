"""What tickets lack or have: "without a CSAT rating", "have no handle time", "with a rating" are conditions, and no mean of the field."""

from __future__ import annotations

import re

from analyst_agent.records import Filter
from analyst_agent.understanding.mentions import Mention
from analyst_agent.understanding.reading import Reading

_LACKS = re.compile(
    r"\b(?:without|with no|lack(?:s|ing)?|missing|(?:have|has|had|having|got|get|gets|received|with)(?: not)? (?:no|not any|never (?:a|any)))(?: (?:an?|any|the|recorded|known))*$"
)
_HAS = re.compile(r"\b(?:with|have|has|had|having|got|received) (?:an?|any)(?: (?:recorded|known))*$")
_COUNTED = re.compile(r"\b(?:how many|number of|count|share|percent|percentage|fraction)\b")
_RATING = ("rating", "ratings", "score", "scores", "value", "values", "recorded", "answer")
_FIELD = re.compile(r"AVG\(\w+\.(\w+)\)")


def read_absences(reading: Reading) -> None:
    """Makes a condition of the field behind such words, where tickets are counted or another measure is asked of them."""
    model = reading.lexicon.model
    for mention in reading.mentions:
        if mention.values or mention.weak or not (mention.fields or mention.metrics):
            continue
        before = " ".join(reading.words(mention.start - 4, mention.start))
        lacks = _LACKS.search(before)
        field = next(iter(mention.fields), "") or _field(mention, reading)
        counts = _COUNTED.search(reading.said) is not None
        known = field in model.filterable() and (lacks or (counts and _HAS.search(before)))
        others = [m for m in reading.mentions if m is not mention and m.metrics and not m.values]
        after = reading.word(mention.end)
        if not known or not others or after in ("below", "above", "under", "over", "of", "between", "from"):
            continue
        if reading.tokens[mention.end : mention.end + 1] and reading.tokens[mention.end].is_number:
            continue
        words = len((lacks or _HAS.search(before) or [""])[0].split())
        end = mention.end + (after in _RATING)
        reading.conditions.append(Filter(field, "missing" if lacks else "present"))
        reading.use(mention.start - words, end)
        reading.mentions = tuple(m for m in reading.mentions if not m.overlaps(mention.start, end))
        return


def _field(mention: Mention, reading: Reading) -> str:
    """The number field whose mean is named."""
    metrics = (reading.lexicon.model.metrics[name] for name in mention.metrics)
    return next((m[1] for metric in metrics if (m := _FIELD.fullmatch(metric.expression))), "")
