"""What is read of a file: its fields and visible text; never a comment, hidden element or invisible character."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyst_agent.knowledge import NotReadable
from analyst_agent.knowledge.documents import read_document
from analyst_agent.knowledge.passages import PASSAGE_CHARACTERS, cut


def _read(tmp_path: Path, text: str | bytes, name: str = "page.md"):  # type: ignore[no-untyped-def]
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_document(path, "space")


def _text(document) -> str:  # type: ignore[no-untyped-def]
    everything = [document.id, document.title, *document.metadata.values()]
    for section in document.sections:
        everything += [*section.headings, section.text]
    return "\n".join(everything)


def test_front_matter_gives_the_fields_in_one_spelling(tmp_path: Path) -> None:
    document = _read(
        tmp_path,
        "---\nid: BUG-1\ntitle: 'A title'\nProduct Area: Reports\nfixed-on: 2030-04-01\ncodes: [A-1, B-2]\n# note: secret\n---\n# H\ntext",
    )
    assert (document.id, document.title, document.product_area) == ("BUG-1", "A title", "Reports")
    assert document.metadata == {"product_area": "Reports", "fixed_on": "2030-04-01", "codes": "A-1, B-2"}


def test_without_front_matter_id_and_title_come_from_stem_and_heading(tmp_path: Path) -> None:
    document = _read(tmp_path, "intro\n\n# The *first* heading\n\ntext", "refund-rules.md")
    assert (document.id, document.title) == ("refund-rules", "The first heading")
    assert [section.headings for section in document.sections] == [(), ("The first heading",)]


@pytest.mark.parametrize(
    "hidden",
    [
        "<!-- SECRET -->",
        "before\n\n<!--\nSECRET\n\nSECRET too\n-->",
        "word <!-- SECRET --> word",
        "[//]: # (SECRET)",
        "[comment]: <> (SECRET)",
        '[link](https://example.com "SECRET")',
        "![SECRET](picture.png)",
        '<img src="x" alt="SECRET">',
        "<script>SECRET</script>",
        "<style>/* SECRET */</style>",
        '<div style="display:none">\n\nSECRET\n\n## SECRET heading\n\n- SECRET\n\n| SECRET |\n|---|\n| SECRET |\n\n```\nSECRET\n```\n\n</div>',
        'word <span style="color: #FFFFFF; opacity: 1">SECRET *SECRET*</span> word',
        "word <span hidden>SECRET</span>",
        "<p aria-hidden=true>SECRET</p>",
        '<div style="font-size:0">SECRET</div>',
        '<div style="position:absolute; left:-9999px">SECRET</div>',
        "<font color=white>SECRET</font>",
        "<template>SECRET</template>",
        "<details hidden><summary>SECRET</summary></details>",
        "<!-- never closed SECRET",
        "```SECRET\ncode\n```",
    ],
)
def test_what_a_reader_does_not_see_is_not_read(tmp_path: Path, hidden: str) -> None:
    document = _read(tmp_path, f"# Title\n\nVisible first.\n\n{hidden}\n")
    assert "SECRET" not in _text(document)
    assert "Visible first." in _text(document)


def test_text_after_a_hidden_element_is_read(tmp_path: Path) -> None:
    document = _read(
        tmp_path, "<div hidden>\n\nSECRET\n\n</div>\n\nSeen <b>bold</b> and <span hidden>x</span>on.\n\nNext."
    )
    assert document.sections[0].text == "Seen bold and on.\nNext."


def test_visible_html_keeps_its_text_without_tags(tmp_path: Path) -> None:
    document = _read(tmp_path, "<details><summary>More</summary>\n<p>Text &amp; sign</p>\n</details>\n\nEnd.")
    assert document.sections[0].text == "More\nText & sign\nEnd."


def test_invisible_characters_go_and_the_rest_is_nfc(tmp_path: Path) -> None:
    document = _read(tmp_path, "# T\n\nre\u200bfund \u202ecafe\u0301 &zwnj;&shy;ok \U000e0041")
    assert document.sections[0].text == "refund café ok"


def test_lists_tables_and_code_keep_their_form(tmp_path: Path) -> None:
    document = _read(
        tmp_path,
        "1. one\n   more\n2. two\n   - nested\n\n| A | B |\n|---|---|\n| x | **y** |\n\n```sql\nselect 1\n```\n",
    )
    assert document.sections[0].text == "1. one more\n2. two\n- nested\n| A | B |\n| x | **y** |\nselect 1"


def test_plain_text_has_paragraphs_items_and_underlined_headings(tmp_path: Path) -> None:
    document = _read(
        tmp_path, "Rules\n=====\n\nFirst line\nsecond line.\n- item <!-- SECRET -->\n\nSub\n---\nlast", "rules.txt"
    )
    assert [(s.headings, s.text) for s in document.sections] == [
        (("Rules",), "First line second line.\n- item"),
        (("Rules", "Sub"), "last"),
    ]


@pytest.mark.parametrize(
    ("name", "raw", "reason"),
    [
        ("a.pptx", b"PK", "not readable"),
        ("a.md", b"\xff\xfa\x00bad", "not UTF-8"),
        ("a.md", b"---\na: [\n---\ntext", "not valid YAML"),
        ("a.md", b"<!-- only -->", "no visible text"),
        ("a.txt", b"a\0b", "binary"),
        ("a.md", b"x" * 5_000_001, "larger than"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, name: str, raw: bytes, reason: str) -> None:
    with pytest.raises(NotReadable, match=reason):
        _read(tmp_path, raw, name)


def test_passages_are_verbatim_end_with_a_sentence_and_lose_nothing(tmp_path: Path) -> None:
    sentences = [f"Sentence number {n} speaks of refunds and of escalations at some length." for n in range(30)]
    document = _read(tmp_path, "# T\n\n" + " ".join(sentences))
    quotes = [piece.quote for piece in cut(document)]
    assert all(len(quote) <= PASSAGE_CHARACTERS and quote.endswith(".") for quote in quotes)
    assert " ".join(quotes) == " ".join(sentences)


def test_a_cut_table_repeats_its_header(tmp_path: Path) -> None:
    rows = "\n".join(f"| P{n} | a rather long description of this priority for the test |" for n in range(20))
    pieces = cut(_read(tmp_path, f"# T\n\n| Priority | Meaning |\n|---|---|\n{rows}"))
    assert len(pieces) > 1
    assert all(piece.quote.startswith("| Priority | Meaning |\n| P") for piece in pieces)


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("Login loop on Safari 18\n\nUsers are sent back again and again.\n", "Login loop on Safari 18"),
        ("Users are sent back again and again.\n\nUse another browser.\n", "loop"),
        ("Login loop\n", "loop"),
    ],
)
def test_a_short_first_line_that_stands_alone_is_the_title(tmp_path: Path, content: str, title: str) -> None:
    (tmp_path / "loop.txt").write_text(content, encoding="utf-8")
    assert read_document(tmp_path / "loop.txt", "known_issues").title == title
