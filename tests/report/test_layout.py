"""Tables laid out for reading: what says one thing is one column, few tickets are no champions, no row or two is cut."""

from __future__ import annotations

from dataclasses import replace

from analyst_agent.records import Column, Fact, Finding, Table
from analyst_agent.report import charts_for
from analyst_agent.report.tables import table_markdown
from tests.claims.sample import OCTOBER, finding, wording

AREA, TIER = Column("product area", "text", "product_area"), Column("account tier", "text", "tier")
RATE, N = Column("escalation rate", "ratio", "escalation_rate"), Column("n", "count", "n")


def _rates(*cells: tuple[str | None, float, int]) -> tuple[Table, Finding]:
    facts = tuple(
        Fact(f"r{i}", "escalation_rate", value, "ratio", OCTOBER, {"product_area": name}, n=n, interval=(0.0, 1.0))
        for i, (name, value, n) in enumerate(cells)
    )
    ids = tuple((None, f.id, f.id) for f in facts)
    table = Table("Rates", (AREA, RATE, N), cells, ids)
    return table, replace(finding(), facts=facts, tables=(table,), recommendations=())


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("|")][2:]


def test_rates_of_few_tickets_stand_last_and_are_marked() -> None:
    table, one = _rates(("Tiny", 1.0, 1), ("Reports", 0.2, 300), (None, 0.1, 90), ("Small", 0.0, 29))
    text = table_markdown(table, one, wording())
    assert [line.split(" | ")[0] for line in _lines(text)] == ["| Reports", "| not recorded", "| Tiny", "| Small"]
    assert "| Tiny | 100.0 % | 1 (few) |" in text
    assert text.endswith("(few): n under 30, too few to rank.")


def test_a_chart_leaves_few_tickets_out_and_says_so() -> None:
    _, one = _rates(("Tiny", 1.0, 1), ("Reports", 0.2, 300), ("Billing", 0.1, 90))
    (chart,) = charts_for(one, wording())
    assert [r["c0"] for r in chart.spec["data"]["values"]] == ["Reports (n = 300)", "Billing (n = 90)"]
    assert chart.title.endswith("(n of 30 or more)")


def test_months_keep_their_order_however_few_their_tickets() -> None:
    months = Table(
        "M", (Column("month", "date", "month"), RATE, N),
        (("2026-08-01", 0.5, 4), ("2026-09-01", 0.1, 90), ("2026-10-01", 0.2, 95)),
        tuple((None, f"m{i}", f"m{i}") for i in range(3)),
    )  # fmt: skip
    facts = tuple(Fact(f"m{i}", "escalation_rate", 0.1, "ratio", OCTOBER, n=n) for i, n in enumerate((4, 90, 95)))
    text = table_markdown(months, replace(finding(), facts=facts), wording())
    assert [line.split(" | ")[0] for line in _lines(text)] == ["| August 2026", "| September 2026", "| October 2026"]
    assert "| 4 (few) |" in text


def test_two_dimensions_are_crossed() -> None:
    rows = (
        ("Reports", "Enterprise", 81),
        ("Reports", "Starter", 24),
        ("Billing", "Enterprise", 31),
        ("Billing", None, 2),
    )
    table = Table("Tickets by area and tier", (AREA, TIER, Column("tickets", "count", "n_of")), rows)
    text = table_markdown(table, finding(), wording())
    assert "| product area | Enterprise | Starter | not recorded |" in text
    assert "| Reports | 81 | 24 | – |" in text
    assert "| Billing | 31 | – | 2 |" in text
    assert charts_for(replace(finding(), tables=(table,)), wording()) == ()


def test_a_crossed_rate_shows_its_n() -> None:
    cells = (("Reports", "Enterprise", 0.2, 400), ("Reports", "Starter", 0.5, 4), ("Billing", "Enterprise", 0.1, 50))
    facts = tuple(
        Fact(f"x{i}", "escalation_rate", r, "ratio", OCTOBER, {"product_area": a, "tier": t}, n=n)
        for i, (a, t, r, n) in enumerate(cells)
    )
    table = Table("T", (AREA, TIER, RATE, N), cells, tuple((None, None, f.id, f.id) for f in facts))
    text = table_markdown(table, replace(finding(), facts=facts), wording())
    assert "| Reports | 20.0 % (400) | 50.0 % (4, few) |" in text
    assert "| Billing | 10.0 % (50) | – |" in text


