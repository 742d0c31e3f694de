"""Which values the categories have, and which stored value a condition means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from analyst_agent.errors import NotPermitted, UnknownName
from analyst_agent.records import Filter, Value
from analyst_agent.semantic.compiler import Compiled, compile_values
from analyst_agent.semantic.expressions import Environment, declared_values
from analyst_agent.semantic.filters import in_utc
from analyst_agent.semantic.model import GRAINS, Field, Model
from analyst_agent.semantic.synonyms import parse_synonyms, same_value
from analyst_agent.settings import Settings
from analyst_agent.warehouse.querying.restrictions import outside, scope_text
from analyst_agent.warehouse.querying.shown_values import MOST_VALUES, ShownValues


@dataclass(slots=True)
class StoredValues:
    """The values of a model's categories as stored, read once each within the environment's mandatory restrictions.

    shown: the names under which they are shown, by which a condition may mean them too.
    """

    model: Model
    settings: Settings
    environment: Environment
    fetch: Callable[[Compiled], list[tuple[Any, ...]]]
    shown: ShownValues | None = None
    _known: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, dimension: str) -> tuple[str, ...]:
        """The stored values of a category, most frequent first (at most 20,000); empty where the column is."""
        self.model.check_dimension(dimension)
        if dimension in GRAINS:
            return ()
        if dimension not in self._known:
            holders = (
                d
                for d in self.model.datasets.values()
                if dimension in d.fields and d.fields[dimension].kind == "category"
            )
            found = (value for dataset in holders for value in self._read(dataset.name, dimension))
            self._known[dimension] = tuple(dict.fromkeys(found))
        return self._known[dimension]

    def condition(self, one: Filter) -> Filter:
        """The condition with category values as they are stored. Raises UnknownName with the nearest stored value."""
        field = self.model.check_condition(one.field)
        if isinstance(one.value, (list, set, frozenset)):
            one = replace(one, value=tuple(one.value))
        for value in one.value if isinstance(one.value, tuple) else (one.value,):
            if not isinstance(value, (str, int, float, date, type(None))):
                raise NotPermitted(
                    f"{one.field} cannot be compared with {value!r}.", "Give a text, a number or a date."
                )
        if field.kind == "time" and one.value is not None:
            return in_utc(one, self.settings.zone)
        if field.kind != "category" or one.op not in ("=", "!=", "in", "not in"):
            return one
        meant = one.value if isinstance(one.value, tuple) else (one.value,)
        if one.op in ("=", "!=") and len(meant) != 1:
            raise NotPermitted(f"{one.field} {one.op} takes one value.", "Use in for several.")
        stored = tuple(dict.fromkeys(s for value in meant for s in self.stored(value, field)))
        if len(stored) == 1 and one.op in ("=", "!="):
            return replace(one, value=stored[0])
        return replace(one, op={"=": "in", "!=": "not in"}.get(one.op, one.op), value=stored)

    def stored(self, value: Value, field: Field) -> tuple[str, ...]:
        """The stored values that are meant: the very same, else all that differ from it only in case, spaces, hyphens or accents,
        else what the workspace's own word stands for in this field."""
        if value is None:
            raise NotPermitted(f"{field.name} cannot be compared with nothing.", f"Use '{field.name} missing'.")
        text = ("true" if value else "false") if isinstance(value, bool) else str(value)
        listed = self.of(field.name)
        known = dict.fromkeys([*listed, *declared_values(field, self.model)])
        if text in known:
            return (text,)
        if self.shown is not None and (meant := self.shown.meant(field.name, text)):
            return (meant,)
        if found := tuple(v for v in known if same_value(text, v)):
            return found
        if found := self._of_own_word(text, field, known):
            return found
        if len(listed) >= MOST_VALUES and self.exists(field, text):
            return (text,)
        within = self.environment.restrictions
        if any(one.field == field.name for one in within):
            raise outside(within, f"{field.name} {text!r}")
        hint = f"Only values within {scope_text(within)} are known." if within else ""
        offered = known if self.shown is None else [self.shown.masked(field.name).get(v, v) for v in known]
        raise UnknownName(f"value of {field.name}", text, offered, hint)

    def exists(self, field: Field, value: str) -> bool:
        """Whether any row has this very value, also of a field that is no category."""
        return bool(self._read(field.dataset, field.name, [Filter(field.name, "=", value)]))

    def own_words(self, where: Sequence[Filter]) -> list[str]:
        """A sentence for each condition given in one of the workspace's own words."""
        said = []
        for one in where:
            if one.value is not None and self.model.check_condition(one.field).kind == "category":
                for value in one.value if isinstance(one.value, (tuple, list)) else (one.value,):
                    field, text = self.model.check_field(one.field), str(value)
                    known = (*self.of(one.field), *declared_values(field, self.model))
                    is_stored = text in known or any(same_value(text, v) for v in known)
                    meant = () if is_stored else self._of_own_word(text, field, known)
                    if meant:
                        said.append(f"Read {text!r} as {field.label} {' or '.join(meant)}, as [synonyms] says.")
        return said

    def _of_own_word(self, text: str, field: Field, known: Iterable[str]) -> tuple[str, ...]:
        meanings = [
            one
            for one in parse_synonyms(self.settings.synonyms, self.model)
            if same_value(one.word, text) and one.field in ("", field.name)
        ]
        return tuple(v for v in known if any(same_value(said, v) for one in meanings for said in one.values))

    def _read(self, dataset: str, name: str, where: Sequence[Filter] = ()) -> tuple[str, ...]:
        compiled = compile_values(self.model, dataset, name, where, self.environment, MOST_VALUES)
        return tuple(row[0] for row in self.fetch(compiled))
