"""A workspace's own words are read once; a column that does not exist is told with the nearest."""

from __future__ import annotations

import doctest

import pytest

from analyst_agent.errors import InvalidDefinition, UnknownName
from analyst_agent.semantic import synonyms
from analyst_agent.semantic.model import load_model, model_for
from analyst_agent.semantic.synonyms import Synonym, parse_synonyms
from analyst_agent.settings import Grants, Settings

MODEL = load_model()


def test_the_examples():
    assert doctest.testmod(synonyms).failed == 0


@pytest.mark.parametrize(
    ("meaning", "expected"),
    [
        ("escalation_rate", Synonym("w", name="escalation_rate")),
        ("region", Synonym("w", name="region")),
        ("EMEA", Synonym("w", values=("EMEA",))),
        ("channel=telephone", Synonym("w", field="channel", values=("telephone",))),
        ("channel : telephone", Synonym("w", field="channel", values=("telephone",))),
        ("account tier = Enterprise", Synonym("w", field="tier", values=("Enterprise",))),
        ("tier in Enterprise, Business", Synonym("w", field="tier", values=("Enterprise", "Business"))),
        ("category=a=b, c", Synonym("w", field="category", values=("a=b, c",))),
        ("Billing: refunds", Synonym("w", values=("Billing: refunds",))),
        ("Made in Italy", Synonym("w", values=("Made in Italy",))),
    ],
)
def test_each_form(meaning, expected):
    assert parse_synonyms({"w": meaning}, MODEL) == (expected,)


@pytest.mark.parametrize("meaning", ["chanel=phone", "chanel: phone", "regions in EMEA"], ids=["equals", "colon", "in"])
def test_a_misspelt_column_is_told_the_nearest(meaning):
    with pytest.raises(UnknownName) as refused:
        parse_synonyms({"the phone": meaning}, MODEL)
    assert "'the phone'" in refused.value.message
    assert "Did you mean" in refused.value.hint


def test_a_column_that_is_no_category_is_refused():
    with pytest.raises(InvalidDefinition, match="csat is no category"):
        parse_synonyms({"unhappy": "csat=1"}, MODEL)


@pytest.mark.parametrize(("word", "meaning"), [("", "EMEA"), ("x", " ")])
def test_a_word_without_meaning_is_refused(word, meaning):
    with pytest.raises(InvalidDefinition, match="means nothing"):
        parse_synonyms({word: meaning}, MODEL)


def test_words_for_what_is_not_granted_are_left_out():
    granted = model_for(Settings(grants=Grants(sources=("helpdesk",))))
    assert parse_synonyms({"big": "tier=Enterprise", "tel": "channel=phone", "where": "region"}, granted) == (
        Synonym("tel", field="channel", values=("phone",)),
    )
