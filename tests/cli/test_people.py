"""`analyst people` and `analyst tokens`: who is let in is looked after without a page, and no password is ever an argument."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from analyst_agent.cli.main import app
from analyst_agent.errors import AnalystError, InvalidDefinition, NotPermitted, UnknownName
from tests.server.staff import people_of

PASSWORD = "correct horse lamp"
Typed = Callable[..., Result]


@pytest.fixture
def root(demo_workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copied = tmp_path / "demo"
    shutil.copytree(demo_workspace, copied)
    monkeypatch.chdir(copied)
    return copied


def typed(*words: str, password: str = "") -> Result:
    """The command's result; what it raises is raised."""
    found = CliRunner().invoke(app, list(words), input=f"{password}\n" if password else "")
    if isinstance(found.exception, AnalystError):
        raise found.exception
    assert found.exit_code == 0, found.output
    return found


def _listed(what: str) -> list[dict[str, object]]:
    listed: list[dict[str, object]] = json.loads(typed(what, "list", "--json").stdout)[what]
    return listed


def _hire(login: str, role: str, *options: str) -> None:
    typed("people", "add", login, "--role", role, *options, password=PASSWORD)


def test_people_are_added_changed_disabled_and_listed(root: Path) -> None:
    assert "answers only to this machine" in typed("people", "list").output
    _hire("Ana@Example.com", "admin", "--name", "Ana Lopez")
    _hire("ben", "lead", "--where", "region = EMEA", "--where", "tier = Enterprise")
    listed = [(one["login"], one["name"], one["role"], one["scope"], one["state"]) for one in _listed("people")]
    assert listed == [
        ("ana@example.com", "Ana Lopez", "admin", [], "active"),
        ("ben", "ben", "lead", ["region = EMEA", "tier = Enterprise"], "active"),
    ]
    typed("people", "set", "BEN", "--role", "leader", "--everything")
    typed("people", "disable", "ben")
    assert [(one["role"], one["scope"], one["state"]) for one in _listed("people")][1] == ("leader", [], "disabled")
    typed("people", "set", "ben", "--enable")
    assert _listed("people")[1]["state"] == "active"


@pytest.mark.parametrize(
    ("words", "error", "match"),
    [
        (("people", "add", "ben", "--role", "leader"), InvalidDefinition, "no admin yet"),
        (("people", "add", "ben", "--role", "chief"), UnknownName, "chief"),
        (("people", "add", "b b", "--role", "admin"), InvalidDefinition, "no login"),
        (("people", "add", "local", "--role", "admin"), InvalidDefinition, "no login"),
        (("people", "add", "ana", "--role", "admin", "--where", "region = EMEA"), InvalidDefinition, "no scope"),
        (("people", "disable", "nobody"), UnknownName, "nobody"),
    ],
)
def test_what_cannot_be_is_refused_before_anybody_is_there(
    root: Path, words: tuple[str, ...], error: type[AnalystError], match: str
) -> None:
    with pytest.raises(error, match=match):
        typed(*words, password=PASSWORD)
    assert _listed("people") == []


def test_the_last_admin_and_the_scope_are_looked_after(root: Path) -> None:
    _hire("ana", "admin")
    for words in (("people", "disable", "ana"), ("people", "set", "ana", "--role", "leader")):
        with pytest.raises(NotPermitted, match="last admin"):
            typed(*words)
    with pytest.raises(UnknownName) as wrong:
        _hire("ben", "lead", "--where", "region = EMAE")
    assert "EMEA" in wrong.value.hint
    with pytest.raises(InvalidDefinition, match="contradict"):
        typed("people", "set", "ana", "--everything", "--where", "region = EMEA")
    with pytest.raises(InvalidDefinition, match="Nothing is to be changed"):
        typed("people", "set", "ana")


def test_a_password_is_read_from_the_input_and_shown_nowhere(root: Path) -> None:
    with pytest.raises(InvalidDefinition, match="first that are tried"):
        typed("people", "add", "ana", "--role", "admin", password="Password1234")
    with pytest.raises(InvalidDefinition, match="holds no password"):
        typed("people", "add", "ana", "--role", "admin")
    done = typed("people", "add", "ana", "--role", "admin", password=PASSWORD)
    assert PASSWORD not in done.output
    done = typed("people", "password", "ana", password="lamp horse correct")
    with people_of(root) as people:
        assert people.sign_in("ana", "lamp horse correct", "")
    state = root / ".analyst"
    assert not [f for f in state.glob("state.db*") if b"horse" in f.read_bytes()]


def test_tokens_are_made_listed_and_revoked(root: Path) -> None:
    _hire("ana", "admin")
    _hire("ben", "operations")
    made = json.loads(
        typed("tokens", "make", "ben", "--name", "board", "--role", "leader", "--days", "7", "--json").stdout
    )
    with people_of(root) as people:
        caller = people.bearer(made["token"])
    assert caller is not None
    assert (caller.name, caller.role) == ("ben", "leader")
    [listed] = _listed("tokens")
    assert (listed["owner"], listed["name"], listed["role"], listed["state"]) == ("ben", "board", "leader", "good")
    assert made["token"] not in typed("tokens", "list", "--json").stdout
    with pytest.raises(UnknownName):
        typed("tokens", "revoke", "e")
    typed("tokens", "revoke", made["id"])
    assert _listed("tokens")[0]["state"] == "revoked"
    with people_of(root) as people:
        assert people.bearer(made["token"]) is None


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (("--role", "admin"), InvalidDefinition),
        (("--role", "chief"), UnknownName),
        (("--days", "0"), InvalidDefinition),
        (("--days", "400"), InvalidDefinition),
        (("--where", "regoin = EMEA"), UnknownName),
    ],
)
def test_a_token_that_would_do_more_than_its_owner_is_not_made(
    root: Path, options: tuple[str, ...], error: type[AnalystError]
) -> None:
    _hire("ana", "admin")
    _hire("ben", "leader")
    with pytest.raises(error):
        typed("tokens", "make", "ben", "--name", "board", *options)
    assert _listed("tokens") == []


def test_what_was_changed_stands_in_the_audit(root: Path) -> None:
    _hire("ana", "admin")
    typed("tokens", "make", "ana", "--name", "board")
    lines = [json.loads(line) for line in typed("audit", "--json").stdout.splitlines()]
    assert [(line["event"], line["about"]) for line in lines] == [("account added", "ana"), ("token made", "ana")]
    assert "account added ana admin" in typed("audit").output
