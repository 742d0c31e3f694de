"""`analyst outbox` as typed: list, show, approve, resolve, send."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from analyst_agent.cli import mailing
from analyst_agent.cli.main import app, run
from analyst_agent.errors import InvalidDefinition
from analyst_agent.playbook.delivery import post
from analyst_agent.workspace import Workspace
from tests.playbook.delivery.post import FIVE, MAIL, NOON, ORIGIN, Clock, Post, free_port, serve

SETTINGS = """
[delivery]
sender = "Escalation Analyst <analyst@example.com>"
owner = "owner@example.com"
server = "127.0.0.1"
port = {port}
security = "none"
domains = ["example.com"]
"""


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """A workspace with two mails that nobody asked to send, and a server."""
    made, port = Post(), free_port()
    (tmp_path / "analyst.toml").write_text(SETTINGS.format(port=port))
    monkeypatch.chdir(tmp_path)
    workspace = Workspace.open()
    post(workspace.mailroom, MAIL, FIVE[:2], ORIGIN, at=NOON)
    workspace.close()
    controller = serve(made, port)
    yield made
    controller.stop()


def typed(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == code, result.output
    return result


def listed(*words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(typed("outbox", "list", "--json", *words).output)["entries"]
    return found


def test_what_is_approved_is_sent_and_the_rest_is_not(inbox: Post) -> None:
    assert [one["state"] for one in listed()] == ["outbox", "outbox"]
    assert "Nothing was due." in typed("outbox", "send").output
    [name] = [one["id"][:8] for one in listed() if one["recipient"] == FIVE[0]]
    assert f"{name} is queued: {FIVE[0]}" in typed("outbox", "approve", name, "--by", "Dana").output
    assert "1 sent." in typed("outbox", "send").output
    assert [to for to, _ in inbox.received] == [FIVE[0]]
    shown = json.loads(typed("outbox", "show", name, "--json").output)
    assert (shown["entry"]["state"], shown["file"]) == ("sent", "as it was written")
    assert [(one["state"], one["by"]) for one in shown["history"]][:2] == [("outbox", "r-1"), ("queued", "Dana")]
    assert [one["recipient"] for one in listed("--state", "outbox")] == [FIVE[1]]
    assert listed("--run", "r-9") == []


def test_the_list_and_an_entry_are_readable(inbox: Post) -> None:
    text = typed("outbox", "list").output
    assert all(word in text for word in (*FIVE[:2], "outbox", MAIL.subject))
    shown = typed("outbox", "show", listed()[0]["id"]).output
    assert "written and kept; nobody asked to send it" in shown
    assert "as it was written" in shown


def test_what_went_wrong_is_told_by_the_exit_code_and_decided(inbox: Post) -> None:
    inbox.rcpt = lambda to: "250 OK" if to.startswith("owner") else "550 no such user"
    names = [one["id"] for one in listed()]
    typed("outbox", "approve", *names)
    result = json.loads(typed("outbox", "send", "--json", code=1).output)
    assert sorted(result["refused"]) == sorted(names)
    assert len(result["sent"]) == 1
    inbox.rcpt = lambda _to: "250 OK"
    typed("outbox", "resolve", names[0], "resend", "--note", "the account exists now")
    typed("outbox", "resolve", names[1], "drop")
    assert isinstance(typed("outbox", "approve", names[1], code=1).exception, InvalidDefinition)
    typed("outbox", "send")
    assert {one["id"]: one["state"] for one in listed() if not one["is_notice"]} == {
        names[0]: "sent",
        names[1]: "dropped",
    }


def test_with_wait_it_goes_on_until_all_is_sent(inbox: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server asks to come back later, twice."""
    clock, waits, answers = Clock(), [], iter(["451 later", "451 later"])

    def wait(seconds: float) -> None:
        waits.append(seconds)
        clock.forward(seconds=seconds)

    monkeypatch.setattr(mailing, "sleep", wait)
    monkeypatch.setattr(mailing, "_now", clock)
    inbox.rcpt = lambda _to: next(answers, "250 OK")
    typed("outbox", "approve", listed()[0]["id"])
    assert "1 to be tried again. 1 wait, the next to be tried at" in typed("outbox", "send", "--wait").output
    assert [45 <= waits[0] <= 75, 90 <= waits[1] <= 150, len(waits)] == [True, True, 2]
    assert len(inbox.received) == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("outbox", "show", "zz"), 2, "Unknown entry of the outbox 'zz'"),
        (("outbox", "list", "--state", "snet"), 2, "sent"),
        (("outbox", "approve"), 2, "Unknown entry"),
        (("outbox", "resolve", "{id}", "burn"), 2, "drop"),
        (("outbox", "resolve", "{id}", "sent"), 2, "It cannot become sent"),
    ],
)
def test_what_is_wrong_is_said(
    inbox: Post, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, said: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        run([word.format(id=listed()[0]["id"]) for word in words])
    assert ended.value.code == code
    assert said in capsys.readouterr().err


def test_whoever_sees_a_part_of_the_data_does_not_see_the_outbox(
    inbox: Post, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ANALYST_RESTRICT", "region = EMEA")
    for words in (["list"], ["show", "a"], ["send"], ["approve", "--all"]):
        with pytest.raises(SystemExit):
            run(["outbox", *words])
        said = capsys.readouterr()
        assert "is not possible" in said.err
        assert MAIL.subject not in said.out + said.err


def test_doctor_says_what_waits(inbox: Post) -> None:
    [check] = [
        one for one in json.loads(typed("doctor", "--json", code=1).output)["checks"] if one["check"] == "delivery"
    ]
    assert (check["state"], "By 127.0.0.1, none, to example.com." in check["detail"]) == ("ok", True)
    inbox.rcpt = lambda _to: "550 no"
    typed("outbox", "approve", *[one["id"] for one in listed()])
    typed("outbox", "send", code=1)
    [check] = [
        one for one in json.loads(typed("doctor", "--json", code=1).output)["checks"] if one["check"] == "delivery"
    ]
    assert check["state"] == "warning"
    assert "3 refused" in check["detail"]
