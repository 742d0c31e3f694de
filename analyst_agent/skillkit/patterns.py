"""Patterns of escalated tickets: how many, where, under which codes, between which teams, and which document knows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analyst_agent.records import Fact, Period, Value
from analyst_agent.skillkit.context import IssueMatch
from analyst_agent.skillkit.evidence import Evidence, Note, typical
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import COUNT, Inquiry, Totals

MEAN = "mean_resolution_minutes"
OPEN = "open_escalated_count"
COST = "estimated_cost"
UNCLASSIFIED = "unclassified"
SHARE_THAT_EXPLAINS = 0.1
TOP_CODES = 3
MATCHES = "known_issue_matches"
_MEASURES = (COUNT, OPEN, COST, MEAN)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One group of escalated tickets and what is known about it. Facts are None where the data cannot say.

    matches: known issues with evidence, most tickets first, each with the fact that counts them.
    """

    dimension: str
    value: Value
    count: Fact
    share: Fact | None = None
    resolution: Fact | None = None
    still_open: Fact | None = None
    cost: Fact | None = None
    area: Fact | None = None
    codes: tuple[Fact, ...] = ()
    team: Fact | None = None
    hand_over: Fact | None = None
    matches: tuple[tuple[IssueMatch, Fact], ...] = ()
    typical_subjects: tuple[str, ...] = ()

    @property
    def known_issue(self) -> tuple[IssueMatch, Fact] | None:
        """The known issue that most of its tickets match."""
        return self.matches[0] if self.matches else None

    @property
    def explained_by(self) -> IssueMatch | None:
        """That known issue, where at least a tenth of the tickets examined match it: enough to act on."""
        if self.matches and number(self.matches[0][1].value) >= SHARE_THAT_EXPLAINS * (self.matches[0][1].n or 0):
            return self.matches[0][0]
        return None

    @property
    def area_name(self) -> str:
        """The most common product area, "" where none is recorded."""
        if self.dimension == "product_area":
            return str(self.value or "")
        return str(self.area.dimensions.get("product_area") or "") if self.area else ""


def groups_of(inquiry: Inquiry, dimension: str, totals: Totals) -> list[Pattern]:
    """Every group with its measures, largest first, what is not recorded last; together they are all escalated tickets.

    Of root causes, `unclassified` is there even with no ticket.
    """
    has_times = totals.unknown_times < totals.escalated
    result = inquiry.run((COUNT, OPEN, COST, *((MEAN,) if has_times else ())), (dimension,))
    rows = sorted(result.rows, key=lambda row: (is_rest(row[dimension]), -number(row[COUNT]), str(row[dimension])))
    if dimension == "root_cause" and all(row[dimension] != UNCLASSIFIED for row in rows):
        rows.append({dimension: UNCLASSIFIED, COUNT: 0, f"{COUNT}__n": 0, OPEN: 0, COST: 0.0})
    imputed = sum(int(number(row.get(f"{COST}__missing"))) for row in rows)
    if imputed and inquiry.book.first("imputed_handle_time_count") is None:
        inquiry.book.add(
            "imputed_handle_time_count", imputed, "count", inquiry.period, source=result, n=totals.escalated
        )
    found = []
    for row in rows:
        group: dict[str, Value] = {dimension: row[dimension]}
        facts = {
            metric: inquiry.book.cell(result, row, metric, group)
            for metric in result.columns
            if metric in row and metric in _MEASURES
        }
        share = number(row[COUNT]) / totals.escalated
        part = inquiry.book.add(
            "share_of_escalations", share, "ratio", inquiry.period, group, source=result, n=totals.escalated
        )
        found.append(
            Pattern(dimension, row[dimension], facts[COUNT], part, facts.get(MEAN), facts.get(OPEN), facts.get(COST))
        )
    return found


def is_rest(value: Value) -> bool:
    """Whether a group is what nobody recorded."""
    return value is None or value == UNCLASSIFIED


