"""What each engine writes otherwise than DuckDB, one rule a kind of node: times, zones, quantiles, text. Every rule keeps DuckDB's result."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from analyst_agent.semantic.wrapping import quantile_of

SPACES = r"[ \t\n\f\r-]+"  # what \s means to DuckDB; other engines count more or take no class within brackets


def call(name: str, *arguments: exp.Expression) -> exp.Expression:
    """A function as it is written."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def unit_of(interval: exp.Interval) -> str:
    """DAY, MINUTE and so on."""
    return str(interval.args["unit"].name).upper()


def text(value: str) -> exp.Expression:
    """A text literal."""
    return exp.Literal.string(value)


def without_zone(node: exp.Cast) -> exp.Expression:
    """A cast to TIMESTAMP as one to the type that has no zone, whatever the session takes TIMESTAMP for."""
    if not node.is_type(exp.DataType.Type.TIMESTAMP):
        return node
    return exp.cast(node.this.copy(), exp.DataType.build(exp.DataType.Type.TIMESTAMPNTZ))


class Rules:
    """The rules that hold for every engine but DuckDB; a method `on_<node>` of a subclass replaces one of them."""

    def __init__(self, collations: Mapping[str, str]) -> None:
        self.collations = collations

    def apply(self, tree: exp.Expr) -> None:
        """Changes the tree in place, innermost nodes first."""
        for node in reversed(list(tree.walk())):
            rule = getattr(self, f"on_{type(node).__name__.lower()}", None)
            new = rule(node) if rule is not None else node
            if new is not node:
                node.replace(new)

    def on_avg(self, node: exp.Avg) -> exp.Expression:
        """Of whole numbers, a mean is exact or cut in some engines."""
        if isinstance(node.this, exp.Cast) and node.this.is_type("DOUBLE"):
            return node
        return exp.Avg(this=exp.cast(node.this.copy(), "DOUBLE"))

    def on_attimezone(self, node: exp.AtTimeZone) -> exp.Expression:
        """The compiler writes (x AT TIME ZONE 'UTC') AT TIME ZONE zone: stored UTC to local time."""
        inner = node.this.unnest()
        if not isinstance(inner, exp.AtTimeZone):
            return node
        return self.local(inner.this.unnest().copy(), node.args["zone"].copy())

    def on_timestamptrunc(self, node: exp.TimestampTrunc) -> exp.Expression:
        return self.truncated(node.this.copy(), node.args["unit"].name.upper())

    def on_extract(self, node: exp.Extract) -> exp.Expression:
        part, moment = node.this.name.upper(), node.expression.copy()
        if part == "ISODOW":
            return self.weekday(moment)
        return self.hour(moment) if part == "HOUR" else node

    def on_datediff(self, node: exp.DateDiff) -> exp.Expression:
        return self.microseconds(node.expression.copy(), node.this.copy())

    def on_percentilecont(self, node: exp.PercentileCont) -> exp.Expression:
        share = quantile_of(node)
        assert share is not None
        return self.quantile(node.this.copy(), share.copy())

    def on_median(self, node: exp.Median) -> exp.Expression:
        return self.quantile(node.this.copy(), exp.Literal.number("0.5"))

    def on_regexpreplace(self, node: exp.RegexpReplace) -> exp.Expression:
        pattern = text(node.expression.name.replace(r"[\s\-]+", SPACES))
        return self.replaced(node.this.copy(), pattern, node.args["replacement"].copy())

    def local(self, moment: exp.Expression, zone: exp.Expression) -> exp.Expression:
        """The wall clock of a zone at a UTC time."""
        both = exp.AtTimeZone(this=exp.paren(moment), zone=text("UTC"))
        return exp.AtTimeZone(this=exp.paren(both), zone=zone)

    def truncated(self, moment: exp.Expression, unit: str) -> exp.Expression:
        """The start of the unit that a local time lies in; weeks begin on Monday."""
        return call("DATE_TRUNC", text(unit), moment)

    def weekday(self, moment: exp.Expression) -> exp.Expression:
        """1 for Monday to 7."""
        return exp.Extract(this=exp.var("ISODOW"), expression=moment)

    def hour(self, moment: exp.Expression) -> exp.Expression:
        """0 to 23."""
        return exp.Extract(this=exp.var("HOUR"), expression=moment)

    def microseconds(self, start: exp.Expression, end: exp.Expression) -> exp.Expression:
        """Microseconds from start to end."""
        return call("TIMESTAMPDIFF", exp.var("MICROSECOND"), start, end)

    def quantile(self, value: exp.Expression, share: exp.Expression) -> exp.Expression:
        """The exact quantile with linear interpolation."""
        ordered = exp.Order(expressions=[exp.Ordered(this=value, nulls_first=False)])
        return exp.WithinGroup(this=call("PERCENTILE_CONT", share), expression=ordered)

    def replaced(self, value: exp.Expression, pattern: exp.Expression, new: exp.Expression) -> exp.Expression:
        """Every match replaced."""
        return call("REGEXP_REPLACE", value, pattern, new)


