"""Results kept for one view of the data: made once for all who ask at once, never taken for another view, bounded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyst_agent.errors import NotPermitted
from analyst_agent.server.kept import Kept
from analyst_agent.workspace import Workspace


@pytest.fixture
def workspace(demo_workspace: Path) -> Iterator[Workspace]:
    """An open workspace."""
    one = Workspace.open(demo_workspace)
    yield one
    one.close()


def test_many_who_ask_at_once_wait_for_one_result(workspace: Workspace) -> None:
    kept, made, begun = Kept(), list[int](), threading.Barrier(8)
    release = threading.Event()

    def make() -> int:
        made.append(1)
        assert release.wait(10)
        return 7

    found: list[int] = []

    def ask() -> None:
        begun.wait(10)
        found.append(kept.get(workspace, "part", make))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for one in threads:
        one.start()
    release.set()
    for one in threads:
        one.join(10)
    assert found == [7] * 8
    assert made == [1]


def test_another_key_does_not_wait_for_the_first(workspace: Workspace) -> None:
    kept = Kept()
    assert kept.get(workspace, "outer", lambda: kept.get(workspace, "inner", lambda: 1) + 1) == 2


def test_a_workspace_opened_anew_begins_with_nothing(demo_workspace: Path, workspace: Workspace) -> None:
    kept = Kept()
    assert kept.get(workspace, "part", lambda: "first") == "first"
    other = Workspace.open(demo_workspace)
    assert kept.get(other, "part", lambda: "second") == "second"
    assert kept.get(workspace, "part", lambda: "third") == "first"
    other.close()


def test_what_fails_is_tried_again(workspace: Workspace) -> None:
    kept = Kept()

    def fail() -> int:
        raise NotPermitted("It cannot be.", "")

    with pytest.raises(NotPermitted):
        kept.get(workspace, "part", fail)
    assert kept.get(workspace, "part", lambda: 3) == 3


def test_the_longest_unused_goes_first(workspace: Workspace) -> None:
    kept = Kept(most=2)
    for key in ("a", "b"):
        kept.get(workspace, key, lambda: 1)
    kept.get(workspace, "a", lambda: 2)
    kept.get(workspace, "c", lambda: 1)
    assert kept.get(workspace, "a", lambda: 2) == 1
    assert kept.get(workspace, "b", lambda: 2) == 2