def detailed(inquiry: Inquiry, patterns: Sequence[Pattern]) -> list[Pattern]:
    """The patterns with their most common area, codes and teams, counted over all their tickets."""
    context, book = inquiry.context, inquiry.book
    if not patterns:
        return []
    dimension = patterns[0].dimension
    wanted = {
        "area": ("product_area",),
        "codes": ("reason_code",),
        "team": ("from_team",) if context.has("from_team") else ("team",),
        "hand_over": ("from_team", "to_team"),
    }
    wanted = {
        name: others
        for name, others in wanted.items()
        if dimension not in others and all(context.has(other) for other in others)
    }
    whole = dict.fromkeys((dimension, *(other for others in wanted.values() for other in others)))
    inquiry.ahead([inquiry.query((COUNT,), (dimension, *others)) for others in wanted.values()], tuple(whole))
    found = list(patterns)
    for name, others in wanted.items():
        result = inquiry.run((COUNT,), (dimension, *others))
        for i, pattern in enumerate(found):
            rows = [
                row
                for row in result.rows
                if row[dimension] == pattern.value and all(row[o] is not None for o in others) and number(row[COUNT])
            ]
            rows.sort(key=lambda row: (-number(row[COUNT]), *(str(row[o]) for o in others)))
            top = rows[:TOP_CODES] if name == "codes" else [row for row in rows[:1] if _recurs(row[COUNT], pattern)]
            facts = tuple(
                book.cell(result, row, COUNT, {dimension: pattern.value, **{o: row[o] for o in others}}) for row in top
            )
            if facts:
                found[i] = replace(pattern, **{name: facts if name == "codes" else facts[0]})  # type: ignore[arg-type]
    return found


def _recurs(count: Value, pattern: Pattern) -> bool:
    """One ticket among several is no most common area, team or path."""
    return number(count) > 1 or number(pattern.count.value) == 1


def matched(inquiry: Inquiry, pattern: Pattern, evidence: Evidence) -> Pattern:
    """The pattern with the known issues that its tickets' texts give evidence of, and its typical subjects."""
    letters, knowledge = evidence.of(pattern.value), inquiry.context.knowledge
    subjects = tuple(note.text for note in typical([Note(x.ticket_id, x.group, x.subject) for x in letters], 3))
    if not letters or not knowledge.has_known_issues():
        return replace(pattern, typical_subjects=subjects)
    areas = {letter.ticket_id: letter.area for letter in letters if letter.area}
    # Of a sample the pattern's own count says how many tickets it stands for.
    population = len(letters) if evidence.is_whole else max(len(letters), int(number(pattern.count.value)))
    found = []
    for match in knowledge.match(
        [(x.ticket_id, x.words) for x in letters],
        sorted(set(areas.values())),
        areas,
        population=population,
        most_compared=evidence.most_compared(pattern.value),
    ):
        dimensions = {pattern.dimension: pattern.value, "known_issue": match.document}
        found.append((match, matches_fact(inquiry, match, pattern.count.period, dimensions, population)))
    return replace(pattern, matches=tuple(found), typical_subjects=subjects)


def matches_fact(
    inquiry: Inquiry, match: IssueMatch, period: Period | None, dimensions: dict[str, Value], population: int
) -> Fact:
    """How many of `population` tickets match a known issue; an estimate has its interval, and a caveat says what it rests on."""
    guess = match.estimate
    if guess is None:
        return inquiry.book.add(MATCHES, match.count, "count", period, dimensions, n=population, tickets=match.tickets)
    span, left_out = (float(guess.low), float(guess.high)), population - guess.compared
    fact = inquiry.book.add(
        MATCHES, guess.value, "count", period, dimensions, n=population, missing=left_out, interval=span, tickets=match.tickets,
    )  # fmt: skip
    text = (
        "There are very many tickets: how many match a known issue was estimated from a sample that the tickets' ids choose; "
        "the numbers of matching tickets have intervals (95 %)."
    )
    inquiry.book.caveat(text, "sampled", (fact.id,))
    return fact
