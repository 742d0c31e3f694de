"""How long escalated tickets took to be resolved, or have been open at the data's end, added up by the database: the rows of a
survival curve, a few thousand of them however many the tickets.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from analyst_agent.records import Filter
from analyst_agent.semantic.clock_conditions import conditions_of
from analyst_agent.semantic.compiler import Compiled, time_bounds
from analyst_agent.semantic.expressions import Environment, Scope
from analyst_agent.semantic.fragments import cast_to, minutes_between, named
from analyst_agent.semantic.model import Model

COLUMNS = ("is_over", "whole_minutes", "minutes", "tickets")


def compile_durations(model: Model, by: Sequence[str], where: Sequence[Filter], environment: Environment) -> Compiled:
    """The tree of escalated tickets by dimension, by whether they are resolved (1) or open (0), and by whole minutes since the
    escalation: their number and mean minutes, until the resolution or the data's end. Unknown times of escalation are left out.

    Raises NotGranted, NotPermitted or UnknownName as every query does.
    """
    scope = Scope(model, "escalated_ticket")
    for name in by:
        model.check_dimension(name)
        scope.reach(name, "the time to resolution")
    begun, ended = scope.column("escalated_at"), scope.field("resolved_at")
    last = environment.data_end
    end = cast_to(exp.Literal.string(last.isoformat(sep=" ")), "TIMESTAMP") if last else exp.Null()
    minutes = minutes_between(begun, exp.Coalesce(this=ended, expressions=[end]))
    is_over = exp.Case(
        ifs=[exp.If(this=exp.Is(this=ended.copy(), expression=exp.Null()), true=exp.Literal.number(0))],
        default=exp.Literal.number(1),
    )
    whole = cast_to(exp.Floor(this=minutes.copy()), "BIGINT")
    select = exp.Select()
    grouped = {name: scope.field(name) for name in by} | {"is_over": is_over, "whole_minutes": whole}
    for name, node in grouped.items():
        select.select(named(node, name), copy=False)
    aggregates: dict[str, exp.Expression] = {"minutes": exp.Avg(this=minutes), "tickets": exp.Count(this=exp.Star())}
    for name, node in aggregates.items():
        select.select(named(node, name), copy=False)
    known = exp.Not(this=exp.Is(this=begun.copy(), expression=exp.Null()))
    conditions = [
        *time_bounds(scope, model.datasets["escalated_ticket"].time, environment),
        *conditions_of(scope, where, environment),
        *scope.restricted(environment.restrictions),
        known,
    ]
    scope.complete(select, conditions)
    select.group_by(*(exp.Literal.number(at + 1) for at in range(len(grouped))), copy=False)
    return Compiled(select, (*by, *COLUMNS), ())
