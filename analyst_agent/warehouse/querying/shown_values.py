"""Values of categories as they may be shown: what reads like personal data in a name is masked, and a masked name is understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from analyst_agent.masking import mask, mask_secrets, mask_value
from analyst_agent.records import Filter, QueryResult, Value
from analyst_agent.rows import column_of, rows_with

MOST_VALUES = 20_000
"""So many values of a category are listed."""


@dataclass(slots=True)
class ShownValues:
    """The names under which the values of each category are shown.

    stored: the values of a category as stored. shows_personal: for a role that may see personal data, only secrets, cards and bank
    accounts are masked. Values that are masked alike are told apart by a number, the same as long as the data are.
    """

    stored: Callable[[str], tuple[str, ...]]
    categories: frozenset[str]
    shows_personal: bool = False
    _masked: dict[str, dict[str, str]] = field(default_factory=dict)

    def of(self, name: str) -> tuple[str, ...]:
        """The values of a category as they may be shown, in the order of the stored ones."""
        masked = self.masked(name)
        return tuple(masked.get(value, value) for value in self.stored(name)) if masked else self.stored(name)

    def masked(self, name: str) -> Mapping[str, str]:
        """The stored values of a category that are not shown as they are, with what is shown instead."""
        if name not in self.categories:
            return {}
        if name not in self._masked:
            values = self.stored(name)
            hidden = {v: shown for v in sorted(values) if (shown := self._hidden(v)) != v}
            self._masked[name] = _told_apart(hidden, {v for v in values if v not in hidden})
        return self._masked[name]

    def meant(self, name: str, shown: str) -> str | None:
        """The stored value behind a masked name."""
        return next((stored for stored, masked in self.masked(name).items() if masked == shown), None)

    def result(self, found: QueryResult, where: Sequence[Filter]) -> QueryResult:
        """The result with its rows as they may be shown, and so all that is told of them and of the conditions."""
        columns = [name for name in found.columns if self._may_differ(name)]
        fields = {*columns, *(one.field for one in where if self._may_differ(one.field))}
        if not fields:
            return found
        # A remark may name values that no row shows; those beyond the listed ones stand in rows and conditions only.
        pairs = {value: shown for name in fields for value, shown in self.masked(name).items()}
        stored = {name: column_of(found.rows, name) for name in columns}
        named = [(name, value) for name, values in stored.items() for value in dict.fromkeys(values)]
        for one in where:
            named += [(one.field, v) for v in (one.value if isinstance(one.value, tuple) else (one.value,))]
        pairs |= {str(v): str(shown) for name, v in named if (shown := self._shown(name, v)) != v}
        longest_first = sorted(pairs.items(), key=lambda pair: -len(pair[0]))

        def hide(text: str) -> str:
            for value, shown in longest_first:
                text = text.replace(value.replace("'", "''"), shown).replace(value, shown)
            return text

        asked = found.query.semantic
        conditions = [one | {"value": _hidden(one["value"], hide)} for one in asked.get("where", ())]
        return replace(
            found,
            rows=rows_with(found.rows, {name: self._column(name, values) for name, values in stored.items()}),
            query=replace(found.query, sql=hide(found.query.sql), semantic={**asked, "where": conditions}),
            caveats=tuple(map(hide, found.caveats)),
        )

    def _may_differ(self, name: str) -> bool:
        return name in self.categories and bool(self.masked(name) or len(self.stored(name)) >= MOST_VALUES)

    def _shown(self, name: str, value: Value) -> Value:
        if not isinstance(value, str) or not self._may_differ(name):
            return value
        # A value beyond those that are listed is masked all the same.
        return self.masked(name).get(value) or self._hidden(value)

    def _column(self, name: str, values: Sequence[Value]) -> list[Value]:
        shown = {value: self._shown(name, value) for value in set(values)}
        return [shown[value] for value in values]

    def _hidden(self, value: str) -> str:
        return mask_value(value, mask_secrets if self.shows_personal else mask)


def _told_apart(hidden: Mapping[str, str], taken: set[str]) -> dict[str, str]:
    """Each value under a name that no other has, and none of those taken."""
    found: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for value, shown in hidden.items():
        name = shown
        while name in taken:
            counts[shown] += 1
            name = f"{shown} ({counts[shown] + 1})"
        taken.add(name)
        found[value] = name
    return found


def _hidden(value: Any, hide: Callable[[str], str]) -> Any:
    if isinstance(value, (list, tuple)):
        return [_hidden(one, hide) for one in value]
    return hide(value) if isinstance(value, str) else value
