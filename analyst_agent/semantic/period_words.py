"""Words of the period grammar: months, weekdays, numbers and units, their spellings and misspellings; no periods."""

from __future__ import annotations

import re
from functools import lru_cache

from analyst_agent.semantic.period_labels import MONTH_NAMES
from analyst_agent.settings import WEEKDAYS

MONTHS = {name.lower(): n for n, name in enumerate(MONTH_NAMES, 1)}
MONTHS |= {name[:3]: n for name, n in list(MONTHS.items())} | {"sept": 9}
MONTH = r"(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")(?![a-z])\.?"

DAYS_OF_WEEK = {name: n for n, name in enumerate(WEEKDAYS)}
DAYS_OF_WEEK |= {name[:3]: n for name, n in list(DAYS_OF_WEEK.items())} | {"tues": 1, "thur": 3, "thurs": 3}
WEEKDAY = r"(?:" + "|".join(sorted(DAYS_OF_WEEK, key=len, reverse=True)) + r")(?![a-z])\.?"

_SMALL = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
NUMBERS = {w: n for n, w in enumerate(_SMALL, 1)} | {w: n * 10 for n, w in enumerate(_TENS, 2)}
NUMBERS |= {"couple": 2, "dozen": 12, "hundred": 100, "zero": 0}
_UNITS = "|".join(_SMALL[:9])
NUMBER = (
    r"(?:-?\d{1,12}(?:\.\d+)?|(?:a\s+)?couple(?:\s+of)?|(?:a\s+)?dozen|(?:a\s+|one\s+)?hundred|zero"
    rf"|(?:{'|'.join(_TENS)})(?:[\s-](?:{_UNITS}))?|{'|'.join(sorted(_SMALL, key=len, reverse=True))})"
)

ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
    "5th": 5,
}
ORDINAL = r"(?:" + "|".join(ORDINALS) + r")"

_UNIT_WORDS = {
    "hour": "hours? hrs?", "day": "days? d", "week": "weeks? wks? w", "fortnight": "fortnights?", "weekend": "weekends?",
    "month": "months? mos? mths? mons? m", "quarter": "quarters? qtrs? q", "year": "years? yrs? y",
}  # fmt: skip
UNIT = (
    r"(?:"
    + "|".join(p for forms in _UNIT_WORDS.values() for p in sorted(forms.split(), key=len, reverse=True))
    + r")(?![a-z])"
)

# Capitalised or not, these are also English words or names; they count as months only beside something that dates them.
AMBIGUOUS_MONTHS = {"may", "march", "mar"}
PERSON_NAMES = {"april", "august", "jan", "june", "may"}


def number(text: str) -> float:
    """The value of what NUMBER matched."""
    words = [w for w in re.split(r"[\s-]+", text) if w not in ("a", "of", "")]
    if re.fullmatch(r"-?\d+(?:\.\d+)?", text):
        return float(text)
    if "hundred" in words:
        return 100
    return sum(NUMBERS[w] for w in words)


def unit(text: str) -> str:
    """The unit that UNIT matched: hour, day, week, fortnight, weekend, month, quarter or year."""
    return next(name for name, forms in _UNIT_WORDS.items() if any(re.fullmatch(f, text) for f in forms.split()))


def month(text: str) -> int:
    """The number of the month that MONTH matched."""
    return MONTHS[text.rstrip(".")]


def distance(a: str, b: str) -> int:
    """Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours (Damerau 1964).

    >>> distance("ocotber", "october")
    1
    """
    previous2: list[int] = []
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, previous2[j - 2] + 1)
            row.append(cost)
        previous2, previous = previous, row
    return previous[-1]


# Words of five letters and more, and how many mistakes may be in them; four-letter months have too many neighbours.
_CORRECTABLE = {
    "january": 2, "february": 2, "april": 1, "august": 1, "september": 2, "october": 2, "november": 2, "december": 2,
    "yesterday": 2, "quarter": 1, "monday": 1, "tuesday": 1, "wednesday": 2, "thursday": 1, "friday": 1, "saturday": 1, "sunday": 1,
}  # fmt: skip
_REAL_WORDS = {"quartet", "sundry", "octave", "octopus", "augment", "augusta", "decembers", "mondays", "tuesdays", "wednesdays"} | {
    "thursdays", "fridays", "saturdays", "sundays", "quarters", "decimeter", "decider", "novelist"
}  # fmt: skip


@lru_cache(maxsize=4096)
def corrected(word: str) -> str:
    """The calendar word that a lower-case word misspells, else the word. First letters must agree, except when two are swapped.

    >>> corrected("setpember"), corrected("remember"), corrected("febuary")
    ('september', 'remember', 'february')
    """
    if len(word) < 4 or word in _REAL_WORDS or word in MONTHS or word in DAYS_OF_WEEK:
        return word
    if sorted(word) in (sorted("month"), sorted("months")) and word[0] == "m":
        return "months" if word.count("s") else "month"
    best, fewest = word, 3
    for name, most in _CORRECTABLE.items():
        if abs(len(name) - len(word)) <= most and (word[0] == name[0] or word[:2] == name[1::-1]):
            mistakes = distance(word, name)
            if mistakes <= most and mistakes < fewest:
                best, fewest = name, mistakes
    return best
