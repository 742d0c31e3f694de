"""A name that somebody else wrote can do nothing in Markdown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from analyst_agent.claims.escape import escaped

HOSTILE = [
    "[pay here](https://evil.example)",
    "![x](https://evil.example/p.png)",
    "<script>alert(1)</script>",
    "<https://evil.example>",
    "a | b | c",
    "# heading",
    "line one\n# heading\n\n| a |\n|---|",
    "1. list",
    "- list",
    "> quote",
    "`code` **bold** __bold__ _it_ ~~gone~~",
    "[ref]: https://evil.example",
    "&lt;b&gt; &#91;x&#93;",
    "pay\u200bment \u202egpj.exe\u0007",
    "https://evil.example and www.evil.example and a@evil.example",
    "***",
    "===",
    "\\",
    "trailing\\",
    "$x^2$ {{c1}} [c1]",
]


def _kinds(text: str) -> set[str]:
    tokens = MarkdownIt("commonmark", {"linkify": False}).enable(["table", "strikethrough"]).parse(text)
    return {t.type for t in tokens} | {c.type for t in tokens for c in t.children or ()}


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_is_plain_text(text: str) -> None:
    assert _kinds(escaped(text)) <= {"paragraph_open", "inline", "paragraph_close", "text", "text_special"}
    row = f"| name | n |\n|---|---|\n| {escaped(text)} | 1 |"
    tokens = MarkdownIt("commonmark").enable("table").parse(row)
    assert sum(t.type == "td_open" for t in tokens) == 2
    assert _kinds(row).isdisjoint({"link_open", "image", "html_inline", "code_inline", "strong_open", "em_open"})


@given(st.text(max_size=60))
def test_any_text_is_one_paragraph_of_text(text: str) -> None:
    assert _kinds(escaped(text)) <= {"paragraph_open", "inline", "paragraph_close", "text", "text_special"}


def test_ordinary_names_stay_readable() -> None:
    for name in ("Sign-on", "policy_exception", "AT&T (EMEA)", "30-90 days", "Müller & Söhne", "KI-12"):
        assert escaped(name) == name
    assert escaped("x" * 300).endswith("…")
    assert len(escaped("x" * 300)) == 120
