"""DOCX files as Word shows them with all changes accepted: headings, paragraphs, list items and table rows."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from analyst_agent.knowledge.sections import NotReadable, Outline, Reading
from analyst_agent.knowledge.word_styles import WORD, Styles, attribute
from analyst_agent.masking import one_line

if TYPE_CHECKING:
    from docx.document import Document

MOST_UNPACKED_BYTES = 100_000_000
MOST_PARTS = 5_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADING = re.compile(r"heading (\d)")
# Deleted and moved text, the code of a field, a second form of a drawing for old programs, and phonetic guides.
_UNSEEN = {WORD + name for name in ("del", "moveFrom", "delText", "instrText", "rPr", "pPr", "rt")} | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}
_TEXT_BOX = WORD + "txbxContent"
_DAY_PROPERTY = re.compile(r"effective|valid.?from|in.?force", re.IGNORECASE)


def read_docx(raw: bytes) -> Reading:
    """A file's sections, and its core and custom properties as fields. Raises NotReadable."""
    document = _opened(raw)
    reader = _Reader(document)
    reader.body(document.element.body)
    return Reading(reader.outline.sections(), _fields(document))


def _opened(raw: bytes) -> Document:
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    if raw.startswith(_OLE):
        raise NotReadable("is protected by a password or an old .doc; save it as an open .docx")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            parts = package.infolist()
            # zipfile stops a part at the size it declares, so this bounds what is unpacked.
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
                raise NotReadable(f"unpacks to more than {MOST_UNPACKED_BYTES // 1_000_000} MB or {MOST_PARTS:,} parts")
            if any(part.flag_bits & 1 for part in parts):
                raise NotReadable("is encrypted; save it without a password")
        return docx.Document(io.BytesIO(raw))
    except (
        zipfile.BadZipFile,
        OpcError,
        LxmlError,
        KeyError,
        ValueError,
        EOFError,
        OSError,
        NotImplementedError,
    ) as error:
        raise NotReadable("is damaged or no DOCX file") from error


def _fields(document: Document) -> Mapping[Any, Any]:
    """Title, identifier and status of the core properties, and every custom property by its name."""
    core = document.core_properties
    found: dict[Any, Any] = {}
    for part in document.part.package.iter_parts():
        if str(part.partname) == "/docProps/custom.xml":
            found |= dict(_custom(part.blob))
    found.setdefault("title", core.title)
    found.setdefault("id", core.identifier)
    found.setdefault("status", core.content_status)
    return found


def _custom(blob: bytes) -> Iterator[tuple[str, str]]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(blob, parser)
    except etree.XMLSyntaxError:
        return  # Properties say less than the text; a document with broken ones is still read.
    for entry in root:
        name, value = entry.get("name") or "", "".join(entry.itertext()).strip()
        is_day = _DAY_PROPERTY.search(name) and re.match(r"\d{4}-\d{2}-\d{2}T", value)
        yield name, value[:10] if is_day else value


