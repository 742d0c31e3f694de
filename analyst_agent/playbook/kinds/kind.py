"""What a kind of step is, and what a step is given when it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from analyst_agent.agent.desk import Desk
from analyst_agent.agent.models import OpenChat, open_model
from analyst_agent.playbook.reading.options import Options
from analyst_agent.playbook.records import Playbook, Posted, Recipient, Report, Result, Step
from analyst_agent.records import Finding, Period
from analyst_agent.state.recommendations import Recommendations


class Post(Protocol):
    """Puts a report into the outbox for each recipient or channel; what is there already stays once."""

    def mail(
        self, step: str, report: Report, recipients: Sequence[Recipient], findings: Mapping[str, Finding]
    ) -> Posted:
        """Entries for these recipients."""
        ...

    def notify(self, step: str, report: Report, channels: Sequence[str]) -> Posted:
        """Entries for these channels of the settings."""
        ...


@dataclass(frozen=True, slots=True)
class Earlier:
    """A run on the same period that was done before. digests: of the results of its steps, so that equal ones need not be read;
    read: a step's result, None where it is not there any more.
    """

    run: str
    digests: Mapping[str, str]
    read: Callable[[str], Result | None]


@dataclass(frozen=True, slots=True)
class StepContext:
    """What a running step may use. results: those of its inputs, by step name. variables: as the playbook and the command
    gave them. keep_text: keeps a text by the name of its file with the run. earlier: the runs on the same period that were done
    before this one began, the latest first, each in the same scope. open_chat: sets up a model by its name.
    """

    playbook: Playbook
    desk: Desk
    period: Period
    before: Period
    variables: Mapping[str, Any]
    results: Mapping[str, Result]
    root: Path
    recommendations: Recommendations
    post: Post
    scope: tuple[str, ...] = ()
    keep_text: Callable[[str, str], None] = lambda _name, _text: None
    earlier: Callable[[], Iterable[Earlier]] = tuple
    open_chat: OpenChat = open_model

    def findings(self) -> dict[str, Finding]:
        """The inputs that are findings, in their order."""
        return {name: one for name, one in self.results.items() if isinstance(one, Finding)}

    @property
    def values(self) -> dict[str, Any]:
        """What every template may use."""
        return {**self.variables, "period": PeriodText(self.period), "before": PeriodText(self.before)}


@dataclass(frozen=True, slots=True)
class PeriodText:
    """A period in a template: `{{ period }}` is its label, `{{ period.start }}` and `{{ period.last }}` are its days."""

    whole: Period
    label: str = field(init=False)
    start: str = field(init=False)
    last: str = field(init=False)

    def __post_init__(self) -> None:
        from datetime import timedelta

        object.__setattr__(self, "label", self.whole.label)
        object.__setattr__(self, "start", self.whole.start.isoformat())
        object.__setattr__(self, "last", (self.whole.end - timedelta(days=1)).isoformat())

    def __str__(self) -> str:
        return self.label


BUILT_IN_VALUES = ("period", "before")
"""Names that templates know beside the variables and inputs."""


@dataclass(frozen=True, slots=True)
class StepKind:
    """A kind of step. read: its options, checked, from the step's mapping, in which the kind's own name is a key. check: what
    can be said of them once variables and inputs are known. run: its result. takes and gives: what its inputs must be and
    what it gives. ready: what can be said of it once there is a desk, before anything runs. recipients: to whom it sends, for the editions of a run.
    ahead: begins what it can once one of its inputs is there, given by its name in a context that holds no other.
    """

    read: Callable[[Options], Any]
    run: Callable[[Step, StepContext], Result]
    takes: tuple[type, ...] = ()
    gives: type = Finding
    check: Callable[[Step, Playbook], None] = lambda _step, _playbook: None
    ready: Callable[[Step, Desk], None] = lambda _step, _desk: None
    recipients: Callable[[Step, Mapping[str, Any]], Sequence[Recipient]] = lambda _step, _variables: ()
    files: Callable[[Step], Sequence[Path]] = lambda _step: ()
    ahead: Callable[[Step, str, StepContext], None] = lambda _step, _name, _context: None
