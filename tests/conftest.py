"""Third-party data for tests; there is no other shared state."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.once import made_once

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def third_party() -> Callable[[str], Path]:
    """`third_party("uci_incident")` is that folder of ANALYST_TEST_DATA (default: ../shared/data); absent, the test
    is skipped.
    """
    root = Path(os.environ.get("ANALYST_TEST_DATA") or CHECKOUT.parent / "shared" / "data")

    def folder(name: str) -> Path:
        found = root / name
        if not found.is_dir():
            pytest.skip(
                f"third-party data {name!r} is not in {root}; set ANALYST_TEST_DATA to the folder that holds it"
            )
        return found

    return folder


def pytest_addoption(parser: pytest.Parser) -> None:
    """Golden files change only with this flag, which CI refuses."""
    parser.addoption("--update-golden", action="store_true", help="write golden files anew; refused where CI is set")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """`golden(path, text)` compares the text with the file; with --update-golden it writes the file instead."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--update-golden"):
            in_ci = bool(os.environ.get("CI"))
            assert not in_ci, "golden files are updated by a person, never by CI"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.is_file(), f"{path} is not there; run pytest with --update-golden and read what it wrote"
        assert text == path.read_text(encoding="utf-8"), f"{path.name} changed; if that is meant, use --update-golden"

    return compare


@pytest.fixture(scope="session")
def demo_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo workspace with a tenth of the tickets, in which somebody has asked before. Tests read it; what they change they do
    on a copy.
    """
    # A copy of the worker's own: tests that read it keep things in its cache, and who copies that must find it at rest.
    return Path(
        shutil.copytree(made_once(tmp_path_factory, "demo", _make_demo), tmp_path_factory.mktemp("demo") / "demo")
    )


def _make_demo(folder: Path) -> None:
    from analyst_agent.workspace import Workspace
    from analyst_agent.workspace.starting import make_demo

    make_demo(folder, tickets=6_000)
    workspace = Workspace.open(folder)
    workspace.analyst().ask("What drove escalations last month?")
    workspace.close()
