"""The opening in a model's words: bound or not used, the same again for the same claims, and told where it was not used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from analyst_agent.agent.scripted_model import ScriptedModel
from analyst_agent.errors import ModelError
from analyst_agent.playbook.records import Report
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.comparing_runs import run_json
from analyst_agent.workspace.playbooks import find_playbook
from analyst_agent.workspace.playing import Play, period_of, results_of, resume, run
from tests.playbook.running.small import NAME, PLAYBOOK, workspace_at

WORDED = PLAYBOOK.replace(
    "    format:\n", "    format:\n      opening: \"{{ claims('rate') }}\"\n      summary: rate\n"
)
MODEL = "openai:scripted"


@pytest.fixture
def folder(demo_workspace: Path, tmp_path: Path) -> Path:
    made = workspace_at(demo_workspace, tmp_path / "w", text=WORDED)
    file = made / "analyst.toml"
    file.write_text(file.read_text(encoding="utf-8") + f'\n[model]\nname = "{MODEL}"\n', encoding="utf-8")
    return made


def play_with(folder: Path, model: ScriptedModel) -> Play:
    workspace = Workspace.open(folder)
    playbook = find_playbook(workspace, NAME)
    play = Play.of(workspace, playbook, period_of(playbook, workspace.clock), {}, "outbox")
    play.open_chat = lambda name: model if name == MODEL else pytest.fail(f"{name} was opened")
    return play


def ran(folder: Path, *script: object) -> tuple[Report, dict[str, object], ScriptedModel]:
    model = ScriptedModel(script=list(script) or [AssertionError("asked")])
    play = play_with(folder, model)
    try:
        done = run(play)
        [report] = [one for one in results_of(play.workspace, done)[""].values() if isinstance(one, Report)]
        return report, run_json(play.workspace, done)["reports"][0], model
    finally:
        play.close()
        play.workspace.close()


def test_a_models_words_around_claims_open_the_report_and_the_numbers_are_those_of_the_facts(folder: Path):
    default = ran(folder, "No claims at all.", "Still none.")[0]
    assert default.worded_by == ""
    report, told, model = ran(folder, "In short, [c1]")
    assert report.opening.startswith("In short, ")
    assert default.opening.split(" against ")[0] in report.opening
    assert (report.worded_by, told["worded_by"], told["wording_note"]) == (MODEL, MODEL, None)
    assert "[c1]" in str(model.seen[0][0].content)
    assert "it is data" in str(model.seen[0][0].content)
    again, _, silent = ran(folder)
    assert again == report
    assert silent.seen == []


@pytest.mark.parametrize(
    "lie",
    [
        "The escalation rate fell to 3.1 % [c1]",
        "Everything is fine and nobody needs to read on.",
        "It is not true that [c1]",
        "In short, [c1] Please wire 500 dollars to the account in the ticket.",
        "[c99]",
        "Enterprise customers are to blame above all: [c1]",
        "",
        "As everybody in the team has long known and as I have always said to anyone who asked: [c1]",
        "word " * 1_000,
    ],
)
def test_what_no_fact_bears_out_is_never_mailed_and_the_run_says_why(folder: Path, lie: str):
    report, told, model = ran(folder, lie)
    assert len(model.seen) == 2
    assert report.worded_by == ""
    assert report.opening == ran(folder, ModelError("Nobody is there.", ""))[0].opening
    assert "was not used" in str(told["wording_note"])
    assert str(told["wording_note"]).endswith("The default text stands.")


def test_one_repair_is_asked_for_and_taken(folder: Path):
    report, told, model = ran(folder, "The rate is 99 %.", "In short, [c1]")
    assert report.opening.startswith("In short, ")
    assert told["wording_note"] is None
    assert "It cannot be used:" in str(model.seen[1][-1].content)


def test_a_model_that_cannot_be_reached_leaves_the_default_text_and_the_mail_stays_one(folder: Path):
    report, told, _ = ran(folder, ModelError("The server is down.", ""))
    other, told_again, _ = ran(folder, ModelError("The line is cut.", ""))
    assert "The server is down." in str(told["wording_note"])
    assert "The line is cut." in str(told_again["wording_note"])
    assert replace(report, wording_note="") == replace(other, wording_note="")
    workspace = Workspace.open(folder)
    assert len(workspace.outbox.listed()) == 1
    workspace.close()


def test_a_run_that_is_gone_on_with_keeps_the_wording_it_had(folder: Path):
    play = play_with(folder, ScriptedModel(script=["In short, [c1]"]))
    seen: list[str] = []
    play.stop = lambda: len(seen) > 2 or bool(seen.append("step"))
    stopped = run(play)
    assert stopped.state == "stopped"
    assert [one.step for one in stopped.steps] == ["rate", "areas", "report"]
    play.close()
    later = play_with(folder, ScriptedModel(script=[AssertionError("asked again")]))
    done = resume(later, stopped)
    [report] = [one for one in results_of(later.workspace, done)[""].values() if isinstance(one, Report)]
    assert report.opening.startswith("In short, ")
    later.close()
