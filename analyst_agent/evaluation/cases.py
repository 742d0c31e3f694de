"""Reading the YAML files of eval cases, with complaints that name file, case and place."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

import yaml

from analyst_agent.errors import InvalidDefinition, UnknownName
from analyst_agent.evaluation.expectations import (
    Caller,
    Case,
    Cited,
    Days,
    Expect,
    Mention,
    Number,
    Ranked,
    Suite,
    Tier,
    Turn,
)
from analyst_agent.records import Status
from analyst_agent.settings import parse_settings

VIEWS_FILE = "views.yml"
DRAFT = "draft"
TIERS = ("must", "track", DRAFT)
DATA = ("demo", "drapertoby_itsm", "uci_incident")
OWN_DATA = "workspace"
"""The data of the workspace the command is run in: for cases of one's own."""
ALL_DATA = (*DATA, OWN_DATA)

_CASE_KEYS = ("id", "tier", "data", "today", "about", "settings", "role", "restrict", "turns", "expect")
_NOT_OF_A_CASE = {
    "model": "`analyst eval --model` says which answers",
    "engine": "the data of a case are its data set",
    "state_url": "the memory of a run is its own",
}
"""What a case cannot set, and why."""
_EXPECT_KEYS = (
    "status", "period", "compared_with", "skills", "numbers", "ranked", "cites", "mentions", "not_mentions", "refuse_reason", "choices",
)  # fmt: skip
_NUMBER_KEYS = ("metric", "sql", "dimensions", "by", "period", "tolerance", "shown", "significant")


def read_suite(folder: Path) -> Suite:
    """Every case of the folder's `*.yml` files, in the order of file names. Raises InvalidDefinition or UnknownName."""
    cases: list[Case] = []
    for path in sorted(folder.glob("*.yml")):
        if path.name != VIEWS_FILE:
            cases += _file_cases(path)
    if not cases:
        raise InvalidDefinition(
            f"No eval case in {folder}.", "Cases are written in files such as root_causes.yml there."
        )
    seen: dict[str, str] = {}
    for case in cases:
        if case.id in seen:
            raise InvalidDefinition(
                f"{case.subject}.yml: the case id {case.id!r} is also in {seen[case.id]}.yml.", "Rename one."
            )
        seen[case.id] = case.subject
    return Suite(tuple(cases), _views(folder / VIEWS_FILE))


def select(
    suite: Suite,
    ids: Collection[str] = (),
    data: str | None = None,
    tier: str | None = None,
    subject: str | None = None,
) -> tuple[Case, ...]:
    """The cases of these ids (all without any), over the data set, of the tier and of the subject (any where None).

    Raises UnknownName with the nearest.
    """
    known = {case.id for case in suite.cases}
    for name in ids:
        if name not in known:
            raise UnknownName("eval case", name, known)
    subjects = dict.fromkeys(case.subject for case in suite.cases)
    for kind, wanted, valid in (("data set", data, ALL_DATA), ("tier", tier, TIERS), ("subject", subject, subjects)):
        if wanted is not None and wanted not in valid:
            raise UnknownName(kind, wanted, valid)
    return tuple(
        c
        for c in suite.cases
        if (not ids or c.id in ids)
        and data in (None, c.data)
        and tier in (None, c.tier)
        and subject in (None, c.subject)
    )


def parse_case(raw: Any, subject: str, place: str) -> Case:
    """A case from its YAML mapping; `place` begins every complaint."""
    fields = _mapping(raw, place, _CASE_KEYS)
    name = _text(fields, "id", place)
    place = f"{place.split(':', maxsplit=1)[0]}: case {name}"
    turns = _turns(fields, place)
    tier = _one_of(_text(fields, "tier", place), TIERS, f"tier in {place}")
    return Case(
        name,
        subject,
        cast(Tier, tier),
        _one_of(_text(fields, "data", place), ALL_DATA, f"data set in {place}"),
        turns,
        _day(fields["today"], f"{place}, today") if "today" in fields else None,
        str(fields.get("about", "")),
        _caller(fields, place),
    )


