"""The playbooks of a workspace: the built-in ones and its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from analyst_agent import ways
from analyst_agent.errors import AnalystError, UnknownName
from analyst_agent.playbook.reading.reader import read_playbook
from analyst_agent.playbook.records import Playbook
from analyst_agent.resources import builtin_dir
from analyst_agent.workspace import Workspace

FOLDER = "playbooks"
ENDINGS = (".yml", ".yaml")


@dataclass(frozen=True, slots=True)
class ListedPlaybook:
    """A playbook's file as `analyst playbook list` shows it; problem: why it cannot be run."""

    name: str
    path: Path
    is_builtin: bool
    playbook: Playbook | None = None
    problem: str = ""


def listed_playbooks(workspace: Workspace) -> list[ListedPlaybook]:
    """Every playbook there is, built-in ones first. One of the workspace replaces a built-in only where the settings say so."""
    built_in = {path.stem: path for path in _files(builtin_dir(FOLDER))}
    own = {path.stem: path for path in _files(workspace.root / FOLDER)}
    replaceable = workspace.settings.replace_playbooks
    for name in replaceable:
        if name not in built_in:
            raise UnknownName("built-in playbook in analyst.toml [playbooks] replace", name, built_in)
    kept = [_listed(path, True) for name, path in built_in.items() if name not in own or name not in replaceable]
    for name, path in own.items():
        if name in built_in and name not in replaceable:
            hint = f'It has the name of a built-in playbook; replace = ["{name}"] in analyst.toml [playbooks] puts it in its place.'
            kept.append(ListedPlaybook(name, path, False, None, hint))
        else:
            kept.append(_listed(path, False))
    return kept


def find_playbook(workspace: Workspace, name: str) -> Playbook:
    """The playbook of that name. Raises UnknownName, or what is wrong with it."""
    known = listed_playbooks(workspace)
    chosen = [one for one in known if one.name == name]
    if not chosen:
        raise UnknownName("playbook", name, [one.name for one in known], ways.PLAYBOOKS)
    usable = [one for one in chosen if one.playbook is not None]
    if not usable:
        return read_playbook(chosen[0].path, is_builtin=chosen[0].is_builtin)
    assert usable[0].playbook is not None
    return usable[0].playbook


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.suffix in ENDINGS and path.is_file())


def _listed(path: Path, is_builtin: bool) -> ListedPlaybook:
    try:
        return ListedPlaybook(path.stem, path, is_builtin, read_playbook(path, is_builtin=is_builtin))
    except AnalystError as error:
        return ListedPlaybook(path.stem, path, is_builtin, None, f"{error.message} {error.hint}".strip())
