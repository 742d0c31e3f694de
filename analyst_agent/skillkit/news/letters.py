"""Escalated tickets as texts that can be compared: cleaned of whatever names, numbers and dates would make alike or unlike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from analyst_agent.knowledge.codes import codes_in
from analyst_agent.knowledge.words import STOP_WORDS
from analyst_agent.masking import Masking, mask
from analyst_agent.records import Filter, Period, Value
from analyst_agent.skillkit.context import SkillContext
from analyst_agent.skillkit.facts import FactBook

LONGEST_READ = 320
LONGEST_COMPARED = 200
LONGEST_WORDS = 4_000
LONGEST_SHOWN = 120
FEWEST_WITH_CODE = 3
FIELDS = ("ticket_id", "counted_at", "account_id", "product_area", "reason_code", "subject", "reason", "description")
TEXTS = ("subject", "reason", "description")
_PLACEHOLDER = re.compile(r"\[(?:email|phone|card|iban|ip|link|secret|number|name)\]")
_WITH_DIGIT = re.compile(r"\S*\d\S*")
_REPLIED = re.compile(r"(?i)^(?:\s*(?:re|fwd?|aw|wg|tr|rv|enc)\s*:)+|\[(?:urgent|external|ext)\]")
_DATES = re.compile(
    r"(?i)\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|"
    r"dec(?:ember)?|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|yesterday|today|tomorrow)\b"
)
_WORD = re.compile(r"[^\W\d_][^\W\d_'’-]*[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Letter:
    """An escalated ticket. day: on which it counts, local. source: its account, else the day, since of tickets of no known
    account those of one day may come from one.

    compared: the cleaned text whose meaning is compared; codes: error codes printed in it, kept out of `compared`.
    words: all that was written, for the search in documents; subject: as stored, never shown unmasked.
    """

    ticket_id: str
    day: date
    account: str | None
    source: str
    area: str | None
    code: str | None
    subject: str
    compared: str
    codes: frozenset[str]
    words: str


@dataclass(frozen=True, slots=True)
class Letters:
    """The escalated tickets of a time, oldest first, and the names that are hidden where they are quoted. query: the id of the query
    that read them.
    """

    letters: tuple[Letter, ...]
    masking: Masking = Masking()
    query: str = ""

    def shown(self, letter: Letter) -> str:
        """The subject as it may be quoted: one line, personal data replaced, cut at a word."""
        return self.masking.cut(letter.subject, LONGEST_SHOWN)


def read_letters(context: SkillContext, book: FactBook, where: Sequence[Filter], window: Period) -> Letters:
    """Every escalated ticket counted in the window, under the filters; what is not granted or not loaded stays empty."""
    known = context.model.filterable()
    fields = [name for name in FIELDS if name in known or name == "ticket_id"]
    read = book.note(context.queries.rows("escalated_ticket", fields, where=where, period=window))
    masking = context.queries.masking([str(row["ticket_id"]) for row in read.rows])
    found = [_letter(context, row, masking) for row in read.rows]
    often = Counter(code for letter in found for code in letter.codes)
    spread = Counter(code for _, code in {(letter.source, code) for letter in found for code in letter.codes})
    kept = frozenset(code for code, count in often.items() if count >= FEWEST_WITH_CODE and spread[code] > 1)
    return Letters(tuple(_with_codes(letter, kept) for letter in found), masking, book.query_of(read))


def has_texts(context: SkillContext) -> bool:
    """Whether anything that customers or agents wrote is granted."""
    return any(name in context.model.filterable() for name in TEXTS)


def cleaned(text: str, people: Collection[str] = (), organisations: Collection[str] = ()) -> str:
    """What remains of a text without names, addresses, numbers, dates, codes and marks of replies; one line.

    >>> cleaned("Re: Export 4711 of 3 March fails, call Ana Lopez", ["Ana Lopez"])
    'Export of fails, call'
    """
    masked = mask(_REPLIED.sub(" ", text[:LONGEST_READ]), people, organisations)
    for pattern in (_PLACEHOLDER, _WITH_DIGIT, _DATES):
        masked = pattern.sub(" ", masked)
    return " ".join(masked.split())[:LONGEST_COMPARED]


def telling_words(text: str) -> set[str]:
    """The words of a cleaned text that may say what it is about, in lower case.

    >>> sorted(telling_words("The export of reports hangs"))
    ['export', 'hangs', 'reports']
    """
    return {word for word in _WORD.findall(text.lower()) if len(word) > 2 and word not in STOP_WORDS}


def local_day(context: SkillContext, value: Value | datetime) -> date | None:
    """The day on which a stored moment (UTC) falls in the workspace's zone."""
    moment = value if isinstance(value, datetime) else None
    if moment is None:
        return date.fromisoformat(str(value)[:10]) if value else None
    return moment.replace(tzinfo=UTC).astimezone(context.settings.zone).date()


def covered(context: SkillContext, period: Period) -> Period:
    """The part of a period that the data cover, at least one day."""
    first, last = context.queries.first_day, context.queries.last_day
    start = max(period.start, first) if first else period.start
    end = min(period.end, last + timedelta(days=1)) if last else period.end
    if (start, end) == (period.start, period.end):
        return period
    return Period(start, max(end, start + timedelta(days=1)), "", "custom")


def days_of(letters: Iterable[Letter]) -> Mapping[date, int]:
    """How many of the letters count on each day."""
    return Counter(letter.day for letter in letters)


def _letter(context: SkillContext, row: Mapping[str, Value], masking: Masking) -> Letter:
    day = local_day(context, row["counted_at"])
    if day is None:
        raise ValueError("an escalated ticket counts on a day")
    written = [str(row[name]) for name in TEXTS if row.get(name)]
    account = str(row["account_id"]) if row.get("account_id") else None
    joined = ". ".join(written)
    return Letter(
        str(row["ticket_id"]),
        day,
        account,
        account or f"day {day.isoformat()}",
        str(row["product_area"]) if row.get("product_area") else None,
        str(row["reason_code"]) if row.get("reason_code") else None,
        str(row.get("subject") or ""),
        cleaned(joined, masking.people, masking.organisations),
        frozenset(codes_in(joined[:LONGEST_WORDS])),
        "\n".join([*written, *([str(row["reason_code"])] if row.get("reason_code") else [])])[:LONGEST_WORDS],
    )


def _with_codes(letter: Letter, kept: frozenset[str]) -> Letter:
    """Only codes that several tickets of several accounts print: an invoice's number says nothing about what is alike."""
    return replace(letter, codes=letter.codes & kept)
