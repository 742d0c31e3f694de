"""Groups of escalated tickets as facts: how many, of how many accounts, since when, against what before, and what to do about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from analyst_agent.records import Citation, Fact, Period, Recommendation, Value
from analyst_agent.skillkit.actions import recommend, stored
from analyst_agent.skillkit.context import IssueMatch, SkillContext
from analyst_agent.skillkit.inquiry import COUNT, Inquiry
from analyst_agent.skillkit.news.letters import Letter
from analyst_agent.skillkit.news.novelty import Group
from analyst_agent.skillkit.news.stretches import Stretches
from analyst_agent.skillkit.patterns import Pattern, matches_fact

ACCOUNTS = "accounts_touched"
BEFORE = "mean_of_equal_times_before"
FIRST_SEEN = "first_seen"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A group with its facts. before: tickets in as many days before, on average, also the reference of the count; accounts is
    None where none is known. matches: known issues with evidence in its new tickets.
    """

    group: Group
    count: Fact
    accounts: Fact | None = None
    before: Fact | None = None
    first_seen: Fact | None = None
    matches: tuple[tuple[IssueMatch, Fact], ...] = ()

    @property
    def facts(self) -> tuple[str, ...]:
        """Ids for a statement."""
        return tuple(fact.id for fact in (self.count, self.accounts, self.first_seen) if fact is not None)

    @property
    def name(self) -> dict[str, Value]:
        """What names it as one dimension."""
        dimensions = self.group.dimensions
        return dict(dimensions) if len(dimensions) == 1 else {"group": self.group.name}

    @property
    def first(self) -> tuple[str, Value]:
        """The dimension that names it, and its value."""
        name = next(iter(self.group.dimensions))
        return name, self.group.dimensions[name]


def as_facts(inquiry: Inquiry, group: Group, stretches: Stretches) -> Newcomer:
    """The group's facts."""
    book, names, period = inquiry.book, dict(group.dimensions), stretches.now
    verdict: dict[str, Any] = {
        "p_value": group.p_value,
        "p_adjusted": group.p_adjusted,
        "significant": group.significant,
    }
    against: dict[str, Any] = {}
    if stretches.past:
        mean = group.before / len(stretches.past)
        against = {
            "reference": "comparison_period",
            "reference_period": stretches.before,
            "reference_value": mean,
            "difference": group.now - mean,
        }
    read = group.tickets if len(group.tickets) == group.now else ()
    count = book.add(COUNT, group.now, "count", period, names, n=group.now, tickets=read, **against, **verdict)
    count = book.revise(count, query=group.query)

    def fact(metric: str, value: Value, unit: str, when: Period | None = period, **more: Any) -> Fact | None:
        if value is None:
            return None
        return book.revise(book.add(metric, value, unit, when, names, n=group.now, **more), query=group.query)

    usual = fact(BEFORE, group.before / len(stretches.past), "count", stretches.before) if stretches.past else None
    seen = group.first_seen.isoformat() if group.first_seen else None
    touched = fact(ACCOUNTS, group.accounts, "count", tickets=read)
    return Newcomer(group, count, touched, usual, fact(FIRST_SEEN, seen, "date"))


def with_issue(inquiry: Inquiry, one: Newcomer, letters: Mapping[str, Letter]) -> Newcomer:
    """The group with the known issues that its new tickets give evidence of."""
    knowledge = inquiry.context.knowledge
    new = [letters[ticket] for ticket in one.group.tickets if ticket in letters]
    if not new or not knowledge.has_known_issues():
        return one
    areas = {letter.ticket_id: letter.area for letter in new if letter.area}
    found = []
    for match in knowledge.match([(x.ticket_id, x.words) for x in new], sorted(set(areas.values())), areas):
        names = {**one.name, "known_issue": match.document}
        fact = matches_fact(inquiry, match, one.count.period, names, len(new))
        found.append((match, inquiry.book.revise(fact, query=one.count.query)))
    return replace(one, matches=tuple(found))


def advise(
    context: SkillContext, one: Newcomer, letters: Mapping[str, Letter]
) -> tuple[Recommendation, tuple[Citation, ...]]:
    """What to do: as the known issue or a policy that covers it says, else open a problem with the example tickets."""
    name, _ = one.first
    group = one.group
    new = [letters[ticket] for ticket in group.tickets if ticket in letters]
    area = replace(one.count, dimensions={**one.count.dimensions, "product_area": group.area}) if group.area else None
    code = (replace(one.count, dimensions={"reason_code": group.code}),) if group.code else ()
    pattern = Pattern(
        name,
        group.name,
        one.count,
        area=area,
        codes=code,
        matches=one.matches,
        typical_subjects=tuple(letter.subject for letter in new[:2]),
    )
    done, citations = recommend(context, pattern)
    if done.basis_kind == "document":
        return done, citations
    where = f" in {stored(group.area)}" if group.area and "product_area" not in group.dimensions else ""
    called = " in ".join(stored(value) for value in group.dimensions.values() if value is not None)
    action = f"Open a problem record for {called}{where}, with the example tickets as evidence: no document covers it."
    return replace(done, action=action), citations


def subjects(letters: Sequence[Letter], most: int) -> list[Letter]:
    """The newest letters that have a subject, each of another account and unlike in wording."""
    found: list[Letter] = []
    for letter in sorted(letters, key=lambda x: (x.day, x.ticket_id), reverse=True):
        if letter.subject and all(
            letter.source != other.source and letter.subject.lower() != other.subject.lower() for other in found
        ):
            found.append(letter)
        if len(found) == most:
            break
    return found
