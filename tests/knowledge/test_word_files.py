"""DOCX files are read as Word shows them with all changes accepted."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt, RGBColor

from analyst_agent.knowledge.documents import Document, read_document


def _saved(tmp_path: Path, document: Any) -> Document:
    path = tmp_path / "page.docx"
    document.save(path)
    return read_document(path, "space")


def _everything(document: Document) -> str:
    sections = [" ".join((*s.headings, s.text)) for s in document.sections]
    return "\n".join([document.id, document.title, *document.metadata.values(), *sections])


def _page() -> Any:
    document = docx.Document()
    document.add_heading("Rules", 1)
    document.add_paragraph("Seen first.")
    return document


def _raw(document: Any, xml: str) -> None:
    document.element.body.insert(2, parse_xml(xml.replace("<w:p>", f"<w:p {nsdecls('w')}>", 1)))


def test_hidden_runs_styles_and_white_or_tiny_text_are_not_read(tmp_path: Path) -> None:
    document = _page()
    paragraph = document.add_paragraph("Seen ")
    paragraph.add_run("SECRET").font.hidden = True
    paragraph.add_run("SECRET").font.color.rgb = RGBColor(255, 255, 255)
    paragraph.add_run("SECRET").font.size = Pt(1)
    paragraph.add_run("last.")
    style = document.styles.add_style("Ghost", 1)
    style.font.hidden = True
    child = document.styles.add_style("Ghost child", 1)
    child.base_style = style
    document.add_paragraph("SECRET", style="Ghost child")
    document.add_heading("SECRET", 2).runs[0].font.hidden = True
    text = _everything(_saved(tmp_path, document))
    assert "SECRET" not in text
    assert "Seen last." in text


@pytest.mark.parametrize(
    ("xml", "seen"),
    [
        ("<w:p><w:r><w:t>kept</w:t></w:r><w:del w:id='1' w:author='a'><w:r><w:delText>SECRET</w:delText></w:r></w:del></w:p>", "kept"),
        ("<w:p><w:ins w:id='1' w:author='a'><w:r><w:t>inserted</w:t></w:r></w:ins></w:p>", "inserted"),
        ("<w:p><w:moveFrom w:id='1' w:author='a'><w:r><w:t>SECRET</w:t></w:r></w:moveFrom><w:r><w:t>kept</w:t></w:r></w:p>", "kept"),
        ("<w:p><w:r><w:instrText>SECRET</w:instrText></w:r><w:r><w:t>kept</w:t></w:r></w:p>", "kept"),
        ("<w:p><w:hyperlink><w:r><w:t>linked</w:t></w:r></w:hyperlink></w:p>", "linked"),
        ("<w:p><w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>shown again</w:t></w:r></w:p>", "shown again"),
        ("<w:p><w:r><w:rPr><w:color w:val='FFFFFF'/><w:shd w:val='clear' w:fill='1F3864'/></w:rPr><w:t>on blue</w:t></w:r></w:p>", "on blue"),
    ],
)  # fmt: skip
def test_tracked_changes_are_taken_as_accepted(tmp_path: Path, xml: str, seen: str) -> None:
    document = _page()
    _raw(document, xml)
    text = _everything(_saved(tmp_path, document))
    assert "SECRET" not in text
    assert seen in text


def test_comments_are_not_read(tmp_path: Path) -> None:
    document = _page()
    run = document.paragraphs[1].runs[0]
    document.add_comment(run, text="SECRET", author="SECRET")
    assert "SECRET" not in _everything(_saved(tmp_path, document))


def test_headings_items_and_tables_keep_their_form(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Rules", 0)
    document.add_heading("Times", 1)
    document.add_paragraph("one", style="List Bullet")
    table = document.add_table(rows=3, cols=2)
    for place, text in {
        (0, 0): "Priority",
        (0, 1): "Within",
        (1, 0): "P1",
        (1, 1): "15 minutes",
        (2, 1): "at night",
    }.items():
        table.cell(*place).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    document.add_heading("End", 1)
    document.add_paragraph("last")
    assert [(s.headings, s.text) for s in _saved(tmp_path, document).sections] == [
        (("Rules", "Times"), "- one\n| Priority | Within |\n| P1 | 15 minutes |\n| P1 | at night |"),
        (("Rules", "End"), "last"),
    ]


def test_a_hidden_or_deleted_table_row_is_not_read(tmp_path: Path) -> None:
    document = _page()
    table = document.add_table(rows=2, cols=1)
    table.cell(0, 0).text, table.cell(1, 0).text = "kept", "SECRET"
    table.rows[1]._tr.get_or_add_trPr().append(parse_xml(f"<w:del {nsdecls('w')} w:id='1' w:author='a'/>"))
    text = _everything(_saved(tmp_path, document))
    assert "SECRET" not in text
    assert "kept" in text


def test_a_text_box_is_read_once_and_its_old_form_not(tmp_path: Path) -> None:
    document = _page()
    spaces = (
        f"{nsdecls('w')} xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006' "
        "xmlns:wps='http://schemas.microsoft.com/office/word/2010/wordprocessingShape'"
    )
    box = "<w:txbxContent><w:p><w:r><w:t>In a box</w:t></w:r></w:p></w:txbxContent>"
    document.element.body.insert(
        2,
        parse_xml(
            f"<w:p {spaces}><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
            f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
        ),
    )
    assert _everything(_saved(tmp_path, document)).count("In a box") == 1


def test_core_properties_are_the_front_matter(tmp_path: Path) -> None:
    document = _page()
    document.core_properties.title = "Parking rules"
    document.core_properties.identifier = "HR-7"
    document.core_properties.content_status = "superseded"
    document.core_properties.comments = "SECRET"
    document.add_paragraph("Valid from 1 March 2031")
    read = _saved(tmp_path, document)
    assert (read.id, read.title, read.status, read.effective) == ("HR-7", "Parking rules", "superseded", "2031-03-01")
    assert "SECRET" not in _everything(read)


def test_entities_in_a_file_are_not_expanded(tmp_path: Path) -> None:
    import zipfile

    buffer = io.BytesIO()
    _page().save(buffer)
    path = tmp_path / "page.docx"
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "word/document.xml":
                content = content.replace(
                    b"?>", b'?><!DOCTYPE x [<!ENTITY s SYSTEM "file:///etc/hostname">]>', 1
                ).replace(b"Seen first.", b"Seen &s; first.")
            new.writestr(part, content)
    assert _everything(read_document(path, "s")).endswith("Seen first.")
