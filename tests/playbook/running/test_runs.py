"""Runs of a playbook: the same inputs give the same bytes once, other data say what changed, each recipient her scope."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from analyst_agent.claims import bind, claims_of, formats
from analyst_agent.errors import AnalystError, InvalidDefinition, WorkspaceError
from analyst_agent.playbook.page.pictures import SCALE
from analyst_agent.playbook.records import Report
from analyst_agent.playbook.running.folder import RunFolder
from analyst_agent.records import Finding
from analyst_agent.report.charts import png
from analyst_agent.report.renderer import Renderer
from analyst_agent.warehouse.load import load
from analyst_agent.workspace import Workspace, playing
from analyst_agent.workspace.comparing_runs import compared, run_json
from analyst_agent.workspace.playing import InputsChanged, Play, findings_of, play_of, results_of, resume, run
from tests.playbook.delivery.post import Post, free_port, parsed, serve
from tests.playbook.running.small import NAME, PLAYBOOK, play_in, run_or_resume, workspace_at

EMEA = '{address: emea@example.com, name: EMEA lead, scope: "region = EMEA"}'


@pytest.fixture
def folder(demo_workspace: Path, tmp_path: Path) -> Path:
    return workspace_at(demo_workspace, tmp_path / "w")


def ran(play: Play):
    try:
        return run(play)
    finally:
        play.close()


def load_two_more(folder: Path, tmp_path: Path) -> None:
    """Two more tickets of October in Billing."""
    new = tmp_path / "tickets.csv"
    new.write_text(
        "ticket_id,created_at,product_area\nT-NEW-1,2026-10-12T09:00:00Z,Billing\nT-NEW-2,2026-10-13T09:00:00Z,Billing\n",
        encoding="utf-8",
    )
    workspace = Workspace.open(folder)
    load(folder, [new], settings=workspace.settings, derived=workspace.derived)
    workspace.close()


def report_of(workspace: Workspace, done) -> Report:
    [report] = [one for one in results_of(workspace, done)[""].values() if isinstance(one, Report)]
    return report


def test_the_same_month_run_twice_is_the_same_report_and_one_message(folder: Path):
    first = ran(play_in(folder))
    workspace = Workspace.open(folder)
    [entry] = workspace.outbox.listed()
    content = (folder / entry.path).read_bytes()
    second = ran(play_in(folder))
    assert (first.id, second.id) == (f"{NAME}-2026-10-1", f"{NAME}-2026-10-2")
    assert first.fingerprint == second.fingerprint
    assert workspace.outbox.listed() == [entry]
    assert (folder / entry.path).read_bytes() == content
    told = run_json(workspace, second)
    assert told["changed_since"] == []
    assert [one["repeated"] for one in told["messages"]] == [True]
    assert report_of(workspace, first) == report_of(workspace, second)


def test_where_the_data_changed_the_second_run_says_which_numbers(folder: Path, tmp_path: Path):
    ran(play_in(folder))
    load_two_more(folder, tmp_path)
    second = ran(play_in(folder))
    workspace = Workspace.open(folder)
    found = compared(workspace, second)
    assert any(line.startswith("the data changed") for line in found.inputs)
    assert any(line.startswith("Escalation rate in October 2026: ") and "(was " in line for line in found.lines)
    assert len(workspace.outbox.listed()) == 2


CHANGING = PLAYBOOK.replace(
    "  - name: report\n    inputs: [rate, areas]\n",
    "  - name: changed\n    inputs: [rate, areas]\n    changes: 8\n  - name: report\n    inputs: [rate, areas, changed]\n",
).replace(
    "      sections:\n",
    "      sections:\n        - {title: Changed since, show: changed, charts: none, when_empty: false}\n",
)


def test_the_mail_itself_says_what_changed_since_it_was_last_made_and_says_the_same_again(
    demo_workspace: Path, tmp_path: Path
):
    folder = workspace_at(demo_workspace, tmp_path / "changing", text=CHANGING)
    first, again = ran(play_in(folder)), ran(play_in(folder))
    load_two_more(folder, tmp_path)
    second, third = ran(play_in(folder)), ran(play_in(folder))
    workspace = Workspace.open(folder)
    assert [one.title for one in report_of(workspace, first).sections] == ["Rate", "Areas"]
    assert report_of(workspace, again) == report_of(workspace, first)
    changed = report_of(workspace, second)
    assert report_of(workspace, third) == changed
    assert len(workspace.outbox.listed()) == 2
    section, finding = changed.sections[0], results_of(workspace, second)[""]["changed"]
    was, now = (
        next(f for f in results_of(workspace, run)[""]["rate"].facts if f.metric == "escalation_rate").value
        for run in (first, second)
    )
    assert section.text.startswith("Since the last report on October 2026 that gave other numbers, 1 number moved.")
    shown = formats.two_numbers(now, was, "ratio", "USD")
    assert f"Escalation rate in October 2026: {shown[0]}, was {shown[1]} in the earlier report" in section.text
    assert [one.kind for one in finding.statements] == ["report_changed", "number_moved"]
    for claim in claims_of(finding, workspace.desk.wording):
        assert not bind(claim.text, finding, workspace.desk.wording).grounding.unbound
    assert any(f"Compared with {again.id}" in one.text for one in changed.caveats)


def test_two_runs_that_say_the_same_have_the_same_digests_however_long_they_took(folder: Path):
    first, second = ran(play_in(folder)), ran(play_in(folder))
    workspace = Workspace.open(folder)
    one = results_of(workspace, first)[""]["areas"]
    assert isinstance(one, Finding)
    slower = replace(one, queries=tuple(replace(query, milliseconds=1e6) for query in one.queries))
    files = playing.run_folder(workspace, "slower")
    assert files.write("slower.json", slower)[1] == files.write("one.json", one)[1] == first.steps[1].sha256
    assert [step.sha256 for step in first.steps[:3]] == [step.sha256 for step in second.steps[:3]]


def test_of_earlier_runs_that_say_the_same_one_is_read(
    demo_workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = workspace_at(demo_workspace, tmp_path / "changing", text=CHANGING)
    for _ in range(3):
        ran(play_in(folder))
    read: list[str | None] = []
    as_it_is = RunFolder.read
    monkeypatch.setattr(RunFolder, "read", lambda self, step: read.append(step.file) or as_it_is(self, step))
    ran(play_in(folder))
    assert read == ["1-01-rate.json", "1-02-areas.json"]


def test_a_result_kept_under_the_digest_of_its_bytes_is_read(folder: Path):
    done = ran(play_in(folder))
    workspace = Workspace.open(folder)
    whole = results_of(workspace, done)
    for step in done.steps:
        content = (folder / ".analyst" / "runs" / done.id / str(step.file)).read_bytes()
        with workspace.runs._database.writing() as connection:
            digest = hashlib.sha256(content).hexdigest()
            connection.exec_driver_sql(f"UPDATE playbook_run_steps SET sha256 = '{digest}' WHERE step = '{step.step}'")
    assert results_of(workspace, workspace.runs.get(done.id)) == whole


@pytest.mark.parametrize("content", ["", "{", "[]", '{"kind": "finding"}', '{"content": {"queries": [1]}}'])
def test_a_file_that_holds_no_result_is_not_read(folder: Path, content: str):
    done = ran(play_in(folder))
    workspace = Workspace.open(folder)
    file = folder / ".analyst" / "runs" / done.id / "1-01-rate.json"
    file.write_text(content, encoding="utf-8")
    assert set(results_of(workspace, done)[""]) == {"areas", "report", "mail"}


def test_charts_are_drawn_once_and_before_the_report_that_shows_them(
    demo_workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    text = PLAYBOOK.replace("show: areas, charts: none", "show: areas")
    play = play_in(workspace_at(demo_workspace, tmp_path / "w", text=text))
    begun, drawn, before = list[object](), list[str](), list[object]()
    begin, draw = Renderer.begin, Renderer._draw
    monkeypatch.setattr(Renderer, "begin", lambda self, spec, scale: begun.append(spec) or begin(self, spec, scale))
    monkeypatch.setattr(Renderer, "_draw", lambda self, line: drawn.append(line) or draw(self, line))
    done = run(play, tell=lambda progress: before.extend(begun) if progress.step == "report" and not before else None)
    play.close()
    workspace = Workspace.open(play.workspace.root)
    charts = [chart for section in report_of(workspace, done).sections for chart in section.charts]
    assert charts
    assert [chart.spec for chart in charts] == before
    assert len(drawn) == len(charts)
    [entry] = workspace.outbox.listed()
    parts = parsed((workspace.root / entry.path).read_bytes()).walk()
    shown = [part.get_content() for part in parts if part.get_content_type() == "image/png"]
    assert shown == [png(chart, SCALE) for chart in charts]


def test_each_recipient_is_told_the_numbers_of_her_scope(folder: Path):
    text = PLAYBOOK.replace("[vp@example.com]", f"[vp@example.com, {EMEA}]")
    (folder / "playbooks" / f"{NAME}.yml").write_text(text, encoding="utf-8")
    done = ran(play_in(folder))
    workspace = Workspace.open(folder)
    results = results_of(workspace, done)
    assert list(results) == ["", "region = EMEA"]
    counts = {
        edition: next(f.value for f in findings_of(steps)["rate"].facts if f.metric == "escalated_ticket_count")
        for edition, steps in results.items()
    }
    sql = (
        "SELECT count(DISTINCT t.ticket_id) FROM tickets t JOIN accounts a USING (account_id) JOIN escalations e USING (ticket_id)"
        " WHERE a.region = 'EMEA' AND e.escalated_at = (SELECT min(x.escalated_at) FROM escalations x WHERE x.ticket_id = t.ticket_id)"
        " AND e.escalated_at >= '2026-10-01' AND e.escalated_at < '2026-11-01'"
    )
    [(expected,)] = workspace.warehouse.connection.cursor().execute(sql).fetchall()
    assert counts["region = EMEA"] == expected
    assert counts[""] > expected
    told = {one.recipient: parsed((folder / one.path).read_bytes()) for one in workspace.outbox.listed()}
    assert set(told) == {"vp@example.com", "emea@example.com"}
    texts = {to: str(message.get_body(("plain",)).get_content()) for to, message in told.items()}
    assert "EMEA" in texts["emea@example.com"]
    assert "EMEA" not in texts["vp@example.com"]


def test_a_failed_run_tells_its_line_keeps_what_is_done_and_goes_on_from_there(folder: Path):
    file = folder / "playbooks" / f"{NAME}.yml"
    broken = PLAYBOOK.replace(
        "fact('rate', 'escalation_rate').shown", "fact('rate', 'escalation_rate').shown ~ ', 99.9 %'"
    )
    file.write_text(broken, encoding="utf-8")
    with pytest.raises(AnalystError) as caught:
        ran(play_in(folder))
    assert caught.value.code == "unbound_text"
    assert "small.yml, line" in caught.value.message
    workspace = Workspace.open(folder)
    [failed] = workspace.runs.listed(NAME)
    failed = workspace.runs.get(failed.id)
    assert [(one.step, one.state) for one in failed.steps] == [
        ("rate", "done"),
        ("areas", "done"),
        ("report", "failed"),
    ]
    assert workspace.outbox.listed() == []
    with pytest.raises(AnalystError):
        resume(play_of(workspace, failed), failed)
    file.write_text(PLAYBOOK, encoding="utf-8")
    with pytest.raises(InputsChanged, match=r"file of small was changed"):
        play_of(workspace, failed)


def test_a_run_that_is_done_is_not_gone_on_with(folder: Path):
    done = ran(play_in(folder))
    workspace = Workspace.open(folder)
    with pytest.raises(InvalidDefinition, match="is done"):
        resume(play_of(workspace, done), done)


def test_a_result_that_was_tampered_with_is_computed_again(folder: Path):
    play = play_in(folder)
    stops = iter([False, False, True])
    play.stop = lambda: next(stops)
    stopped = ran(play)
    assert stopped.state == "stopped"
    file = folder / ".analyst" / "runs" / stopped.id / "1-01-rate.json"
    file.write_text(file.read_text(encoding="utf-8").replace("0.1", "0.9"), encoding="utf-8")
    workspace = Workspace.open(folder)
    again = play_of(workspace, stopped)
    done = resume(again, workspace.runs.get(stopped.id))
    again.close()
    assert done.state == "done"
    whole = ran(play_in(folder))
    assert report_of(workspace, done) == report_of(workspace, whole)


def test_what_is_not_granted_fails_the_run_before_it_begins_or_leaves_an_optional_step_empty(folder: Path):
    toml = folder / "analyst.toml"
    toml.write_text(
        toml.read_text(encoding="utf-8").replace('# sources = ["helpdesk", "crm"]', 'sources = ["helpdesk"]'),
        encoding="utf-8",
    )
    file = folder / "playbooks" / f"{NAME}.yml"
    text = PLAYBOOK.replace("by: [product_area]", "by: [tier]")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(AnalystError, match=r"small\.yml, line \d+, step 'areas'"):
        ran(play_in(folder))
    workspace = Workspace.open(folder)
    assert workspace.runs.listed() == []
    file.write_text(text.replace("  - name: areas\n", "  - name: areas\n    optional: true\n"), encoding="utf-8")
    done = ran(play_in(folder))
    [report] = [one for one in results_of(Workspace.open(folder), done)[""].values() if isinstance(one, Report)]
    assert "That part is left out" in report.sections[1].text


def test_variables_and_what_they_change_are_part_of_the_inputs(folder: Path):
    text = PLAYBOOK.replace("variables:\n", "variables:\n  cost: 45\n").replace(
        "by: [product_area]}", 'by: [product_area], cost_per_hour: "{{ cost }}"}'
    )
    (folder / "playbooks" / f"{NAME}.yml").write_text(text, encoding="utf-8")
    cheap, dear = ran(play_in(folder)), ran(play_in(folder, variables={"cost": 90}))
    assert cheap.fingerprint != dear.fingerprint
    workspace = Workspace.open(folder)
    total = [
        sum(
            f.value
            for f in findings_of(results_of(workspace, one)[""])["areas"].facts
            if f.metric == "estimated_cost" and f.dimensions
        )
        for one in (cheap, dear)
    ]
    assert total[1] == pytest.approx(2 * total[0], rel=1e-6)
    assert any("the variables changed" in line for line in compared(workspace, dear).inputs)


def test_another_process_cannot_write_into_a_run_that_was_taken_over(folder: Path):
    done = ran(play_in(folder))
    workspace = Workspace.open(folder)
    step = replace(done.steps[0], state="running")
    with workspace.runs._database.writing() as connection:
        connection.exec_driver_sql("UPDATE playbook_runs SET holder = 'another|1|2', state = 'running'")
    with pytest.raises(AnalystError, match="taken up by another process"):
        workspace.runs.note_step(done.id, step)


def test_a_run_is_done_only_when_its_mail_was_handed_to_a_round_of_sending(
    demo_workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    inbox, port = Post(), free_port()
    controller = serve(inbox, port)
    try:
        folder = workspace_at(demo_workspace, tmp_path / "w", port)

        def gone(*_: object) -> None:
            raise WorkspaceError("The state database has gone.", "")

        with monkeypatch.context() as patched:
            patched.setattr(playing, "deliver_due", gone)
            with pytest.raises(WorkspaceError):
                ran(play_in(folder, "smtp"))
        workspace = Workspace.open(folder)
        [begun] = workspace.runs.listed(NAME)
        assert begun.state == "failed"
        assert inbox.received == []
        assert run_or_resume(folder) == begun.id
        assert workspace.runs.get(begun.id).state == "done"
        assert {entry.recipient: entry.state for entry in workspace.outbox.listed()}["vp@example.com"] == "sent"
        assert len([message for _, message in inbox.received if b"Escalations October" in message]) == 1
    finally:
        controller.stop()
