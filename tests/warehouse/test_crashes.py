"""Loads killed with SIGKILL at any moment: the old numbers (or the new, once switched), no stray lock, and the next load is exact."""

from __future__ import annotations

import random
import shutil
import signal
import textwrap
from functools import partial
from pathlib import Path
from time import monotonic, sleep

import pytest

from analyst_agent.errors import WorkspaceError
from analyst_agent.settings import FILE_NAME
from analyst_agent.warehouse.generations import current_generation, warehouse_dir
from tests.rounds import rounds
from tests.warehouse.desk import Desk
from tests.warehouse.processes import analyst, ended, until

HEADER = "ticket_id,created_at,updated_at,csat\n"
OLD, NEW = (
    (400, 800),
    (600, 2400),
)  # count and sum of csat (200 x 2 + 400 x 5): the new export corrects half of the old tickets and adds some
NUMBERS = "SELECT count(*), sum(csat)::BIGINT FROM tickets"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A workspace with the old export loaded, its new export not yet."""
    desk = Desk(tmp_path_factory.mktemp("loaded"))
    (desk.workspace / FILE_NAME).write_text("[workspace]\n", encoding="utf-8")
    desk.put("tickets.csv", HEADER + "".join(f"T{i},2025-01-01,2025-01-01,2\n" for i in range(400)))
    desk.put("escalations.csv", "ticket_id,escalated_at\n" + "".join(f"T{i},2025-01-02\n" for i in range(100)))
    desk.load(derived=None)
    changed = [f"T{i},2025-01-01,2025-02-01,5\n" for i in range(200)]
    added = [f"T{i},2025-02-01,2025-02-01,5\n" for i in range(400, 600)]
    desk.put("tickets.csv", HEADER + "".join(changed + added))
    return desk


@pytest.fixture
def crashed(loaded: Desk, tmp_path: Path) -> Desk:
    """A copy of it, to be loaded into."""
    return again(loaded, tmp_path)


def again(loaded: Desk, root: Path) -> Desk:
    shutil.copytree(loaded.workspace.parent, root, dirs_exist_ok=True)
    copy = Desk.__new__(Desk)
    copy.workspace, copy.exports = root / "workspace", root / "exports"
    return copy


def is_building(desk: Desk) -> bool:
    return any(warehouse_dir(desk.workspace).glob("*.building"))


def check_after_a_crash(desk: Desk) -> None:
    """The workspace answers wholly old or wholly new; the next load is not kept waiting, completes exactly and leaves nothing lying about."""
    switched = current_generation(desk.workspace) == "gen-000002"
    assert desk.query(NUMBERS) == [NEW if switched else OLD]
    totals = desk.load(derived=None, wait_s=0).totals
    counts = {k: totals[k] for k in ("rows_read", "inserted", "updated", "unchanged", "set_aside")}
    if switched:
        assert counts == {"rows_read": 500, "inserted": 0, "updated": 0, "unchanged": 500, "set_aside": 0}
    else:
        assert counts == {"rows_read": 500, "inserted": 200, "updated": 200, "unchanged": 100, "set_aside": 0}
    assert desk.query(NUMBERS) == [NEW]
    name = current_generation(desk.workspace)
    assert sorted(p.name for p in warehouse_dir(desk.workspace).iterdir()) == [
        "current",
        f"{name}.duckdb",
        f"{name}.duckdb.lock",
        "load.lock",
    ]


# What dies where: while the generation is copied, when rows are half merged, before and after the file has its name, after the switch.
POINTS = {
    "while copying": """
        def half(source, target):
            Path(target).write_bytes(Path(source).read_bytes()[:20000]); die()
        generations.shutil.copyfile = half
    """,
    "while merging": """
        real = merge._insert
        merge._insert = lambda con, *rest: (real(con, *rest), con.execute("CHECKPOINT"), die())
    """,
    "while writing the derived tables": """
        load.write_meta = lambda *_: die()
    """,
    "before the file has its name": """
        generations.NextGeneration.publish = lambda self: die()
    """,
    "just before the switch": """
        generations.replace_text = lambda *_: die()
    """,
    "in the middle of the switch": """
        real = Path.replace
        Path.replace = lambda self, target: die() if self.name == "current.new" else real(self, target)
    """,
    "just after the switch": """
        real = generations.replace_text
        generations.replace_text = lambda *given: (real(*given), die())
    """,
}
MOMENTS = rounds(3, 8)

PRELUDE = """
import os, signal
from pathlib import Path
from analyst_agent.warehouse import generations, load, merge
def die():
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("point", POINTS)
def test_a_load_killed_at_a_weak_point(crashed: Desk, point: str) -> None:
    process = analyst(crashed.workspace, "load", str(crashed.exports), prelude=PRELUDE + textwrap.dedent(POINTS[point]))
    code, _, err = ended(process)
    assert code == -signal.SIGKILL, err
    assert (current_generation(crashed.workspace) == "gen-000002") == (point == "just after the switch")
    check_after_a_crash(crashed)


