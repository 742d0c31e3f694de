"""Results of steps as JSON, and back: any of our records by its type hints, nothing else."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, get_args, get_origin

from analyst_agent.errors import WorkspaceError
from analyst_agent.playbook.records import Posted, Report, Result
from analyst_agent.records import Finding

KINDS: Mapping[str, type] = {"finding": Finding, "report": Report, "posted": Posted}


def to_stored(result: Result) -> dict[str, Any]:
    """`{kind, content}` of plain JSON types."""
    kind = next(name for name, one in KINDS.items() if isinstance(result, one))
    return {"kind": kind, "content": _plain(result)}


def lasting(stored: Any) -> Any:
    """What is stored without what only measures the run: how long each of its queries took.

    >>> lasting({"kind": "finding", "content": {"queries": [{"id": "q1", "milliseconds": 7.5}]}})
    {'kind': 'finding', 'content': {'queries': [{'id': 'q1', 'milliseconds': 0.0}]}}
    """
    match stored:
        case {"content": {"queries": [*queries]} as content}:
            told = [{**one, "milliseconds": 0.0} if isinstance(one, dict) else one for one in queries]
            return {**stored, "content": {**content, "queries": told}}
    return stored


def from_stored(raw: Mapping[str, Any]) -> Result:
    """The result again, equal to what was stored. Raises WorkspaceError where the file is not one of this version's."""
    try:
        made = _typed(KINDS[raw["kind"]], raw["content"])
    except (KeyError, TypeError, ValueError) as error:
        raise WorkspaceError(
            "A stored result of a step cannot be read.", "Run the playbook again from its start."
        ) from error
    return made  # type: ignore[no-any-return]


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


@cache
def _shape(kind: Any) -> tuple[Any, tuple[Any, ...], tuple[str, ...] | None]:
    """The origin of a type, what it is of, and of a record the fields it is made from: the same for thousands of facts."""
    is_one = isinstance(kind, type) and is_dataclass(kind)
    return get_origin(kind), get_args(kind), tuple(f.name for f in fields(kind) if f.init) if is_one else None


def _typed(kind: Any, raw: Any) -> Any:
    origin, inner, made_from = _shape(kind)
    if origin in (typing.Union, types.UnionType):
        if raw is None:
            return None
        return _typed(next(one for one in inner if one is not type(None)), raw) if _is_record(kind) else _frozen(raw)
    if origin is tuple:
        many = len(inner) == 2 and inner[1] is Ellipsis
        return tuple(_typed(inner[0] if many else inner[i], one) for i, one in enumerate(raw))
    if made_from is not None:
        hints = _hints(kind)
        return kind(**{name: _typed(hints[name], raw[name]) for name in made_from if name in raw})
    if kind is date:
        return date.fromisoformat(raw)
    if origin in (dict, Mapping) or kind is dict:
        return dict(raw)
    return _frozen(raw) if kind is Any else raw


@cache
def _is_record(kind: Any) -> bool:
    """Whether an optional type holds something that JSON lost: a record, a day or a tuple."""
    return any(is_dataclass(one) or one is date or get_origin(one) is tuple for one in get_args(kind))


def _frozen(raw: Any) -> Any:
    """Values of filters are tuples; JSON made lists of them."""
    return tuple(_frozen(one) for one in raw) if isinstance(raw, list) else raw
