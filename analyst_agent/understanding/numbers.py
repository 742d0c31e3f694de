"""Numbers in a clause: conditions on number fields, the cost of an hour, and limits on a metric that a query cannot hold."""

from __future__ import annotations

import re

from analyst_agent.records import Filter
from analyst_agent.understanding import cues
from analyst_agent.understanding.mentions import Mention
from analyst_agent.understanding.reading import Limit, Reading, Unknown
from analyst_agent.understanding.words import word_set

_AMOUNT = r"(?P<{0}>\d+(?:[.,]\d+)?)"
_MONEY = r"(?:dollars?|usd|euros?|eur|bucks|pounds?|gbp|chf|[$€£])"
_HOUR = r"(?:hours?|hr|h)\b"
_ABOUT = r"(?:(?:about|around|roughly|approximately|only|say|like)\s+)?"
_EACH = rf"(?:an?|one|per|/|each|every|for an?|for one|for each|for every)\s*(?:\w+\s+)?{_HOUR}"
_IS = r"(?:is|was|were|would be|are|be|at|of|to be|=|:|comes? (?:to|out at|in at)|came to|stands? at|runs? (?:us )?at|sets? (?:us )?back)"
_COSTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:\b(?:at|of|with|for|assuming|using)\s+|@\s*)?(?:[$€£]|{_MONEY}\s)\s*{_AMOUNT.format('a')}\s*{_EACH}",
        rf"(?:\b(?:at|of|with|for|assuming|using)\s+|@\s*)?{_AMOUNT.format('a')}\s*{_MONEY}\s*{_EACH}",
        rf"(?:\b(?:at|assuming|using|costs?|rate of|cost of)\s+|@\s*){_AMOUNT.format('a')}\s*{_EACH}",
        rf"\b(?:hourly\s+(?:\w+\s+)?(?:cost|rate|wage|price)|cost per hour|price per hour)\s*{_IS}?\s*[$€£]?\s*{_AMOUNT.format('a')}\s*{_MONEY}?",
        rf"\b(?:an?|one|per|each|every)\s+(?:\w+\s+){{0,2}}?(?:hour|hr|h)\b(?:\s+of\s+(?:\w+\s+){{0,2}}?\w+)?\s+(?:(?:would|will|should|might|may|does|did|had|has)\s+)*(?:{_IS}|costs?|costed|is worth|worth|be worth|cost)\s*(?:us|you|them)?\s*{_ABOUT}(?:[$€£]|{_MONEY}\s)?\s*{_AMOUNT.format('a')}\s*{_MONEY}?",
        rf"{_AMOUNT.format('a')}\s*{_MONEY}?\s+(?:as\s+(?:an?|the|our)\s+)?hourly\b(?:\s+(?:rate|cost|wage|price))?",
    )
)
_PRICED = re.compile(rf"{_AMOUNT.format('a')}\s*{_EACH}", re.IGNORECASE)
_PRICES = re.compile(
    r"\b(?:cost\w*|expens\w+|price\w*|spen[dt]\w*|pay\w*|charg\w+|budget\w*|money|worth|assum\w+|suppos\w+|imagin\w+|reckon\w*|calculat\w+|what if|rate of|valu\w+)\b|^(?:let us |let's )?say\b|^(?:taking|with|if|given)\b",
    re.IGNORECASE,
)
"""Words of money or of supposing, beside which a bare "70 an hour" is a price and no count."""
_UNITS = {
    "minute": 1,
    "minutes": 1,
    "min": 1,
    "mins": 1,
    "hour": 60,
    "hours": 60,
    "hrs": 60,
    "h": 60,
    "day": 1440,
    "days": 1440,
}
_BEFORE = (
    (("no", "more", "than"), "<="), (("not", "more", "than"), "<="), (("no", "less", "than"), ">="), (("no", "fewer", "than"), ">="),
    (("at", "least"), ">="), (("minimum", "of"), ">="), (("minimum",), ">="), (("at", "most"), "<="), (("up", "to"), "<="), (("maximum", "of"), "<="),
    (("equal", "to"), "="), (("exactly",), "="), (("over",), ">"), (("above",), ">"), (("exceeding",), ">"), (("exceeds",), ">"), (("exceed",), ">"),
    (("exceeded",), ">"), (("beyond",), ">"), (("under",), "<"), (("below",), "<"),
)  # fmt: skip
_MORE = word_set("more greater higher longer larger bigger better")
_LESS = word_set("less fewer lower shorter smaller worse")
_ORDINALS = {"second": 2.0, "third": 3.0, "fourth": 4.0, "fifth": 5.0}
TIMES = "escalation_count"
"""The field that tells how often a ticket was escalated."""
_EXACTLY = word_set("exactly only just precisely")
_BETWEEN_FIELD = word_set(
    "was is were are be score scores scored of a an the with rating value equals time times got had count that been by"
)


