"""The text of an answer as HTML: numbers of facts can be pressed, what no fact bears out is marked, nothing else is markup."""

from __future__ import annotations

from analyst_agent.claims.binding import MARK
from analyst_agent.parts import Clause
from analyst_agent.server.anchors import document_url, slug
from analyst_agent.server.numbered import numbered_html

FACTS = {
    "f1": {"value": 328, "unit": "count"},
    "f2": {"value": 0.10611, "unit": "ratio"},
    "f3": {"value": 1284.0, "unit": "minutes"},
}


def html(text: str, *clauses: Clause, unbound: tuple[str, ...] = ()) -> str:
    return str(numbered_html(text, clauses, FACTS, unbound, "USD"))


def test_each_number_names_its_fact_first_and_the_clauses_others_after_it() -> None:
    text = "**328** tickets were escalated, 10.6 % of them late."
    made = html(text, Clause(text, ("f1", "f2")))
    assert made.count('class="num"') == 2
    assert 'data-facts="f1 f2">328</a>' in made
    assert 'data-facts="f2 f1">10.6\u00a0%</a>' in made
    assert made.startswith("<p><strong><a ")


def test_days_names_and_quotations_hold_no_numbers_to_press() -> None:
    text = 'In October 2026 (1 to 31 October) KI-12, "release 31.3", took 21.4 h (95 % interval known).'
    made = html(text, Clause(text, ("f3",)))
    assert made.count('class="num"') == 1
    assert 'data-facts="f3">21.4 h</a>' in made


def test_quarters_years_and_clock_times_hold_none_either() -> None:
    text = "Escalated tickets (Monday to Friday, 09:00 to 17:00) in Q3 2026: 328; in 2025 as many."
    made = html(text, Clause(text, ("f1",)))
    assert made.count('class="num"') == 1
    assert 'data-facts="f1">328</a>' in made


def test_what_is_no_clause_of_facts_has_no_numbers_to_press() -> None:
    assert 'class="num"' not in html("17 of them were nice.", Clause("328 tickets", ("f1",)))


def test_words_that_no_fact_bears_out_are_marked() -> None:
    said = "Customers were 99 % happy."
    made = html(f"All is well. {MARK.format(said)}", unbound=(said,))
    assert '<mark class="unbound"' in made
    assert ">Customers were 99\u00a0% happy.</mark>" in made
    assert "[unverified" not in made


def test_two_clauses_of_the_same_words_are_found_one_after_the_other() -> None:
    made = html("328 now. 328 now.", Clause("328 now.", ("f1",)), Clause("328 now.", ("f3",)))
    assert [part[:2] for part in made.split('data-facts="')[1:]] == ["f1", "f3"]


def test_nothing_that_somebody_wrote_becomes_markup() -> None:
    text = "328 <img src=x onerror=alert(1)> [x](javascript:alert(1)) \ue000 \ue001"
    made = html(text, Clause(text, ("f1",)))
    assert "<img" not in made
    assert "&lt;img" in made
    assert "<a href" not in made
    assert "\ue000" not in made


def test_a_heading_of_any_words_has_an_address() -> None:
    assert slug("Full months, not used!") == "full-months-not-used"
    assert document_url("a b", "x/../y", "§ 1?") == "/knowledge/a%20b/x%2F..%2Fy#1"
    assert document_url("policies", "POL-6") == "/knowledge/policies/POL-6"