class _Reader:
    """One pass over the body: paragraphs and tables in their order, text boxes after their paragraph."""

    def __init__(self, document: Document) -> None:
        self.outline = Outline()
        self._styles = Styles(document.styles.element)
        self._notes = dict(_footnotes(document))

    def body(self, parent: Any) -> None:
        """Everything below an element that holds blocks: the body, a content control, a text box."""
        for element in parent:
            if element.tag == WORD + "p":
                self._paragraph(element)
            elif element.tag == WORD + "tbl":
                self._table(element)
            elif element.tag not in _UNSEEN:
                self.body(element)

    def _paragraph(self, paragraph: Any) -> None:
        text = self._text(paragraph)
        name, level = self._styles.of_paragraph(paragraph)
        heading = _HEADING.fullmatch(name)
        if text and (heading or name == "title" or level is not None):
            depth = int(heading[1]) if heading else 0 if name == "title" else (level or 0) + 1
            self.outline.heading(depth, text)
        elif text:
            is_item = self._styles.is_listed(paragraph) or name.startswith("list")
            is_marked = re.match(r"(?:[-*•–]|\d{1,3}[.)])\s", text)
            self.outline.block(
                "item" if is_item or is_marked else "text", f"- {text}" if is_item and not is_marked else text
            )
        for box in paragraph.iter(_TEXT_BOX):
            if not any(above.tag in _UNSEEN for above in box.iterancestors()):
                self.body(box)
        for note in paragraph.iter(WORD + "footnoteReference", WORD + "endnoteReference"):
            self.outline.block("text", self._notes.get((note.tag, attribute(note, "id")), ""))

    def _table(self, table: Any) -> None:
        rows: list[list[str]] = []
        has_header = False
        for row in table.iter(WORD + "tr"):
            fields = {child.tag for child in row.find(WORD + "trPr")} if row.find(WORD + "trPr") is not None else set()
            nearest = next(row.iterancestors(WORD + "tbl"))
            if nearest is not table or fields & {WORD + "hidden", WORD + "del"}:
                continue
            has_header = has_header or (
                not rows and (WORD + "tblHeader" in fields or self._styles.has_first_row(table))
            )
            rows.append(self._cells(row, rows[-1] if rows else []))
        self.outline.table(rows, has_header)

    def _cells(self, row: Any, above: list[str]) -> list[str]:
        """The texts of a row; a cell merged with the one above says its text again."""
        found: list[str] = []
        for cell in row.iter(WORD + "tc"):
            if next(cell.iterancestors(WORD + "tr")) is not row:
                continue
            merge = cell.find(f"{WORD}tcPr/{WORD}vMerge")
            is_merged = merge is not None and attribute(merge, "val") != "restart"
            paragraphs = [p for p in cell.iter(WORD + "p") if not any(a.tag in _UNSEEN for a in p.iterancestors())]
            text = one_line(" ".join(self._text(p) for p in paragraphs))
            found.append(above[len(found)] if is_merged and len(found) < len(above) else text)
        return found

    def _text(self, paragraph: Any) -> str:
        return one_line("".join(self._runs(paragraph, paragraph)))

    def _runs(self, element: Any, paragraph: Any) -> Iterator[str]:
        for child in element:
            if child.tag in _UNSEEN or child.tag == _TEXT_BOX:
                continue
            if child.tag == WORD + "r":
                if not self._styles.is_hidden(child, paragraph):
                    yield from self._runs(child, paragraph)
            elif child.tag == WORD + "t":
                # An entity that a part declares is not expanded; the text after it is its tail.
                yield "".join([child.text or "", *(entity.tail or "" for entity in child)])
            elif child.tag in (WORD + "tab", WORD + "br", WORD + "cr"):
                yield " "
            elif child.tag == WORD + "noBreakHyphen":
                yield "-"
            elif child.tag != WORD + "p":
                yield from self._runs(child, paragraph)


def _footnotes(document: Document) -> Iterator[tuple[tuple[str, str], str]]:
    """The texts of foot- and endnotes by reference and number."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import parse_xml
    from lxml.etree import XMLSyntaxError

    kinds = {RELATIONSHIP_TYPE.FOOTNOTES: "footnote", RELATIONSHIP_TYPE.ENDNOTES: "endnote"}
    styles = Styles(document.styles.element)
    for relation in document.part.rels.values():
        kind = kinds.get(relation.reltype)
        if kind is None or relation.is_external:
            continue
        try:
            root = parse_xml(relation.target_part.blob)
        except XMLSyntaxError as error:
            raise NotReadable("has damaged footnotes") from error
        for note in root.iter(WORD + kind):
            runs = [
                run
                for run in note.iter(WORD + "r")
                if not any(a.tag in _UNSEEN for a in run.iterancestors())
                and not styles.is_hidden(run, next(run.iterancestors(WORD + "p")))
            ]
            text = one_line("".join(t.text or "" for run in runs for t in run.iter(WORD + "t")))
            yield (f"{WORD}{kind}Reference", attribute(note, "id")), text