def _caller(fields: Mapping[str, Any], place: str) -> Caller:
    """Who asks: settings are checked as those of a file, so that a misspelt one breaks no case silently."""
    raw = _mapping(fields.get("settings", {}), f"{place}, settings")
    inner = [key for section in raw.values() if isinstance(section, dict) for key in section]
    for key in (*raw, *inner):
        if key in _NOT_OF_A_CASE:
            raise InvalidDefinition(f"{place}, settings: {key} cannot be set: {_NOT_OF_A_CASE[key]}.", "Leave it out.")
    parse_settings(raw, f"{place}, settings")
    role = _text(fields, "role", place) if "role" in fields else ""
    return Caller(
        json.dumps(raw, sort_keys=True) if raw else "", role, _texts(fields.get("restrict", ()), f"{place}, restrict")
    )


def _file_cases(path: Path) -> list[Case]:
    raw = _mapping(_yaml(path), path.name, ("cases",))
    listed = raw.get("cases")
    if not isinstance(listed, list) or not listed:
        raise InvalidDefinition(f"{path.name}: cases must be a list of cases.", "Each begins with `- id: NAME`.")
    return [parse_case(item, path.stem, f"{path.name}: case {number}") for number, item in enumerate(listed, 1)]


def _views(path: Path) -> dict[str, dict[str, str]]:
    if not path.exists():
        return {}
    raw = _mapping(_yaml(path), path.name, ALL_DATA)
    return {
        data: {str(k): str(v) for k, v in _mapping(views, f"{path.name}: {data}").items()}
        for data, views in raw.items()
    }