def read_cost(reading: Reading) -> None:
    """ "at 60 dollars an hour": what an hour of handling costs, for this question."""
    match = next((m for pattern in _COSTS if (m := pattern.search(reading.text))), None)
    if match is None and _PRICES.search(reading.text):
        match = _PRICED.search(reading.text)
    if match is None:
        return
    reading.cost_per_hour = float(match["a"].replace(",", "."))
    inside = [i for i, t in enumerate(reading.tokens) if t.start < match.end() and match.start() < t.end]
    reading.use(inside[0], inside[-1] + 1)
    reading.mentions = tuple(m for m in reading.mentions if not m.overlaps(inside[0], inside[-1] + 1))
    if reading.grain == "hour":
        reading.grain = None


def read_conditions(reading: Reading) -> None:
    """ "csat below 3", "at least 2 reopenings", "handle time over 60 minutes": conditions on number fields."""
    spans = reading.period_spans()
    i = 0
    while i < len(reading.tokens):
        free = i not in reading.used and not any(s <= i < e for s, e in spans) and reading.mention_at(i) is None
        value = _number(reading, i) if free else None
        i = i + 1 if value is None else _condition(reading, i, value)


def _number(reading: Reading, i: int) -> float | None:
    token = reading.tokens[i]
    if token.is_number:
        scale = {"k": 1e3, "m": 1e6}.get(token.word[-1], 1.0)
        digits = token.word.rstrip("km")
        try:
            return float(re.sub(r",(?=\d{3}\b)", "", digits).replace(",", ".")) * scale
        except ValueError:
            return None
    if token.word in _ORDINALS and reading.word(i + 1) == "time":
        return _ORDINALS[token.word]
    return float(cues.NUMBER_WORDS[token.word]) if token.word in cues.NUMBER_WORDS else None


def _condition(reading: Reading, i: int, value: float) -> int:
    """Read the condition around the number at i; the index to go on from comes back."""
    op, left = _operator_before(reading, i)
    right = i + 1
    scale = 1.0
    if reading.word(right) in _UNITS:
        scale, right = float(_UNITS[reading.word(right)]), right + 1
    elif reading.word(right) in ("times", "time", "percent", "points"):
        right += 1
    after = reading.words(right, right + 2)
    if after[:1] == ("or",) and len(after) == 2 and after[1] in _MORE | {"above", "over"}:
        op, right = ">=", right + 2
    elif after[:1] == ("or",) and len(after) == 2 and after[1] in _LESS | {"below", "under"}:
        op, right = "<=", right + 2
    elif "+" in reading.gap(i + 1):
        op = ">="
    upper = None
    if reading.word(left - 1) == "between" and reading.word(right) in ("and", "to") and right + 1 < len(reading.tokens):
        upper, left, op = _number(reading, right + 1), left - 1, "between"
        right += 2
    if _limits_escalating(reading, i, op, left, right, value):
        return right
    target = _target(reading, left, right, op is not None)
    percent = "%" in reading.gap(i + 1) or reading.word(i + 1) == "percent"
    if target is None or (op is None and not (target.fields and target.end >= left - 1)):
        if op is not None:
            said = reading.text[
                reading.tokens[max(left, 0)].start : reading.tokens[min(right, len(reading.tokens)) - 1].end
            ]
            if reading.mentions:
                reading.unknown.append(Unknown(said, "condition", left, right))
            reading.use(left, right)
        return i + 1
    field = _field_of(reading, target)
    if field is None and target.weak and target.end <= left:
        # "Tickets above 60": 60 of what is not said; a number on a rate is a limit on the result.
        said = reading.text[reading.tokens[max(left, 0)].start : reading.tokens[right - 1].end]
        reading.unknown.append(Unknown(said, "condition", left, right))
        reading.use(left, right)
        return right
    reading.use(left, right)
    if field is None or percent:
        said = reading.text[reading.tokens[max(left, 0)].start : reading.tokens[right - 1].end]
        reading.limits.append(_limit_on(reading, target, op, value * scale, said))
        return right
    if not field.endswith("minutes"):
        scale = 1.0
    others = _more_numbers(reading, right) if op in (None, "=") else []
    if others:
        reading.use(right, right + 2 * len(others))
        reading.conditions.append(Filter(field, "in", tuple(_plain(v * scale) for v in (value, *others))))
        reading.use(target.start, target.end)
        reading.mentions = tuple(m for m in reading.mentions if m is not target)
        return right + 2 * len(others)
    exact = tuple(_plain(v * scale) for v in (value, upper) if v is not None)
    reading.conditions.append(Filter(field, op or "=", exact if op == "between" and len(exact) == 2 else exact[0]))
    reading.use(target.start, target.end)
    reading.mentions = tuple(m for m in reading.mentions if m is not target)
    return right


