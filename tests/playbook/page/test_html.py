"""The page of a report: its numbers are the report's, nothing a customer wrote works in it, nothing comes from outside."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from analyst_agent.playbook.page.html import html_of
from analyst_agent.playbook.page.pictures import pictures_of
from analyst_agent.playbook.records import Report, Section
from analyst_agent.records import Caveat, Citation, Definition
from tests.playbook.page.reports import CAUSES, FIXED, PLAYBOOK, chart_of, of_names, report_of

GOLDEN = Path(__file__).parent / "golden"
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[Verify](http://evil.example/login)",
    "![p](https://evil.example/pixel.png)",
    "www.evil.example",
    "javascript:alert(1)",
    "Acme \u202eevil\u202c Ltd",
    "{{ report.subject }} {% raw %}",
    "</td></tr></table><h1>All is well</h1>",
    '" onload="alert(1)',
    "W" * 3000,
]


def _page(report: Report) -> str:
    return html_of(report, PLAYBOOK, pictures_of(report))


def _words(node: LexborNode | LexborHTMLParser) -> str:
    """What a reader sees, without characters that only steer mail programs."""
    text = (node.body if isinstance(node, LexborHTMLParser) else node).text()  # type: ignore[union-attr]
    return " ".join(text.replace("\u200c", "").replace("\u200b", "").split())


def test_the_page_of_a_report_is_the_one_agreed(golden: Callable[[Path, str], None]) -> None:
    # A picture's size hangs on the fonts of the machine; this one is of no machine.
    drawn = [replace(one, png=one.png[:16] + struct.pack(">II", 1200, 600)) for one in pictures_of(FIXED)]
    golden(GOLDEN / "report.html", html_of(FIXED, PLAYBOOK, drawn))


def test_the_same_report_is_the_same_bytes() -> None:
    assert _page(FIXED) == _page(FIXED)


def test_every_cell_and_every_number_is_the_report_s() -> None:
    page = LexborHTMLParser(_page(FIXED))
    tables = [table for section in FIXED.sections for table in section.tables]
    drawn = [[[_words(cell) for cell in row.css("td")] for row in one.css("tr")[1:]] for one in page.css("table.data")]
    assert drawn == [[list(row) for row in table.cells] for table in tables]
    assert _words(page.css_first("h1")) == FIXED.subject
    words = _words(page)
    for told in (FIXED.opening, "328 tickets were escalated, 10.6 % of 3,091.", FIXED.highlights[0].text, "39 claims"):
        assert told in words


def test_the_first_screen_has_the_number_the_trend_and_what_to_do_in_that_order() -> None:
    words = _words(LexborHTMLParser(_page(FIXED)))
    places = [
        words.index(w) for w in (FIXED.subject, "Escalation rate by month", FIXED.highlights[0].action, "Do next")
    ]
    assert places == sorted(places)
    assert LexborHTMLParser(_page(FIXED)).css("table.course td.now")[0].text().split() == ["10.6", "%"]


def test_pictures_are_shown_by_name_with_their_description() -> None:
    images = LexborHTMLParser(_page(FIXED)).css("img")
    pictures = pictures_of(FIXED)
    assert [i.attributes["src"] for i in images] == [f"cid:{one.cid}" for one in pictures]
    assert [i.attributes["alt"] for i in images] == [one.alt for one in pictures]
    assert all(0 < int(i.attributes["width"] or 0) <= 624 for i in images)


def test_a_picture_that_is_missing_is_told() -> None:
    page = LexborHTMLParser(html_of(FIXED, PLAYBOOK, ()))
    assert page.css("img") == []
    assert chart_of(CAUSES).alt in _words(page)


def test_nothing_comes_from_outside_and_nothing_runs() -> None:
    page = LexborHTMLParser(_page(FIXED))
    assert page.css("script, a, link, iframe, object, form, base, svg, video, audio, source") == []
    assert re.findall(r"url\(|@import|https?:|src=\"(?!cid:)", _page(FIXED)) == []


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_customers_wrote_is_shown_and_does_nothing(hostile: str) -> None:
    raw = replace(
        of_names([hostile]), cells=((hostile, "1"),), headings=(hostile, hostile), notes=(hostile,), command=hostile
    )
    section = Section(hostile, f"Before {hostile} after", (of_names([hostile], hostile), raw), (), (hostile,))
    chart = replace(chart_of(CAUSES), alt=hostile, title=hostile)
    report = report_of(
        section,
        Section("Chart", "", (), (chart,)),
        subject=hostile,
        title=hostile,
        opening=hostile,
        scope=hostile,
        caveats=(Caveat(hostile),),
        definitions=(Definition(hostile, hostile),),
        citations=(Citation(hostile, hostile, hostile, hostile),),
        highlights=(replace(FIXED.highlights[0], pattern=hostile, text=hostile, action=hostile),),
    )
    for pictures in (pictures_of(report), ()):
        page = LexborHTMLParser(html_of(report, PLAYBOOK, pictures))
        assert page.css("script, a, link, iframe, form, h1 + h1, img[onerror]") == []
        assert [i.attributes.get("src", "") for i in page.css("img")] == [f"cid:{one.cid}" for one in pictures]
        assert not any(name.startswith("on") for node in page.css("*") for name in node.attributes)
        assert len(page.css("h1")) == 1
        assert "\u202e" not in page.html  # type: ignore[operator]
        # No mail program finds an address to make a link of.
        assert re.findall(r"(?i)\b(?:https?:|javascript:|www\.)", page.body.text()) == []  # type: ignore[union-attr]


def test_a_word_of_any_length_can_be_broken() -> None:
    page = _page(report_of(Section("Long", "W" * 3000)))
    assert max(len(word) for word in re.findall(r"W+", page)) <= 40


def test_a_long_table_is_cut_said_so_and_fits_what_gmail_shows() -> None:
    names = [f"Account number {n} of a long list" for n in range(300)]
    report = report_of(*(Section(f"Section {n}", "", (of_names(names),)) for n in range(6)))
    page = LexborHTMLParser(_page(report))
    assert len(page.css("table.data")[0].css("tr")) == 1 + 20
    assert "The first 20 of 300 rows; all of them are in the attached 01-accounts.csv." in _words(page)
    assert len(_page(report).encode()) < 102_000


def test_of_a_long_course_the_last_rows_are_kept() -> None:
    table = FIXED.sections[0].tables[0]
    raw = replace(table.raw, rows=tuple((f"2024-{n:02}", 0.1) for n in range(40)))
    cells = tuple((f"week {n}", "10.0 %") for n in range(40))
    page = LexborHTMLParser(_page(report_of(Section("Weeks", "", (replace(table, raw=raw, cells=cells),)))))
    assert [_words(row.css("td")[0]) for row in page.css("table.data tr")[1:]] == [f"week {n}" for n in range(20, 40)]


def test_an_empty_report_is_a_page_without_empty_parts() -> None:
    page = LexborHTMLParser(_page(report_of(Section("Nothing", ""))))
    assert [_words(h) for h in page.css("h1, h2, h3")] == ["Escalations", "Nothing"]
    assert "Nothing Nothing to report for this period." in _words(page)
    assert page.css("table.data, table.course, table.lead, table.next, img, ul") == []


def test_a_scope_stands_at_both_ends() -> None:
    assert _words(LexborHTMLParser(_page(FIXED))).count("Only region = EMEA.") == 2


def test_the_command_of_two_tables_is_written_once() -> None:
    first = replace(FIXED.sections[0].tables[0], title="First")
    page = _words(LexborHTMLParser(_page(report_of(Section("Two", "", (first, replace(first, title="Second")))))))
    assert page.count(first.command) == 1
    assert "the command of “First”" in page


def test_small_screens_and_dark_ones_have_their_styles() -> None:
    page = _page(FIXED)
    assert "@media (max-width: 600px)" in page
    assert "@media (prefers-color-scheme: dark)" in page
    assert re.search(r'<h1 style="[^"]*font-size', page)
