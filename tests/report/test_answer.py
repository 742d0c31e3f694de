"""The text of an answer, as people read it."""

from __future__ import annotations

from dataclasses import replace

from markdown_it import MarkdownIt

from analyst_agent.records import Answer, Choice, Citation, Column, Finding, Recommendation, Statement, Status, Table
from analyst_agent.report import answer_markdown, answer_text, charts_for, plain_text
from analyst_agent.report.tables import figure_count, table_markdown
from tests.claims.sample import finding, wording

GOLDEN = """\
**October 2026** (1 to 31 October, against September 2026). 412 tickets were escalated, 8.0 % of 5,120, up 0.9 points: more than noise (0.2 to 1.6).

| root cause | tickets | share | resolution, mean (h) | do next |
| --- | ---: | ---: | ---: | --- |
| Product bug | 171 | 41.5 % | 21.4 (9 open) | Ship the fix planned for 31.4; until then send the workaround (KI-12, "Workaround") |
| Policy gap | 118 | 28.6 % | 33.0 (14 open) | – |
| Training gap | 61 | 14.8 % | 6.2 | Repeat the identity session for new starters (escalated tickets: 61, down 29) |
| No recorded cause | 17 | 4.1 % | – | – |

- Product bug: mostly Reports (96). 96 of 171 tickets examined match KI-12 ("Exports time out"; in progress).
- Training gap: down 29 from 90 in September 2026: more than noise.

Enterprise tickets (account tier) escalate more than the rest: 12.1 % against 7.0 %, 5.1 points more: more than noise (3.9 to 6.3). 23 escalated tickets are still open, so mean times will rise. The youngest tickets may still escalate.

**Sources**

- KI-12, "Exports time out", "Workaround": "Split the export into files of at most 5,000 rows."
- refunds, "Refunds and credits", "Partial months": "Partial months are decided case by case within 14 days."

Definitions. Escalation rate: Escalated tickets of the period divided by the tickets created in it. Ranges after a difference are its 95 % interval. Data generation g7."""


def test_the_whole_answer() -> None:
    assert answer_markdown(finding(), wording()) == GOLDEN
    assert figure_count(GOLDEN) <= 50


def test_text_of_a_model_takes_the_place_of_the_claims() -> None:
    text = answer_markdown(finding(), wording(), text="Exports broke again.")
    assert text.startswith("Exports broke again.\n\n| root cause |")
    assert "mean times will rise" not in text
    assert "**Sources**" in text


def test_a_finding_without_a_table_tells_its_patterns_whole_and_lists_what_to_do() -> None:
    text = answer_markdown(replace(finding(), tables=()), wording())
    assert "- Product bug: 171 tickets, 41.5 % of all escalations, mostly Reports (96)" in text
    assert "**Do next**\n\n- Product bug: Ship the fix" in text


def test_several_findings_share_one_list_of_definitions() -> None:
    text = answer_markdown([finding(Statement("value", ("f25",))), finding(Statement("open", ("f19",)))], wording())
    assert text.count("Definitions.") == 1
    assert "Mean CSAT" in text
    assert "still open" in text


def _long(rows: int, numeric: int) -> Finding:
    columns = (Column("area", "text", "product_area"), *(Column(f"n{i}", "count", f"n{i}") for i in range(numeric)))
    table = Table("Areas", columns, tuple((f"Area {r}", *range(numeric)) for r in range(rows)))
    return replace(finding(Statement("headline", ("f1", "f2", "f3"))), tables=(table,), recommendations=())


def test_a_long_table_is_cut_and_says_so() -> None:
    text = answer_markdown(_long(48, 2), wording())
    assert "21 of 48 rows; the whole table is in --json." in text
    assert text.count("\n| Area") == 21
    assert figure_count("\n".join(line for line in text.splitlines() if not line.startswith("| Area"))) < 15


def test_bounds_are_left_out_before_rows() -> None:
    columns = tuple(Column(n, u, n) for n, u in (("tier", "text"), *((k, "points") for k in ("rate", "low", "high"))))
    ids = tuple((None, f"f{i}", f"f{i}", f"f{i}") for i in range(12))
    table = Table("Tiers", columns, tuple((f"T{i}", 0.1, 0.05, 0.15) for i in range(12)), ids)
    text = table_markdown(table, finding(), wording(), 30)
    assert "| T11 |" in text
    assert text.endswith("Without 95 % interval (points); the whole table is in --json.")


def test_further_tables_that_do_not_fit_are_named() -> None:
    one = _long(10, 3)
    more = replace(one, tables=(*one.tables, Table("Changes", one.tables[0].columns, one.tables[0].rows)))
    assert "Further tables in --json: Changes (10 rows)." in answer_markdown(more, wording())


def test_hostile_names_stay_inside_their_cells() -> None:
    hostile = "x](https://evil.example) | <img src=x> | ![p](http://evil.example/p)\n# big"
    table = Table(
        "T", (Column("area", "text", "product_area"), Column("tickets", "count", "n")), ((hostile, 3), ("ok", 4))
    )
    one = replace(
        finding(),
        tables=(table,),
        citations=(Citation(hostile, hostile, hostile, hostile),),
        recommendations=(Recommendation(hostile, hostile, hostile, "document", hostile),),
    )
    tokens = MarkdownIt("commonmark").enable("table").parse(answer_markdown(one, wording()))
    kinds = {c.type for t in tokens for c in t.children or ()}
    assert kinds <= {"text", "text_special", "strong_open", "strong_close", "softbreak"}
    assert not any(t.type in ("heading_open", "html_block") for t in tokens)
    assert sum(t.type == "tr_open" for t in tokens) == 3


def test_plain_text_is_aligned_and_free_of_markup() -> None:
    text = plain_text(GOLDEN, 100)
    lines = text.splitlines()
    assert max(len(line) for line in lines) <= 100
    assert "**" not in text
    assert "|" not in text
    heading = next(line for line in lines if line.startswith("root cause"))
    row = next(line for line in lines if line.startswith("Policy gap"))
    assert row.index("118") + 3 == heading.index("tickets") + len("tickets")


def test_escapes_are_gone_in_plain_text() -> None:
    assert plain_text("A \\[link\\](x) and \\<b\\> | c") == "A [link](x) and <b> | c"


def test_an_answer_in_a_terminal_shows_a_chart_and_choices() -> None:
    charts = charts_for(finding(), wording())
    answer = Answer("q", Status.CLARIFY, "Which one?", charts=charts, choices=(Choice("by tier"), Choice("by plan")))
    text = answer_text(answer, 60)
    assert text.startswith("Which one?")
    assert "Product bug        ███" in text
    assert text.endswith("1. by tier\n2. by plan")
    assert "\x1b" not in text
    assert max(len(line) for line in text.splitlines()) <= 60
