"""What every file keeps: no registry host, no path of one machine, a docstring for a module, no catch-all."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.checkout import PACKAGE, ROOT, python_files, tracked_files, tree

# Written in parts, so that this file does not hold what it looks for.
REGISTRIES = re.compile("|".join(["pypi" + r"\.org", "python" + "hosted", "npm" + r"js\.", "rubygems" + r"\.org"]))
MACHINE = re.compile(r"(?<![\w.~$}/-])/(?:work|tmp|root|home|farm)/\w")
TEXT = (
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".yaml",
    ".yml",
    ".json",
    ".sql",
    ".cfg",
    ".html",
    ".css",
    ".js",
    "Makefile",
    "run",
)
CODE = python_files(PACKAGE, "skills", "benchmarks")

# The one boundary where anything may be caught: a tool of the model must answer with an error record, never end the conversation.
TOOL_BOUNDARY = "analyst_agent/agent/"
FOREIGN_CODE = f"{PACKAGE}/skillkit/foreign.py"
# The thread that answers a question of the server's: whoever waits for the answer is told, and the log has the rest.
THREAD = f"{PACKAGE}/server/answering.py"


def _lines(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name in tracked_files()
        if name.endswith(TEXT)
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_package_registry():
    assert _lines(REGISTRIES) == []


def test_no_file_names_a_path_of_one_machine():
    assert _lines(MACHINE) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [("open('/tm" + "p/x')", True), ("see /ho" + "me/me/data", True), ("a/tmp/x", False), ("$HOME/work/x", False)],
)
def test_a_path_of_one_machine_is_recognised(line, found):
    assert bool(MACHINE.search(line)) is found


def test_every_module_says_what_it_holds():
    assert [path for path in CODE if not ast.get_docstring(tree(path))] == []


def _is_catch_all(handler: ast.ExceptHandler) -> bool:
    """Whether it stops anything at all; one that tidies up and ends in a bare `raise` stops nothing."""
    last = handler.body[-1]
    if isinstance(last, ast.Raise) and last.exc is None:
        return False
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(c is None or (isinstance(c, ast.Name) and c.id in ("Exception", "BaseException")) for c in caught)


def test_everything_is_caught_at_the_three_boundaries_only():
    found = [
        f"{path}:{node.lineno}"
        for path in CODE
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler) and _is_catch_all(node)
    ]
    assert [place for place in found if not place.startswith((TOOL_BOUNDARY, FOREIGN_CODE, THREAD))] == []
    assert len(found) <= 3, found


@pytest.mark.parametrize(
    ("handler", "found"),
    [
        ("except:\n    pass", True),
        ("except (ValueError, Exception):\n    pass", True),
        ("except BaseException:\n    close()\n    raise", False),
        ("except ValueError:\n    pass", False),
    ],
)
def test_a_catch_all_is_recognised(handler, found):
    [attempt] = ast.parse(f"try:\n    work()\n{handler}\n").body
    assert _is_catch_all(attempt.handlers[0]) is found


def test_nothing_is_left_for_later():
    later = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]))
    assert [
        f"{path}: {line}" for path in CODE for line in (ROOT / path).read_text().splitlines() if later.search(line)
    ] == []
