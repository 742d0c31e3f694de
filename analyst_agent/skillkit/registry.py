"""The skills of a folder: SKILL.md describes one, skill.py holds its one public function."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from analyst_agent.errors import InvalidDefinition
from analyst_agent.records import Finding
from analyst_agent.skillkit.foreign import contained

DESCRIPTION_FILE = "SKILL.md"
CODE_FILE = "skill.py"
_KEYS = {"name", "description", "triggers", "examples", "license", "metadata", "compatibility", "allowed-tools"}


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill as the analyst, the command line and the model see it. function(context, **arguments) gives a Finding."""

    name: str
    description: str
    triggers: tuple[str, ...]
    examples: tuple[str, ...]
    steps: str
    function: Callable[..., Finding]
    path: Path

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the arguments besides the context."""
        return _parameters(self.function)


@lru_cache(maxsize=256)
def _parameters(function: Callable[..., Finding]) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)[1:]


def load_skills(folder: Path) -> dict[str, Skill]:
    """Every skill of a folder by name, in alphabetical order. Raises InvalidDefinition naming file and fault."""
    if not folder.is_dir():
        return {}
    found = [path for path in sorted(folder.iterdir()) if (path / DESCRIPTION_FILE).is_file()]
    return {path.name: load_skill(path) for path in found}


def load_skill(folder: Path) -> Skill:
    """One skill. Its code is run: load only folders that are trusted."""
    file = folder / DESCRIPTION_FILE
    return _skill(folder, file.read_text(encoding="utf-8"), lambda: _module(folder))


def skill_from_contents(folder: Path, files: Mapping[str, bytes]) -> Skill:
    """One skill from contents that were read, and checked, before; nothing is read again. Its code is run."""
    texts = {}
    for name in (DESCRIPTION_FILE, CODE_FILE):
        try:
            texts[name] = files[name].decode("utf-8")
        except UnicodeDecodeError as error:
            raise InvalidDefinition(f"{folder.name}/{name} is no UTF-8 text.", "Save it as UTF-8.") from error
    return _skill(folder, texts[DESCRIPTION_FILE], lambda: _run(folder, texts[CODE_FILE]))


def _skill(folder: Path, description_file: str, module: Callable[[], ModuleType]) -> Skill:
    where = f"{folder.name}/{DESCRIPTION_FILE}"
    fields, steps = _parsed(description_file, where)
    unknown = sorted(set(fields) - _KEYS)
    if unknown:
        raise InvalidDefinition(f"{where}: unknown key {unknown[0]!r}.", f"Valid: {', '.join(sorted(_KEYS))}.")
    if fields.get("name") != folder.name:
        raise InvalidDefinition(f"{where}: name is {fields.get('name')!r}.", f"It must be the folder's: {folder.name}.")
    description = fields.get("description")
    if not isinstance(description, str) or not description.strip():
        raise InvalidDefinition(f"{where} has no description.", "Say in it what the skill does and when to use it.")
    phrases = _phrases(fields, "triggers", where), _phrases(fields, "examples", where)
    function = getattr(module(), folder.name, None)
    if not inspect.isfunction(function):
        raise InvalidDefinition(f"{folder.name}/{CODE_FILE} has no function {folder.name}.", "Name it as the folder.")
    return Skill(folder.name, " ".join(description.split()), *phrases, steps.strip(), function, folder)


def _parsed(text: str, where: str) -> tuple[Mapping[str, Any], str]:
    text = text.replace("\r\n", "\n")
    head, mark, rest = text.removeprefix("---\n").partition("\n---\n")
    if not text.startswith("---\n") or not mark:
        raise InvalidDefinition(f"{where} has no front matter.", "Begin with --- and the keys name and description.")
    try:
        fields = yaml.safe_load(head)
    except yaml.YAMLError as error:
        raise InvalidDefinition(f"{where}: the front matter is not valid YAML: {error}.", "Correct it.") from error
    if not isinstance(fields, Mapping):
        raise InvalidDefinition(f"{where}: the front matter holds no keys.", "It needs name and description.")
    return fields, rest


def _phrases(fields: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    raw = fields.get(key, [])
    if not isinstance(raw, list) or not all(isinstance(one, str) for one in raw):
        raise InvalidDefinition(
            f"{where}: {key} must be a list of phrases.", f"Write {key}: and one '- phrase' a line."
        )
    return tuple(raw)


def _module(folder: Path) -> ModuleType:
    file = folder / CODE_FILE
    if not file.is_file():
        raise InvalidDefinition(f"{folder.name} has no {CODE_FILE}.", f"It holds the function {folder.name}.")
    name = f"analyst_skills.{folder.name}"
    known = sys.modules.get(name)
    if known is not None and known.__file__ == str(file):
        return known
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise InvalidDefinition(f"{folder.name}/{CODE_FILE} cannot be imported.", "It must be a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up while it is being run
    spec.loader.exec_module(module)
    return module


def _run(folder: Path, code: str) -> ModuleType:
    """The module of that source; compiled files beside it, which nobody read, play no part."""
    module = ModuleType(f"analyst_skills.own.{folder.name}")
    module.__file__ = str(folder / CODE_FILE)
    sys.modules[module.__name__] = module  # dataclasses look their module up while it is being run
    contained(
        lambda: exec(compile(code, str(module.__file__), "exec"), module.__dict__), folder.name, str(module.__file__)
    )
    return module
