"""A server that has just started listens and shows a page at once, opens the workspace beside that, and says when it is ready."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from analyst_agent.server.opened import OpenWorkspaces
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.rehearsing import rehearse
from tests.server.conftest import LEFT_BEHIND, Served, serving
from tests.server.plays import until
from tests.server.staff import client

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """No workspace is open before this is set."""
    made, real = threading.Event(), OpenWorkspaces._opened

    def slow(self: OpenWorkspaces, key: Any) -> Workspace:
        assert made.wait(60)
        return real(self, key)

    monkeypatch.setattr(OpenWorkspaces, "_opened", slow)
    yield made
    made.set()


@pytest.fixture
def cold(demo_workspace: Path, tmp_path: Path, gate: threading.Event) -> Iterator[Served]:
    """A server whose workspace is still being opened."""
    root = tmp_path / "demo"
    shutil.copytree(demo_workspace, root, ignore=LEFT_BEHIND)
    with serving(root, is_warm=False) as one:
        yield one
        gate.set()


def test_a_page_is_there_before_the_workspace_is_and_readiness_tells_the_truth(
    cold: Served, gate: threading.Event
) -> None:
    with client(cold.url) as browser:
        assert browser.get("/health").status_code == 200
        ready = browser.get("/ready")
        assert (ready.status_code, ready.json()["reason"]) == (503, "The workspace is being opened.")
        first = browser.get("/overview?month=2026-10")
        assert (first.status_code, first.headers["retry-after"]) == (503, "1")
        assert "opens the data" in first.text
        assert browser.get("/sign-in").status_code == 200
        gate.set()
        until(lambda: browser.get("/ready").status_code == 200, "readiness")
        assert browser.get("/").status_code == 200


def test_the_page_that_was_wanted_comes_by_itself(cold: Served, gate: threading.Event, page: Page) -> None:
    page.goto(f"{cold.url}/")
    page.get_by_text("opens the data").wait_for()
    gate.set()
    page.wait_for_selector("#question", timeout=30_000)
    assert page.url == f"{cold.url}/"


def test_what_is_done_beforehand_is_kept_nowhere(demo_workspace: Path, tmp_path: Path) -> None:
    root = tmp_path / "demo"
    shutil.copytree(demo_workspace, root, ignore=LEFT_BEHIND)
    workspace = Workspace.open(root)
    try:
        rehearse(workspace)
        assert workspace.conversations.listed(workspace.fingerprint) == []
        assert workspace.audit.lines() == []
        assert list(workspace.recommendations.listed()) == []
    finally:
        workspace.close()
