"""The two built-in playbooks beside the monthly report: what the weekly digest says is SQL's, and the watch writes only when something crossed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from analyst_agent.workspace import Workspace
from analyst_agent.workspace.playbooks import find_playbook
from analyst_agent.workspace.playing import Play, period_of, run
from tests.playbook.delivery.post import parsed
from tests.playbook.running.reading_mail import Text, number

Mails = Callable[..., list[tuple[str, str, Text]]]


@pytest.fixture
def workspace(demo_workspace: Path, tmp_path: Path) -> Iterator[Workspace]:
    shutil.copytree(demo_workspace, tmp_path / "w")
    workspace = Workspace.open(tmp_path / "w")
    yield workspace
    workspace.close()


@pytest.fixture
def mails(workspace: Workspace) -> Mails:
    """Runs a playbook into the outbox; recipient, subject and page of each mail."""

    def mails(name: str, day: date | None = None, **variables: object) -> list[tuple[str, str, Text]]:
        playbook = find_playbook(workspace, name)
        play = Play.of(workspace, playbook, period_of(playbook, workspace.clock, day), variables, "outbox")
        done = run(play)
        play.close()
        assert done.state == "done"
        made = []
        for entry in workspace.outbox.listed():
            message = parsed((workspace.root / entry.path).read_bytes())
            page = Text()
            page.feed(str(message.get_body(("html",)).get_content()))
            made.append((entry.recipient, str(message["Subject"]).replace("\u00a0", " "), page))
        return made

    return mails


def asked(workspace: Workspace, sql: str) -> float:
    [(value,)] = workspace.warehouse.connection.cursor().execute(sql).fetchall()
    return float(value)


CROSSED = {"day": date(2026, 10, 19), "least_tickets": 3}
"""A day after the demo's outbreak of KI-12, and a threshold for a tenth of its tickets."""
WEEK = ("2026-10-26", "2026-11-02")


@pytest.mark.parametrize("scope", ["", "region = EMEA"])
def test_the_week_in_the_digest_is_that_of_sql_within_the_readers_scope(workspace: Workspace, mails: Mails, scope: str):
    reader = {"address": "lead@example.com", "name": "Lead", "scope": scope} if scope else "lead@example.com"
    [(_, subject, page)] = mails("weekly_team_digest", recipients=[reader])
    only = "AND region = 'EMEA'" if scope else ""
    tickets = asked(
        workspace,
        f"SELECT count(*) FROM tickets LEFT JOIN accounts USING (account_id) WHERE tickets.created_at >= '{WEEK[0]}'"
        f" AND tickets.created_at < '{WEEK[1]}' {only}",
    )
    first = "(SELECT ticket_id, min(escalated_at) AS first_at FROM escalations GROUP BY ticket_id)"
    escalated = asked(
        workspace,
        f"SELECT count(*) FROM {first} JOIN tickets USING (ticket_id) LEFT JOIN accounts USING (account_id)"
        f" WHERE first_at >= '{WEEK[0]}' AND first_at < '{WEEK[1]}' {only}",
    )
    assert escalated > 5
    assert f"{100 * escalated / tickets:.1f} %" in subject
    assert "(week 44)" in subject
    assert f"{escalated:.0f} tickets were escalated, {100 * escalated / tickets:.1f} % of {tickets:.0f}" in page.text
    waiting = page.table("ticket", "why")
    assert waiting
    for row in waiting:
        found = asked(
            workspace,
            "SELECT count(*) FROM tickets LEFT JOIN accounts USING (account_id)"
            f" WHERE ticket_id = '{row['ticket']}' AND tickets.priority = '{row['priority']}' {only}"
            f" AND exists (FROM escalations e WHERE e.ticket_id = tickets.ticket_id AND e.escalated_at < '{WEEK[1]}')",
        )
        assert found == 1, row


def test_the_watch_names_what_crossed_by_how_much(mails: Mails):
    [(_, subject, page)] = mails("known_issue_watch", **CROSSED)
    [row] = page.table("known issue", "usual week before")
    week, usual = number(row["escalated tickets of the last seven days"]), row["usual week before"]
    assert (
        subject
        == f"Known issues over their threshold, 18 October 2026: {row['known issue']} with {week:.0f} escalated tickets"
    )
    said = f"{row['known issue']}: {week:.0f} escalated tickets of the last seven days, usual week before {usual}."
    assert said in page.text
    all_weeks = {one["known issue"]: number(one["tickets"]) for one in page.table("known issue", "status", "tickets")}
    assert number(usual) == pytest.approx((all_weeks[row["known issue"]] - week) / 11, abs=0.05)
    assert week >= 2 * number(usual)


def test_the_watch_is_silent_where_nothing_crossed(mails: Mails):
    assert mails("known_issue_watch", day=date(2026, 6, 16)) == []


def test_the_watch_takes_the_threshold_that_somebody_set(mails: Mails):
    assert mails("known_issue_watch", **{**CROSSED, "least_tickets": 500}) == []


def test_no_command_is_given_that_would_show_other_numbers(mails: Mails):
    [(_, _, page)] = mails("known_issue_watch", **CROSSED)
    assert "Reproduce: analyst query --metrics escalation_rate" not in page.text
