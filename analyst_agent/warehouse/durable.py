"""Files that survive a loss of power: what is said to be on disk is on disk, and a name changes its content in one step."""

from __future__ import annotations

import os
from pathlib import Path


def replace_text(path: Path, text: str) -> None:
    """Writes a small file so that readers, and whoever comes after a crash, find either the old content or the new."""
    beside = path.with_name(f"{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    synchronise(beside)
    beside.replace(path)
    synchronise(path.parent)


def make_folder(path: Path) -> None:
    """Makes a folder and what is missing above it, each entry on disk."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(exist_ok=True)
        synchronise(path.parent)


def synchronise(path: Path) -> None:
    """Waits until the file (or the folder's entries) is on disk."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
