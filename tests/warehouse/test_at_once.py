"""A load, `knowledge add` and a dozen asking processes at once: no error, and every answer wholly old or wholly new."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from analyst_agent.settings import FILE_NAME
from tests.warehouse.desk import Desk
from tests.warehouse.processes import PATIENCE_S, analyst, ended, until

TICKETS = "ticket_id,created_at,updated_at,priority,status\n"
ESCALATIONS = "ticket_id,escalated_at,reason_code\n"
# Tickets and escalated tickets of January in the old and the new export: the new one makes each ticket's priority P2 and escalates more.
JANUARY = {"gen-000001": {("P1", 300, 40)}, "gen-000002": {("P2", 300, 130), ("P3", 200, 0)}}
QUERY = ("query", "-m", "ticket_count,escalated_ticket_count", "-b", "priority", "-p", "2025-01", "--json")
QUESTION = ("ask", "How many tickets were escalated in January 2025?", "--json")
DAY = ("--today", "2025-03-03")

# One process that asks again and again, each time from the start (settings, pointer, connection), until it is told to stop.
ASK_ON = """
import pathlib, sys, time
from analyst_agent.cli.main import run
stop = pathlib.Path(sys.argv[1])
while True:
    last = stop.exists()
    try:
        run(sys.argv[2:])
    except SystemExit as ended:
        if ended.code:
            raise
    sys.stdout.flush()
    if last:
        break
    time.sleep(1)  # a pace, so that twelve of them leave the two cores something to load with
"""
# A load that says when it has merged its first rows and goes on when it is told.
HELD = """
from analyst_agent.warehouse import merge
real, told = merge._insert, []
def held(*given):
    real(*given)
    if not told:
        print("merging", flush=True)
        told.append(input())
