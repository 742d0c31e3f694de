"""Figures in a text, and whether a value is shown there in a rounding."""

from __future__ import annotations

import pytest

from analyst_agent.evaluation.figures import figures, shows


def test_figures_carry_the_size_of_their_last_place():
    found = figures("412 tickets, 8.0 % of 5,120, about $8.9k; Q3 and v2.1 are names")
    assert found == [(412.0, 1.0), (8.0, 0.1), (5120.0, 1.0), (8900.0, 100.0)]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("10.6 %", 0.10612, "ratio"),
        ("11 %", 0.10612, "ratio"),
        ("a rate of 0.106", 0.10612, "ratio"),
        ("28.1 h", 1686.08, "minutes"),
        ("1,686 minutes", 1686.08, "minutes"),
        ("1.2 days", 1686.08, "minutes"),
        ("$11.2k", 11177.3, "currency"),
        ("none: 0", 0, "count"),
    ],
)
def test_a_rounding_shows_the_value(text, value, unit):
    assert shows(figures(text), value, unit)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("10.7 %", 0.10612, "ratio"),
        ("0 of them", 0.10612, "ratio"),
        ("328 tickets", 329, "count"),
        ("28.2 h", 1686.08, "minutes"),
        ("no figure at all", 3, "count"),
        ("1,5", 15, "count"),
    ],
)
def test_another_figure_does_not(text, value, unit):
    assert not shows(figures(text), value, unit)
