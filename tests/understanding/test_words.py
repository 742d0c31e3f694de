"""Words, clauses and likeness on their own."""

from __future__ import annotations

import doctest

import pytest

from analyst_agent.understanding import clauses, words
from analyst_agent.understanding.words import Speller, clean, stem, tokenize


@pytest.mark.parametrize("module", [clauses, words])
def test_the_examples_in_the_docstrings(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("escalations", "escalate"),
        ("bugs", "bug"),
        ("resolved", "resolution"),
        ("policies", "policy"),
        ("average", "mean"),
        ("regions", "region"),
    ],
)
def test_forms_of_a_word_meet(one, other):
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("one", "other"), [("p1", "p2"), ("rating", "rate"), ("region", "register"), ("emea", "email")]
)
def test_different_words_do_not(one, other):
    assert stem(one) != stem(other)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("escaltion", "escalation"),
        ("resoltuion", "resolution"),
        ("enterprize", "enterprise"),
        ("p1", "p1"),
        ("house", "house"),
        ("emae", "emae"),
    ],
)
def test_only_words_that_are_no_english_are_corrected(typed, meant):
    assert Speller(["escalation", "resolution", "enterprise", "mouse", "emea", "p2"]).correct(typed) == meant


def test_contractions_and_quotes_are_written_out():
    assert clean("What’s driving it?\tDon't\x00know") == "What is driving it? Do not know"


def test_a_capital_counts_only_inside_a_sentence():
    assert [t.capital for t in tokenize("Rates in Narnia. Tickets?")] == [False, False, True, False]
