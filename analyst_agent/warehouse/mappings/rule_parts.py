"""Reads what a mapping file derives from histories: lines of support, rules of escalation, resolutions, times and counts of a ticket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from analyst_agent.warehouse.mappings.parser import Parser
from analyst_agent.warehouse.mappings.records import History, Lookup
from analyst_agent.warehouse.mappings.rule_records import RULES, UNTIL, Becomes, Line, Rule, Rules

_NEEDS: dict[str, tuple[str, ...]] = {
    "line_raised": ("field",),
    "raised": ("field", "order"),
    "becomes": ("field", "values"),
    "added": ("field", "values"),
    "changes": ("field", "times"),
    "overdue": ("due", "until"),
    "target": ("policy", "targets", "priority", "until"),
}
_ALWAYS = ("reason", "rule", "trigger", "level", "root_cause", "team")
SECTIONS = ("lines", "escalations", "resolutions", "closed", "reopened", "first_response", "replies")
_DUE = ("sla_due_at",)


def read_rules(
    parser: Parser, raw: Mapping[str, Any], histories: Iterable[History], lookups: Iterable[Lookup]
) -> Rules:
    """All that a mapping derives. `raw` is the whole mapping; a field must be one of its histories."""
    fields = sorted({c.field for h in histories for c in h.changes})
    reader = _Reader(parser, fields, {look.name: look for look in lookups})
    lines = tuple(reader.line(one, i) for i, one in enumerate(_list(parser, raw, "lines"), start=1))
    rules = tuple(reader.rule(one, i) for i, one in enumerate(_list(parser, raw, "escalations"), start=1))
    if any(r.rule == "line_raised" for r in rules) and not lines:
        raise parser.fail("lines", "is missing, and the rule line_raised needs it", "Give lines with line and groups.")
    becomes = {k: reader.becomes(raw[k], k) for k in SECTIONS[2:] if k in raw}
    return Rules(lines, rules, **becomes)


def _list(parser: Parser, raw: Mapping[str, Any], name: str) -> list[Any]:
    return parser.entries(raw[name], name, "Leave it out where there is nothing to say.") if name in raw else []


class _Reader:
    """Reads entries that refer to the fields of a mapping's histories."""

    def __init__(self, parser: Parser, fields: list[str], lookups: Mapping[str, Lookup]) -> None:
        self.parser = parser
        self.fields = fields
        self.lookups = lookups

    def field(self, raw: Any, place: str) -> str:
        return self.parser.one_of(raw, place, self.fields, "field of this mapping's histories")

    def values(self, raw: Any, place: str) -> tuple[str, ...]:
        return self.parser.texts(self.parser.entries(raw, place, "Write it as [one, two]."), place)

    def line(self, raw: Any, number: int) -> Line:
        place = f"lines[{number}]"
        raw = self.parser.keys(raw, place, ("line", "groups"), ("line", "groups"))
        if not isinstance(raw["line"], int) or isinstance(raw["line"], bool) or not 1 <= raw["line"] <= 9:
            raise self.parser.fail(f"{place}.line", f"{raw['line']!r} is no line of support", "A number from 1 to 9.")
        return Line(raw["line"], self.values(raw["groups"], f"{place}.groups"))

    def becomes(self, raw: Any, place: str) -> Becomes:
        raw = self.parser.keys(raw, place, ("field", "values"), ("field", "values"))
        return Becomes(self.field(raw["field"], f"{place}.field"), self.values(raw["values"], f"{place}.values"))

    def rule(self, raw: Any, number: int) -> Rule:
        place, parser = f"escalations[{number}]", self.parser
        everything = (*_ALWAYS, *(k for needs in _NEEDS.values() for k in needs))
        raw = parser.keys(raw, place, dict.fromkeys(everything), ("reason", "rule"))
        kind = parser.one_of(raw["rule"], f"{place}.rule", RULES, "rule")
        raw = parser.keys(raw, f"{place} ({kind})", (*_ALWAYS, *_NEEDS[kind]), _NEEDS[kind])
        times = raw.get("times", 0)
        if kind == "changes" and (not isinstance(times, int) or isinstance(times, bool) or times < 1):
            raise parser.fail(f"{place}.times", f"{times!r} is no count", "A whole number from 1.")
        texts = {
            k: parser.text(raw[k], f"{place}.{k}") for k in ("reason", "trigger", "level", "root_cause") if k in raw
        }
        for key in ("field", "policy", "priority"):
            if key in raw:
                texts[key] = self.field(raw[key], f"{place}.{key}")
        if "team" in raw:
            texts["team"] = self.field(raw["team"], f"{place}.team")
        if "targets" in raw:
            texts["targets"] = parser.one_of(raw["targets"], f"{place}.targets", self.lookups, "lookup of this mapping")
        for key, valid in (("due", _DUE), ("until", UNTIL)):
            if key in raw:
                texts[key] = parser.one_of(raw[key], f"{place}.{key}", valid, "time of a ticket")
        lists = {k: self.values(raw[k], f"{place}.{k}") for k in ("values", "order") if k in raw}
        return Rule(rule=kind, times=times, **texts, **lists)  # type: ignore[arg-type]
