"""A served workspace and a real browser for tests of the page and the API."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from analyst_agent.server.app import make_app
from analyst_agent.server.running import listening
from analyst_agent.server.staying import stay_of
from tests.server.staff import hire

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Awaited = TypeVar("Awaited")
LEFT_BEHIND = shutil.ignore_patterns("state.db*", "runs", "outbox", "previews")
"""What other tests asked and ran in the demo is no part of a copy."""
LOOKS = [(390, "dark"), pytest.param(1440, "light", marks=pytest.mark.thorough)]
"""Widths and themes in which pages are looked at: the narrow one, where more can be too wide, in every run."""
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Served:
    """A server in a thread of this process."""

    root: Path
    url: str


@contextmanager
def serving(root: Path, port: int = 0, *, is_warm: bool = True) -> Iterator[Served]:
    """Serves a workspace, on a free port where none is named, until the block ends. is_warm: waits until it is open."""
    listener = listening("127.0.0.1", port)
    app = make_app(root)
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="warning", access_log=False, proxy_headers=False, timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    assert server.started, "the server did not start"
    assert not is_warm or app.state.service.warming.wait(120), "the workspace was not opened"
    try:
        yield Served(root, f"http://127.0.0.1:{listener.getsockname()[1]}")
    finally:
        server.should_exit = True
        thread.join(15)
        listener.close()
        assert not thread.is_alive(), "the server did not end"


@pytest.fixture(scope="session")
def served(demo_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A served copy of the demo workspace, for all tests that add to it and change nothing."""
    root = tmp_path_factory.mktemp("served") / "demo"
    shutil.copytree(demo_workspace, root, ignore=LEFT_BEHIND)
    with serving(root) as one:
        yield one


@pytest.fixture
def fresh(demo_workspace: Path, tmp_path: Path) -> Iterator[Served]:
    """A served copy of its own, for a test that changes what others would see."""
    root = tmp_path / "demo"
    shutil.copytree(demo_workspace, root, ignore=LEFT_BEHIND)
    with serving(root) as one:
        yield one


@pytest.fixture(scope="module")
def staffed(demo_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A served copy with an account for each role (tests/server/staff.py)."""
    root = tmp_path_factory.mktemp("staffed") / "demo"
    shutil.copytree(demo_workspace, root, ignore=LEFT_BEHIND)
    hire(root)
    with serving(root) as one:
        yield one


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a window; where there is none, the test is skipped."""
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium here: `make browser` installs it where it may")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page at 1440 pixels. The test fails where it asked another host, broke the content policy or threw an error."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    made = context.new_page()
    problems: list[str] = []
    made.on("pageerror", lambda error: problems.append(f"error: {error}"))
    made.on("console", lambda said: problems.append(said.text) if "Content Security Policy" in said.text else None)
    made.on(
        "request",
        lambda asked: problems.append(f"outside: {asked.url}") if not _is_here(asked.url) else None,
    )
    yield made
    context.close()
    assert problems == []


@pytest.fixture
def violations() -> Callable[[Page], list[str]]:
    """`violations(page)`: accessibility rules that the page breaks, each with the elements it breaks them at."""
    from axe_playwright_python.sync_playwright import Axe

    def found(page: Page) -> list[str]:
        response = Axe().run(page).response
        return [f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}" for one in response["violations"]]

    return found


def _is_here(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "data:", "blob:", "about:"))


@contextmanager
def browsing(app: FastAPI, **how: Any) -> Iterator[TestClient]:
    """A client within this process of an app whose `caller_of` a test has overridden: whoever it says stays let in."""
    app.dependency_overrides[stay_of] = _Stays
    with TestClient(app, base_url="http://localhost", **how) as made:
        assert app.state.service.warming.wait(120), "the workspace was not opened"
        yield made


class _Stays:
    async def check(self, *, now: bool = False) -> None:
        """Nobody is signed out."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def awaited(function: Callable[[], Coroutine[Any, Any, Awaited]]) -> Awaited:
    """What an async function gives, run in a thread of its own: the browser's driver has a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(anyio.run, function).result()
