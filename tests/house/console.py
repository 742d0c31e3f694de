"""Runs the ```console blocks of a Markdown file as a reader would type them and compares what comes out.

A line `$ command` is typed (a trailing backslash continues it); the lines until the next one are what must come out.
A line `...` stands for any lines. Times and sizes may differ. All blocks of a file are one session: `cd` lasts.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
MEASURED = re.compile(r"\b\d+(?:[.,]\d+)*\s?(?:ms|s|seconds|milliseconds|kB|MB|GB)\b")
MARK = "\x01ends in "


@dataclass(slots=True)
class Command:
    """One typed line and the lines that must come out."""

    text: str
    line: int
    expected: list[str] = field(default_factory=list)


def commands(markdown: str) -> list[Command]:
    """The commands of all console blocks, in order. Raises ValueError for output before the first command of a block."""
    found: list[Command] = []
    for block in BLOCK.finditer(markdown):
        first = markdown.count("\n", 0, block.start()) + 2
        begun = False
        continues = False
        for number, line in enumerate(block[1].splitlines(), first):
            if continues:
                found[-1].text += "\n" + line
            elif line.startswith("$ "):
                found.append(Command(line[2:], number))
                begun = True
            elif begun:
                found[-1].expected.append(line)
            else:
                raise ValueError(f"line {number}: a console block begins with '$ '")
            continues = (continues or line.startswith("$ ")) and line.endswith("\\")
    return found


def normalised(text: str) -> list[str]:
    """Lines without colours, trailing blanks, measured times and sizes, and empty lines at both ends."""
    lines = [MEASURED.sub("<measured>", COLOUR.sub("", line)).rstrip() for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return lines


def matches(expected: list[str], actual: list[str]) -> bool:
    """Whether the lines are the same, `...` standing for any number of lines."""
    wanted = "".join(r"(?:.*\n)*" if line == "..." else re.escape(line) + r"\n" for line in expected)
    return re.fullmatch(wanted, "".join(line + "\n" for line in actual)) is not None


class Session:
    """A shell session in an empty folder, with the commands of this Python's environment in front."""

    def __init__(self, folder: Path, bin_folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "PATH": f"{bin_folder}{os.pathsep}{os.environ.get('PATH', '')}",
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "COLUMNS": "120",
            "NO_COLOR": "1",
            "TERM": "dumb",
        }

    def run(self, command: str) -> tuple[int, str]:
        """Exit code and everything printed."""
        script = f"{command}\nstatus=$?\nprintf '{MARK}%s' \"$PWD\"\nexit $status\n"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        output, _, folder = done.stdout.rpartition(MARK)
        self.folder = Path(folder) if folder else self.folder
        return done.returncode, output

    def complaint(self, command: Command) -> str | None:
        """Runs one command; None where it ended with 0 and printed what the document shows, else what was different."""
        code, output = self.run(command.text)
        expected, actual = normalised("\n".join(command.expected)), normalised(output)
        if code == 0 and (not expected or matches(expected, actual)):
            return None
        return "\n".join(
            [f"line {command.line}: $ {command.text} (exit {code})", "expected:", *expected, "came out:", *actual]
        )