merge._insert = held
"""


class Asking:
    """A process that asks on, its answers in a file."""

    def __init__(self, workspace: Path, answers: Path, stop: Path, words: tuple[str, ...]) -> None:
        self.answers = answers
        self.process = subprocess.Popen(
            [sys.executable, "-c", ASK_ON, str(stop), *words],
            cwd=workspace,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdout=answers.open("w", encoding="utf-8"),
            stderr=subprocess.PIPE,
            text=True,
        )

    def has_answered(self, times: int = 1) -> bool:
        return self.answers.read_text(encoding="utf-8").count("\n}") >= times

    def documents(self) -> list[dict[str, Any]]:
        """What it was told, in order."""
        text, place, found = self.answers.read_text(encoding="utf-8").strip(), 0, []
        decoder = json.JSONDecoder()
        while place < len(text):
            document, place = decoder.raw_decode(text, place)
            found.append(document)
            place += 1
        return found


def export(desk: Desk) -> None:
    escalated = "".join(f"T{i},2025-01-20,bug\n" for i in range(130))
    rows = [f"T{i},2025-01-10,2025-02-01,P2,open\n" for i in range(300)]
    rows += [f"T{i},2025-01-31,2025-02-01,P3,open\n" for i in range(300, 500)]
    desk.put("tickets.csv", TICKETS + "".join(rows))
    desk.put("escalations.csv", ESCALATIONS + escalated)


def opened(root: Path) -> Desk:
    desk = Desk(root)
    (desk.workspace / FILE_NAME).write_text("[workspace]\n", encoding="utf-8")
    desk.put("tickets.csv", TICKETS + "".join(f"T{i},2025-01-10,2025-01-11,P1,open\n" for i in range(300)))
    desk.put("escalations.csv", ESCALATIONS + "".join(f"T{i},2025-01-20,bug\n" for i in range(40)))
    desk.load(derived=None)
    export(desk)
    return desk


def generation_of(document: dict[str, Any]) -> str:
    found = {record["generation"] for record in document["queries"]}
    assert len(found) == 1, f"one answer from several generations: {found}"
    [name] = found
    return str(name)


def check_rows(document: dict[str, Any]) -> str:
    """The generation of an answer of `query`, which holds that generation's numbers and no other's."""
    name = generation_of(document)
    named = [dict(zip(document["columns"], row, strict=True)) for row in document["rows"]]
    rows = {(r["priority"], r["ticket_count"], r["escalated_ticket_count"] or 0) for r in named}
    assert rows == JANUARY[name]
    return name


def check_answer(document: dict[str, Any]) -> str:
    """The same of `ask`."""
    name = generation_of(document)
    assert document["status"] == "answered"
    assert document["generation"] == name
    escalated = sum(row[2] for row in JANUARY[name])
    assert any(fact["value"] == escalated for fact in document["facts"]), document["answer"]
    return name


@pytest.mark.thorough
def test_a_dozen_ask_while_files_and_documents_are_loaded(tmp_path: Path) -> None:
    desk = opened(tmp_path)
    (tmp_path / "docs" / "policies").mkdir(parents=True)
    (tmp_path / "docs" / "policies" / "refunds.md").write_text(
        "# Refunds\n\nRefunds take five days.\n", encoding="utf-8"
    )
    stop = tmp_path / "stop"
    checks = [check_rows] * 10 + [check_answer] * 2
    asking = [
        Asking(desk.workspace, tmp_path / f"{n}.json", stop, (QUERY if check is check_rows else QUESTION) + DAY)
        for n, check in enumerate(checks)
    ]
    loading = analyst(desk.workspace, "load", str(desk.exports), "--json", prelude=HELD)
    assert loading.stdout is not None
    assert loading.stdin is not None
    assert loading.stdout.readline() == "merging\n"
    adding = analyst(desk.workspace, "knowledge", "add", str(tmp_path / "docs"))
    # All twelve are answered while the load stands in the middle of its work: readers are not kept waiting.
    for one in asking:
        until(partial(one.has_answered, 1), one.process)
    loading.stdin.write("go on\n")
    loading.stdin.flush()
    code, _, err = ended(loading)
    assert code == 0, err
    code, _, err = ended(adding)
    assert code == 0, err
    stop.touch()
    for one, check in zip(asking, checks, strict=True):
        _, err = one.process.communicate(timeout=PATIENCE_S)
        assert one.process.returncode == 0, err
        generations = [check(document) for document in one.documents()]
        assert generations[0] == "gen-000001"
        assert generations[-1] == "gen-000002"
        assert generations == sorted(generations), "an answer went back to the old data"
    assert desk.load(derived=None).totals["unchanged"] == 630


def test_two_loads_at_once_take_turns(tmp_path: Path) -> None:
    desk = opened(tmp_path)
    more = desk.put("more/tickets.csv", TICKETS + "".join(f"M{i},2025-02-01,2025-02-02,P4,open\n" for i in range(70)))
    first = analyst(desk.workspace, "load", str(desk.exports), "--json", prelude=HELD)
    assert first.stdout is not None
    assert first.stdin is not None
    assert first.stdout.readline() == "merging\n"
    second = analyst(desk.workspace, "load", str(more), "--json")
    first.stdin.write("go on\n")
    first.stdin.flush()
    for process in (first, second):
        code, _, err = ended(process)
        assert code == 0, err
    assert desk.query("SELECT count(*), count(DISTINCT ticket_id) FROM tickets") == [(570, 570)]
    assert desk.query("SELECT count(*) FROM loads") == [(5,)]


def test_a_load_that_has_waited_long_enough_is_told(tmp_path: Path) -> None:
    desk = opened(tmp_path)
    first = analyst(desk.workspace, "load", str(desk.exports), "--json", prelude=HELD)
    assert first.stdout is not None
    assert first.stdin is not None
    assert first.stdout.readline() == "merging\n"
    impatient = "from analyst_agent.warehouse import load\nload.load.__kwdefaults__['wait_s'] = 0.1"
    code, _, err = ended(analyst(desk.workspace, "load", str(desk.exports), prelude=impatient))
    assert code == 1
    assert "Another load into this workspace is running" in err
    first.stdin.write("go on\n")
    first.stdin.flush()
    code, out, err = ended(first)
    assert code == 0, err
    assert json.loads(out)["totals"]["inserted"] == 200 + 90
