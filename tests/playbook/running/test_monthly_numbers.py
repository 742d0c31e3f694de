"""The numbers of the monthly mail, read out of its HTML, are those of SQL written by hand over the canonical tables."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyst_agent.semantic.periods import calendar_period
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.playbooks import find_playbook
from analyst_agent.workspace.playing import Play, period_of, run
from tests.playbook.delivery.post import parsed
from tests.playbook.running.reading_mail import Text, number

FIRST = """
first AS (
  SELECT ticket_id, min(escalated_at) AS first_at, arg_min(coalesce(reason_code, ''), escalated_at) AS code,
         arg_min(root_cause, escalated_at) AS own
  FROM escalations GROUP BY ticket_id
)"""
OCTOBER, SEPTEMBER = ("2026-10-01", "2026-11-01"), ("2026-09-01", "2026-10-01")
LABELS = {
    "product_bug": "Product bug",
    "policy_gap": "Policy gap",
    "training_gap": "Training gap",
    "process_failure": "Process failure",
    "documentation_gap": "Documentation gap",
    None: "No recorded cause",
}


class Sql:
    """The canonical tables of the workspace, asked by hand."""

    def __init__(self, workspace: Workspace) -> None:
        self._cursor = workspace.warehouse.connection.cursor()
        self._causes = workspace.settings.root_causes

    def one(self, sql: str) -> float:
        [(value,)] = self._cursor.execute(sql).fetchall()
        return float(value)

    def rows(self, sql: str) -> list[tuple]:
        return self._cursor.execute(sql).fetchall()

    def cause(self) -> str:
        cases = " ".join(f"WHEN '{code}' THEN '{cause}'" for code, cause in self._causes.items())
        return f"coalesce(own, CASE code {cases} END)"

    def escalated(self, days: tuple[str, str]) -> dict[str | None, int]:
        sql = f"WITH {FIRST} SELECT {self.cause()}, count(*) FROM first WHERE first_at >= '{days[0]}' AND first_at < '{days[1]}' GROUP BY 1"
        return {cause: int(count) for cause, count in self.rows(sql)}


@pytest.fixture(scope="module")
def mailed(demo_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Text, Sql, str]]:
    folder = tmp_path_factory.mktemp("monthly") / "w"
    shutil.copytree(demo_workspace, folder)
    workspace = Workspace.open(folder)
    playbook = find_playbook(workspace, "monthly_escalation_report")
    play = Play.of(workspace, playbook, period_of(playbook, workspace.clock), {}, "outbox")
    run(play)
    play.close()
    [entry] = workspace.outbox.listed()
    message = parsed((folder / entry.path).read_bytes())
    page = Text()
    page.feed(str(message.get_body(("html",)).get_content()))
    yield page, Sql(workspace), str(message["Subject"])
    workspace.close()


def test_the_subject_and_the_opening_tell_rate_and_direction(mailed: tuple[Text, Sql, str]):
    page, sql, subject = mailed
    rates = {}
    for days in (OCTOBER, SEPTEMBER):
        tickets = sql.one(f"SELECT count(*) FROM tickets WHERE created_at >= '{days[0]}' AND created_at < '{days[1]}'")
        rates[days] = (sum(sql.escalated(days).values()), tickets)
    (now, tickets), (before, tickets_before) = rates[OCTOBER], rates[SEPTEMBER]
    rate, change = 100 * now / tickets, 100 * now / tickets - 100 * before / tickets_before
    said = subject.replace("\u00a0", " ")
    assert (
        f"Escalations October 2026: {rate:.1f} %, {'up' if change > 0 else 'down'} {abs(change):.1f} points, " in said
    )
    assert f"{now} tickets were escalated, {rate:.1f} % of {tickets:,.0f}" in page.text
    assert said.split("points, ")[1] in ("within noise", "more than noise", "too few to say")


def test_tickets_and_shares_of_root_causes_add_up_to_the_month(mailed: tuple[Text, Sql, str]):
    page, sql, _ = mailed
    expected = sql.escalated(OCTOBER)
    rows = page.table("root cause", "tickets", "share")
    shown = {row["root cause"]: (number(row["tickets"]), number(row["share"])) for row in rows}
    total = sum(expected.values())
    assert {name: tickets for name, (tickets, _) in shown.items()} == {
        LABELS[cause]: count for cause, count in expected.items()
    }
    for cause, count in expected.items():
        assert shown[LABELS[cause]][1] == pytest.approx(100 * count / total, abs=0.051)


def test_change_and_average_of_root_causes(mailed: tuple[Text, Sql, str]):
    page, sql, _ = mailed
    now, before = sql.escalated(OCTOBER), sql.escalated(SEPTEMBER)
    months = [("2026-07-01", "2026-08-01"), ("2026-08-01", "2026-09-01"), SEPTEMBER]
    past = [sql.escalated(days) for days in months]
    rows = page.table("the month before", "change", "reads as")
    assert {row["root cause"] for row in rows} == {LABELS[cause] for cause in now | before}
    for row in rows:
        cause = next(cause for cause, label in LABELS.items() if label == row["root cause"])
        assert number(row["escalated tickets of the month"]) == now.get(cause, 0)
        assert number(row["the month before"]) == before.get(cause, 0)
        assert number(row["change"]) == now.get(cause, 0) - before.get(cause, 0)
        mean = sum(one.get(cause, 0) for one in past) / 3
        assert number(row["mean of the three months before"]) == pytest.approx(mean, abs=0.06)


def test_the_cost_is_tickets_times_handle_time_times_rate(mailed: tuple[Text, Sql, str]):
    page, sql, _ = mailed
    known = (
        f"WITH {FIRST} SELECT count(*) * avg(handle_minutes) / 60 * 45 FROM first JOIN tickets USING (ticket_id)"
        f" WHERE first_at >= '{OCTOBER[0]}' AND first_at < '{OCTOBER[1]}'"
    )
    cost = sql.one(known)
    [row] = page.table("cost per hour (USD)", "cost of the month (USD)")
    assert number(row["cost of the month (USD)"]) == pytest.approx(cost, abs=0.51)
    assert f"cost an estimated {cost:,.0f} USD" in page.text
    parts = page.table("root cause", "cost (USD)", "share of cost")
    assert sum(number(one["cost (USD)"]) for one in parts) == pytest.approx(cost, abs=len(parts))


def test_the_first_month_of_the_data_has_its_report_too(demo_workspace: Path, tmp_path: Path):
    shutil.copytree(demo_workspace, tmp_path / "w")
    workspace = Workspace.open(tmp_path / "w")
    first = workspace.engine.first_day
    assert first is not None
    playbook = find_playbook(workspace, "monthly_escalation_report")
    play = Play.of(workspace, playbook, calendar_period("month", first), {}, "outbox")
    done = run(play)
    play.close()
    assert done.state == "done"
    [entry] = workspace.outbox.listed()
    assert re.fullmatch(rf"Escalations {first:%B %Y}: [\d.]+.%", entry.subject), entry.subject
    workspace.close()
