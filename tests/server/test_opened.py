"""Open workspaces, shared by threads: renewed under their hands without anybody noticing, and each closed once."""

from __future__ import annotations

import os
import random
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from analyst_agent.server import opened as opened_module
from analyst_agent.server.opened import OpenWorkspaces
from analyst_agent.settings import FILE_NAME
from analyst_agent.workspace import Workspace
from tests.server.conftest import LEFT_BEHIND

EMEA = ("region = EMEA",)


@pytest.fixture(scope="module")
def root(demo_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copied = tmp_path_factory.mktemp("opened") / "demo"
    shutil.copytree(demo_workspace, copied, ignore=LEFT_BEHIND)
    return copied


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> Counter[int]:
    """How often each workspace was closed, by its identity; they are kept, so that no identity comes twice."""
    found: Counter[int] = Counter()
    kept = []
    close = Workspace.close

    def counting(self: Workspace) -> None:
        found[id(self)] += 1
        kept.append(self)
        close(self)

    monkeypatch.setattr(Workspace, "close", counting)
    return found


@pytest.fixture
def opened(root: Path) -> Iterator[OpenWorkspaces]:
    made = OpenWorkspaces(root)
    yield made
    made.close()


def _change(root: Path) -> None:
    """As a load or a change of settings does: everything must be opened anew."""
    file = root / FILE_NAME
    stat = file.stat()
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000))


def _count(workspace: Workspace) -> int:
    found: int = workspace.warehouse.connection.cursor().execute("SELECT count(*) FROM tickets").fetchall()[0][0]
    return found


def test_one_is_opened_once_for_all_who_ask_at_the_same_moment(opened: OpenWorkspaces) -> None:
    start, seen = threading.Barrier(6), []

    def use() -> None:
        start.wait()
        with opened.of() as workspace:
            seen.append(id(workspace))

    with ThreadPoolExecutor(6) as pool:
        for _ in range(6):
            pool.submit(use)
    assert len(seen) == 6
    assert len(set(seen)) == 1


def test_who_uses_one_keeps_it_whole_while_it_is_renewed(
    opened: OpenWorkspaces, root: Path, closed: Counter[int]
) -> None:
    with opened.of() as old:
        _change(root)
        with opened.of() as new:
            assert new is not old
            assert _count(old) == _count(new) > 0
        assert closed[id(old)] == 0
    assert closed[id(old)] == 1
    with opened.of() as again:
        assert again is new


def test_under_constant_renewal_nobody_meets_a_closed_one_and_each_is_closed_once(
    opened: OpenWorkspaces, root: Path, closed: Counter[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened_module, "MOST", 1)
    seen: set[int] = set()

    def use(number: int) -> int:
        draw, least = random.Random(number), 1
        for _ in range(6):
            if draw.random() < 0.4:
                _change(root)
            with opened.of(EMEA if draw.random() < 0.5 else ()) as workspace:
                seen.add(id(workspace))
                least = min(least, _count(workspace))
        return least

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(use, range(4))) == [1] * 4
    opened.close()
    assert {name: closed[name] for name in seen} == dict.fromkeys(seen, 1)


def test_no_more_are_kept_open_than_the_most_and_the_last_used_stay(
    opened: OpenWorkspaces, closed: Counter[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened_module, "MOST", 2)
    with opened.of() as first, opened.of(EMEA) as second:
        pass
    with opened.of() as again:
        assert again is first
    with opened.of(("region = APAC",)):
        pass
    assert (closed[id(first)], closed[id(second)]) == (0, 1)


def test_one_that_is_opened_while_the_server_ends_is_closed_when_it_is_left(
    opened: OpenWorkspaces, closed: Counter[int]
) -> None:
    with opened.of() as workspace:
        opened.close()
        assert closed[id(workspace)] == 0
        with opened.of(EMEA) as late:
            assert _count(late) > 0
        assert closed[id(late)] == 1
    assert closed[id(workspace)] == 1
