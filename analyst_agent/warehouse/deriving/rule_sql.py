"""SQL of each rule of escalation over the timeline: one SELECT a rule, all with the same columns."""

from __future__ import annotations

from collections.abc import Callable

from analyst_agent.warehouse.mappings.rule_records import Rule
from analyst_agent.warehouse.mappings.word_patterns import is_pattern, pattern_sql
from analyst_agent.warehouse.raw import literal

# Every rule gives: ticket_id, moment, suffix (what tells two escalations of the rule apart), from_team, to_team, level, by_id, _path, _line.
_KNOWN = "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
_OWN = "by_id, _path, _line"
_WORDS = r"string_split_regex(lower(coalesce({0}, '')), '[\[\]\s,;|\"]+')"
TIME_ID = "strftime({0}, '%Y-%m-%dT%H:%M:%S.%fZ')"


def rule_sql(rule: Rule, data_end: str, known_by: str = "") -> str:
    """The SELECT of a rule. data_end: SQL of the latest moment known of the source. known_by: the field that a ticket must have a change
    of for its clock to be judged; empty where `until` comes from a file."""
    if rule.rule == "overdue":
        return _overdue(rule, _late(rule, data_end, known_by, rule.due))
    if rule.rule == "target":
        return _target(rule, _late(rule, data_end, known_by, "due"))
    return _OF_FIELD[rule.rule](rule)


def _texts(values: tuple[str, ...]) -> str:
    return ", ".join(literal(v.strip().lower()) for v in values)


def _among(column: str, values: tuple[str, ...]) -> str:
    """Condition that a column has one of the values, or matches a pattern among them."""
    plain = tuple(v for v in values if not is_pattern(v))
    patterns = [v for v in values if is_pattern(v)]
    ways = [f"coalesce(lower({column}) IN ({_texts(plain)}), false)"] if plain else []
    return f"({' OR '.join([*ways, *([pattern_sql(column, patterns)] if patterns else [])])})"


def _in_charge(rule: Rule, rows: str) -> str:
    """Rows of a rule that moves nobody, with the team in charge at that moment as from_team."""
    return (
        f"SELECT r.ticket_id, r.moment, r.suffix, m.value AS from_team, NULL AS to_team, r.level, r.by_id, r._path, r._line FROM ({rows}) AS r "
        f"ASOF LEFT JOIN (SELECT ticket_id, moment, arg_max(value, place) AS value FROM said WHERE field = {literal(rule.team)} GROUP BY ALL) AS m "
        "ON m.ticket_id = r.ticket_id AND m.moment <= r.moment"
    )


def _line_raised(rule: Rule) -> str:
    return (
        f"SELECT ticket_id, moment, {TIME_ID.format('moment')} AS suffix, from_team, value AS to_team, 'L' || line AS level, {_OWN} FROM ("
        "SELECT m.*, l.line, last_value(l.line IGNORE NULLS) OVER w AS line_before, last_value(m.value IGNORE NULLS) OVER w AS from_team "
        f"FROM moves AS m LEFT JOIN group_lines AS l ON l.name = m.value WHERE m.field = {literal(rule.field)} "
        f"WINDOW w AS (PARTITION BY m.ticket_id ORDER BY m.place {_KNOWN})) WHERE line > line_before AND NOT is_before"
    )


def _raised(rule: Rule) -> str:
    ranks = " ".join(f"WHEN {literal(v.strip().lower())} THEN {rank}" for rank, v in enumerate(rule.order, start=1))
    return _in_charge(
        rule,
        f"SELECT ticket_id, moment, {TIME_ID.format('moment')} AS suffix, value AS level, {_OWN} FROM ("
        "SELECT *, last_value(rank IGNORE NULLS) OVER w AS rank_before, first_value(rank IGNORE NULLS) OVER w AS rank_first FROM ("
        f"SELECT *, CASE lower(value) {ranks} END AS rank FROM moves WHERE field = {literal(rule.field)}) "
        f"WINDOW w AS (PARTITION BY ticket_id ORDER BY place {_KNOWN})) WHERE rank > rank_before AND rank > rank_first AND NOT is_before",
    )


