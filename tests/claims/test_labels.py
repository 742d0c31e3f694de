"""Labels that a finding declares for metrics the semantic model does not know."""

from __future__ import annotations

from analyst_agent.claims import bind, claims_of, claims_of_facts, wording_of
from analyst_agent.records import Column, Fact, Finding, Statement, Table
from analyst_agent.report.answer import answer_markdown
from analyst_agent.semantic.model import load_model

WORDS = wording_of(load_model())


def _finding(**labels):
    fact = Fact("f1", "tooling_gap", 120.0, "currency", None, {"squad": "north"})
    table = Table(
        "Gaps", (Column("squad", "text", "squad"), Column("gap", "currency", "tooling_gap")), (("north", 120.0),)
    )
    return Finding(
        "x", "python", None, facts=(fact,), statements=(Statement("value", ("f1",)),), tables=(table,), labels=labels
    )


def test_a_declared_label_words_claims_and_answers():
    finding = _finding(tooling_gap="spend the tools would save", squad="desk")
    (claim,) = claims_of(finding, WORDS)
    assert claim.text == "Spend the tools would save with desk north: 120 USD."
    assert claims_of_facts(finding, WORDS)[0].text == claim.text
    assert "Spend the tools would save" in answer_markdown(finding, WORDS)
    text = "The spend the tools would save is 120 USD for desk north."
    assert bind(text, finding, WORDS).grounding.unbound == ()
    assert bind(text, _finding(), WORDS).grounding.unbound == (text,)


def test_a_label_never_takes_the_name_of_a_known_metric():
    finding = _finding(escalation_rate="cost", share_of_escalations="cost")
    words = WORDS.of(finding)
    assert words.metric("escalation_rate") == WORDS.metric("escalation_rate")
    assert words.metric("share_of_escalations") == WORDS.metric("share_of_escalations")


def test_a_label_is_one_harmless_line():
    words = WORDS.of(_finding(tooling_gap="a [b](http://c)\n# <img src=x> | d"))
    assert "\n" not in words.metric("tooling_gap")
    assert "[b](" not in words.metric("tooling_gap")


def test_a_rate_that_says_not_what_it_rests_on_is_not_too_few():
    fact = Fact(
        "f1", "win_rate", 0.5, "ratio", None, reference="comparison_period", reference_value=0.4, difference=0.1
    )
    finding = Finding("x", "python", None, facts=(fact,), statements=(Statement("value", ("f1",)),))
    assert claims_of(finding, WORDS)[0].text.endswith("not tested.")
