"""Known issues with the escalated tickets that show them: the workaround's uptake, and what came of a fix."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np

from analyst_agent.errors import UnknownName
from analyst_agent.knowledge.codes import one_spelling
from analyst_agent.knowledge.words import terms
from analyst_agent.masking import one_line
from analyst_agent.records import Period
from analyst_agent.skillkit.context import DocumentedIssue, IssueMatch, SkillContext
from analyst_agent.skillkit.issues.cases import Case, Cases
from analyst_agent.skillkit.rates import SIGNIFICANT_AT
from analyst_agent.statistics import (
    Decay,
    benjamini_hochberg,
    clustered_rate,
    continues,
    decay_after,
    poisson_counts_differ,
)

GRACE_DAYS = 14
RECENT_DAYS = 56
DAYS_BEFORE_FIX = 84
WEEKS_AFTER_FIX = 26
WEEKS_TO_STAY = 4
HALF = 0.5
RESIDUE = 0.1
"""Up to a tenth of the pace before the fix is what stragglers and chance matches explain."""
FEWEST_BEFORE_FIX = 5
FEWEST_FOR_HALF_LIFE = 10
FEWEST_ACCOUNTS = 3
LIKE_WORKAROUND = 0.6
SHARED_WITH_WORKAROUND = 2
SHARE_OF_WORKAROUND = 0.25
MOST_NOTES_COMPARED = 300
_FIXED = re.compile(r"(?i)^\s*(?:fixed|resolved|closed|done|released|shipped)\b")
_WORKAROUND = re.compile(r"(?i)\bwork-?\s?arounds?\b")
_DENIED = re.compile(r"(?i)\b(?:no|without|not?\s+(?:a|any|the)|never|asked for|waiting for|is there)\b[^.]{0,20}$")
_FORMATS = ("%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%d.%m.%Y", "%d %b %Y", "%Y/%m/%d")


@dataclass(frozen=True, slots=True)
class AfterFix:
    """What came of a fix. before, after: different accounts a week, added up, in `days_before` examined days up to it and in the
    last `days_after`; ratio of their paces. tickets_before, tickets_after: tickets in the same days.

    p_value: that more than a residue goes on; reason: why it was not tested. decay: None where too few. days_to_half: until the
    weekly number fell below half of what it was before, where that can be told.
    """

    fixed: date
    before: int = 0
    days_before: int = 0
    tickets_before: int = 0
    after: int = 0
    days_after: int = 0
    tickets_after: int = 0
    accounts_after: int = 0
    since: date | None = None
    ratio: float | None = None
    p_value: float | None = None
    reason: str = ""
    p_adjusted: float | None = None
    decay: Decay | None = None
    days_to_half: int | None = None

    @property
    def goes_on(self) -> bool | None:
        """Whether clearly more than a residue still comes, from several accounts; False where the pace is clearly under half of
        what it was; None where neither can be said.
        """
        if self.p_adjusted is None:
            return None
        if self.p_adjusted <= SIGNIFICANT_AT and self.accounts_after >= FEWEST_ACCOUNTS:
            return True
        upper = poisson_counts_differ(self.after, self.days_after, self.before, self.days_before).interval[1]
        return False if upper < HALF else None


@dataclass(frozen=True, slots=True)
class Impact:
    """A known issue and the examined tickets that show it, oldest first. noted, applied: tickets with a resolution note, and
    those whose notes mention the workaround; uptake_interval by account, None with too few.
    """

    issue: DocumentedIssue
    match: IssueMatch | None
    cases: tuple[Case, ...] = ()
    noted: int = 0
    applied: int = 0
    uptake_interval: tuple[float, float] | None = None
    after_fix: AfterFix | None = None
    is_fixed: bool = False

    def within(self, period: Period) -> list[Case]:
        """Its tickets of a period."""
        return [case for case in self.cases if period.start <= case.day < period.end]


def chosen_issues(context: SkillContext, asked: str | None) -> list[DocumentedIssue]:
    """The known issues, or the one asked about, however its id is spelled. Raises UnknownName."""
    known = list(context.knowledge.issues())
    if asked is None:
        return known
    wanted = one_spelling(asked.strip())
    found = [one for one in known if one_spelling(one.document) == wanted or one.title.lower() == asked.strip().lower()]
    if not found:
        raise UnknownName("known issue", asked, [one.document for one in known])
    return found


def impacts(context: SkillContext, issues: Sequence[DocumentedIssue], examined: Cases) -> list[Impact]:
    """Each issue with its tickets, the workaround's uptake and what came of its fix; most tickets first, then by id."""
    texts = [(case.ticket_id, "\n".join([case.words, *case.notes])) for case in examined.cases]
    areas = {case.ticket_id: case.area for case in examined.cases if case.area}
    matches = context.knowledge.match(texts, sorted(set(areas.values())), areas, each=True) if texts else ()
    by_issue = {match.document: match for match in matches}
    by_id = {case.ticket_id: case for case in examined.cases}
    found = []
    for issue in issues:
        match = by_issue.get(issue.document)
        cases = tuple(sorted((by_id[t] for t in match.tickets), key=lambda c: (c.day, c.ticket_id))) if match else ()
        one = Impact(issue, match, cases, is_fixed=is_fixed(context, issue))
        fixed = day_of(issue.fixed_on)
        if one.is_fixed and fixed is not None:
            one = replace(one, after_fix=after_fix(cases, fixed, examined))
        found.append(_with_uptake(context, one))
    return sorted(_corrected(found), key=lambda one: (-len(one.cases), one.issue.document))


