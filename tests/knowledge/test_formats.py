"""One document in several forms reads the same, and a file that cannot be read costs no other."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from analyst_agent.knowledge import KnowledgeStore, NotReadable
from analyst_agent.knowledge.documents import Document, read_document
from benchmarks.retrieval.writing import as_docx, as_html, as_pdf, draw, parts_of, pdf_of
from tests.house.checkout import ROOT

WRITERS = {".html": as_html, ".docx": as_docx, ".pdf": as_pdf}
PAGES = sorted((ROOT / "knowledge").glob("*/*.md"))


def _told(document: Document) -> list[tuple[tuple[str, ...], str]]:
    """Headings and words, without emphasis and the kind of list marker."""
    found = []
    for section in document.sections:
        lines = [b.text.replace("**", "").replace("`", "") for b in section.blocks]
        words = " ".join(
            line.split(" ", 1)[1] if line[:2] in ("- ", "* ") or line[1:3] == ". " else line for line in lines
        )
        if not words.startswith("Effective from"):
            found.append((section.headings, words))
    return found


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_a_page_saved_in_another_form_reads_the_same(tmp_path: Path, page: Path, suffix: str) -> None:
    original = read_document(page, "s")
    fields = {"id": original.id, "effective": "2031-03-01", "status": "in force"}
    path = tmp_path / f"copy{suffix}"
    path.write_bytes(WRITERS[suffix](list(parts_of(page.read_text(encoding="utf-8"))), original.title, fields))
    copy = read_document(path, "s")
    assert (copy.id, copy.title, copy.effective, copy.status) == (original.id, original.title, "2031-03-01", "in force")
    assert _told(copy) == _told(original)


def _zip(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, content)
    return buffer.getvalue()


LOCKED = pdf_of(
    [draw("x", 60, 700)],
    trailer=f"/Encrypt << /Filter /Standard /V 1 /R 2 /O ({'a' * 32}) /U ({'b' * 32}) /P -4 >> /ID [(a)(a)]",
)


@pytest.mark.parametrize(
    ("name", "raw", "reason"),
    [
        ("a.pdf", b"%PDF-1.7 and no more", "is damaged or no PDF"),
        ("a.pdf", LOCKED, "is encrypted; save it without a password"),
        ("a.pdf", pdf_of(["0 0 100 100 re f"]), "no visible text; if it is a scan"),
        ("a.pdf", pdf_of([draw("x", 60, 700)] * 401), "more than 400 pages"),
        ("a.pdf", b"%PDF" + b" " * 25_000_000, "larger than 25 MB"),
        ("a.docx", b"PK no package", "is damaged or no DOCX file"),
        ("a.docx", _zip("other.xml", b"<a/>"), "is damaged or no DOCX file"),
        ("a.docx", _zip("word/document.xml", b"0" * 100_000_001), "unpacks to more than 100 MB"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more", "protected by a password"),
        ("a.html", b"<p>\xff\xfe</p>", "is not UTF-8 text"),
        ("a.html", b"<meta charset=klingon><p>x", "unknown encoding 'klingon'"),
        ("a.html", b"<html><body><!-- only --></body></html>", "no visible text"),
        ("a.html", b"<div>" * 300 + b"x", "more than 150 deep"),
        ("a.doc", b"x", "save it as .docx"),
        ("a.md", b"", "is empty"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_in_one_sentence(
    tmp_path: Path, name: str, raw: bytes, reason: str
) -> None:
    path = tmp_path / name
    path.write_bytes(raw)
    with pytest.raises(NotReadable, match=reason) as said:
        read_document(path, "s")
    assert "\n" not in str(said.value)


def test_a_broken_file_does_not_stop_the_others(tmp_path: Path, empty_store: KnowledgeStore) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(b"%PDF broken")
    (folder / "b.docx").write_bytes(_zip("word/document.xml", b"0" * 100_000_001))
    (folder / "c.html").write_bytes(b"<h1>Parking</h1><p>Visitors park behind the house.</p>")
    report = empty_store.add([folder])
    assert report.counts["added"] == 1
    assert report.counts["skipped"] == 2
    assert empty_store.search("where do visitors park", spaces=None)[0].document == "c"
