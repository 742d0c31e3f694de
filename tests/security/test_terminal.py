"""What somebody else wrote cannot command a terminal, and no fault shows a traceback."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from analyst_agent.cli import main
from analyst_agent.cli.shared import print_json, say

CLI = Path(main.__file__).parent
ODD = "\x1b[31m \x07 \x9b \x7f \u202e \u2066 \u200b \ufeff \ud800 \u2028"
OBEYED = set(ODD) - set(" [31m")


def odd(text: str) -> list[str]:
    return sorted({hex(ord(c)) for c in text if c in OBEYED})


def run(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str
) -> tuple[int, str]:
    """The exit code of a command in the folder, and everything it printed."""
    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit) as ended:
        main.run(list(words))
    shown = capsys.readouterr()
    return int(ended.value.code or 0), shown.out + shown.err


def test_everything_printed_goes_through_the_one_place_that_cleans():
    direct = [
        f"{path.name}:{node.lineno}"
        for path in CLI.glob("*.py")
        if path.name != "shared.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert direct == []


def test_lines_and_json_hold_nothing_a_terminal_obeys(capsys):
    say(f"a{ODD}\tb\nc")
    say(ODD, error=True)
    print_json({ODD: ["é", ODD]})
    shown = capsys.readouterr()
    assert odd(shown.out) == odd(shown.err) == []
    assert shown.out.startswith("a\ufffd[31m")
    assert json.loads(shown.out[shown.out.index("{") :]) == {ODD: ["é", ODD]}


@pytest.mark.parametrize(
    "words",
    [
        ("ask", "What drove escalations last month?"),
        ("ask", "escalations by tier in October", "--json"),
        ("ask", "what values does product area have?"),
        ("ask", "what does our policy say about P1?"),
        ("ask", "escalations in Rde\x1b[2J last month"),
        ("query", "-m", "ticket_count", "-b", "product_area", "-p", "2026-10", "--json"),
        ("query", "-m", "ticket_count", "-w", "product_area=[31mRed"),
        ("query", "-m", "ticket_count", "-w", "tier=nothing like it"),
        ("knowledge", "search", "P1"),
        ("knowledge", "list"),
        ("doctor",),
    ],
)
def test_no_command_prints_what_a_terminal_obeys(hostile_folder, capsys, monkeypatch, words):
    code, shown = run(hostile_folder, capsys, monkeypatch, *words)
    assert code in (0, 2)
    assert odd(shown) == []


def test_names_of_files_and_columns_are_cleaned(tmp_path, capsys, monkeypatch):
    run(tmp_path, capsys, monkeypatch, "init")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x\x1b[31m.txt").write_text("x")
    (tmp_path / "in" / "tickets.csv").write_text("ticket_id,created_at,\x1b[31mextra\nT1,2026-01-01,x\nT2,\x1b[31m,x\n")
    for words in (("load", "in"), ("rejects",), ("rejects", "--json")):
        code, shown = run(tmp_path, capsys, monkeypatch, *words)
        assert code == 0
        assert odd(shown) == []
        assert "[31m" in shown


def test_a_fault_is_told_in_two_lines():
    script = (
        "from analyst_agent.cli import asking, main\n"
        "def broken(*arguments): raise RuntimeError('kaput\\x1b[31m')\n"
        "asking.open_workspace = broken\n"
        "main.run(['ask', 'x'])\n"
    )
    settings = {k: v for k, v in os.environ.items() if k != "ANALYST_DEBUG"}
    ran = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True, env=settings)
    assert ran.returncode == 1
    assert ran.stderr.splitlines() == [
        "analyst: A fault in the analyst itself: RuntimeError: kaput\ufffd[31m",
        "         Set ANALYST_DEBUG=1 and run again for the details to report.",
    ]


@pytest.mark.parametrize("place", ["nowhere/chart.png", "chart.txt", ".png"])
def test_a_chart_that_cannot_be_written_is_said_before_anything_is_asked(hostile_folder, capsys, monkeypatch, place):
    code, shown = run(hostile_folder, capsys, monkeypatch, "ask", "How many tickets?", "--chart", place)
    assert code == 2
    assert shown.startswith("analyst: --chart")
    assert len(shown.splitlines()) == 2
