"""Web pages are read as a browser shows them."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyst_agent.knowledge.documents import Document, read_document


def _read(tmp_path: Path, body: str, head: str = "") -> Document:
    path = tmp_path / "page.html"
    path.write_text(f"<!doctype html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>", "utf-8")
    return read_document(path, "space")


def _everything(document: Document) -> str:
    sections = [" ".join((*s.headings, s.text)) for s in document.sections]
    return "\n".join([document.id, document.title, *document.metadata.values(), *sections])


@pytest.mark.parametrize(
    "hidden",
    [
        "<!-- SECRET -->",
        "<p hidden>SECRET</p>",
        '<p style="display: none">SECRET</p>',
        '<div style="visibility:hidden"><h2>SECRET</h2><p>SECRET</p></div>',
        '<p style="color:#fff">SECRET <b>SECRET</b></p>',
        '<p style="font-size:1px">SECRET</p>',
        '<p style="position:absolute;left:-9999px">SECRET</p>',
        '<p aria-hidden="true">SECRET</p>',
        '<img alt="SECRET" title="SECRET"><a href="x" title="SECRET">link</a>',
        '<p data-note="SECRET">word</p>',
        "<script>SECRET</script><template><p>SECRET</p></template><noscript>SECRET</noscript>",
        '<p class="sr">SECRET</p>',
        '<p id="trap">SECRET</p>',
        '<div class="pale"><p>SECRET</p></div>',
        "<nav>SECRET</nav>",
        '<form><input value="SECRET"><select><option>SECRET</select><textarea>SECRET</textarea></form>',
        '<table><tr style="display:none"><td>SECRET</td></tr><tr><td>a</td><td hidden>SECRET</td></tr></table>',
        "<svg><text>SECRET</text></svg>",
    ],
)
def test_what_a_browser_does_not_show_is_not_read(tmp_path: Path, hidden: str) -> None:
    head = "<style>/* SECRET */ .sr, .other { display:none } @media screen { #trap { opacity: 0 } } .pale { color: white }</style>"
    document = _read(tmp_path, f"<h1>Title</h1><p>Seen first.</p>{hidden}<p>Seen last.</p>", head)
    text = _everything(document)
    assert "SECRET" not in text
    assert "Seen first." in text
    assert "Seen last." in text


@pytest.mark.parametrize(
    "shown",
    [
        '<table><tr style="background:#036;color:white"><th>SHOWN</th></tr><tr><td>a</td></tr></table>',
        '<div class="banner"><p>SHOWN</p></div>',
        '<div style="color:white"><p style="color:black">SHOWN</p></div>',
        '<p class="noprint">SHOWN</p>',
        "<details><summary>SHOWN</summary></details>",
        "<ul><li>one<ul><li>SHOWN</li></ul></li></ul>",
        "<table><tr><td><h4>SHOWN</h4></td></tr></table>",
    ],
)
def test_what_a_browser_shows_is_read(tmp_path: Path, shown: str) -> None:
    head = (
        "<style>.banner { background-color: navy; color: #ffffff } @media print { .noprint { display: none } }</style>"
    )
    assert "SHOWN" in _everything(_read(tmp_path, f"<h1>T</h1><p>x</p>{shown}", head))


def test_headings_lists_tables_and_code_keep_their_form(tmp_path: Path) -> None:
    document = _read(
        tmp_path,
        "<h1>Rules</h1>intro<h2>Times</h2><ol start=3><li>three<li>four</ol><ul><li><p>dot</p></ul>"
        "<table><thead><tr><th>Priority<th>Within</tr></thead><tbody><tr><td rowspan=2>P1<td>15&nbsp;minutes</tr><tr><td>day|night</tr></table>"
        "<pre>line 1\n  line 2</pre><h2>End</h2><p>one<br>two</p>",
    )
    assert [(s.headings, s.text) for s in document.sections] == [
        (("Rules",), "intro"),
        (
            ("Rules", "Times"),
            "3. three\n4. four\n- dot\n| Priority | Within |\n| P1 | 15 minutes |\n| P1 | day/night |\nline 1\n  line 2",
        ),
        (("Rules", "End"), "one\ntwo"),
    ]


def test_meta_tags_and_title_are_the_front_matter_and_give_no_words_to_quote(tmp_path: Path) -> None:
    head = (
        "<title>Parking rules</title><meta name=dc.identifier content=HR-7><meta name=status content='in force'>"
        "<meta name='dcterms.valid' content='1 March 2031'><meta name=workaround content=SECRET><meta name=description content=SECRET>"
    )
    document = _read(tmp_path, "<p>Park behind the house.</p>", head)
    assert (document.id, document.title) == ("HR-7", "Parking rules")
    assert document.metadata == {"status": "in force", "effective": "2031-03-01"}


def test_the_day_a_page_takes_effect_is_read_from_its_text(tmp_path: Path) -> None:
    assert _read(tmp_path, "<h1>T</h1><p>Effective date: March 1st, 2031</p>").effective == "2031-03-01"
    assert _read(tmp_path, "<h1>T</h1><p>Vouchers are valid from 1 March 2031 on.</p>").effective is None


def test_another_declared_encoding_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.htm"
    path.write_bytes('<meta charset="iso-8859-1"><p>Gebühr: 5 €</p>'.encode("cp1252", "replace"))
    assert "Gebühr" in read_document(path, "s").sections[0].text
