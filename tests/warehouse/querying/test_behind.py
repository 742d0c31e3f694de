"""The tickets behind a number add up to it: against SQL of the tests' own, for counts, rates, shares and means."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from analyst_agent.errors import AnalystError, UnknownName
from analyst_agent.records import Fact, Filter
from analyst_agent.warehouse.querying.behind import RESTS_ON, Behind, Numbered
from analyst_agent.workspace import Workspace

OCTOBER = "created_at >= '2026-10-01' AND created_at < '2026-11-01'"
ESCALATED = "escalated_at >= '2026-10-01' AND escalated_at < '2026-11-01'"
QUESTIONS = (
    "What drove escalations last month?",
    "Do Enterprise customers escalate more?",
    "What is the SLA breach rate by month this year?",
    "mean csat of escalated tickets by tier in October",
    "resolution time by resolution type last month",
    "escalations by weekday in October",
    "escalation rate by team in EMEA last quarter",
)


@pytest.fixture(scope="module")
def workspace(demo_workspace: Path) -> Iterator[Workspace]:
    opened = Workspace.open(demo_workspace)
    yield opened
    opened.close()


def numbered(fact: Fact) -> Numbered:
    return Numbered(fact.metric, fact.value, fact.dimensions, fact.filters, fact.period, fact.n, fact.missing)


def _ids_of(workspace: Workspace, sql: str) -> set[str]:
    return {str(row[0]) for row in workspace.warehouse.connection.cursor().execute(sql).fetchall()}


def ids(workspace: Workspace, one: Behind) -> set[str]:
    rows = workspace.engine.listed(one, ["ticket_id"], 0, 100_000).rows
    assert len(rows) == one.count
    return {str(row["ticket_id"]) for row in rows}


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_list_that_can_be_made_adds_up_to_its_number(workspace: Workspace, question: str) -> None:
    answer = workspace.analyst("offline").ask(question)
    listed = 0
    for fact in answer.facts:
        try:
            sides = workspace.engine.behind(numbered(fact))
        except AnalystError:
            assert fact.metric not in workspace.model.metrics or "all others" in fact.dimensions.values(), fact
            continue
        if fact.metric in RESTS_ON:
            continue  # where it was computed of fewer, its list says that it does not add up
        assert all(one.adds_up for one in sides), (fact, [(one.name, one.count, one.expected) for one in sides])
        listed += len(sides)
    assert listed >= 4


def test_the_tickets_of_a_count_and_of_both_sides_of_a_rate_are_those_of_independent_sql(workspace: Workspace) -> None:
    first = "(SELECT ticket_id, min(escalated_at) AS escalated_at FROM escalations GROUP BY 1)"
    tiers = "JOIN (SELECT account_id, tier FROM accounts) USING (account_id)"
    tickets = "(SELECT ticket_id, account_id, created_at FROM tickets)"
    sql = f"SELECT ticket_id FROM {first} JOIN {tickets} USING (ticket_id) {tiers} WHERE {ESCALATED} AND tier = 'Enterprise'"
    escalated = _ids_of(workspace, sql)
    created = _ids_of(workspace, f"SELECT ticket_id FROM {tickets} {tiers} WHERE {OCTOBER} AND tier = 'Enterprise'")
    [fact] = [
        one
        for one in workspace.analyst("offline").ask("escalation rate of Enterprise by tier in October 2026").facts
        if one.metric == "escalation_rate" and one.value is not None
    ][:1]
    counted, of = workspace.engine.behind(numbered(fact))
    assert ids(workspace, counted) == escalated
    assert ids(workspace, of) == created
    assert fact.value == len(escalated) / len(created)


def test_what_only_a_skill_computes_lists_the_tickets_it_is_computed_of(workspace: Workspace) -> None:
    answer = workspace.analyst("offline").ask("Do Enterprise customers escalate more?")
    [fact] = [f for f in answer.facts if f.metric == "deviation_from_overall" and f.dimensions == {"tier": "Starter"}]
    [rests] = workspace.engine.behind(numbered(fact))
    assert (rests.name, rests.count) == ("rests", fact.n)
    rows = workspace.engine.listed(rests, ["tier"], 0, 100_000).rows
    assert {row["tier"] for row in rows} == {"Starter"}


def test_what_a_mean_leaves_out_is_a_list_of_its_own(workspace: Workspace) -> None:
    [fact] = [f for f in workspace.analyst("offline").ask("mean CSAT in October 2026").facts if f.metric == "mean_csat"]
    measured, missing = workspace.engine.behind(numbered(fact))
    assert (measured.name, missing.name) == ("measured", "missing")
    rows = workspace.engine.listed(measured, ["ticket_id"], 0, 100_000).rows
    values = [row["measured"] for row in rows]
    assert sum(map(float, values)) / len(values) == pytest.approx(fact.value)
    assert missing.count == fact.missing
    assert not ids(workspace, measured) & ids(workspace, missing)


def test_pages_of_a_list_are_the_whole_list_in_one_order(workspace: Workspace) -> None:
    [fact, *_] = workspace.analyst("offline").ask("How many tickets were escalated in October 2026?").facts
    [one] = workspace.engine.behind(numbered(fact))
    pages = [workspace.engine.listed(one, ["ticket_id"], first, 7).rows for first in range(0, one.count, 7)]
    found = [row["ticket_id"] for page in pages for row in page]
    assert found == [row["ticket_id"] for row in workspace.engine.listed(one, ["ticket_id"], 0, 100_000).rows]


def test_a_list_holds_nothing_outside_the_callers_scope(demo_workspace: Path, workspace: Workspace) -> None:
    scoped = Workspace.open(demo_workspace, restrictions=("region = EMEA",))
    try:
        [fact, *_] = scoped.analyst("offline").ask("How many tickets were escalated in October 2026?").facts
        [one] = scoped.engine.behind(numbered(fact))
        rows = scoped.engine.listed(one, ["ticket_id", "region"], 0, 100_000).rows
        assert {row["region"] for row in rows} == {"EMEA"}
        assert one.adds_up
        # The number of somebody without a scope is another: its tickets are not shown as if they were all.
        [whole, *_] = workspace.analyst("offline").ask("How many tickets were escalated in October 2026?").facts
        assert not any(other.adds_up for other in scoped.engine.behind(numbered(whole)))
    finally:
        scoped.close()


def test_a_number_of_no_metric_or_of_no_field_has_no_list(workspace: Workspace) -> None:
    with pytest.raises(UnknownName):
        workspace.engine.behind(Numbered("known_issue_matches", 3, {}, (), None))
    with pytest.raises(UnknownName):
        workspace.engine.behind(Numbered("ticket_count", 3, {"known_issue": "KI-1"}, (), None))


def test_a_condition_of_the_question_holds_in_the_list(workspace: Workspace) -> None:
    where = (Filter("priority", "=", "P1"),)
    [one] = workspace.engine.behind(Numbered("escalated_ticket_count", None, {"priority": "P1"}, where, None))
    rows = workspace.engine.listed(one, ["priority"], 0, 100_000).rows
    assert rows
    assert {row["priority"] for row in rows} == {"P1"}
