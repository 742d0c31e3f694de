"""A playbook's file read and checked: names, kinds, inputs and templates, each complaint with its line, before anything runs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from analyst_agent.errors import WorkspaceError
from analyst_agent.playbook.kinds import KINDS
from analyst_agent.playbook.reading.lined import parse
from analyst_agent.playbook.reading.options import Options, wrong_name
from analyst_agent.playbook.records import COVERS, Playbook, Step
from analyst_agent.records import Finding

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


def read_playbook(path: Path, *, is_builtin: bool = False) -> Playbook:
    """The playbook of a file. Raises WorkspaceError (unreadable) or InvalidDefinition (file, line, what is wrong, what to do)."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WorkspaceError(f"Cannot read {path.name}: {error}.", "Save it as UTF-8 text.") from error
    return playbook_of(text, path, is_builtin=is_builtin)


def playbook_of(text: str, path: Path, *, is_builtin: bool = False) -> Playbook:
    """The playbook of a text; `path` is where it lies."""
    content = parse(text, path.name)
    options = Options(content, path.name, "the playbook")
    name = options.text("name")
    if not _NAME.fullmatch(name) or name != path.stem:
        raise options.place("name").wrong(
            f"the name {name!r} is not that of its file.",
            f"Call it {path.stem}, in small letters, digits and underscores.",
        )
    variables = dict(options.under("variables", "the variables").items) if options.has("variables") else {}
    for variable in variables:
        if not _NAME.fullmatch(variable):
            raise options.place("variables").wrong(f"{variable!r} is no name of a variable.", "Write it like this_one.")
    steps = [_step(one) for one in options.listed("steps", "step")]
    if not steps:
        raise options.place().wrong("a playbook has steps.", "Add `steps:` with a query and what to do with it.")
    made = Playbook(
        name,
        options.text("title", name.replace("_", " ").capitalize()),
        options.text("description", ""),
        options.choice("covers", COVERS, "month"),  # type: ignore[arg-type]
        options.text("schedule", ""),
        variables,
        tuple(_ordered(steps)),
        path,
        text,
        _files(steps, path),
        is_builtin,
    )
    options.done()
    for step in made.steps:
        KINDS[step.kind].check(step, made)
    return made


def _step(options: Options) -> Step:
    name = options.text("name")
    if not _NAME.fullmatch(name):
        raise options.place("name").wrong(f"{name!r} is no name of a step.", "Write it like this_one.")
    options.what = f"step {name!r}"
    named = [kind for kind in KINDS if kind in options.keys]
    if len(named) != 1:
        said = "says no kind" if not named else f"says {len(named)} kinds: {', '.join(named)}"
        raise options.place().wrong(f"{options.what} {said}.", f"Give it one of {', '.join(KINDS)}.")
    inputs = options.texts("inputs")
    is_optional = options.flag("optional", False)
    if is_optional and KINDS[named[0]].gives is not Finding:
        raise options.place("optional").wrong(
            f"a {named[0]} step cannot be left out.", "Only steps that find something are optional."
        )
    read = KINDS[named[0]].read(options)
    options.done()
    return Step(name, named[0], read, inputs, options.place(), is_optional)


def _ordered(steps: Sequence[Step]) -> Iterable[Step]:
    """The steps, each after its inputs, otherwise as written. Raises InvalidDefinition for a name that is missing, twice or circular."""
    known: dict[str, Step] = {}
    for step in steps:
        if step.name in known:
            line = known[step.name].place.line
            raise step.place.wrong(f"a step {step.name!r} stands on line {line} already.", "Give it another name.")
        known[step.name] = step
    for step in steps:
        for name in step.inputs:
            if name not in known:
                raise wrong_name(step.place, f"input of step {step.name!r}", name, tuple(known))
            given, takes = KINDS[known[name].kind].gives, KINDS[step.kind].takes
            if given not in takes:
                raise step.place.wrong(
                    f"step {step.name!r} cannot take {name!r}: a {step.kind} step takes no result of a {known[name].kind} step.",
                    "Remove it from its inputs.",
                )
    done: dict[str, Step] = {}
    waiting = list(steps)
    while waiting:
        free = next((one for one in waiting if all(name in done for name in one.inputs)), None)
        if free is None:
            raise waiting[0].place.wrong(
                f"the steps {', '.join(repr(one.name) for one in waiting)} wait for each other.",
                "Remove one of their inputs.",
            )
        done[free.name] = free
        waiting.remove(free)
    return done.values()


def _files(steps: Sequence[Step], path: Path) -> dict[str, str]:
    """The digests of the files that steps name. Raises InvalidDefinition for one that is missing or outside the playbook's folder."""
    found: dict[str, str] = {}
    folder = path.parent.resolve()
    for step in steps:
        for name in KINDS[step.kind].files(step):
            file = (folder / name).resolve()
            if not file.is_relative_to(folder):
                raise step.place.wrong(f"{name} lies outside the playbook's folder.", "Put it beside the playbook.")
            try:
                found[str(name)] = hashlib.sha256(file.read_bytes()).hexdigest()
            except OSError as error:
                raise step.place.wrong(f"{name} cannot be read: {error.strerror}.", "Put it there.") from error
    return found


def variables_with(playbook: Playbook, given: dict[str, Any]) -> dict[str, Any]:
    """The playbook's variables with those given by the command in their place. Raises UnknownName for others."""
    from analyst_agent.errors import UnknownName

    for name in given:
        if name not in playbook.variables:
            raise UnknownName(f"variable of {playbook.name}", name, playbook.variables)
    return {**playbook.variables, **given}
