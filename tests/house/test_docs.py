"""The reference names every setting, command, option and skill that the code has, and no command that it has not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from analyst_agent.settings import described
from tests.house.checkout import ROOT, tracked_files

SAID = re.compile(r"(?:^\$ |`)analyst((?: [a-z]+)+)", re.MULTILINE)


def _reference() -> str:
    return (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")


def _root() -> Any:
    import typer

    from analyst_agent.cli.main import app

    return typer.main.get_command(app)


def _commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command below this one, as (("knowledge", "add"), command); hidden ones are not for readers."""
    for name, child in getattr(command, "commands", {}).items():
        if not child.hidden:
            if hasattr(child, "commands"):
                yield from _commands(child, (*path, name))
            else:
                yield (*path, name), child


def test_every_setting_is_documented():
    text = _reference()
    missing = [
        f"[{section}] {key}"
        for section, key, _, _ in described()
        if (f"`[{section}]`" if key == "*" else f"`{key}`") not in text
    ]
    assert missing == []


def test_every_command_is_documented():
    text = _reference()
    assert [name for path, _ in _commands(_root()) if (name := f"analyst {' '.join(path)}") not in text] == []


def test_every_option_is_documented():
    text = _reference()
    options = {
        option
        for _, command in _commands(_root())
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--") and not parameter.hidden and option != "--help"
    }
    assert sorted(o for o in options if not re.search(rf"{re.escape(o)}\b", text)) == []


def test_every_skill_is_documented():
    text = _reference()
    skills = {f.split("/")[1] for f in tracked_files() if f.startswith("skills/") and f.endswith("/SKILL.md")}
    assert skills
    assert sorted(s for s in skills if f"`{s}`" not in text) == []


def test_what_the_offline_model_cannot_do_is_documented():
    from analyst_agent.evaluation.limits import OFFLINE_LIMITS

    text = _reference()
    assert [line for line in OFFLINE_LIMITS if f"\n- {line}\n" not in text] == []


def test_no_document_names_a_command_that_does_not_exist():
    root = _root()
    wrong = []
    for name in (f for f in tracked_files() if f == "README.md" or (f.startswith("docs/") and f.endswith(".md"))):
        for said in SAID.finditer((ROOT / name).read_text(encoding="utf-8")):
            command = root
            for word in said[1].split():
                if not hasattr(command, "commands"):
                    break
                if word not in command.commands:
                    wrong.append(f"{name}: analyst{said[1]}")
                    break
                command = command.commands[word]
    assert wrong == []
