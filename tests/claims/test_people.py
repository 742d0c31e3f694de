"""The texts of claims about teams and agents, and that each binds as it stands."""

from __future__ import annotations

from typing import Any

import pytest

from analyst_agent.claims import claims_of
from analyst_agent.claims.binding import bind
from analyst_agent.claims.kinds import people
from analyst_agent.records import Fact, Finding, Statement
from tests.claims.sample import OCTOBER, wording

CORAL, BLUE = {"team": "Coral"}, {"team": "Blue"}
PATH = {"from_team": "Coral", "to_team": "Desk"}
FACTS = (
    Fact(
        "p1", "adjusted_escalation_rate", 0.131, "ratio", OCTOBER, CORAL, n=640, reference="overall", reference_value=0.08,
        difference=0.051, p_value=0.0001, p_adjusted=0.0004, significant=True,
    ),
    Fact("p2", "held_escalated_count", 84, "count", OCTOBER, CORAL, n=640),
    Fact("p3", "expected_escalated_count", 51.3, "count", OCTOBER, CORAL, n=640),
    Fact("p4", "shrunken_escalation_rate", 0.122, "ratio", OCTOBER, CORAL, n=640, interval=(0.101, 0.147)),
    Fact("p5", "control_limits", 0.08, "ratio", OCTOBER, CORAL, n=640, interval=(0.06, 0.101)),
    Fact("p6", "adjusted_escalation_rate", 0.079, "ratio", OCTOBER, BLUE, n=700, reference="overall", reference_value=0.08, significant=False),
    Fact("p7", "compared_count", 24, "count", OCTOBER),
    Fact("p8", "judged_count", 21, "count", OCTOBER),
    Fact("p9", "within_limits_count", 20, "count", OCTOBER),
    Fact("p10", "between_units_spread", 0.08, "ratio", OCTOBER, n=21, interval=(0.01, 0.25)),
    Fact("p11", "handed_over_count", 276, "count", OCTOBER, n=327),
    Fact("p12", "cohort_escalated_count", 327, "count", OCTOBER, n=327),
    Fact("p13", "escalated_ticket_count", 72, "count", OCTOBER, PATH),
    Fact(
        "p14", "mean_minutes_to_acknowledge", 310.0, "minutes", OCTOBER, PATH, n=69, missing=3, reference="expected",
        reference_value=130.0, difference=180.0, difference_interval=(90.0, 310.0), p_adjusted=0.001, significant=True,
    ),
    Fact("p15", "ping_pong_count", 14, "count", OCTOBER, n=321),
    Fact("p16", "ping_pong_share", 14 / 321, "ratio", OCTOBER, n=321),
    Fact("p17", "ping_pong_count", 6, "count", OCTOBER, {"from_team": "Desk", "to_team": "Coral"}, n=321),
    Fact("p18", "ticket_count", 3091, "count", OCTOBER),
    Fact("p19", "resolved_ticket_count", 3150, "count", OCTOBER),
    Fact("p20", "backlog_change", -59, "count", OCTOBER, significant=False),
    Fact("p21", "open_escalated_count", 75, "count", None),
    Fact("p22", "open_escalated_count", 33, "count", None, BLUE),
    Fact("p23", "open_escalated_count", 16, "count", None, CORAL),
)  # fmt: skip
GOLDEN = [
    (
        "outside_limits", ("p1", "p2", "p3", "p4", "p5"), {"dimension": "team"},
        "Coral (team) has more escalated tickets than the mix of its tickets would lead one to expect: 84 against 51.3; adjusted "
        "rate 13.1 % against 8.0 % overall, limits 6.0 to 10.1 %; shrunken rate 12.2 % (95 % interval 10.1 to 14.7 %).",
    ),
    ("within_limits", ("p6",), {"dimension": "team"}, "For Blue (team) no difference beyond chance and mix is shown."),
    (
        "judged_count", ("p7", "p8", "p9"), {},
        "Of 24 agents 21 have enough tickets to be judged; for 20 of them no difference beyond chance and mix is shown.",
    ),
    (
        "spread", ("p10",), {},
        "Beyond chance and mix, rates typically differ between agents by 8.0 % of the overall rate (95 % interval 1.0 to 25.0 %).",
    ),
    (
        "handed_over", ("p11", "p12"), {"dimension": "team"},
        "276 of 327 escalated tickets are now with another team than the one that escalated them; they count for the team that did.",
    ),
    (
        "handed_over", ("p11", "p12"), {"dimension": "agent", "is_judged": False},
        "276 of 327 escalated tickets are now with an agent of another team than the one that escalated them; they count for no "
        "agent, and agents are not judged: who held them is not recorded.",
    ),
    (
        "hand_off_path", ("p13", "p14"), {},
        "The most common hand-off is from Coral to Desk: 72 tickets, acknowledged after 5.2 h on average (n = 69, 3 not acknowledged).",
    ),
    (
        "path_wait", ("p14",), {},
        "From Coral to Desk tickets wait longer than their priorities would lead one to expect: acknowledged after 5.2 h against "
        "2.2 h, 3.0 h more: more than noise (1.5 to 5.2 h).",
    ),
    (
        "ping_pong", ("p15", "p16", "p17"), {},
        "14 of 321 escalated tickets (4.4 %) came back to a team that had had them before, most often from Desk to Coral (6).",
    ),
    ("backlog", ("p18", "p19", "p20"), {}, "3,091 tickets were created and 3,150 resolved: 59 fewer are open, within noise."),
    ("load_now", ("p21", "p22", "p23"), {}, "Escalated and open at the end of the data: 75 tickets; Blue 33 and Coral 16."),
]  # fmt: skip


def _finding(kind: str, ids: tuple[str, ...], arguments: dict[str, Any]) -> Finding:
    return Finding("Teams", "team_load", OCTOBER, facts=FACTS, statements=(Statement(kind, ids, arguments),))


@pytest.mark.parametrize(("kind", "ids", "arguments", "text"), GOLDEN)
def test_the_text_of_a_kind_and_that_it_binds(
    kind: str, ids: tuple[str, ...], arguments: dict[str, Any], text: str
) -> None:
    finding = _finding(kind, ids, arguments)
    (claim,) = claims_of(finding, wording())
    assert claim.text == text
    assert bind(text, finding, wording()).grounding.unbound == ()
    assert bind("{{c1}}", finding, wording()).text == text


def test_every_kind_has_a_golden_text() -> None:
    assert {kind for kind, *_ in GOLDEN} == set(people.KINDS)


def test_beside_a_table_the_counts_are_not_said_again() -> None:
    (claim,) = claims_of(_finding(*GOLDEN[0][:3]), wording())
    assert claim.beside_table == (
        "Coral (team) has more escalated tickets than the mix of its tickets would lead one to expect: shrunken rate 12.2 % "
        "(95 % interval 10.1 to 14.7 %)."
    )


def test_nothing_is_claimed_from_other_facts() -> None:
    (claim,) = claims_of(_finding("path_wait", ("p18",), {}), wording())
    assert claim.text == "Tickets in October 2026: 3,091."
