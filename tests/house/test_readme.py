"""What the README shows is what comes out: its console blocks are run; and the runner itself is tested."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.house.checkout import ROOT, tracked_files
from tests.house.console import Command, Session, commands, matches, normalised

BIN = Path(sys.executable).parent
SHOWN = [f for f in tracked_files() if f == "README.md" or (f.startswith("docs/") and f.endswith(".md"))]


@pytest.mark.parametrize("name", SHOWN)
def test_console_blocks_show_what_comes_out(name, tmp_path):
    session = Session(tmp_path, BIN)
    for command in commands((ROOT / name).read_text(encoding="utf-8")):
        complaint = session.complaint(command)
        assert complaint is None, f"{name}, {complaint}"


def test_the_readme_shows_a_question_with_its_answer():
    shown = commands((ROOT / "README.md").read_text(encoding="utf-8"))
    assert [c.text for c in shown if c.text.startswith("analyst ask") and c.expected]


EXAMPLE = """
```sh
$ not run
```

```console
$ mkdir made && cd made
$ echo one; echo two in 0.31 s
one
two in 12 s
```
Text.
```console
$ basename "$PWD" | \\
  tr a-z A-Z
MADE
$ seq 9
1
...
9
```
"""


def test_runner_reads_commands_with_their_output():
    assert commands(EXAMPLE) == [
        Command("mkdir made && cd made", 7, []),
        Command("echo one; echo two in 0.31 s", 8, ["one", "two in 12 s"]),
        Command('basename "$PWD" | \\\n  tr a-z A-Z', 14, ["MADE"]),
        Command("seq 9", 17, ["1", "...", "9"]),
    ]


def test_runner_keeps_one_session_and_accepts_what_is_right(tmp_path):
    session = Session(tmp_path, BIN)
    assert [session.complaint(c) for c in commands(EXAMPLE)] == [None] * 4


@pytest.mark.parametrize(
    "block", ["$ echo one\ntwo\n", "$ echo 412 tickets\n413 tickets\n", "$ false\n", "$ seq 3\n1\n...\n4\n"]
)
def test_runner_finds_what_is_wrong(block, tmp_path):
    [command] = commands(f"```console\n{block}```\n")
    assert "came out" in Session(tmp_path, BIN).complaint(command)


def test_output_without_a_command_is_refused():
    with pytest.raises(ValueError, match="line 2"):
        commands("```console\noutput\n```\n")


def test_colours_times_and_sizes_do_not_count():
    assert normalised("\n\x1b[1mone\x1b[0m  \n3.5 MB in 1,200 ms\n\n") == ["one", "<measured> in <measured>"]
    assert not matches(["5 tickets"], ["6 tickets"])
