"""Where the built-in content lies: in the wheel under `analyst_agent/builtin`, in a checkout beside the package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def builtin_dir(kind: str) -> Path:
    """The folder of built-in `skills`, `knowledge`, `playbooks` or `evals`."""
    packaged = _PACKAGE / "builtin" / kind
    return packaged if packaged.is_dir() else _PACKAGE.parent / kind
