"""Splitting objects by what they may have several of: each counts once with each of its values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from analyst_agent.records import Filter
from analyst_agent.semantic.definitions import Relationship
from analyst_agent.semantic.fragments import column, named

if TYPE_CHECKING:
    from analyst_agent.semantic.expressions import Scope

PREFIX = "each_"


@dataclass(frozen=True, slots=True)
class Several:
    """Dimensions of a dataset that several rows of may belong to one object, by `link`; only rows that fulfil the filters count."""

    link: Relationship
    names: tuple[str, ...]
    where: tuple[Filter, ...]


def several_of(scope: Scope, by: Sequence[str], where: Sequence[Filter]) -> Several | None:
    """Those of the dimensions that the scope's objects have several of, and the filters on the same rows; None without any."""
    names = tuple(name for name in by if is_of_several(scope, name))
    if not names:
        return None
    link = _link(scope, names[0])
    assert link is not None  # is_of_several has found it
    same = tuple(one for one in where if scope.find(one.field) is None and _link(scope, one.field) == link)
    return Several(link, names, same)


def is_of_several(scope: Scope, name: str) -> bool:
    """Whether rows with this field refer to the scope's objects, several to one."""
    return name in scope.model.dimensions() and scope.find(name) is None and _link(scope, name) is not None


def _link(scope: Scope, name: str) -> Relationship | None:
    owner = scope.model.check_field(name).dataset
    return next((r for r in scope.model.relationships if (r.many, r.one) == (owner, scope.dataset)), None)


def value_of(scope: Scope, name: str) -> exp.Column:
    """The column that holds one of the values."""
    return column(scope.dataset, f"{PREFIX}{name}")


def with_each(select: exp.Select, scope: Scope, rows: Scope, several: Several) -> exp.Select:
    """The SELECT, changed in place, from each object once with each of its values; what is demanded of objects alone is so before they
    are paired with values, which saves most of the work. rows: a scope of the dataset that has the values.
    """
    link, where = several.link, select.args.get("where")
    demanded = [] if where is None else list(where.this.flatten() if isinstance(where.this, exp.And) else [where.this])
    own = [node for node in demanded if all(one.table == scope.dataset for one in node.find_all(exp.Column))]
    rest = [node for node in demanded if node not in own]
    select.set("where", None)
    if rest:
        select.where(*rest, copy=False)
    wanted = (found for found in select.find_all(exp.Column) if found.table == scope.dataset)
    used = dict.fromkeys([link.one_column, *(one.name for one in wanted if not one.name.startswith(PREFIX))])
    distinct = exp.Select().distinct(copy=False)
    for name in used:
        distinct.select(named(rows.resolve(column(scope.dataset, name), rows.dataset), name), copy=False)
    for name in several.names:
        distinct.select(named(rows.field(name), f"{PREFIX}{name}"), copy=False)
    known = exp.Not(this=exp.Is(this=column(scope.dataset, link.one_column), expression=exp.Null()))
    rows.complete(distinct, [known, *own, *rows.conditions(several.where)])
    source = distinct.subquery(copy=False)
    source.set("alias", exp.TableAlias(this=exp.Identifier(this=scope.dataset, quoted=True)))
    select.set("from_", exp.From(this=source))
    return select
