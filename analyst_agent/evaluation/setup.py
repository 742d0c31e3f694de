"""The data sets of the evals: how a question is put to each and where its reference rows come from; third-party data by path only."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analyst_agent.evaluation.expectations import Caller
from analyst_agent.evaluation.expected import Rows
from analyst_agent.records import Answer

VARIABLE = "ANALYST_TEST_DATA"
Ask = Callable[[str, str | None, date | None, Caller], Answer]
"""Question, conversation (None begins one), clock (None is the workspace's) and who asks to the answer."""


@dataclass(frozen=True, slots=True)
class DataSet:
    """A data set that is there: whom to ask, and the reference rows of a SQL statement."""

    name: str
    ask: Ask
    rows: Rows


@dataclass(frozen=True, slots=True)
class Absent:
    """A data set that is not there, and why."""

    name: str
    reason: str


OpenData = Callable[[str], DataSet | Absent]


def third_party(name: str, checkout: Path) -> Path | Absent:
    """The folder of a third-party set in $ANALYST_TEST_DATA, by default `../shared/data` beside the checkout."""
    root = Path(os.environ.get(VARIABLE) or checkout.parent / "shared" / "data")
    folder = root / name
    return (
        folder
        if folder.is_dir()
        else Absent(name, f"{name} is not in {root}; set {VARIABLE} to the folder that holds it")
    )