def _limit_on(reading: Reading, target: Mention, op: str | None, value: float, said: str) -> Limit:
    """A number on a metric limits the rows of the result: 10 % of a rate is 0.1."""
    metric = target.metrics[0] if target.metrics else ""
    known = reading.lexicon.model.metrics.get(metric)
    return Limit(metric, op or "=", value / 100 if known is not None and known.unit == "ratio" else value, said)


def _limits_escalating(reading: Reading, i: int, op: str | None, left: int, right: int, value: float) -> bool:
    """ "Escalated two times or more", "escalated a third time": a condition on how often one ticket was escalated, taken here.

    A bare "once" is a conjunction.
    """
    word, after = reading.word(i), reading.word(i + 1)
    times = after in ("times", "time") and reading.word(i - 1) not in ("first", "per")
    often = word == "twice" or (word == "once" and reading.word(i - 1) in _EXACTLY | {"than", "least"})
    escalated = any(t.word in ("escalated", "escalate", "escalates") for t in reading.tokens[:i])
    if not (times or often) or not escalated or TIMES not in reading.lexicon.model.filterable():
        return False
    exact = "=" if reading.word(left - 1) in _EXACTLY else ">="
    reading.conditions.append(Filter(TIMES, op or exact, _plain(value)))
    reading.use(left, right)
    return True


def _more_numbers(reading: Reading, i: int) -> list[float]:
    """The further numbers of a list: "1 or 2 or 3"."""
    found: list[float] = []
    while reading.word(i) in ("or", "and") and i + 1 < len(reading.tokens):
        number = _number(reading, i + 1)
        if number is None or reading.mention_at(i + 1) is not None:
            break
        found.append(number)
        i += 2
    return found


def _operator_before(reading: Reading, i: int) -> tuple[str | None, int]:
    symbol = re.search(r"(<=|>=|=<|=>|<|>|=|≥|≤)", reading.gap(i))
    if symbol:
        return {"=<": "<=", "=>": ">=", "≥": ">=", "≤": "<="}.get(symbol[1], symbol[1]), i
    for words, op in _BEFORE:
        if reading.words(i - len(words), i) == words:
            return op, i - len(words)
    if reading.word(i - 1) == "than" and reading.word(i - 2) in _MORE | _LESS:
        return (">" if reading.word(i - 2) in _MORE else "<"), i - 2
    return None, i


def _target(reading: Reading, left: int, right: int, compared: bool) -> Mention | None:
    """The mention a condition is about: right after the number, or before it with nothing but small words between."""
    while reading.word(right) in ("of", "in", "the", "for", "as"):
        right += 1
    here = reading.mention_at(right)
    if compared and here is not None and (here.fields or here.metrics) and not here.values:
        return here
    for mention in reversed(reading.mentions):
        if mention.end <= left and (mention.fields or mention.metrics):
            between = reading.words(mention.end, left)
            if len(between) <= 3 and all(w in _BETWEEN_FIELD for w in between):
                return mention
            break
    return None


def _field_of(reading: Reading, target: Mention) -> str | None:
    """The number field behind a mention: named itself, or what the named metric aggregates."""
    if target.fields:
        return target.fields[0]
    model = reading.lexicon.model
    for name in target.metrics:
        match = re.fullmatch(r"(?:AVG|SUM|MEDIAN)\(\w+\.(\w+)\)", model.metrics[name].expression)
        if match and match[1] in model.filterable():
            return match[1]
    return None


def _plain(number: float) -> int | float:
    return int(number) if float(number).is_integer() else number