def is_fixed(context: SkillContext, issue: DocumentedIssue) -> bool:
    """Whether the document marks the issue as fixed: by its status, or by a day of the fix that has come."""
    day = day_of(issue.fixed_on)
    if day is not None:
        return day <= context.clock.today
    return bool(_FIXED.match(issue.status))


def day_of(text: str) -> date | None:
    """A day as documents write it, None where it cannot be read.

    >>> day_of("14 April 2026"), day_of("soon")
    (datetime.date(2026, 4, 14), None)
    """
    for form in _FORMATS:
        try:
            return datetime.strptime(text.strip(), form).date()
        except ValueError:
            continue
    return None


def after_fix(cases: Sequence[Case], fixed: date, examined: Cases) -> AfterFix:
    """Tickets of the last weeks, from two weeks after the fix on, against those of the twelve weeks before it."""
    end = examined.period.end
    since = max(fixed + timedelta(days=GRACE_DAYS), end - timedelta(days=RECENT_DAYS))
    begin = fixed - timedelta(days=DAYS_BEFORE_FIX)
    earlier = [case for case in cases if begin <= case.day < fixed]
    later = [case for case in cases if case.day >= since]
    one = AfterFix(
        fixed,
        len({(case.source, (fixed - case.day).days // 7) for case in earlier}),
        examined.days(begin, fixed),
        len(earlier),
        len({(case.source, (case.day - since).days // 7) for case in later}),
        examined.days(since, end),
        len(later),
        len({case.source for case in later}),
        since,
    )
    if one.days_after * examined.step < GRACE_DAYS:
        return replace(one, reason="too few days since the fix to judge it")
    if one.before < FEWEST_BEFORE_FIX:
        return replace(one, reason="too few tickets before the fix to compare with")
    ratio, p_value = continues(one.before, one.days_before, one.after, one.days_after, RESIDUE)
    one = replace(one, ratio=ratio, p_value=p_value)
    return _with_half_life(one, cases, examined)


def is_mentioned(note: str, workaround: str, known: Collection[str]) -> bool:
    """Whether a note mentions the workaround: by that word, not denied, or by two and a quarter of its telling words.

    known: words of the issue itself, which say nothing about the workaround.
    """
    line = one_line(note)
    if any(not _DENIED.search(line[: found.start()]) for found in _WORKAROUND.finditer(line)):
        return True
    telling = set(terms(workaround)) - set(known)
    shared = telling & set(terms(line))
    return len(shared) >= max(SHARED_WITH_WORKAROUND, SHARE_OF_WORKAROUND * len(telling))


def _corrected(found: Sequence[Impact]) -> list[Impact]:
    """The p-values of all fixes, corrected for having looked at each (Benjamini-Hochberg)."""
    corrected = benjamini_hochberg([one.after_fix.p_value if one.after_fix else None for one in found])
    return [
        replace(one, after_fix=replace(one.after_fix, p_adjusted=p)) if one.after_fix else one
        for one, p in zip(found, corrected, strict=True)
    ]


def _with_uptake(context: SkillContext, one: Impact) -> Impact:
    noted = [case for case in one.cases if case.notes]
    workaround = one.issue.workaround
    if not noted or not workaround:
        return replace(one, noted=len(noted))
    known = terms(f"{one.issue.document} {one.issue.title}")
    applied = [any(is_mentioned(note, workaround, known) for note in case.notes) for case in noted]
    unclear = [i for i, done in enumerate(applied) if not done][:MOST_NOTES_COMPARED]
    if context.embed is not None and unclear:
        texts = [one_line(" ".join(noted[i].notes))[:400] for i in unclear]
        distinct = sorted(set(texts))
        alike = dict(zip(distinct, context.embed(distinct) @ context.embed([workaround])[0], strict=True))
        for i, text in zip(unclear, texts, strict=True):
            applied[i] = float(alike[text]) >= LIKE_WORKAROUND
    rate = clustered_rate(np.array(applied, dtype=float), np.ones(len(noted)), [case.source for case in noted])
    return replace(one, noted=len(noted), applied=sum(applied), uptake_interval=rate.interval)


def _with_half_life(one: AfterFix, cases: Sequence[Case], examined: Cases) -> AfterFix:
    """Whole weeks around the fix: up to 12 before and 26 after."""
    counts: dict[int, int] = Counter((case.day - one.fixed).days // 7 for case in cases)
    weeks, exposures = [], []
    for week in range(-DAYS_BEFORE_FIX // 7, WEEKS_AFTER_FIX):
        start = one.fixed + timedelta(days=7 * week)
        days = examined.days(start, start + timedelta(days=7))
        if days and examined.period.start <= start and start + timedelta(days=7) <= examined.period.end:
            weeks.append(week)
            exposures.append(days)
    values = [counts.get(week, 0) for week in weeks]
    before = [value / days for value, days, week in zip(values, exposures, weeks, strict=True) if week < 0]
    if sum(value for value, week in zip(values, weeks, strict=True) if week < 0) < FEWEST_FOR_HALF_LIFE:
        return one
    decay = decay_after(values, exposures, [week + 0.5 for week in weeks])
    half = _mean(before) / 2
    later = [(week, value / days) for value, days, week in zip(values, exposures, weeks, strict=True) if week >= 0]
    below = None
    for i in range(len(later) - WEEKS_TO_STAY + 1):
        following = [rate for _, rate in later[i:]]
        if max(_mean(following), _mean(following[:WEEKS_TO_STAY])) < half:
            below = 7 * (later[i][0] + 1)
            break
    return replace(one, decay=decay, days_to_half=below)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
