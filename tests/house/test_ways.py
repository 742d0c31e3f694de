"""Nobody on a page is told to type a command: an error that can be shown there takes its way out from `ways.py`."""

from __future__ import annotations

import ast
import re

import pytest

from analyst_agent import ways
from analyst_agent.errors import UnknownName, WayOut
from tests.house.checkout import PACKAGE, ROOT, python_files

TERMINAL = {"cli", "demo", "evaluation", "ways.py"}
"""Rooms of the terminal, and the table itself."""
ONLY_AT_A_TERMINAL = {
    "agent/models.py": "a model is chosen by settings or an option",
    "settings/parsing.py": "before anything is served",
    "state/recommendations.py": "marking is a command",
    "warehouse/load.py": "options of a command",
    "warehouse/mappings/mapping.py": "sources are chosen by name",
    "workspace/__init__.py": "before anything is served",
    "workspace/labelling.py": "labelling is a command",
    "workspace/sampling.py": "labelling is a command",
    "workspace/sessions.py": "taking back what was vouched for is a command",
    "workspace/verifying.py": "vouching names whoever types",
    "server/running.py": "before anything is served",
    "server/workers.py": "before anything is served",
}
COMMAND = re.compile(r"`analyst |(?<![\w-])--[a-z]")
WAYS = [one for one in vars(ways).values() if isinstance(one, WayOut)] + [ways.run_again("backlog")]


def _raised(path: str) -> list[str]:
    """The texts of the errors that a file raises."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    raised = [one for one in ast.walk(tree) if isinstance(one, ast.Raise)]
    return [
        part.value
        for one in raised
        for part in ast.walk(one)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]


def test_commands_stand_in_errors_of_the_terminal_only():
    found = {
        path.removeprefix(f"{PACKAGE}/")
        for path in python_files(PACKAGE)
        if path.removeprefix(f"{PACKAGE}/").split("/")[0] not in TERMINAL
        and any(COMMAND.search(text) for text in _raised(path))
    }
    assert found == set(ONLY_AT_A_TERMINAL)


@pytest.mark.parametrize("way", WAYS)
def test_each_surface_has_words_of_its_own(way):
    assert not COMMAND.search(way.page)
    assert not COMMAND.search(way.api)
    assert all(way.on(surface) for surface in ("terminal", "page", "api"))


def test_the_nearest_name_stands_before_the_way_out_on_every_surface():
    error = UnknownName("playbook", "bcklog", ["backlog"], ways.PLAYBOOKS)
    assert error.hint == "Did you mean 'backlog'? `analyst playbook list` lists them."
    assert error.to_dict("page")["hint"] == "Did you mean 'backlog'? The page Playbooks lists them."
    assert error.to_dict("api")["hint"] == "Did you mean 'backlog'? GET /api/v1/playbooks lists them."
