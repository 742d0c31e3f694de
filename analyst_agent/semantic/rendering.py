"""A compiled tree as the SQL of an external engine: its tables under our names and types, derived tables before the query, dialect rules applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from analyst_agent.semantic.dialects import DIALECTS, conversion
from analyst_agent.semantic.stored import statement
from analyst_agent.semantic.wrapping import wrap_quantiles

NULL_TYPES = {
    "text": "VARCHAR",
    "timestamp": "TIMESTAMP",
    "number": "DOUBLE",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
}


@dataclass(frozen=True, slots=True)
class StoredColumn:
    """One canonical column as an engine has it.

    kind: text, timestamp, number, integer or boolean. stored: its name there, "" where it is absent. convert: how what is
    stored becomes that kind: "" as it is, `cast`, `zoned` (an instant with an offset, to UTC), `blank` ('' means missing).
    """

    name: str
    kind: str
    stored: str = ""
    convert: str = ""


@dataclass(frozen=True, slots=True)
class StoredTable:
    """One canonical table as an engine has it. path: its qualified name, () where it is absent: then it is empty."""

    name: str
    path: tuple[str, ...]
    columns: tuple[StoredColumn, ...]


@dataclass(frozen=True, slots=True)
class Rendering:
    """Writes trees for one engine. derived: SQL of the derived tables in DuckDB's dialect. collations: of Postgres, `order` by
    bytes where the database sorts otherwise, `lower` where its own lower() knows ASCII only.
    """

    dialect: str
    tables: Mapping[str, StoredTable]
    derived: Mapping[str, str]
    collations: Mapping[str, str] = field(default_factory=dict)

    def sql(self, tree: exp.Query) -> str:
        """The statement. The tree itself is not changed."""
        tree = tree.copy()
        ctes = self._needed(tree)
        names = [exp.CTE(this=query, alias=_alias(name), materialized=flag) for name, query, flag in ctes]
        if names:
            present = tree.args.get("with_")
            own = present.expressions if present is not None else []
            tree.set("with_", exp.With(expressions=[*names, *own]))
        tree = wrap_quantiles(tree, self.dialect)
        _order_explicitly(tree)
        DIALECTS[self.dialect](self.collations).apply(tree)
        return tree.sql(dialect=self.dialect, pretty=True, identify=True)

    def _needed(self, tree: exp.Query) -> list[tuple[str, exp.Query, bool | None]]:
        """What the query stands on: canonical tables first, then derived ones in the model's order; a derived one is computed once."""
        asked = _tables_of(tree)
        derived: dict[str, exp.Query] = {}
        while missing := [name for name in self.derived if name in asked and name not in derived]:
            for name in missing:
                derived[name] = statement(self.derived[name])
                derived[name].set("order", None)  # a table has no order; sorting it would be work for nothing
                asked |= _tables_of(derived[name])
        inline = False if self.dialect == "postgres" else None
        found: list[tuple[str, exp.Query, bool | None]] = []
        for name, table in self.tables.items():
            if name in asked:
                found.append((name, self._canonical(table), inline))
        found += [(name, derived[name], None) for name in self.derived if name in derived]
        return found

    def _canonical(self, table: StoredTable) -> exp.Query:
        select = exp.Select()
        for one in table.columns:
            if one.stored and table.path:
                node = conversion(self.dialect, exp.column(one.stored, quoted=True), one.kind, one.convert)
                if one.kind == "text" and "order" in self.collations:
                    node = exp.Collate(this=node, expression=exp.to_identifier(self.collations["order"], quoted=True))
            else:
                node = exp.cast(exp.Null(), NULL_TYPES[one.kind])
            select.select(exp.alias_(node, one.name, quoted=True), copy=False)
        if not table.path:
            return select.where(exp.false(), copy=False)
        return select.from_(_qualified(table.path), copy=False)


def _tables_of(tree: exp.Query) -> set[str]:
    return {table.name for table in tree.find_all(exp.Table) if not table.db}


def _qualified(path: Sequence[str]) -> exp.Table:
    parts = [exp.to_identifier(part, quoted=True) for part in reversed(path)]
    return exp.Table(**dict(zip(("this", "db", "catalog"), parts, strict=False)))


def _alias(name: str) -> exp.TableAlias:
    return exp.TableAlias(this=exp.to_identifier(name))


def _order_explicitly(tree: exp.Query) -> None:
    """What is missing comes last, as DuckDB has it, whatever the engine's own habit."""
    for order in tree.find_all(exp.Order):
        for one in list(order.expressions):
            if not isinstance(one, exp.Ordered):
                one.replace(exp.Ordered(this=one.copy(), nulls_first=False))
            elif one.args.get("nulls_first") is None:
                one.set("nulls_first", False)
