"""A compiled tree as the SQL of an external engine: its tables under our names and types, derived tables before the query, dialect rules applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from analyst_agent.semantic.dialects import DIALECTS, conversion
from analyst_agent.semantic.filtering import without_filters
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
    """Writes trees for one engine. derived: SQL of the derived tables in DuckDB's dialect, each after
    those it stands on. collations: of Postgres, `order` by
    bytes where the database sorts otherwise, `lower` where its own lower() knows ASCII only.
    """

    dialect: str
    tables: Mapping[str, StoredTable]
    derived: dict[str, str]
    collations: Mapping[str, str] = field(default_factory=dict)

    _bodies: dict[str, str] = field(default_factory=dict)

    def sql(self, tree: exp.Query) -> str:
        """The statement: canonical tables first, then derived ones, then the query. The tree itself is not changed."""
        tree = tree.copy()
        present = tree.args.get("with_")
        own = list(present.expressions) if present is not None else []
        asked = _tables_of(tree)
        tree.set("with_", None)
        parts = [self.common(name) for name in self._needed(asked)]
        parts += [
            f"{self._named(cte.alias)} AS (\n{self._text(cte.this)}\n)" for cte in own
        ]  # an indent would enter texts
        return f"WITH {', '.join(parts)}\n{self._text(tree)}" if parts else self._text(tree)

    def _needed(self, asked: set[str]) -> list[str]:
        """The canonical and derived tables that a query stands on, each after those it stands on itself."""
        wanted = set(asked)
        for name in reversed(self.derived):
            if name in wanted:
                wanted |= _tables_of(statement(self.derived[name]))
        return [name for name in (*self.tables, *self.derived) if name in wanted]

    def common(self, name: str) -> str:
        """A table as a part of WITH, written once. Postgres would store a plain one that is used twice: it is told not to; a
        derived one is computed once.
        """
        if name not in self._bodies:
            if name in self.derived:
                query, how = statement(self.derived[name]), ""
                query.set("order", None)  # a table has no order; sorting it would be work for nothing
            else:
                query, how = (
                    self._canonical(self.tables[name]),
                    "NOT MATERIALIZED " if self.dialect == "postgres" else "",
                )
            self._bodies[name] = f"{self._named(name)} AS {how}(\n{self._text(query)}\n)"
        return self._bodies[name]

    def _named(self, name: str) -> str:
        return exp.to_identifier(name, quoted=True).sql(dialect=self.dialect)

    def _text(self, query: exp.Query) -> str:
        query = wrap_quantiles(without_filters(query), self.dialect)
        _order_explicitly(query)
        _quote_aliases(query)
        DIALECTS[self.dialect](self.collations).apply(query)
        return query.sql(dialect=self.dialect, pretty=True, identify=True, copy=False)

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


def _order_explicitly(tree: exp.Query) -> None:
    """What is missing comes last, as DuckDB has it, whatever the engine's own habit."""
    for order in tree.find_all(exp.Order):
        for one in list(order.expressions):
            if not isinstance(one, exp.Ordered):
                one.replace(exp.Ordered(this=one.copy(), nulls_first=False))
            elif one.args.get("nulls_first") is None:
                one.set("nulls_first", False)


def _quote_aliases(tree: exp.Query) -> None:
    """An alias that is a bare text would not be quoted as the columns that refer to it are (Snowflake: MERGED and "merged")."""
    for table in tree.find_all(exp.Table):
        alias = table.args.get("alias")
        if isinstance(alias, str):
            table.set("alias", exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))
        elif alias is not None and isinstance(alias.this, str):
            alias.set("this", exp.to_identifier(alias.this, quoted=True))
