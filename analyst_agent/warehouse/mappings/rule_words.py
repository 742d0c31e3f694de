"""A rule of escalation in one sentence, for `analyst sources`."""

from __future__ import annotations

from analyst_agent.warehouse.mappings.rule_records import Rule


def in_words(rule: Rule) -> str:
    """What a rule counts as an escalation.

    >>> in_words(Rule("reassigned", "changes", field="team", times=3))
    'reassigned: team changes for the 3rd time'
    """
    said = {
        "line_raised": f"{rule.field} moves to a higher line of support (by the names under `lines`)",
        "raised": f"{rule.field} rises above its first value, in the order {', '.join(rule.order)}",
        "becomes": f"{rule.field} becomes {_among(rule.values)}",
        "added": f"{rule.field} gains {' or '.join(rule.values)}",
        "changes": f"{rule.field} changes for the {_ordinal(rule.times)} time",
        "overdue": f"{rule.until} comes after {rule.due}, or is still empty then",
        "target": f"{rule.until} comes later than the target of the {rule.policy}, or is still empty then",
    }
    return f"{rule.reason}: {said[rule.rule]}"


def _among(values: tuple[str, ...]) -> str:
    """The values that count, and those that do not although they look like it."""
    wanted = " or ".join(v for v in values if not v.startswith("!"))
    barred = " or ".join(v[1:] for v in values if v.startswith("!"))
    return f"{wanted}, not {barred}" if barred else wanted


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
