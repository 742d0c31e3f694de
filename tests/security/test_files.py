"""Somebody else's folder runs nothing, stops nothing and picks none of one's own files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analyst_agent.errors import AnalystError, InvalidDefinition, LoadError
from analyst_agent.warehouse.load import load
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.starting import make_workspace

TICKETS = "ticket_id,created_at\nT1,2026-01-01\n"
EXECUTES = '!!python/object/apply:pathlib.Path.touch [!!python/object/apply:pathlib.Path ["{place}"]]'


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    make_workspace(tmp_path)
    (tmp_path / "given").mkdir()
    return Workspace.open(tmp_path)


def bomb() -> str:
    """YAML of a few hundred characters that stands for nine to the tenth values."""
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]"
        for before, name in zip("abcdefghi", "bcdefghij", strict=True)
    ]
    return "\n".join(lines)


def test_a_link_out_of_a_folder_of_tables_is_left_aside(workspace):
    private = workspace.root / "private.csv"
    private.write_text(TICKETS)
    folder = workspace.root / "given"
    (folder / "tickets.csv").symlink_to(private)
    (folder / "accounts.csv").write_text("account_id\nA1\n")
    report = load(workspace.root, [folder], settings=workspace.settings, derived=workspace.derived)
    assert [(one.file, one.reason.split(";")[0]) for one in report.left_aside] == [
        ("tickets.csv", "it is a link out of the folder")
    ]
    assert [one.file for one in report.files] == ["accounts.csv"]


def test_a_link_that_is_given_by_name_is_followed(workspace):
    (workspace.root / "real.csv").write_text(TICKETS)
    (workspace.root / "tickets.csv").symlink_to(workspace.root / "real.csv")
    report = load(
        workspace.root, [workspace.root / "tickets.csv"], settings=workspace.settings, derived=workspace.derived
    )
    assert report.totals["inserted"] == 1


def test_a_pipe_named_like_a_table_does_not_stop_the_load(workspace):
    os.mkfifo(workspace.root / "given" / "tickets.csv")
    with pytest.raises(LoadError, match="no file there can be loaded"):
        load(workspace.root, [workspace.root / "given"], settings=workspace.settings, derived=workspace.derived)


def test_a_link_out_of_a_folder_of_documents_is_left_aside(workspace):
    (workspace.root / "secret.txt").write_text("the secret")
    (workspace.root / "given" / "policy.md").symlink_to(workspace.root / "secret.txt")
    (workspace.root / "given" / "loop").symlink_to(workspace.root)
    [entry] = workspace.knowledge.add([workspace.root / "given"]).entries
    assert (entry.outcome, entry.reason.split(";")[0]) == ("skipped", "is a link out of the folder")
    assert workspace.knowledge.documents() == []


@pytest.mark.parametrize(
    ("fields", "reason"),
    [(bomb() + "\ntitle: *j", "aliases"), (EXECUTES, "constructor"), ("a: " + "[" * 20_000, "not valid YAML")],
)
def test_front_matter_cannot_run_code_or_stand_for_billions_of_values(workspace, fields, reason):
    touched = workspace.root / "touched"
    fields = fields.replace("{place}", str(touched))
    (workspace.root / "given" / "policy.md").write_text(f"---\n{fields}\n---\n# Title\nText.\n")
    [entry] = workspace.knowledge.add([workspace.root / "given"]).entries
    assert entry.outcome == "skipped"
    assert reason in entry.reason
    assert not touched.exists()


@pytest.mark.parametrize(
    "mapping",
    [EXECUTES, "name: " + EXECUTES, bomb() + "\nname: *j\nfiles: *j", bomb() + "\nname: x\nmissing: *j\nfiles: []"],
)
def test_a_mapping_cannot_run_code_or_stand_for_billions_of_values(workspace, mapping):
    touched = workspace.root / "touched"
    file = workspace.root / "mapping.yml"
    file.write_text(mapping.replace("{place}", str(touched)))
    with pytest.raises(InvalidDefinition):
        load(
            workspace.root,
            [workspace.root / "given"],
            settings=workspace.settings,
            mapping=file,
            derived=workspace.derived,
        )
    assert not touched.exists()


def test_texts_of_a_mapping_are_literals(workspace):
    (workspace.root / "given" / "cases.csv").write_text("x,When,Prio's\n1,2026-01-01,a\n2,2026-01-02,b\n")
    file = workspace.root / "mapping.yml"
    file.write_text(
        'name: "x\'; DROP TABLE tickets; --"\nfiles:\n  - match: cases.csv\n    table: tickets\n    columns:\n'
        "      ticket_id: x\n      created_at: {column: When, date_format: '%Y-%m-%d'}\n"
        '      subject: {constant: "a\'); DROP TABLE accounts; --"}\n'
        "      description: {join: [x, {constant: \"'||(SELECT 1)||'\"}], separator: \"'||'\"}\n"
        '      priority: {column: "Prio\'s", values: {a: "\'||version()||\'"}}\n'
    )
    load(
        workspace.root, [workspace.root / "given"], settings=workspace.settings, mapping=file, derived=workspace.derived
    )
    assert set(workspace.engine.values("priority")) == {"'||version()||'", "b"}
    rows = workspace.engine.rows("ticket", ["subject", "description"]).rows
    assert rows[0] == {"subject": "a'); DROP TABLE accounts; --", "description": "1'||''||(SELECT 1)||'"}
    workspace.close()


def test_code_that_lies_in_a_workspace_is_not_run(workspace):
    touched = workspace.root / "touched"
    for name in (
        "skills/evil/skill.py",
        "skills/__init__.py",
        "analyst_agent/__init__.py",
        "conftest.py",
        "sitecustomize.py",
    ):
        file = workspace.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"open({str(touched)!r}, 'w')\n")
    (workspace.root / "skills/evil/SKILL.md").write_text(
        "---\nname: evil\ndescription: x\ntriggers: [x]\nexamples: [x]\n---\n"
    )
    (workspace.root / "given" / "tickets.csv").write_text(TICKETS)
    load(workspace.root, [workspace.root / "given"], settings=workspace.settings, derived=workspace.derived)
    assert "evil" not in workspace.skills
    workspace.analyst().ask("How many tickets?")
    workspace.close()
    assert not touched.exists()


def test_settings_name_no_file_and_no_code(workspace):
    for text in (
        '[analyst]\nskills = "/tmp"\n',
        '[workspace]\ntime_zone = "../../etc/passwd"\n',
        "[model]\nname = 5\n",
    ):
        (workspace.root / "analyst.toml").write_text(text)
        with pytest.raises(AnalystError):
            Workspace.open(workspace.root)