class Postgres(Rules):
    """Untyped NULLs of a union become text there; lower() and order go by the database's locale."""

    def on_null(self, node: exp.Null) -> exp.Expression:
        """In a union of three, two NULLs meet first and become text."""
        if isinstance(node.parent, exp.Alias) and isinstance(node.parent.parent, exp.Select):
            return exp.cast(exp.Null(), "BIGINT")
        return node

    def on_lower(self, node: exp.Lower) -> exp.Expression:
        if "lower" not in self.collations:
            return node
        by = exp.Collate(
            this=exp.paren(node.this.copy()), expression=exp.to_identifier(self.collations["lower"], quoted=True)
        )
        return exp.paren(exp.Collate(this=exp.Lower(this=by), expression=exp.to_identifier("C", quoted=True)))

    def microseconds(self, start: exp.Expression, end: exp.Expression) -> exp.Expression:
        span = exp.paren(exp.Sub(this=exp.paren(end), expression=exp.paren(start)))
        seconds = exp.Extract(this=exp.var("EPOCH"), expression=span)
        return exp.paren(exp.Mul(this=seconds, expression=exp.Literal.number(1000000)))

    def quantile(self, value: exp.Expression, share: exp.Expression) -> exp.Expression:
        return super().quantile(exp.cast(value, "DOUBLE"), share)

    def replaced(self, value: exp.Expression, pattern: exp.Expression, new: exp.Expression) -> exp.Expression:
        return call("REGEXP_REPLACE", value, pattern, new, text("g"))


class ClickHouse(Rules):
    """Times are DateTime64(6, 'UTC'); unmatched keys and empty aggregates are NULL by the backend's settings."""

    def on_select(self, node: exp.Select) -> exp.Expression:
        """A column of a join is called `alias.name` outside unless it is given its name."""
        for one in list(node.expressions):
            if isinstance(one, exp.Column) and one.table and not isinstance(one.this, exp.Star):
                one.replace(exp.alias_(one.copy(), one.name, quoted=True))
        return node

    def on_cast(self, node: exp.Cast) -> exp.Expression:
        if node.is_type("TIMESTAMP") and isinstance(node.this, exp.Literal):
            return call("toDateTime64", node.this.copy(), exp.Literal.number(6), text("UTC"))
        if node.is_type("TIMESTAMP"):
            return call("CAST", node.this.copy(), text("Nullable(DateTime64(6, 'UTC'))"))
        if node.is_type("DATE"):
            return call("CAST", node.this.copy(), text("Nullable(Date32)"))
        return node

    def on_interval(self, node: exp.Interval) -> exp.Expression:
        return call(f"toInterval{unit_of(node).capitalize()}", exp.Literal.number(node.this.name))

    def on_lower(self, node: exp.Lower) -> exp.Expression:
        return call("lowerUTF8", node.this.copy())

    def local(self, moment: exp.Expression, zone: exp.Expression) -> exp.Expression:
        """As a UTC time that reads like the local one, so that it can stand beside others of its type."""
        offset = call("toIntervalSecond", call("timezoneOffset", call("toTimeZone", moment, zone)))
        return exp.paren(exp.Add(this=moment.copy(), expression=offset))

    def truncated(self, moment: exp.Expression, unit: str) -> exp.Expression:
        return call("dateTrunc", text(unit.lower()), moment)

    def weekday(self, moment: exp.Expression) -> exp.Expression:
        return call("toDayOfWeek", moment)

    def hour(self, moment: exp.Expression) -> exp.Expression:
        return call("toHour", moment)

    def microseconds(self, start: exp.Expression, end: exp.Expression) -> exp.Expression:
        return exp.paren(
            exp.Sub(this=call("toUnixTimestamp64Micro", end), expression=call("toUnixTimestamp64Micro", start))
        )

    def quantile(self, value: exp.Expression, share: exp.Expression) -> exp.Expression:
        return exp.ParameterizedAgg(this="quantileExactInclusive", expressions=[share], params=[value])

    def replaced(self, value: exp.Expression, pattern: exp.Expression, new: exp.Expression) -> exp.Expression:
        return call("replaceRegexpAll", value, pattern, new)


class Spark(Rules):
    """Times are TIMESTAMP_NTZ, the session's zone is UTC."""

    def on_cast(self, node: exp.Cast) -> exp.Expression:
        return without_zone(node)

    def local(self, moment: exp.Expression, zone: exp.Expression) -> exp.Expression:
        return call("CONVERT_TIMEZONE", text("UTC"), zone, moment)

    def weekday(self, moment: exp.Expression) -> exp.Expression:
        return exp.paren(exp.Add(this=call("WEEKDAY", moment), expression=exp.Literal.number(1)))

    def quantile(self, value: exp.Expression, share: exp.Expression) -> exp.Expression:
        return call("PERCENTILE", value, share)