@pytest.mark.repeated
def test_loads_killed_at_moments_all_over(loaded: Desk, tmp_path: Path) -> None:
    """Moments spread by a fixed seed over the time from the first byte of the new generation to the end of the process."""
    desk = again(loaded, tmp_path / "whole")
    whole = analyst(desk.workspace, "load", str(desk.exports))
    until(partial(is_building, desk), whole)
    begun = monotonic()
    assert ended(whole)[0] == 0
    duration = monotonic() - begun
    dice = random.Random(20261103)
    killed = 0
    for number in range(MOMENTS):
        desk = again(loaded, tmp_path / str(number))
        process = analyst(desk.workspace, "load", str(desk.exports))
        until(partial(is_building, desk), process)
        sleep(duration * (number + dice.random()) / MOMENTS)  # the moment is what is under test, nothing waits for it
        process.kill()
        killed += ended(process)[0] == -signal.SIGKILL
        check_after_a_crash(desk)
        shutil.rmtree(tmp_path / str(number))
    assert killed > 0


def test_a_load_killed_while_another_waits_lets_it_go_on(crashed: Desk) -> None:
    """A lock that outlives its process would keep the second one waiting for ever."""
    stuck = PRELUDE + "merge._insert = lambda *_: (print('merging', flush=True), signal.pause())"
    first = analyst(crashed.workspace, "load", str(crashed.exports), prelude=stuck)
    assert first.stdout is not None
    assert first.stdout.readline() == "merging\n"
    second = analyst(crashed.workspace, "load", str(crashed.exports), "--json")
    first.kill()
    ended(first)
    assert ended(second)[0] == 0
    assert crashed.query(NUMBERS) == [NEW]
    check_after_a_crash(crashed)


@pytest.mark.parametrize("damage", ["removed", "empty", "torn", "binary"])
def test_a_lost_pointer_is_not_an_empty_workspace(crashed: Desk, damage: str) -> None:
    """0 tickets, and a next load that begins from nothing, instead of the rows that are still there."""
    pointer = warehouse_dir(crashed.workspace) / "current"
    if damage == "removed":
        pointer.unlink()
    else:
        pointer.write_bytes({"empty": b"", "torn": b"gen-0", "binary": b"\xff\x00\xfe"}[damage])
    assert crashed.query(NUMBERS) == [OLD]
    check_after_a_crash(crashed)


def test_a_lost_pointer_is_written_again_even_by_a_load_that_changes_nothing(loaded: Desk, tmp_path: Path) -> None:
    desk = again(loaded, tmp_path)
    desk.load(derived=None)
    (warehouse_dir(desk.workspace) / "current").unlink()
    assert not desk.load(derived=None).changed
    assert (warehouse_dir(desk.workspace) / "current").read_text() == "gen-000002\n"


def test_a_half_written_file_is_no_generation(crashed: Desk) -> None:
    folder = warehouse_dir(crashed.workspace)
    (folder / "current").unlink()
    (folder / "gen-000007.duckdb").write_bytes(b"\0" * 4096)
    assert current_generation(crashed.workspace) == "gen-000001"
    assert crashed.query(NUMBERS) == [OLD]


def test_a_generation_whose_file_is_gone_stops_loads_and_says_what_to_do(crashed: Desk) -> None:
    """A load onto nothing, or onto an older generation, would lose rows without a word."""
    folder = warehouse_dir(crashed.workspace)
    (folder / "gen-000001.duckdb").rename(folder / "saved")
    for act in (crashed.load, lambda: crashed.query(NUMBERS), lambda: crashed.load(dry_run=True)):
        with pytest.raises(WorkspaceError, match="gen-000001, which is in use, has no file") as refused:
            act()
        assert "Restore it from a backup" in refused.value.hint
    (folder / "saved").rename(folder / "gen-000001.duckdb")
    check_after_a_crash(crashed)


def test_an_unreadable_pointer_with_nothing_beside_it_stops(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    warehouse_dir(desk.workspace).mkdir(parents=True)
    (warehouse_dir(desk.workspace) / "current").write_text("?")
    desk.put("tickets.csv", HEADER)
    with pytest.raises(WorkspaceError, match="names no generation"):
        desk.load()
