"""Run one block: its inputs in, its process contained, its records out or one error."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from analyst_agent.masking import visible
from analyst_agent.playbook.block import frames, process
from analyst_agent.playbook.block.containment import available, mechanisms, readable
from analyst_agent.playbook.block.failing import failed, failure_of
from analyst_agent.playbook.block.records import Block, BlockResult, Limits
from analyst_agent.playbook.block.taking import Rejected, Setting, taken
from analyst_agent.records import Finding, Period, to_json


def blocks_starting(blocks: int) -> AbstractContextManager[None]:
    """Within it the process of each of so many blocks starts before it is needed, beside what else is done."""
    return process.starting(blocks, available())


def run_block(
    block: Block,
    inputs: Mapping[str, Finding] | None = None,
    variables: Mapping[str, Any] | None = None,
    period: Period | None = None,
    comparison: Period | None = None,
    limits: Limits | None = None,
    use: tuple[str, ...] | None = None,
    units: Mapping[str, str] | None = None,
) -> BlockResult:
    """What the code gives back, run in a process of its own within its limits.

    inputs: findings by the name of their step. variables: JSON values and dates (which arrive as ISO texts). comparison: what
    the block knows as `period_before`. use: names of mechanisms to contain it with, those of this machine without. units: those of the
    model's metrics, which the code must not give another.

    Raises BlockFailed, whatever the code did; the process and what it started are gone by then.
    """
    given, limits = dict(inputs or {}), limits or Limits()
    use = available() if use is None else use
    word = secrets.token_hex(16)
    job = {**_job(block, given, variables or {}, period, comparison), "word": word, "limits": to_json(limits)}
    try:
        line = json.dumps(job, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise failed(block, "inputs", f"an input or a variable cannot be passed on ({error})", None) from error
    try:
        ended = process.run(line, limits.seconds, use, limits.output_kb, limits.result_kb)
    except OSError as error:
        raise failed(block, "start", f"its process could not be started ({error})", None) from error
    printed = visible(ended.printed.data.decode("utf-8", "replace"))
    if failure := failure_of(ended, block, limits, printed):
        raise failure
    setting = Setting(
        period, comparison, frames.known_names(given.values()), frames.known_labels(given.values()), units or {}
    )
    try:
        result = taken(bytes(ended.result.data), word, setting)
    except Rejected as error:
        raise failed(block, error.reason, str(error), error.line, printed) from error
    return replace(
        result, printed=printed, is_cut=ended.printed.is_cut, seconds=ended.seconds, contained_by=_named(use)
    )


def _job(
    block: Block,
    given: Mapping[str, Finding],
    variables: Mapping[str, Any],
    period: Period | None,
    before: Period | None,
) -> dict[str, Any]:
    return {
        "source": block.source,
        "name": block.name,
        "tables": {step: frames.sheets_of(finding) for step, finding in given.items()},
        "facts": {step: frames.facts_sheet(finding) for step, finding in given.items()},
        "units": frames.known_units(given.values()),
        "variables": to_json(dict(variables)),
        "period": [period.start.isoformat(), period.end.isoformat()] if period else None,
        "period_before": [before.start.isoformat(), before.end.isoformat()] if before else None,
        "readable": readable(),
    }


def _named(use: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{one.name} ({one.version})" if one.version else one.name for one in mechanisms() if one.name in use)
