"""Imports point down the list of layers, siblings do not import each other, each heavy vendor has one room."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.house.checkout import PACKAGE, ROOT, imports, python_files, room
from tests.house.layers import BESIDE, LATE, LAYERS, USERS_OF_BESIDE, VENDORS

RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
SOURCES = python_files(PACKAGE, "skills")


def _uses() -> list[tuple[str, str, str]]:
    """(where, room that imports, room imported) for every import between two rooms."""
    found = []
    for path in SOURCES:
        for used in imports(path):
            source, target = room(path), room(used.module)
            if source and target and source != target:
                found.append((f"{path}:{used.line} imports {used.module}", source, target))
    return found


def test_every_module_is_in_a_room_of_the_list():
    unknown = {path for path in SOURCES if (name := room(path)) and name not in RANK and name not in BESIDE}
    assert not unknown, f"add their rooms to tests/house/layers.py: {sorted(unknown)}"


def test_imports_point_down_and_siblings_do_not_import_each_other():
    wrong = [
        where for where, source, target in _uses() if source in RANK and target in RANK and RANK[target] >= RANK[source]
    ]
    assert wrong == []


def test_rooms_beside_the_layers_use_and_are_used_by_the_named_ones_only():
    wrong = [
        where
        for where, source, target in _uses()
        if (source in BESIDE and target not in BESIDE[source])
        or (target in BESIDE and source not in USERS_OF_BESIDE[target])
    ]
    assert wrong == []


def test_a_skill_imports_nothing_of_ours_but_the_skillkit():
    wrong = [where for where, source, target in _uses() if source == "skills" and target != "skillkit"]
    assert wrong == []


def test_each_heavy_vendor_has_one_room():
    wrong = [
        f"{path}:{used.line} imports {used.module}"
        for path in SOURCES
        for used in imports(path)
        if (vendor := used.module.split(".")[0]) in VENDORS and room(path) not in VENDORS[vendor]
    ]
    assert wrong == []


def test_help_pays_for_no_heavy_vendor():
    script = (
        "import json, sys\n"
        "from analyst_agent.cli.main import run\n"
        "sys.argv = ['analyst', '--help']\n"
        "try:\n    run()\nexcept SystemExit:\n    pass\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "Usage" in done.stdout
    assert sorted(loaded & set(LATE)) == []
