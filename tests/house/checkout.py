"""The checkout as the house tests see it: tracked files, modules and their imports."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "analyst_agent"


class Import(NamedTuple):
    """One import anywhere in a file, also within a function."""

    path: str
    line: int
    module: str


@cache
def tracked_files() -> tuple[str, ...]:
    """Paths of the files in version control that exist, relative to the root."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(name for name in listed.split("\0") if name and (ROOT / name).is_file())


def python_files(*folders: str) -> list[str]:
    """Tracked Python files below these folders."""
    return [f for f in tracked_files() if f.endswith(".py") and f.split("/")[0] in folders]


@cache
def tree(path: str) -> ast.Module:
    """The syntax tree of one file."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), path)


def imports(path: str) -> Iterator[Import]:
    """Every module a file imports, absolute; `from analyst_agent import errors` gives analyst_agent.errors."""
    package = path.removesuffix(".py").split("/")[:-1]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield Import(path, node.lineno, name.name)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            if module == PACKAGE:
                yield from (Import(path, node.lineno, f"{module}.{name.name}") for name in node.names)
            else:
                yield Import(path, node.lineno, module)


def room(path_or_module: str) -> str | None:
    """The room of a file (`analyst_agent/cli/main.py` is in cli, `skills/x/skill.py` in skills) or module; None for
    others.
    """
    parts = path_or_module.removesuffix(".py").replace("/", ".").split(".")
    if parts[0] == "skills":
        return "skills"
    if parts[0] != PACKAGE or len(parts) == 1 or parts[1] == "__init__":
        return None
    return parts[1]
