"""DESIGN section 3 as plain SQL over the canonical tables: one statement a measure, cells met in Python, nothing of the compiler.

The same text runs on DuckDB, Postgres, ClickHouse and Spark; what these call differently stands in `WORDS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.soundness.reference import (
    ANSWERED,
    CAUSES,
    CODES,
    ESCALATION,
    GRAINS,
    KINDS,
    RAISED,
    RATES,
    SOLVED,
    WEEKDAYS,
    Row,
)

DAY_US = 86_400_000_000
OWNED_BY_RESOLUTIONS = ("resolution_type", "minutes")
_STORED = re.compile(r"\b(FROM|JOIN) (accounts|agents|tickets|escalations|resolutions)\b")
BANDS = (
    ("first_response_band", "t.created_at", "t.first_response_at", ANSWERED, "answered after 24 h"),
    ("resolution_band", "t.created_at", "t.resolved_at", SOLVED, "solved after 7 days"),
)
OPPOSITE = {"!=": "=", "not in": "in", "missing": "present"}


@dataclass(frozen=True)
class Words:
    """How one engine writes a microsecond difference, a local time, the days since 1970, a quantile and a cleaned code."""

    micros: str
    local: str
    days: str
    quantile: str
    tidy: str
    ending: str = ""

    def between(self, start: str, end: str) -> str:
        return self.micros.format(start=start, end=end)


WORDS = {
    "duckdb": Words(
        "date_diff('microsecond', {start}, {end})", "(({0} AT TIME ZONE 'UTC') AT TIME ZONE '{zone}')", "date_diff('day', DATE '1970-01-01', CAST({0} AS DATE))",
        "quantile_cont({0}, {q})", "regexp_replace(lower(trim({0})), '[\\s-]+', '_', 'g')",
    ),
    "postgres": Words(
        "(EXTRACT(EPOCH FROM ({end} - {start})) * 1000000)", "(({0} AT TIME ZONE 'UTC') AT TIME ZONE '{zone}')", "(CAST({0} AS DATE) - DATE '1970-01-01')",
        "percentile_cont({q}) WITHIN GROUP (ORDER BY {0})", "regexp_replace(lower(trim({0})), '[\\s-]+', '_', 'g')",
    ),
    "clickhouse": Words(
        "dateDiff('microsecond', {start}, {end})", "toTimeZone(toDateTime64({0}, 6, 'UTC'), '{zone}')", "toInt32(toDate32({0}))",
        "quantileExactInclusiveOrNull({q})({0})", "replaceRegexpAll(lower(trim({0})), '[\\\\s-]+', '_')", " SETTINGS join_use_nulls = 1",
    ),
    "spark": Words(
        "(unix_micros({end}) - unix_micros({start}))", "from_utc_timestamp({0}, '{zone}')", "datediff(CAST({0} AS DATE), DATE '1970-01-01')",
        "percentile({0}, {q})", "regexp_replace(lower(trim({0})), '[\\\\s-]+', '_')",
    ),
}  # fmt: skip


class Independent:
    """Answers a question cell by cell from one engine's canonical tables, whose names begin with `prefix`.

    run: rows of a statement; data_end: naive UTC.
    """

    def __init__(
        self,
        run: Callable[[str], Sequence[Sequence[Any]]],
        dialect: str,
        zone: str,
        data_end: datetime,
        prefix: str = "",
    ) -> None:
        self.prefix = prefix
        self.run, self.words, self.zone, self.dialect = run, WORDS[dialect], zone, dialect
        self.data_end = data_end

    def cells(self, metric: str, by: Sequence[str], where: Sequence[tuple[str, str, Any]], bounds: tuple[date, date] | None) -> Callable[[tuple[Any, ...]], Row]:  # fmt: skip
        """A function from cell to value and companions; its `keys` are the cells in which something is."""
        if metric in RATES:
            return self._rate(metric, by, where, bounds)
        kind = KINDS.get(metric, "escalated")
        stand_in = self._mean_handle_minutes(bounds) if metric == "estimated_cost" else 0.0
        columns = ", ".join([*(self._key(name) for name in by), "COUNT(*)", *self._measure(metric, stand_in)])
        groups = f" GROUP BY {', '.join(str(i + 1) for i in range(len(by)))}" if by else ""
        text = f"SELECT {columns} FROM {kind}{self._where(where, bounds, kind)}{groups}"
        found = {}
        for row in self.run(self._with(text)):
            key = tuple(self._shown(name, value) for name, value in zip(by, row, strict=False))
            if row[len(by)]:
                found[key] = self._cell(metric, *row[len(by) :])
        empty = self._cell(metric, 0, None, 0)

        def cell(key: tuple[Any, ...]) -> Row:
            return found.get(key, empty)

        cell.keys = set(found)  # type: ignore[attr-defined]
        return cell

    def _rate(self, metric: str, by: Sequence[str], where: Sequence[tuple[str, str, Any]], bounds: Any) -> Callable[[tuple[Any, ...]], Row]:  # fmt: skip
        top = self.cells(RATES[metric], by, where, bounds)
        shared = [i for i, name in enumerate(by) if name not in ESCALATION]
        bottom = self.cells(
            "ticket_count", [by[i] for i in shared], [c for c in where if c[0] not in ESCALATION], bounds
        )

        def cell(key: tuple[Any, ...]) -> Row:
            up, down = top(key)["value"], bottom(tuple(key[i] for i in shared))["value"]
            return {"value": up / down if down else None, "n": down, "numerator": up, "denominator": down}

        cell.keys = top.keys | (bottom.keys if len(shared) == len(by) else set())  # type: ignore[attr-defined]
        return cell

    def _measure(self, metric: str, stand_in: float) -> tuple[str, str]:
        """SQL of the value and of the number of objects it rests on."""
        if metric == "cohort_escalated_count":
            return "SUM(was_escalated)", "SUM(was_escalated)"
        if metric == "open_escalated_count":
            return (
                "SUM(CASE WHEN resolved IS NULL THEN 1 ELSE 0 END)",
                "SUM(CASE WHEN resolved IS NULL THEN 1 ELSE 0 END)",
            )
        if metric.endswith("_count"):
            return "COUNT(*)", "COUNT(*)"
        if metric == "estimated_cost":
            return (
                f"SUM(CASE WHEN handle_minutes IS NULL THEN {stand_in!r} ELSE handle_minutes END) * 75e-2",
                "COUNT(handle_minutes)",
            )
        amount = self._amount(metric)
        if metric in ("median_resolution_minutes", "p90_resolution_minutes"):
            return self.words.quantile.format(
                amount, q="0.5" if metric.startswith("median") else "0.9"
            ), f"COUNT({amount})"
        return ("SUM" if metric == "total_resolution_minutes" else "AVG") + f"({amount})", f"COUNT({amount})"

    def _amount(self, metric: str) -> str:
        def took(start: str, end: str) -> str:
            return f"({self.words.between(start, end)} / 6e7)"

        def share(when: str, known: str) -> str:
            return f"(CASE WHEN {known} IS NULL THEN NULL WHEN {when} THEN 1e0 ELSE 0e0 END)"

        resolution = took("escalated_at", "resolved")
        return {
            "mean_time_to_escalation": took("created_at", "escalated_at"), "mean_minutes_to_acknowledge": took("escalated_at", "acknowledged_at"),
            "mean_resolution_minutes": resolution, "median_resolution_minutes": resolution, "p90_resolution_minutes": resolution,
            "resolved_share": share("resolved IS NOT NULL", "ticket_id"), "re_escalation_rate": share("events > 1", "ticket_id"),
            "reopen_rate": share("reopen_count > 0", "reopen_count"), "mean_csat": "csat * 1e0", "mean_handle_minutes": "handle_minutes * 1e0",
            "mean_ticket_csat": "csat * 1e0", "mean_ticket_handle_minutes": "handle_minutes * 1e0",
            "sla_breach_rate": share(f"COALESCE(resolved, {self._moment(self.data_end)}) > sla_due_at", "sla_due_at"),
            "unnecessary_share": share("necessary = 'unnecessary'", "necessary"),
            "resolution_minutes": "minutes * 1e0", "total_resolution_minutes": "minutes * 1e0",
        }[metric]  # fmt: skip

    def _cell(self, metric: str, objects: Any, value: Any, n: Any) -> Row:
        number = None if value is None else float(value)
        row: Row = {"value": number, "n": int(n or 0)}
        if metric.endswith("_count"):
            return row | {"value": number or 0, "n": number or 0}
        if metric == "estimated_cost":
            return row | {"value": number or 0, "n": int(objects), "missing": int(objects) - int(n or 0)}
        return row | {"missing": int(objects) - int(n or 0)}

    def _mean_handle_minutes(self, bounds: tuple[date, date] | None) -> float:
        [[mean]] = self.run(
            self._with(f"SELECT AVG(handle_minutes * 1e0) FROM escalated{self._where([], bounds, 'escalated')}")
        )
        return 30.0 if mean is None else float(mean)

    def _where(self, where: Sequence[tuple[str, str, Any]], bounds: tuple[date, date] | None, kind: str) -> str:
        parts = []
        if bounds:
            start, end = (
                datetime.combine(day, time(), ZoneInfo(self.zone)).astimezone(UTC).replace(tzinfo=None)
                for day in bounds
            )
            parts.append(f"moment >= {self._moment(start)} AND moment < {self._moment(end)}")
        many = [c for c in where if c[0] in OWNED_BY_RESOLUTIONS and kind != "resolution"]
        parts += [self._condition(*c) for c in where if c not in many]
        if many and all(op in OPPOSITE for _, op, _ in many):
            parts += [
                f"ticket_id NOT IN (SELECT ticket_id FROM resolution WHERE {self._condition(f, OPPOSITE[op], v)})"
                for f, op, v in many
            ]
        elif many:
            parts.append(
                f"ticket_id IN (SELECT ticket_id FROM resolution WHERE {' AND '.join(self._condition(*c) for c in many)})"
            )
        return f" WHERE {' AND '.join(parts)}" if parts else ""

    def _condition(self, field: str, op: str, value: Any) -> str:
        name = "escalation_trigger" if field == "trigger" else "support" if field == "level" else field
        if op in ("missing", "present"):
            return f"{name} IS {'NOT ' if op == 'present' else ''}NULL"
        if op == "between":
            return f"({name} >= {self._literal(value[0])} AND {name} <= {self._literal(value[1])})"
        values = ", ".join(self._literal(v) for v in (value if isinstance(value, tuple) else (value,)))
        if op in ("!=", "not in"):
            return f"({name} IS NULL OR {name} NOT IN ({values}))"
        return f"{name} IN ({values})" if op in ("=", "in") else f"{name} {op} {values}"

    def _literal(self, value: Any) -> str:
        if not isinstance(value, str):
            return repr(value)
        text = value.replace("\\", "\\\\") if self.dialect in ("clickhouse", "spark") else value
        return "'" + (text.replace("'", "\\'") if self.dialect == "spark" else text.replace("'", "''")) + "'"

    def _moment(self, moment: datetime) -> str:
        if self.dialect == "clickhouse":
            return f"toDateTime64('{moment:%Y-%m-%d %H:%M:%S.%f}', 6, 'UTC')"
        return (
            f"TIMESTAMP '{moment:%Y-%m-%d %H:%M:%S.%f}'"
            if self.dialect != "spark"
            else f"TIMESTAMP_NTZ '{moment:%Y-%m-%d %H:%M:%S.%f}'"
        )

    def _key(self, name: str) -> str:
        if name not in GRAINS:
            return {"trigger": "escalation_trigger", "level": "support"}.get(name, name)
        local = self.words.local.format("moment", zone=self.zone)
        days = self.words.days.format(local)
        year, month = f"EXTRACT(YEAR FROM {local})", f"EXTRACT(MONTH FROM {local})"
        return {
            "hour": f"EXTRACT(HOUR FROM {local})", "weekday": f"({days} + 3) % 7", "day": days, "week": f"{days} - ({days} + 3) % 7",
            "month": f"{year} * 12 + {month} - 1", "quarter": f"{year} * 12 + {month} - 1 - ({month} - 1) % 3", "year": year,
        }[name]  # fmt: skip

    @staticmethod
    def _shown(name: str, value: Any) -> Any:
        if name not in GRAINS or value is None:
            return value
        number = int(value)
        if name in ("day", "week"):
            return str(date.fromordinal(date(1970, 1, 1).toordinal() + number))
        return {
            "hour": number, "weekday": WEEKDAYS[number % 7], "month": f"{number // 12}-{number % 12 + 1:02}",
            "quarter": f"{number // 12}-Q{number % 12 // 3 + 1}", "year": str(number),
        }[name]  # fmt: skip

    def _band(self, name: str, start: str, end: str, bands: Sequence[tuple[timedelta, str]], longer: str) -> str:
        """A time as the band it lies in."""
        passed = self.words.between(start, end)
        arms = " ".join(f"WHEN {passed} < {limit // timedelta(microseconds=1)} THEN '{text}'" for limit, text in bands)
        return f"CASE WHEN {end} IS NULL THEN NULL {arms} ELSE '{longer}' END AS {name}"

    def _cause(self, cause: str, code: str) -> str:
        known = ", ".join(f"'{c}'" for c in (*CAUSES, "unclassified"))
        tidy, arms = (
            self.words.tidy.format(cause),
            " ".join(f"WHEN {self.words.tidy.format(code)} = '{c}' THEN '{group}'" for c, group in CODES.items()),
        )
        return f"CASE WHEN {tidy} IN ({known}) THEN {tidy} WHEN trim({cause}) <> '' THEN trim({cause}) {arms} ELSE 'unclassified' END"

    def _with(self, statement: str) -> str:
        since = self.words.between("a.created_at", "t.created_at")
        band = " ".join(
            f"WHEN {since} < {days * DAY_US} THEN '{text}'"
            for days, text in ((30, "under 30 days"), (90, "30-90 days"), (365, "90-365 days"))
        )
        bands = ", ".join(self._band(*one) for one in BANDS)
        scores = " ".join(f"WHEN t.csat <= {n} THEN 'score {n}'" for n in (1, 2, 3, 4))
        score = f"CASE WHEN t.csat IS NULL THEN NULL {scores} ELSE 'score 5' END AS csat_score"
        raised = self._band("time_to_escalation_band", "t.created_at", "r.escalated_at", RAISED, "escalated after 24 h")
        own = "t.csat_score, t.first_response_band, t.resolution_band, t.ticket_id, t.created_at, t.channel, t.priority, t.category, t.team, t.reopen_count, t.csat, t.handle_minutes, t.sla_due_at, tier, region, account, tenure_band, agent, support_level"
        text = f"""WITH named AS (SELECT account_id AS a_id, tier, region, created_at AS a_created,
                CASE WHEN name IN (SELECT name FROM accounts GROUP BY name HAVING COUNT(*) > 1) THEN concat(name, ' (', account_id, ')') ELSE name END AS account FROM accounts),
            staff AS (SELECT agent_id AS g_id, name AS agent, support_level FROM agents),
            base AS (SELECT t.ticket_id AS ticket_id, t.created_at AS created_at, t.channel AS channel, t.priority AS priority, t.category AS category, t.team AS team,
                t.reopen_count AS reopen_count, t.csat AS csat, t.handle_minutes AS handle_minutes, t.sla_due_at AS sla_due_at, t.is_escalated AS flagged,
                t.resolved_at AS own_resolved, a.tier AS tier, a.region AS region, a.account AS account, g.agent AS agent, g.support_level AS support_level,
                CASE WHEN a.a_created IS NULL THEN NULL {band.replace("a.created_at", "a.a_created")} ELSE 'over 365 days' END AS tenure_band, {score}, {bands}
                FROM tickets t LEFT JOIN named a ON a.a_id = t.account_id LEFT JOIN staff g ON g.g_id = t.agent_id),
            ranked AS (SELECT ticket_id AS e_ticket, escalated_at, acknowledged_at, reason_code, "trigger" AS escalation_trigger, to_team, "level" AS support,
                CASE WHEN necessary THEN 'necessary' WHEN NOT necessary THEN 'unnecessary' END AS necessary, {self._cause("root_cause", "reason_code")} AS root_cause,
                ROW_NUMBER() OVER (PARTITION BY ticket_id ORDER BY escalated_at ASC NULLS LAST, "level" ASC NULLS LAST, escalation_id ASC NULLS LAST) AS place,
                COUNT(*) OVER (PARTITION BY ticket_id) AS events FROM escalations),
            firsts AS (SELECT t.*, r.escalated_at AS escalated_at, r.acknowledged_at AS acknowledged_at, r.reason_code AS reason_code, r.escalation_trigger AS escalation_trigger,
                r.to_team AS to_team, r.support AS support, r.necessary AS necessary, COALESCE(r.root_cause, 'unclassified') AS root_cause, COALESCE(r.events, 1) AS events,
                COALESCE(r.escalated_at, t.created_at) AS moment, {raised} FROM base t LEFT JOIN (SELECT * FROM ranked WHERE place = 1) r ON r.e_ticket = t.ticket_id
                WHERE r.e_ticket IS NOT NULL OR t.flagged),
            done AS (SELECT f.ticket_id AS d_ticket, MIN(r.resolved_at) AS later FROM firsts f JOIN resolutions r ON r.ticket_id = f.ticket_id WHERE r.resolved_at >= f.moment GROUP BY f.ticket_id),
            escalated AS (SELECT f.*, CASE WHEN f.own_resolved >= f.moment THEN f.own_resolved ELSE d.later END AS resolved,
                CASE WHEN f.own_resolved >= f.moment OR d.later IS NOT NULL THEN 'resolved' ELSE 'open' END AS is_open FROM firsts f LEFT JOIN done d ON d.d_ticket = f.ticket_id),
            ticket AS (SELECT t.*, t.created_at AS moment, CASE WHEN e.e_id IS NULL THEN 0 ELSE 1 END AS was_escalated, e.root_cause AS root_cause, e.reason_code AS reason_code,
                e.escalation_trigger AS escalation_trigger, e.to_team AS to_team, e.support AS support, e.is_open AS is_open, e.necessary AS necessary, e.time_to_escalation_band AS time_to_escalation_band FROM base t
                LEFT JOIN (SELECT ticket_id AS e_id, root_cause, reason_code, escalation_trigger, to_team, support, is_open, necessary, time_to_escalation_band FROM escalated) e ON e.e_id = t.ticket_id),
            event AS (SELECT {own}, r.escalated_at AS moment, r.reason_code AS reason_code, r.escalation_trigger AS escalation_trigger, r.to_team AS to_team, r.support AS support,
                r.root_cause AS root_cause, x.is_open AS is_open, x.necessary AS necessary, x.time_to_escalation_band AS time_to_escalation_band FROM ranked r JOIN base t ON t.ticket_id = r.e_ticket
                LEFT JOIN (SELECT ticket_id AS x_id, is_open, necessary, time_to_escalation_band FROM escalated) x ON x.x_id = r.e_ticket),
            resolution AS (SELECT b.ticket_id AS ticket_id, b.created_at AS created_at, b.channel AS channel, b.priority AS priority, b.category AS category, b.team AS team,
                b.reopen_count AS reopen_count, b.csat AS csat, b.handle_minutes AS handle_minutes, b.tier AS tier, b.region AS region, b.account AS account, b.tenure_band AS tenure_band,
                g.agent AS agent, g.support_level AS support_level, r.resolution_type AS resolution_type, r.minutes AS minutes, r.resolved_at AS moment,
                b.root_cause AS root_cause, b.reason_code AS reason_code, b.escalation_trigger AS escalation_trigger, b.to_team AS to_team, b.support AS support, b.is_open AS is_open,
                b.necessary AS necessary, b.time_to_escalation_band AS time_to_escalation_band, b.csat_score AS csat_score, b.first_response_band AS first_response_band,
                b.resolution_band AS resolution_band FROM resolutions r JOIN ticket b ON b.ticket_id = r.ticket_id LEFT JOIN staff g ON g.g_id = r.agent_id)
            {statement}{self.words.ending}"""  # fmt: skip
        if self.dialect == "spark":  # where double quotes make a text
            text = text.replace('"trigger"', "`trigger`").replace('"level"', "`level`")
        return _STORED.sub(rf"\1 {self.prefix}\2", text)
