"""Arguments of a near name or type made those that a tool takes: "5" for 5, a word for a list, a mapping for a condition."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from analyst_agent.agent.mending.written import loose_object
from analyst_agent.errors import nearest

_SAME: Mapping[str, tuple[str, ...]] = {
    "where": ("filter", "filters", "condition", "conditions", "where_clause", "having", "query_filters"),
    "by": ("group_by", "groupby", "split_by", "dimension", "dimensions", "breakdown", "grouping", "segment_by"),
    "period": ("time_period", "time_range", "date_range", "timeframe", "time_frame", "time", "date", "dates", "month"),
    "compare_with": ("compare", "comparison", "compare_to", "compared_with", "versus", "baseline", "comparison_period"),
    "metrics": ("metric", "measure", "measures", "kpi", "select"),
    "metric": ("metrics", "measure"),
    "order_by": ("sort", "sort_by", "order", "orderby"),
    "limit": ("top", "n", "top_n", "max_rows"),
    "query": ("question", "text", "search", "q", "keywords", "search_query"),
    "spaces": ("space", "knowledge_space"),
    "names": ("name", "terms", "metrics", "dimensions"),
    "ticket": ("ticket_id", "id"),
    "issue": ("issue_id", "known_issue"),
}
"""What models call our arguments."""
_SIGNS = {
    "eq": "=", "==": "=", "equals": "=", "is": "=", "$eq": "=", "ne": "!=", "neq": "!=", "<>": "!=", "gt": ">", "lt": "<", "gte": ">=",
    "ge": ">=", "lte": "<=", "le": "<=", "$in": "in", "nin": "not in", "not_in": "not in",
}  # fmt: skip
_FIELD, _OP, _VALUE = ("field", "dimension", "column", "key", "name"), ("op", "operator"), ("value", "values")


def mended_arguments(
    arguments: Mapping[str, Any], schema: Mapping[str, Any], fields: Mapping[str, Any], say: Callable[[str], None]
) -> dict[str, Any]:
    """The arguments as the JSON schema of the tool has them. fields: what a condition may name. say: told each change.

    What cannot be made sense of stays as it is, so that the tool refuses it with its hint.
    """
    known: Mapping[str, Mapping[str, Any]] = schema.get("properties", {})
    given = _unwrapped(dict(arguments), known)
    found: dict[str, Any] = {}
    loose: list[str] = []
    for key, value in given.items():
        name = _argument(key, known, given)
        if value is None or value == "":
            continue
        if name is None and key in fields and "where" in known:
            loose += _conditions({key: value})
            say(f"Read the argument {key!r} as a condition.")
        elif name is None:
            say(f"Left out the argument {key!r}, which the tool does not take.")
        else:
            if name != key:
                say(f"Read the argument {key!r} as {name!r}.")
            made = _typed(name, value, str(known[name].get("type", "string")))
            if made != value:
                say(f"Read {name} = {_short(value)} as {_short(made)}.")
            found[name] = made
    if loose:
        found["where"] = [*found.get("where", []), *loose]
    return found


def _unwrapped(given: dict[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments themselves where a model put them one level deeper."""
    while len(given) == 1:
        [(key, inner)] = given.items()
        inner = loose_object(inner) if isinstance(inner, str) and inner.lstrip().startswith("{") else inner
        if key in known or not isinstance(inner, dict) or key in _SAME["where"]:
            break
        given = inner
    return given


def _argument(key: str, known: Mapping[str, Any], given: Mapping[str, Any]) -> str | None:
    """The argument that a key means and that is not given itself."""
    if key in known:
        return key
    free = [name for name in known if name not in given]
    said = re.sub(r"[^a-z]+", "_", key.lower()).strip("_")
    meant = next((n for n in free if said == n or said in _SAME.get(n, ())), None)
    if meant is not None:
        return meant
    close = nearest(said, free)
    return close[0] if len(close) == 1 else None


def _typed(name: str, value: Any, kind: str) -> Any:
    if kind == "array":
        return _conditions(value) if name == "where" else _words(value)
    if kind in ("integer", "number"):
        return _number(value, kind)
    if kind == "boolean":
        return {"true": True, "false": False}.get(str(value).lower(), value)
    return _text(value)


