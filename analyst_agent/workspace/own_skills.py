"""The skills of a workspace: the built-in ones and its own, of which only trusted contents are run."""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from analyst_agent.errors import AnalystError, InvalidDefinition, UnknownName
from analyst_agent.masking import one_line
from analyst_agent.records import Finding
from analyst_agent.resources import builtin_dir
from analyst_agent.skillkit import Skill, load_skills
from analyst_agent.skillkit.own import Folder, Trusted, own_folders
from analyst_agent.skillkit.registry import CODE_FILE, skill_from_contents

FOLDER = "skills"
LONGEST_MESSAGE = 200
RESERVED = ("query_metrics", "search_knowledge", "describe_data")
State = Literal["built-in", "trusted", "not trusted", "changed since trusted", "not replacing", "broken"]


@dataclass(frozen=True, slots=True)
class Listed:
    """One skill as `analyst skills` and `analyst trust` show it. detail: why it is not used, and what to do."""

    name: str
    state: State
    detail: str = ""
    skill: Skill | None = None
    folder: Folder | None = None


def listed_skills(root: Path, replaceable: tuple[str, ...] = (), trusted: Trusted | None = None) -> list[Listed]:
    """Every skill there is, built-in ones first. Raises UnknownName where a setting names a built-in that does not exist."""
    built_in = load_skills(builtin_dir("skills"))
    for name in replaceable:
        if name not in built_in:
            raise UnknownName("built-in skill in analyst.toml [skills] replace", name, built_in)
    own = _own(root, built_in, replaceable, trusted or Trusted())
    taken = {one.name for one in own if one.skill is not None}
    kept = [Listed(skill.name, "built-in", "", skill) for skill in built_in.values() if skill.name not in taken]
    return [*kept, *own]


def usable_skills(root: Path, replaceable: tuple[str, ...] = ()) -> dict[str, Skill]:
    """The skills that may be run, by name."""
    found = [one.skill for one in listed_skills(root, replaceable) if one.skill is not None]
    return {skill.name: skill for skill in sorted(found, key=lambda skill: skill.name)}


def _own(root: Path, built_in: Mapping[str, Skill], replaceable: tuple[str, ...], trusted: Trusted) -> list[Listed]:
    try:
        folders = own_folders(root / FOLDER)
    except InvalidDefinition as error:
        return [Listed(FOLDER, "broken", f"{error.message} {error.hint}")]
    return [_listed(folder, built_in, replaceable, trusted) for folder in folders.values()]


def _listed(folder: Folder, built_in: Mapping[str, Skill], replaceable: tuple[str, ...], trusted: Trusted) -> Listed:
    name = folder.name
    if name in RESERVED:
        return Listed(name, "broken", f"{name} is the name of a tool of the analyst's own.", None, folder)
    if folder not in trusted:
        state: State = "changed since trusted" if trusted.known_name(name) else "not trusted"
        return Listed(name, state, f"Read its files, then run `analyst trust {name}`.", None, folder)
    if name in built_in and name not in replaceable:
        detail = (
            f'It has the name of a built-in skill; replace = ["{name}"] in analyst.toml [skills] puts it in its place.'
        )
        return Listed(name, "not replacing", detail, None, folder)
    try:
        skill = skill_from_contents(folder.path, folder.files)
    except AnalystError as error:
        return Listed(name, "broken", f"{error.message} {error.hint}".strip(), None, folder)
    return Listed(name, "trusted", "", replace(skill, function=_contained(skill)), folder)


def _contained(skill: Skill) -> Callable[..., Finding]:
    """The skill's function, whose faults become errors that name the skill and its line."""

    @functools.wraps(skill.function)
    def run(*arguments: Any, **named: Any) -> Finding:
        try:
            found = skill.function(*arguments, **named)
        except AnalystError:
            raise
        except Exception as error:  # the boundary to somebody else's code
            said = one_line(f"{type(error).__name__}: {error}")[:LONGEST_MESSAGE].rstrip(": .")
            raise InvalidDefinition(
                f"The skill {skill.name} failed{_where(error, skill)}: {said}.",
                f"Correct {FOLDER}/{skill.name}/{CODE_FILE} and trust it again.",
            ) from error
        if not isinstance(found, Finding):
            raise InvalidDefinition(
                f"The skill {skill.name} returned {type(found).__name__}, not a Finding.",
                "End it with book.finding(...).",
            )
        return found

    return run


def _where(error: Exception, skill: Skill) -> str:
    own = [
        frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(skill.path / CODE_FILE)
    ]
    return f" in line {own[-1].lineno}" if own else ""
