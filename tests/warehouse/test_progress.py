"""Whoever watches a load is told of every file, byte and phase in order; a watcher that stops the load leaves nothing behind."""

from __future__ import annotations

import gzip

import pytest

from analyst_agent.warehouse.generations import current_generation, warehouse_dir
from tests.warehouse.desk import Desk


class Notes:
    """Writes down what it is told; raises KeyboardInterrupt at the phase `until`, as a person would with Ctrl-C."""

    def __init__(self, until: str = "") -> None:
        self.told: list[tuple[object, ...]] = []
        self.read: dict[str, int] = {}
        self.until = until

    def begin(self, file_count: int, byte_count: int) -> None:
        self.told.append(("begin", file_count, byte_count))

    def file(self, name: str, byte_count: int) -> None:
        self.told.append(("file", name, byte_count))
        self.read[name] = 0

    def advance(self, byte_count: int) -> None:
        self.read[list(self.read)[-1]] += byte_count

    def phase(self, name: str, row_count: int = 0) -> None:
        if name == self.until:
            raise KeyboardInterrupt
        self.told.append((name, row_count))


def put(desk: Desk) -> dict[str, int]:
    files = [
        desk.put("accounts.jsonl", '{"account_id": "A"}\n{"account_id": "B"}\n'),
        desk.put(
            "tickets.csv", "ticket_id,created_at\n" + "".join(f"T{i},2025-01-01\n" for i in range(30)) + "T,never\n"
        ),
        desk.put("escalations.csv.gz", gzip.compress(b"ticket_id,escalated_at\nT1,2025-01-02\n", mtime=0)),
    ]
    return {f.name: f.stat().st_size for f in files}


def test_every_file_and_phase_is_told(desk: Desk) -> None:
    sizes, notes = put(desk), Notes()
    desk.load(watcher=notes)
    assert notes.read == sizes
    assert notes.told == [
        ("begin", 3, sum(sizes.values())),
        ("file", "accounts.jsonl", sizes["accounts.jsonl"]), ("reading", 0), ("checking", 2), ("merging", 2),
        ("file", "tickets.csv", sizes["tickets.csv"]), ("reading", 0), ("checking", 31), ("merging", 31),
        ("file", "escalations.csv.gz", sizes["escalations.csv.gz"]), ("reading", 0), ("checking", 1), ("merging", 1),
        ("settling", 0), ("deriving", 0), ("publishing", 0),
    ]  # fmt: skip


def test_a_load_that_changes_nothing_derives_and_publishes_nothing(desk: Desk) -> None:
    put(desk)
    desk.load()
    notes = Notes()
    desk.load(watcher=notes)
    assert notes.told[-1] == ("settling", 0)


@pytest.mark.parametrize("phase", ["reading", "merging", "deriving", "publishing"])
def test_an_interrupted_load_leaves_the_old_generation_and_nothing_else(desk: Desk, phase: str) -> None:
    put(desk)
    desk.load()
    before = desk.files()
    desk.put("tickets.csv", "ticket_id,created_at\nX,2025-01-01\n")
    with pytest.raises(KeyboardInterrupt):
        desk.load(watcher=Notes(until=phase))
    assert current_generation(desk.workspace) == "gen-000001"
    assert desk.files() == before
    assert not list(warehouse_dir(desk.workspace).glob("*.building*"))
    assert desk.load(wait_s=0).totals["inserted"] == 1
