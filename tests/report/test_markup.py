"""Our Markdown as HTML: emphasis and lists, never a link, a picture or somebody else's HTML."""

from __future__ import annotations

import doctest

import pytest

from analyst_agent.report import markup
from analyst_agent.report.markup import html_of_markdown, inline_html, inline_plain, plain_html


def test_paragraphs_lists_and_emphasis_are_kept() -> None:
    assert html_of_markdown("**A** b\n\n- c\n- `d`") == (
        "<p><strong>A</strong> b</p>\n<ul>\n<li>c</li>\n<li><code>d</code></li>\n</ul>"
    )


@pytest.mark.parametrize(
    "text",
    ["[a](http://x.example)", "![a](http://x.example)", "<http://x.example>", "<b>x</b>", "[a]: http://x.example", "&lt;b&gt;"],
)  # fmt: skip
def test_nothing_becomes_a_link_a_picture_or_html(text: str) -> None:
    for made in (html_of_markdown(text), inline_html(text), plain_html(text)):
        assert not any(tag in made for tag in ("<a", "<img", "<b>", "http:"))


def test_an_address_is_no_address_to_a_mail_program_and_numbers_stay() -> None:
    assert plain_html("see www.evil.example") == "see www\u200c.evil\u200c.example"
    assert plain_html("10.6 of 3,091 and 0.5") == "10.6 of 3,091 and 0.5"


def test_a_number_stays_with_its_per_cent_sign() -> None:
    assert plain_html("10.6 %") == "10.6\u00a0%"


def test_escapes_are_undone() -> None:
    assert inline_plain(r"analyst.toml \[root\_causes\] \| 5 \* 3") == "analyst.toml [root_causes] | 5 * 3"


def test_the_examples_hold() -> None:
    assert doctest.testmod(markup).failed == 0