def test_evidence_stands_with_its_known_issue_and_open_with_the_mean() -> None:
    columns = (
        Column("root cause", "text", "root_cause"), Column("tickets", "count", "escalated_ticket_count"),
        Column("resolution, mean", "minutes", "mean_resolution_minutes"), Column("open", "count", "open_escalated_count"),
        Column("known issue", "text", "known_issue"), Column("tickets that match", "count", "known_issue_matches"),
    )  # fmt: skip
    weak = Fact("k2", "known_issue_matches", 2, "count", OCTOBER, {"root_cause": "policy_gap"}, n=118)
    rows = (("product_bug", 171, 1284.0, 9, "KI-12", 96), ("policy_gap", 118, 1980.0, 14, "KI-16", 2))
    ids = ((None, "f4", "f6", "f7", None, "f10"), (None, "f11", "f13", None, None, "k2"))
    one = replace(finding(), facts=(*finding().facts, weak), recommendations=())
    text = table_markdown(Table("Causes", columns, rows, ids), one, wording())
    assert "| root cause | tickets | resolution, mean (h) | known issue |" in text
    assert "| Product bug | 171 | 21.4 (9 open) | KI-12 (96 of 171) |" in text
    assert "| Policy gap | 118 | 33.0 (14 open) | KI-16 (only 2 of 118) |" in text


def test_bounds_are_one_interval_and_a_p_value_is_not_shown() -> None:
    columns = (
        TIER, Column("rate", "ratio", "cohort_escalation_rate"), Column("from the rest", "points", "difference"),
        Column("at least", "points", "low"), Column("at most", "points", "high"), Column("p, adjusted", "text", "p_adjusted"),
    )  # fmt: skip
    table = Table("S", columns, (("Enterprise", 0.121, 0.051, 0.039, 0.063, "< 0.001"), ("Public sector", 0.25, None, None, None, None)),
                  ((None, "f20", "f20", "f20", "f20", None), (None, "f23", None, None, None, None)))  # fmt: skip
    text = table_markdown(table, finding(), wording())
    assert "| account tier | rate | from the rest (points) | 95 % interval (points) |" in text
    assert "+5.1 | +3.9 to +6.3 |" in text
    assert "adjusted" not in text


def test_one_row_or_two_are_never_cut_and_unclassified_always_stays() -> None:
    columns = (Column("root cause", "text", "root_cause"), *(Column(f"n{i}", "count", f"n{i}") for i in range(5)))

    def shown(count: int) -> str:
        rows = (*((f"cause_{i}", 1, 2, 3, 4, 5) for i in range(count - 1)), ("unclassified", 1, 2, 3, 4, 5))
        return table_markdown(Table("C", columns, rows), replace(finding(), recommendations=()), wording(), 30)

    assert len(_lines(shown(8))) == 8
    cut = shown(9)
    assert len(_lines(cut)) == 6
    assert "| No recorded cause |" in cut
    assert cut.endswith("6 of 9 rows; the whole table is in --json.")


def test_a_text_that_every_row_shares_is_said_once() -> None:
    columns = (TIER, Column("difference", "count", "difference"), Column("reads as", "text", "significance"))
    text = table_markdown(Table("D", columns, (("A", 4, "not tested"), ("B", 5, "not tested"))), finding(), wording())
    assert "reads as" not in text
    assert text.endswith("Differences, in every row: not tested.")


def test_time_goes_down_and_a_large_crossed_table_only_marks_few() -> None:
    months = [f"2026-{m:02}-01" for m in (3, 1, 2, 4, 5, 6, 7, 8)]
    cells = [(t, m, 0.1, 12 if t == "Starter" else 90) for m in months for t in ("Enterprise", "Business", "Starter")]
    facts = tuple(Fact(f"q{i}", "escalation_rate", c[2], "ratio", OCTOBER, n=c[3]) for i, c in enumerate(cells))
    table = Table("T", (TIER, Column("month", "date", "month"), RATE, N), tuple(cells), tuple((None, None, f.id, f.id) for f in facts))  # fmt: skip
    text = table_markdown(table, replace(finding(), facts=facts), wording())
    assert "| month | Enterprise | Business | Starter |" in text
    assert _lines(text)[0] == "| January 2026 | 10.0 % | 10.0 % | 10.0 % (few) |"
    assert text.endswith("The n of each is in --json. (few): n under 30, too few to rank.")


def test_durations_are_shown_in_the_unit_of_most_of_them() -> None:
    table = Table(
        "R", (Column("team", "text", "team"), Column("resolution", "minutes", "mean")),
        (("A", 1260.0), ("B", 1248.0), ("C", 4464.0)),
    )  # fmt: skip
    text = table_markdown(table, finding(), wording())
    assert "resolution (h)" in text
    assert "| C | 74.4 |" in text


def test_many_rows_of_few_tickets_are_counted_instead_of_shown() -> None:
    table, one = _rates(("A", 0.3, 90), *((f"Tiny {i}", 1.0, 1) for i in range(6)), ("B", 0.2, 80))
    text = table_markdown(table, one, wording())
    assert [line.split(" | ")[0] for line in _lines(text)] == ["| A", "| B"]
    assert "6 rows have an n under 30, too few to rank. 2 of 8 rows; the whole table is in --json." in text


def test_levels_across_stand_in_their_own_order() -> None:
    rows = (("Reports", "P4", 9), ("Reports", "P1", 8), ("Billing", "P3", 7), ("Billing", "P1", 6))
    table = Table("T", (AREA, Column("priority", "text", "priority"), Column("tickets", "count", "t")), rows)
    assert "| product area | P1 | P3 | P4 |" in table_markdown(table, finding(), wording())
