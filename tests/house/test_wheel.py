"""The wheel works outside the checkout: it is built without a network, installed into a fresh environment and run
elsewhere.
"""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx2
import pytest

from tests.house.checkout import PACKAGE, ROOT, tracked_files
from tests.server.process import until

LINK = re.compile(r"""(?:href|src)="(/[^"#]*)""")
STATIC = f"{PACKAGE}/server/static/"
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


@pytest.fixture(scope="module")
def shop(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo workspace made there: `analyst init --demo` as it ships is what the README shows, and tried there."""
    folder = tmp_path_factory.mktemp("shops")
    make = "import pathlib\nfrom analyst_agent.workspace.starting import make_demo\nmake_demo(pathlib.Path('shop'), tickets=2_000)"
    _run(installed / "python", "-c", make, cwd=folder)
    return folder / "shop"


def test_the_demo_answers_outside_the_checkout(installed, shop):
    answer = json.loads(_run(installed / "analyst", "ask", "What drove escalations last month?", "--json", cwd=shop))
    assert answer["status"] == "answered"
    assert answer["facts"]


@pytest.fixture(scope="module")
def site(installed: Path, shop: Path) -> Iterator[httpx2.Client]:
    """A browser at the page that the installed command serves."""
    command = [str(installed / "analyst"), "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=shop, env=CLEAN, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        [address] = re.findall(r"http://[\d.:]+", server.stdout.readline())
        with httpx2.Client(base_url=address, headers={"accept": "text/html"}, timeout=60) as client:
            until(lambda: client.get("/ready").status_code == 200, "the installed server is ready")
            yield client
        server.terminate()


@pytest.mark.thorough
def test_every_page_that_the_installed_server_links_is_there(site):
    waiting, replies = ["/", "/api/v1/docs", "/api/v1/openapi.json"], {}
    while waiting:
        address = waiting.pop()
        reply = replies[address] = site.get(address)
        if "html" in reply.headers.get("content-type", ""):
            linked = {urljoin(address, html.unescape(one)) for one in LINK.findall(reply.text)}
            known = {urlsplit(one).path for one in [*replies, *waiting]}
            waiting += {urlsplit(one).path: one for one in linked if urlsplit(one).path not in known}.values()
    assert {one: reply.status_code for one, reply in replies.items() if reply.status_code != 200} == {}
    paths = {urlsplit(one).path for one in replies}
    assert {"/overview", "/playbooks", "/knowledge", "/data", "/people", "/audit"} <= paths
    assert any(path.startswith("/static/vendor/") for path in paths)


@pytest.mark.thorough
def test_every_static_file_is_served_by_the_installed_server(site):
    files = [name for name in tracked_files() if name.startswith(STATIC)]
    answers = {name: site.get(f"/static/{name.removeprefix(STATIC)}").status_code for name in files}
    assert answers
    assert {name for name, status in answers.items() if status != 200} == set()
