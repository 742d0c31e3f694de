"""What is shown on the way to an answer: on a terminal only, a line that is gone at the end; the answer comes through."""

from __future__ import annotations

import io

import pytest

from analyst_agent.agent.events import Calling, Delta, Done, Event, Found, Understood, Wording, step_text
from analyst_agent.cli.following import followed
from analyst_agent.records import Answer, Intent, Plan, Status

ANSWER = Answer("?", Status.ANSWERED, "text")
EVENTS: list[Event] = [
    Understood(Plan(Intent.SKILL)), Calling("team_load"), Found("team_load", 3), Wording("openai:m"), Wording("openai:m", True),
    Found("query_metrics", 0, "Unknown metric 'x\x1b[31m'."), Delta("text"), Done(ANSWER),
]  # fmt: skip


class Terminal(io.StringIO):
    """An error stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_each_step_has_its_words() -> None:
    assert [step_text(event) for event in EVENTS] == [
        "looking for the numbers", "running team_load", "team_load: 3 claims", "openai:m is writing",
        "openai:m is correcting what no number covers", "query_metrics: Unknown metric 'x\x1b[31m'.", "", "",
    ]  # fmt: skip


def test_without_a_terminal_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert followed(iter(EVENTS)) is ANSWER
    assert capsys.readouterr() == ("", "")


def test_on_a_terminal_the_steps_are_shown_and_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    assert followed(iter(EVENTS)) is ANSWER
    assert "\x1b[31m" not in stream.getvalue().replace("\x1b[32m", "")
