"""Whatever a fact is, its own clause is bound; change one digit of it and it is not."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from analyst_agent.claims import bind, clause
from analyst_agent.records import Fact
from tests.claims.sample import OCTOBER, SEPTEMBER, wording

UNITS = {"escalated_ticket_count": "count", "escalation_rate": "ratio", "mean_csat": "score",
         "mean_resolution_minutes": "minutes", "estimated_cost": "currency"}  # fmt: skip
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=20)


@st.composite
def any_fact(draw: st.DrawFn) -> Fact:
    """A fact of any metric, with or without a name, a change and intervals."""
    metric = draw(st.sampled_from(sorted(UNITS)))
    unit = UNITS[metric]
    largest = {"ratio": 1.0, "score": 5.0}.get(unit, 1e6)
    amount = st.integers(0, 99999).map(float) if unit == "count" else st.floats(0, largest)
    value = draw(amount)
    dimensions = draw(
        st.dictionaries(st.sampled_from(["tier", "region", "reason_code"]), st.one_of(st.none(), NAMES), max_size=2)
    )
    if not draw(st.booleans()):
        return Fact("f1", metric, value, unit, OCTOBER, dimensions, n=draw(st.integers(0, 9999)))
    before = draw(amount)
    return Fact(
        "f1", metric, value, unit, OCTOBER, dimensions, n=draw(st.integers(0, 9999)), reference="comparison_period",
        reference_period=SEPTEMBER, reference_value=before, difference=value - before,
        difference_interval=(value - before - 1, value - before + 1), significant=draw(st.sampled_from([True, False, None])),
    )  # fmt: skip


@given(any_fact())
@settings(max_examples=150, deadline=None)
def test_the_clause_of_any_fact_is_bound(fact: Fact) -> None:
    text = clause(fact, wording()) + "."
    bound = bind(text, [fact], wording())
    assert bound.grounding.unbound == ()
    assert bound.grounding.bound == 1
    assert bound.text == text


@given(st.integers(10, 9999), st.integers(1, 8), st.sampled_from(["Enterprise", "Starter", "Public sector"]))
@settings(max_examples=100, deadline=None)
def test_a_changed_number_is_not(value: int, off: int, tier: str) -> None:
    fact = Fact("f1", "escalated_ticket_count", value, "count", OCTOBER, {"tier": tier})
    assert bind(f"{tier} had {value} escalated tickets.", [fact], wording()).grounding.unbound == ()
    assert len(bind(f"{tier} had {value + off} escalated tickets.", [fact], wording()).grounding.unbound) == 1


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_is_taken_without_an_error(text: str) -> None:
    fact = Fact("f1", "escalation_rate", 0.08, "ratio", OCTOBER, n=5120)
    bound = bind(text, [fact], wording())
    assert bound.grounding.claims >= len(bound.grounding.unbound)


def test_a_name_that_looks_like_a_reference_or_a_number_fills_nothing() -> None:
    fact = Fact("f1", "escalated_ticket_count", 12, "count", OCTOBER, {"tier": "{{c1}} 99 [c1]"})
    text = clause(fact, wording())
    bound = bind(text + ".", [fact], wording())
    assert bound.text == text + "."
    assert bound.grounding.unbound == ()
