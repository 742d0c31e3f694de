"""The step `python`: the workspace owner's own code over the named results, in a contained process; what it gives is a finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analyst_agent.errors import BlockFailed
from analyst_agent.playbook.block import Block, Limits, finding_of, run_block
from analyst_agent.playbook.kinds.kind import StepContext, StepKind
from analyst_agent.playbook.reading.options import Options
from analyst_agent.playbook.records import Result, Step
from analyst_agent.records import Finding


@dataclass(frozen=True, slots=True)
class Code:
    """The code itself with the line it begins on, or the file beside the playbook that holds it."""

    source: str
    first_line: int
    file: str
    limits: Limits
    title: str


def _read(options: Options) -> Code:
    title = options.text("title", "")
    limits = _limits(options.under("limits", f"the limits of {options.what}")) if options.has("limits") else Limits()
    if isinstance(options.raw("python"), str):
        return Code(options.text("python"), options.first_line("python"), "", limits, title)
    inside = options.under("python", f"the code of {options.what}")
    file = inside.text("file")
    inside.done()
    if Path(file).is_absolute() or ".." in Path(file).parts:
        raise inside.place("file").wrong(f"{file!r} lies outside the playbook's folder.", "Put it beside the playbook.")
    return Code("", 1, file, limits, title)


def _limits(options: Options) -> Limits:
    usual = Limits()
    made = Limits(
        options.number("seconds", usual.seconds, 1, 3600),
        int(options.number("memory_mb", usual.memory_mb, 64, 65_536)),
        int(options.number("output_kb", usual.output_kb, 1, 65_536)),
        int(options.number("result_kb", usual.result_kb, 64, 65_536)),
    )
    options.done()
    return made


def _files(step: Step) -> Sequence[Path]:
    return [Path(step.options.file)] if step.options.file else []


def _run(step: Step, context: StepContext) -> Result:
    code: Code = step.options
    source, file = code.source, step.place.file
    if code.file:
        source, file = (context.playbook.path.parent / code.file).read_text(encoding="utf-8"), code.file
    block = Block(source, step.name, file, code.first_line)
    try:
        units = {metric.name: metric.unit for metric in context.desk.model.metrics.values()}
        result = run_block(
            block, context.findings(), context.variables, context.period, context.before, code.limits, units=units
        )
    except BlockFailed as failed:
        _keep(context, step, failed.printed)
        raise
    _keep(context, step, result.printed + ("\n(Only the beginning is kept.)\n" if result.is_cut else ""))
    return finding_of(result, code.title or step.name.replace("_", " ").capitalize())


def _keep(context: StepContext, step: Step, printed: str) -> None:
    if printed:
        context.keep_text(f"{step.name}.txt", printed)


KIND = StepKind(_read, _run, takes=(Finding,), files=_files)