def _text(value: Any) -> Any:
    if isinstance(value, (list, tuple)) and len(value) == 1:
        return _text(value[0])
    if isinstance(value, dict):
        start, end = (next((value[k] for k in keys if value.get(k)), None) for keys in _ENDS)
        if start and end:
            return f"{start}..{end}"
        return str(next(iter(value.values()))) if len(value) == 1 else value
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


_ENDS = (("start", "from", "start_date", "begin"), ("end", "to", "end_date", "until"))


def _number(value: Any, kind: str) -> Any:
    if isinstance(value, (list, tuple)) and len(value) == 1:
        value = value[0]
    if isinstance(value, str):
        match = re.fullmatch(r"\s*(?:top\s+|[$€£]\s*)?(-?\d+(?:\.\d+)?)\s*", value, re.IGNORECASE)
        if match is None:
            return value
        value = float(match[1])
    if isinstance(value, float) and kind == "integer" and value.is_integer():
        return int(value)
    return value


def _words(value: Any) -> Any:
    if isinstance(value, str):
        inner = _list_in(value)
        return inner if inner is not None else [w.strip() for w in value.split(",") if w.strip()]
    if isinstance(value, dict):
        return [str(v) for v in value.values() if v not in (None, "")]
    if isinstance(value, (list, tuple)):
        return [str(next(iter(v.values()))) if isinstance(v, dict) and len(v) == 1 else v for v in value]
    return [value]


def _list_in(text: str) -> list[Any] | None:
    """The list that a text writes, such as '["a", "b"]'."""
    read = loose_object(f'{{"list": {text}}}') if text.lstrip().startswith("[") else None
    listed = (read or {}).get("list")
    return listed if isinstance(listed, list) else None


def _conditions(value: Any) -> Any:
    """Conditions as texts: of a text (several joined by "and"), a mapping, or a list of either."""
    if isinstance(value, str):
        inner = loose_object(value) or _list_in(value)
        if inner is not None:
            return _conditions(inner)
        return [_equal(part) for part in re.split(r"\s+(?:and|AND|&&)\s+(?=\w+\s*(?:[=!<>]|\bin\b|\bnot\b))|;", value)]
    if isinstance(value, dict):
        field = next((value[k] for k in _FIELD if isinstance(value.get(k), str)), None)
        held = next((value[k] for k in _VALUE if k in value), None)
        if field is not None and held is not None:
            return [_condition(field, str(next((value[k] for k in _OP if value.get(k)), "=")), held)]
        return [one for key, inner in value.items() for one in _pair(str(key), inner)]
    if isinstance(value, (list, tuple)):
        if len(value) == 3 and all(isinstance(v, str) for v in value) and _SIGNS.get(value[1], value[1]) in _WRITTEN:
            return [_condition(value[0], value[1], value[2])]
        return [one for inner in value for one in _conditions(inner)]
    return value


_WRITTEN = ("=", "!=", "<", ">", "<=", ">=", "in", "not in")


def _pair(field: str, inner: Any) -> list[str]:
    if isinstance(inner, dict):
        return [_condition(field, str(op), held) for op, held in inner.items()]
    if isinstance(inner, str) and (match := re.match(r"\s*(!=|<=|>=|<|>)\s*(\S.*)$", inner)):
        return [_condition(field, match[1], match[2])]
    return [_condition(field, "=", inner)]


def _condition(field: str, op: str, value: Any) -> str:
    sign = _SIGNS.get(op.lower().strip(), op.lower().strip())
    if isinstance(value, (list, tuple)):
        if len(value) == 1:
            return _condition(field, {"in": "=", "not in": "!="}.get(sign, sign), value[0])
        quoted = ", ".join('"' + str(v).replace('"', '""') + '"' for v in value)
        return f"{field} {'not in' if sign in ('!=', 'not in') else 'in'} {quoted}"
    return f"{field} {sign} {value}"


def _equal(text: str) -> str:
    """The text with one sign of equality; what was written as a pair with a colon is a condition as well."""
    text = re.sub(r"\s*==\s*", " = ", text.strip())
    return re.sub(r"^(\w+)\s*:\s*(?=\S)", r"\1 = ", text)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