def _yaml(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidDefinition(
            f"{path.name} is not valid YAML: {error}.", "Correct that place and run again."
        ) from error


def _turns(fields: Mapping[str, Any], place: str) -> tuple[Turn, ...]:
    listed = fields.get("turns")
    if not isinstance(listed, list) or not listed:
        raise InvalidDefinition(
            f"{place}: turns must be a list of questions.", "For example `turns: [What drove escalations last month?]`."
        )
    turns = [_turn(item, f"{place}, turn {number}") for number, item in enumerate(listed, 1)]
    if "expect" in fields:
        if turns[-1].expect is not None:
            raise InvalidDefinition(f"{place}: expect is given for the case and for its last turn.", "Give it once.")
        turns[-1] = Turn(turns[-1].ask, _expect(fields["expect"], place))
    if turns[-1].expect is None:
        raise InvalidDefinition(f"{place}: nothing is expected of its last turn.", "Add `expect:` to the case.")
    return tuple(turns)


def _turn(item: Any, place: str) -> Turn:
    if isinstance(item, str) and item.strip():
        return Turn(item)
    fields = _mapping(item, place, ("ask", "expect"))
    return Turn(_text(fields, "ask", place), _expect(fields["expect"], place) if "expect" in fields else None)


def _expect(raw: Any, place: str) -> Expect:
    place = f"{place}, expect"
    fields = _mapping(raw, place, _EXPECT_KEYS)
    refusal = _mentions(fields.get("refuse_reason", ()), f"{place}, refuse_reason")
    status = _texts(
        fields.get("status", Status.REFUSED.value if refusal else Status.ANSWERED.value), f"{place}, status"
    )
    for one in status:
        _one_of(one, [s.value for s in Status], f"status in {place}")
    period = _days(fields["period"], f"{place}, period") if "period" in fields else None
    return Expect(
        status,
        period,
        _days(fields["compared_with"], f"{place}, compared_with") if "compared_with" in fields else None,
        _texts(fields.get("skills", ()), f"{place}, skills"),
        tuple(_number(n, period, f"{place}, number {i}") for i, n in enumerate(_list(fields, "numbers", place), 1)),
        tuple(_ranked(r, f"{place}, ranked") for r in _list(fields, "ranked", place)),
        tuple(_cited(c, f"{place}, cites") for c in _list(fields, "cites", place)),
        _mentions(fields.get("mentions", ()), f"{place}, mentions"),
        _texts(fields.get("not_mentions", ()), f"{place}, not_mentions"),
        refusal,
        int(fields.get("choices", 0)),
    )


def _number(raw: Any, period: Days | None, place: str) -> Number:
    fields = _mapping(raw, place, _NUMBER_KEYS)
    if "period" in fields:
        period = None if fields["period"] == "any" else _days(fields["period"], f"{place}, period")
    return Number(
        _text(fields, "metric", place),
        _text(fields, "sql", place),
        dict(_mapping(fields.get("dimensions", {}), f"{place}, dimensions")),
        _texts(fields.get("by", ()), f"{place}, by"),
        period,
        float(fields.get("tolerance", 1e-6)),
        bool(fields.get("shown", True)),
        fields.get("significant", "any"),
    )


def _ranked(raw: Any, place: str) -> Ranked:
    fields = _mapping(raw, place, ("by", "sql"))
    return Ranked(_text(fields, "by", place), _text(fields, "sql", place))


def _cited(raw: Any, place: str) -> Cited:
    if isinstance(raw, str):
        return Cited(raw)
    fields = _mapping(raw, place, ("document", "heading"))
    return Cited(_text(fields, "document", place), fields.get("heading"))


def _mentions(raw: Any, place: str) -> tuple[Mention, ...]:
    items = [raw] if isinstance(raw, str | dict) else list(raw)
    return tuple(
        Mention(words=item)
        if isinstance(item, str)
        else Mention(sql=_text(_mapping(item, place, ("sql",)), "sql", place))
        for item in items
    )


def _mapping(raw: Any, place: str, keys: Collection[str] = ()) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise InvalidDefinition(f"{place}: {str(raw)[:60]!r} is no mapping.", "Write it as `key: value` lines.")
    for key in raw:
        if keys and key not in keys:
            raise UnknownName(f"key in {place}", str(key), keys)
    return cast(dict[str, Any], raw)


def _text(fields: Mapping[str, Any], key: str, place: str) -> str:
    value = fields.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InvalidDefinition(f"{place}: {key} must be a text.", f"Add `{key}: ...`.")
    return value.strip()


def _list(fields: Mapping[str, Any], key: str, place: str) -> list[Any]:
    value = fields.get(key, [])
    if not isinstance(value, list):
        raise InvalidDefinition(f"{place}: {key} must be a list.", "Begin each item with `- `.")
    return value


def _texts(raw: Any, place: str) -> tuple[str, ...]:
    items = [raw] if isinstance(raw, str) else raw
    if not isinstance(items, list | tuple) or not all(isinstance(i, str) for i in items):
        raise InvalidDefinition(
            f"{place}: {str(raw)[:60]!r} is no list of texts.", "Quote what YAML reads as something else."
        )
    return tuple(items)


def _one_of(value: str, valid: Collection[str], kind: str) -> str:
    if value not in valid:
        raise UnknownName(kind, value, valid)
    return value


def _day(raw: Any, place: str) -> date:
    if not isinstance(raw, date) or isinstance(raw, datetime):
        raise InvalidDefinition(f"{place}: {raw!r} is no day.", "Write it as 2026-10-01, without quotes.")
    return raw


def _days(raw: Any, place: str) -> Days:
    fields = _mapping(raw, place, ("start", "end"))
    start, end = _day(fields.get("start"), f"{place}, start"), _day(fields.get("end"), f"{place}, end")
    if end <= start:
        raise InvalidDefinition(
            f"{place}: it ends before it begins ({start} to {end}).", "`end` is the day after the last one."
        )
    return start, end