class Trino(Rules):
    """No exact quantile as an aggregate (see wrapping), no difference in microseconds; a bare TIMESTAMP is cut at milliseconds."""

    def on_cast(self, node: exp.Cast) -> exp.Expression:
        if not node.is_type("TIMESTAMP"):
            return node
        return exp.cast(node.this.copy(), exp.DataType.build("TIMESTAMP(6)", dialect="trino"))

    def local(self, moment: exp.Expression, zone: exp.Expression) -> exp.Expression:
        aware = call("WITH_TIMEZONE", moment, text("UTC"))
        return exp.cast(call("AT_TIMEZONE", aware, zone), "TIMESTAMP")

    def weekday(self, moment: exp.Expression) -> exp.Expression:
        return call("DAY_OF_WEEK", moment)

    def microseconds(self, start: exp.Expression, end: exp.Expression) -> exp.Expression:
        def seconds(moment: exp.Expression) -> exp.Expression:
            return call("TO_UNIXTIME", call("WITH_TIMEZONE", moment, text("UTC")))

        span = exp.paren(exp.Sub(this=seconds(end), expression=seconds(start)))
        return exp.Mul(this=span, expression=exp.Literal.number(1000000))


class Snowflake(Rules):
    """Weeks by DAYOFWEEKISO, since DATE_TRUNC follows a session's WEEK_START; TIMESTAMP is what a session maps it to."""

    def on_cast(self, node: exp.Cast) -> exp.Expression:
        return without_zone(node)

    def local(self, moment: exp.Expression, zone: exp.Expression) -> exp.Expression:
        return call("CONVERT_TIMEZONE", text("UTC"), zone, moment)

    def truncated(self, moment: exp.Expression, unit: str) -> exp.Expression:
        if unit != "WEEK":
            return super().truncated(moment, unit)
        back = exp.Sub(this=exp.Literal.number(1), expression=self.weekday(moment))
        return call("DATEADD", exp.var("DAY"), back, super().truncated(moment.copy(), "DAY"))

    def weekday(self, moment: exp.Expression) -> exp.Expression:
        return call("DAYOFWEEKISO", moment)


class BigQuery(Rules):
    """Times are DATETIME; outer joins need an equality of two sides; no exact quantile as an aggregate (see wrapping)."""

    def on_cast(self, node: exp.Cast) -> exp.Expression:
        return exp.cast(node.this.copy(), "DATETIME") if node.is_type("TIMESTAMP") else node

    def on_interval(self, node: exp.Interval) -> exp.Expression:
        return exp.Interval(this=exp.Literal.number(node.this.name), unit=exp.var(unit_of(node)))

    def on_nullsafeeq(self, node: exp.NullSafeEQ) -> exp.Expression:
        left, right = (call("TO_JSON_STRING", side.copy()) for side in (node.this, node.expression))
        return exp.EQ(this=left, expression=right)

    def on_join(self, node: exp.Join) -> exp.Expression:
        """A coarser part without dimensions has one row."""
        if isinstance(node.args.get("on"), exp.Boolean):
            return exp.Join(this=node.this.copy(), kind="CROSS")
        return node

    def local(self, moment: exp.Expression, zone: exp.Expression) -> exp.Expression:
        return call("DATETIME", call("TIMESTAMP", moment, text("UTC")), zone)

    def truncated(self, moment: exp.Expression, unit: str) -> exp.Expression:
        return call("DATETIME_TRUNC", moment, exp.var({"WEEK": "ISOWEEK"}.get(unit, unit)))

    def weekday(self, moment: exp.Expression) -> exp.Expression:
        day = exp.Extract(this=exp.var("DAYOFWEEK"), expression=moment)
        from_monday = call("MOD", exp.Add(this=day, expression=exp.Literal.number(5)), exp.Literal.number(7))
        return exp.paren(exp.Add(this=from_monday, expression=exp.Literal.number(1)))

    def microseconds(self, start: exp.Expression, end: exp.Expression) -> exp.Expression:
        return call("DATETIME_DIFF", end, start, exp.var("MICROSECOND"))


DIALECTS: dict[str, type[Rules]] = {
    "postgres": Postgres,
    "clickhouse": ClickHouse,
    "spark": Spark,
    "trino": Trino,
    "snowflake": Snowflake,
    "bigquery": BigQuery,
}

_TYPES = {"text": "VARCHAR", "timestamp": "TIMESTAMP", "number": "DOUBLE", "integer": "BIGINT", "boolean": "BOOLEAN"}


def conversion(dialect: str, column: exp.Expression, kind: str, convert: str) -> exp.Expression:
    """A stored column as its canonical kind."""
    if convert == "zoned" and dialect == "postgres":
        return exp.AtTimeZone(this=column, zone=text("UTC"))
    if convert == "blank":
        return exp.Nullif(this=column, expression=text(""))
    return exp.cast(column, _TYPES[kind]) if convert else column
