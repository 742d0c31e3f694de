"""An engine's URL taken apart. A password is read from the environment when it is needed and never shown."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType
from urllib.parse import parse_qsl, unquote, urlsplit

from analyst_agent.errors import UnknownName, WorkspaceError


@dataclass(frozen=True, slots=True)
class Address:
    """scheme://user:password@host:port/path?options; "" or 0 for what is not given."""

    scheme: str
    user: str = ""
    password: str = field(default="", repr=False)
    host: str = ""
    port: int = 0
    path: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """Where it is, without user, password and options."""
        place = self.host + (f":{self.port}" if self.port else "")
        return f"{self.scheme}://{place}/{self.path.lstrip('/') if self.host else self.path}"

    def folder(self, root: Path) -> Path:
        """The folder that the path names; `/./data` is one within the workspace."""
        return root / self.path.removeprefix("/./") if self.path.startswith("/./") else Path(self.path)

    def check_options(self, *valid: str) -> None:
        """Raises UnknownName for an option that this engine does not have."""
        for name in self.options:
            if name not in valid:
                raise UnknownName(f"option of {self.shown}", name, valid)


def address_of(url: str) -> Address:
    """The parts of a URL with `${VARIABLE}` filled in. Raises WorkspaceError for a variable that is not set."""
    try:
        parts = urlsplit(url)
        port = parts.port or 0
    except ValueError as error:
        raise WorkspaceError(
            "The engine's URL cannot be read.", "Write it as postgresql://user@host:5432/database."
        ) from error
    return Address(
        parts.scheme, unquote(_filled(parts.username or "")), unquote(_filled(parts.password or "")), parts.hostname or "",
        port, unquote(_filled(parts.path)), {k: _filled(v) for k, v in parse_qsl(parts.query, keep_blank_values=True)},
    )  # fmt: skip


def driver(module: str, package: str, extra: str) -> ModuleType:
    """The driver of an engine. Raises WorkspaceError with what to install where it is missing."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module.partition(".")[0]:
            raise
        raise WorkspaceError(
            f"The engine needs the package {package}, which is not installed.",
            f"Install it: pip install 'escalation-analyst[{extra}]'",
        ) from error


def _filled(text: str) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in os.environ:
            raise WorkspaceError(
                f"The engine's URL names ${{{name}}}, which is not set.", f"Set the environment variable {name}."
            )
        return os.environ[name]

    return re.sub(r"\$\{(\w+)\}", value, text)
