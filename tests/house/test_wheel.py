"""The wheel works outside the checkout: it is built without a network, installed into a fresh environment and run
elsewhere.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.house.checkout import PACKAGE, ROOT, tracked_files

# Left out: what this environment would add of the checkout.
CLEAN = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PIP_"))}


def _run(*command: object, cwd: Path) -> str:
    done = subprocess.run([str(c) for c in command], cwd=cwd, env=CLEAN, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment with the wheel, which finds our dependencies but not the checkout."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "env", with_pip=False)
    binaries = folder / "env" / "bin"
    pip = [sys.executable, "-m", "pip", "--python", binaries / "python"]
    _run(*pip, "install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", wheel, cwd=folder)
    [site] = (folder / "env" / "lib").glob("python3*/site-packages")
    # A folder named in a .pth file is added without its own .pth files: the checkout's editable install is not among them.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return binaries


def test_only_the_package_is_installed(wheel):
    with zipfile.ZipFile(wheel) as archive:
        top = {name.split("/")[0] for name in archive.namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} == {PACKAGE}


@pytest.mark.parametrize("kind", ["skills", "knowledge", "playbooks", "evals"])
def test_built_in_content_is_carried_whole(wheel, kind):
    with zipfile.ZipFile(wheel) as archive:
        carried = set(archive.namelist())
    wanted = {f"{PACKAGE}/builtin/{f}" for f in tracked_files() if f.startswith(f"{kind}/")}
    assert {f for f in wanted if not f.endswith("/.gitkeep")} - carried == set()


def test_every_file_of_the_package_is_carried(wheel):
    with zipfile.ZipFile(wheel) as archive:
        carried = set(archive.namelist())
    assert {f for f in tracked_files() if f.startswith(f"{PACKAGE}/")} - carried == set()


def test_the_licence_is_carried(wheel):
    with zipfile.ZipFile(wheel) as archive:
        assert [n for n in archive.namelist() if n.endswith("/LICENSE")]


def test_it_runs_and_finds_its_content_outside_the_checkout(installed, tmp_path):
    script = (
        "import json, analyst_agent\n"
        "from analyst_agent.resources import builtin_dir\n"
        "kinds = ('skills', 'knowledge', 'playbooks', 'evals')\n"
        "print(json.dumps([analyst_agent.__file__, *(str(builtin_dir(k)) for k in kinds)]))\n"
    )
    places = json.loads(_run(installed / "python", "-c", script, cwd=tmp_path))
    assert [p for p in places if not p.startswith(str(installed.parent))] == []
    assert [p for p in places if not Path(p).exists()] == []


def test_the_checkout_is_out_of_sight(installed, tmp_path):
    seen = json.loads(_run(installed / "python", "-c", "import json, sys; print(json.dumps(sys.path))", cwd=tmp_path))
    assert str(ROOT) not in seen


def test_the_command_starts_outside_the_checkout(installed, tmp_path):
    assert "Usage" in _run(installed / "analyst", "--help", cwd=tmp_path)


def test_the_demo_answers_outside_the_checkout(installed, tmp_path):
    # A small one: `analyst init --demo` as it ships is what the README shows, and tried there.
    make = "import pathlib\nfrom analyst_agent.workspace.starting import make_demo\nmake_demo(pathlib.Path('shop'), tickets=2_000)"
    _run(installed / "python", "-c", make, cwd=tmp_path)
    answer = json.loads(
        _run(installed / "analyst", "ask", "What drove escalations last month?", "--json", cwd=tmp_path / "shop")
    )
    assert answer["status"] == "answered"
    assert answer["facts"]
