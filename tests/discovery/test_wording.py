"""The sentences of a scan, word for word, and that they hold as claims."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from analyst_agent.claims import Wording, claims_of
from analyst_agent.claims.binding import bind
from analyst_agent.claims.discovered import wording_of_finding
from analyst_agent.discovery import discover
from analyst_agent.records import Fact, Filter, Finding, Statement
from benchmarks.discovery_tables import PLANTED

FACTS = (
    Fact("a", "row_count", 500, "count", None),
    Fact("b", "column_count", 14, "count", None),
    Fact("c", "comparison_count", 3320, "count", None),
    Fact("d", "significant_count", 0, "count", None),
    Fact("e", "told_count", 0, "count", None),
    Fact(
        "s", "share_of_rows", 0.672, "ratio", None, {"category": "Hardware"}, n=500, interval=(0.63, 0.712), reference="even",
        reference_value=0.2, difference=0.472, significant=True, filters=(Filter("category", "=", "Hardware"),),
    ),
    Fact("t", "row_count", 336, "count", None, {"category": "Hardware"}),
    Fact("u", "value_count", 5, "count", None),
    Fact("v", "share_of_rows", 0.102, "ratio", None, {"category": "Net|work"}, n=500),
    Fact(
        "m", "hours to close", 7200.0, "minutes", None, {"agent": "Eva"}, n=80, reference="rest", reference_value=2880.0,
        difference=4320.0, p_adjusted=0.0004, significant=True,
    ),
    Fact("h", "share_of_pairs_higher", 0.78, "ratio", None, {"agent": "Eva"}),
    Fact("r", "row_count", 420, "count", None, {"compared with": "rest"}),
)  # fmt: skip


def _texts(*statements: Statement) -> list[str]:
    return [c.text for c in claims_of(Finding("Scan", "discover", None, facts=FACTS, statements=statements), Wording())]


def test_what_was_scanned_and_nothing_found() -> None:
    (text,) = _texts(Statement("scanned", ("a", "b", "c", "d", "e"), {"file": "in.csv"}))
    assert text == (
        "500 rows and 14 columns of **in.csv** were scanned: 3,320 comparisons were made, none shows more than chance after "
        "correction for all of them."
    )


def test_a_share_and_a_difference() -> None:
    share, difference = _texts(
        Statement("discovered", ("s", "t", "u", "v"), {"pattern": "share", "columns": ["category"], "also": ["group"]}),
        Statement("discovered", ("m", "h", "r"), {"pattern": "difference", "columns": ["agent", "hours to close"]}),
    )
    assert share == (
        "**category**: Hardware has 336 of 500 rows, 67.2 % (63.0 to 71.2 %), where an even spread over its 5 values would give "
        "20.0 %; next is Net\\|work with 10.2 %; group says nearly the same."
    )
    assert difference == (
        "**agent and hours to close**: for rows with agent Eva the median hours to close is 5.0 days (n = 80), against 2.0 days "
        "in the rest (n = 420); it is higher in 78 % of pairs (p under 0.001 after correction)."
    )


@pytest.mark.parametrize(
    "kind", ["slow_agent", "slower_over_time", "combination", "busy_month", "amount_slows", "field_left_empty"]
)
def test_a_claim_referred_to_is_bound(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    PLANTED[kind](np.random.default_rng(2)).table.to_csv(path, index=False)
    finding = discover(path, 3)
    wording = wording_of_finding(finding)
    claims = claims_of(finding, wording)
    assert len(claims) >= 2
    bound = bind("\n".join(f"[{c.id}]" for c in claims), finding, wording, claims)
    assert bound.grounding.unbound == ()
    assert all(c.text in bound.text for c in claims)
