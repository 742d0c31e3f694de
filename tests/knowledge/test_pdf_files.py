"""PDF files are read as they look: what drawing does not show is not text."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyst_agent.knowledge.documents import Document, read_document
from benchmarks.retrieval.writing import draw, pdf_of


def _read(tmp_path: Path, *pages: str, properties: dict[str, str] | None = None) -> Document:
    path = tmp_path / "page.pdf"
    path.write_bytes(pdf_of(pages, properties))
    return read_document(path, "space")


def _everything(document: Document) -> str:
    sections = [" ".join((*s.headings, s.text)) for s in document.sections]
    return "\n".join([document.id, document.title, *document.metadata.values(), *sections])


SEEN = draw("Seen first.", 60, 700)


@pytest.mark.parametrize(
    "hidden",
    [
        "BT 3 Tr /F1 10 Tf 60 650 Td (SECRET) Tj 0 Tr ET",
        "1 g BT /F1 10 Tf 60 650 Td (SECRET) Tj ET 0 g",
        "0.99 g BT /F1 10 Tf 60 650 Td (SECRET) Tj ET 0 g",
        draw("SECRET", 60, 650) + " 1 g 50 640 200 30 re f 0 g",
        draw("SECRET", 60, 650) + " 0 0 0.6 rg 50 640 200 30 re f 0 g",
        draw("SECRET", 60, 650, size=1),
        draw("SECRET", 900, 650),
        draw("SECRET", 60, -50),
        "q 0 0 10 10 re W n " + draw("SECRET", 60, 650) + " Q",
    ],
    ids=[
        "invisible mode",
        "white",
        "nearly white",
        "covered",
        "covered in blue",
        "tiny",
        "off the page",
        "below it",
        "clipped",
    ],
)
def test_text_that_does_not_show_is_not_read(tmp_path: Path, hidden: str) -> None:
    text = _everything(_read(tmp_path, f"{SEEN}\n{hidden}\n{draw('Seen last.', 60, 600)}"))
    assert "SECRET" not in text
    assert "Seen first." in text
    assert "Seen last." in text


def test_white_text_on_a_dark_ground_is_read(tmp_path: Path) -> None:
    page = "0 0 0.5 rg 50 640 300 30 re f 1 g " + draw("White on blue", 60, 650) + " 0 g " + SEEN
    assert "White on blue" in _everything(_read(tmp_path, page))


def test_a_turned_page_is_read(tmp_path: Path) -> None:
    path = tmp_path / "turned.pdf"
    for angle in (90, 180, 270):
        path.write_bytes(
            pdf_of([SEEN + " 1 g " + draw("SECRET", 60, 650)]).replace(b"/MediaBox", b"/Rotate %3d /MediaBox" % angle)
        )
        assert read_document(path, "s").sections[0].text == "Seen first."


def test_notes_and_comments_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "noted.pdf"
    note = b"/Annots [<< /Type /Annot /Subtype /FreeText /Rect [60 600 300 650] /Contents (SECRET) /DA (/F1 10 Tf) >>] /MediaBox"
    path.write_bytes(
        pdf_of([SEEN], {"Title": "T", "Subject": "SECRET", "Keywords": "SECRET"}).replace(b"/MediaBox", note)
    )
    assert "SECRET" not in _everything(read_document(path, "s"))


def test_size_and_weight_make_headings_and_lines_make_paragraphs(tmp_path: Path) -> None:
    page = "\n".join(
        [
            draw("Rules", 60, 780, 20, "F2"),
            draw("Times", 60, 740, 14, "F2"),
            draw("A ticket is answered within", 60, 720),
            draw("the day it arrives, by hand-", 60, 707),
            draw("written note of the esca-", 60, 694),
            draw("lation.", 60, 681),
            draw("Another escalation paragraph.", 60, 655),
            draw("Small", 60, 640, 10, "F2"),
            draw("- one", 60, 625),
            draw("- two", 60, 612),
        ]
    )
    assert [(s.headings, s.text) for s in _read(tmp_path, page).sections] == [
        (
            ("Rules", "Times"),
            "A ticket is answered within the day it arrives, by hand-written note of the escalation.\nAnother escalation paragraph.",
        ),
        (("Rules", "Times", "Small"), "- one\n- two"),
    ]


def test_columns_below_each_other_are_table_rows_and_two_columns_of_text_are_not(tmp_path: Path) -> None:
    rows = [("Priority", "Within"), ("P1", "15 minutes"), ("P2", "1 hour")]
    table = "\n".join(
        draw(cell, 60 + 200 * c, 700 - 20 * r) for r, row in enumerate(rows) for c, cell in enumerate(row)
    )
    document = _read(tmp_path, draw("Before the table there is text.", 60, 740) + table)
    assert [b.text for b in document.sections[0].blocks][1:] == [
        "| Priority | Within |",
        "| P1 | 15 minutes |",
        "| P2 | 1 hour |",
    ]
    left = [draw(f"left column line {n}", 60, 700 - 13 * n) for n in range(10)]
    right = [draw(f"right column line {n}", 320, 700 - 13 * n) for n in range(10)]
    text = _read(tmp_path, "\n".join(left + right)).sections[0].text
    assert text.index("left column line 9") < text.index("right column line 0")
    assert "|" not in text


def test_a_running_head_is_read_once_and_a_sentence_goes_on_over_the_page(tmp_path: Path) -> None:
    subjects = ["refunds", "credits", "vouchers"]
    pages = [
        draw(f"Handbook, page {number} of 3", 60, 810, 8)
        + draw(f"This page is about {subject}", 60, 700)
        + draw(f"and costs {number}0.", 60, 687)
        for number, subject in enumerate(subjects, start=1)
    ]
    text = _read(tmp_path, *pages).sections[0].text
    assert text.count("Handbook") == 1
    assert all(f"about {subject} and costs {number}0." in text for number, subject in enumerate(subjects, start=1))
    document = _read(tmp_path, draw("The clock runs until", 60, 60), draw("the day ends.", 60, 780))
    assert document.sections[0].text == "The clock runs until the day ends."


def test_properties_are_the_front_matter(tmp_path: Path) -> None:
    document = _read(tmp_path, SEEN, properties={"Title": "Parking rules", "Identifier": "HR-7", "Effective": "2031-03-01", "CreationDate": "D:20200101"})  # fmt: skip
    assert (document.id, document.title, document.effective) == ("HR-7", "Parking rules", "2031-03-01")


def test_text_inside_a_form_is_read_where_it_shows(tmp_path: Path) -> None:
    inside = draw("In a form", 10, 20, 5) + "1 g " + draw("SECRET", 10, 60, 5)
    page = pdf_of([SEEN + "q 2 0 0 2 50 100 cm /X0 Do Q"]).replace(b"<< /Font", b"<< /XObject << /X0 8 0 R >> /Font", 1)
    form = (
        "8 0 obj\n<< /Type /XObject /Subtype /Form /BBox [0 0 400 400] /Matrix [1 0 0 1 5 5] "
        f"/Resources << /Font << /F1 1 0 R >> >> /Length {len(inside)} >>\nstream\n{inside}\nendstream\nendobj\n"
    )
    path = tmp_path / "form.pdf"
    path.write_bytes(page.replace(b"xref\n", form.encode() + b"xref\n", 1))
    assert read_document(path, "s").sections[0].text == "Seen first.\nIn a form"