def _becomes(rule: Rule) -> str:
    into = _among("value", rule.values)
    return _in_charge(
        rule,
        f"SELECT ticket_id, moment, {TIME_ID.format('moment')} AS suffix, NULL AS level, {_OWN} FROM moves WHERE field = {literal(rule.field)} "
        f"AND NOT is_before AND {into} AND NOT {_among('before', rule.values)}",
    )


def _added(rule: Rule) -> str:
    now, then = _WORDS.format("value"), _WORDS.format("before")
    gains = [
        f"(list_contains({now}, {literal(v.strip().lower())}) AND NOT list_contains({then}, {literal(v.strip().lower())}))"
        for v in rule.values
    ]
    return _in_charge(
        rule,
        f"SELECT ticket_id, moment, {TIME_ID.format('moment')} AS suffix, NULL AS level, {_OWN} FROM moves WHERE field = {literal(rule.field)} "
        f"AND NOT is_before AND ({' OR '.join(gains)})",
    )


def _changes(rule: Rule) -> str:
    return (
        f"SELECT ticket_id, moment, '' AS suffix, before_known AS from_team, value AS to_team, NULL AS level, {_OWN} FROM ("
        "SELECT *, row_number() OVER (PARTITION BY ticket_id ORDER BY place) AS n FROM ("
        "SELECT *, last_value(value IGNORE NULLS) OVER w AS before_known FROM moves "
        f"WHERE field = {literal(rule.field)} WINDOW w AS (PARTITION BY ticket_id ORDER BY place {_KNOWN})) "
        f"WHERE value <> before_known AND NOT is_before) WHERE n = {rule.times}"
    )


def _late(rule: Rule, data_end: str, known_by: str, due: str) -> str:
    """Condition: the clock was still running when it was due. Solving the ticket stops it too; without any record nothing is said."""
    known = f"ticket_id IN (SELECT ticket_id FROM said WHERE field = {literal(known_by)})" if known_by else "true"
    return f"coalesce(least({rule.until}, resolved_at), {data_end}) > {due} AND {known}"


def _overdue(rule: Rule, is_late: str) -> str:
    due, until = rule.due, rule.until
    rows = (
        f"SELECT ticket_id, {due} AS moment, {literal(until)} AS suffix, NULL AS level, NULL AS by_id, NULL AS _path, NULL AS _line FROM tickets "
        f"WHERE {is_late}"
    )
    return _in_charge(rule, rows)


def _target(rule: Rule, is_late: str) -> str:
    """The clock runs from the creation to `until`; the target is the one of the policy's version when it was applied, by the priority then."""
    minutes = f"{rule.targets}_versions"
    rows = (
        "SELECT ticket_id, due AS moment, suffix, level, by_id, _path, _line FROM ("
        f"SELECT a.ticket_id, a.created_at + to_microseconds((try_cast(v.value AS DOUBLE) * 60000000)::BIGINT) AS due, {literal(rule.until)} AS suffix, "
        "NULL AS level, NULL AS by_id, a._path, a._line FROM ("
        f"SELECT s.ticket_id, s.created_at, s.moment, s._path, s._line, lower(s.value || '/' || coalesce(p.value, t.priority)) AS key FROM said AS s "
        f"JOIN tickets AS t ON t.ticket_id = s.ticket_id ASOF LEFT JOIN (SELECT ticket_id, moment, arg_max(value, place) AS value FROM said "
        f"WHERE field = {literal(rule.priority)} GROUP BY ALL) AS p ON p.ticket_id = s.ticket_id AND p.moment <= s.moment "
        f"WHERE s.field = {literal(rule.policy)} AND s.value IS NOT NULL QUALIFY row_number() OVER (PARTITION BY s.ticket_id ORDER BY s.place DESC) = 1) AS a "
        f"ASOF JOIN {minutes} AS v ON v.key = a.key AND v.valid_from <= a.moment) AS d "
        f"JOIN (SELECT ticket_id, {', '.join(dict.fromkeys((rule.until, 'resolved_at')))} FROM tickets) AS u USING (ticket_id) WHERE {is_late}"
    )
    return _in_charge(rule, rows)


_OF_FIELD: dict[str, Callable[[Rule], str]] = {
    "line_raised": _line_raised,
    "raised": _raised,
    "becomes": _becomes,
    "added": _added,
    "changes": _changes,
}
