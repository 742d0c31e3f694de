"""Files as documents: what a reader sees of them, never comments or invisible text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analyst_agent.knowledge.dates import effective_day
from analyst_agent.knowledge.fields import front_matter, visible_fields
from analyst_agent.knowledge.markdown import read_markdown, read_text
from analyst_agent.knowledge.pdf_layout import read_pdf
from analyst_agent.knowledge.sections import NotReadable, Reading, Section
from analyst_agent.knowledge.web_pages import read_html
from analyst_agent.knowledge.word_files import read_docx
from analyst_agent.masking import one_line

MARKDOWN = (".md", ".markdown")
TEXT = (".txt", ".text")
HTML = (".html", ".htm", ".xhtml")
PDF = (".pdf",)
WORD_FILES = (".docx",)
READABLE = MARKDOWN + TEXT + HTML + PDF + WORD_FILES
KINDS = "Markdown, text, HTML, PDF and DOCX"
MAX_BYTES = 5_000_000
MAX_FILE_BYTES = 25_000_000
NEAR_THE_TOP = 12
LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True)
class Document:
    """One file as a reader sees it. `path` is absolute; `metadata` holds other fields as text, dates in ISO 8601."""

    id: str
    title: str
    space: str
    path: str
    content_hash: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()

    @property
    def product_area(self) -> str | None:
        """The product area it is about, where it says so."""
        return self.metadata.get("product_area")

    @property
    def effective(self) -> str | None:
        """The day from which it holds, where it says so."""
        return self.metadata.get("effective")

    @property
    def status(self) -> str | None:
        """Its status in its own words (open, fixed, draft, superseded)."""
        return self.metadata.get("status")


def is_readable(path: Path) -> bool:
    """Whether the file's type can be read."""
    return path.suffix.lower() in READABLE


def content_hash(raw: bytes) -> str:
    """sha256 of a file's bytes."""
    return hashlib.sha256(raw).hexdigest()


def read_document(path: Path, space: str, raw: bytes | None = None) -> Document:
    """The document in one file. Raises NotReadable: type, size, encoding, protection, damage, or nothing visible."""
    suffix = path.suffix.lower()
    if not is_readable(path):
        hint = "; save it as .docx" if suffix == ".doc" else ""
        raise NotReadable(f"files of type {suffix or 'no suffix'} are not readable ({KINDS} are){hint}")
    raw = path.read_bytes() if raw is None else raw
    largest = MAX_FILE_BYTES if suffix in PDF + WORD_FILES else MAX_BYTES
    if len(raw) > largest:
        raise NotReadable(f"larger than {largest // 1_000_000} MB")
    if not raw:
        raise NotReadable("is empty")
    reading = _read(suffix, raw)
    sections = tuple(reading.sections)
    if not any(section.text for section in sections):
        raise NotReadable("holds no visible text")
    metadata = dict(visible_fields(reading.fields, is_of_file=suffix not in MARKDOWN + TEXT))
    first_heading = next((section.headings[0] for section in sections if section.headings), "")
    title = metadata.pop("title", "") or first_heading or _opening_line(sections) or path.stem
    if "effective" not in metadata and (day := _said_effective(sections)):
        metadata["effective"] = day
    return Document(
        id=metadata.pop("id", "") or one_line(path.stem),
        title=title,
        space=space,
        path=str(path),
        content_hash=content_hash(raw),
        metadata=metadata,
        sections=sections,
    )


def _read(suffix: str, raw: bytes) -> Reading:
    if suffix in PDF:
        return read_pdf(raw)
    if suffix in WORD_FILES:
        return read_docx(raw)
    if suffix in HTML:
        return read_html(raw)
    fields, body = front_matter(_decoded(raw))
    return Reading(read_markdown(body) if suffix in MARKDOWN else read_text(body), fields)


def _said_effective(sections: Sequence[Section]) -> str | None:
    """The day of a line near the top such as "Effective from: 1 March 2031"."""
    blocks = [block for section in sections for block in section.blocks][:NEAR_THE_TOP]
    return next((day for block in blocks if (day := effective_day(block.text))), None)


def _opening_line(sections: Sequence[Section]) -> str:
    """A short first line that stands alone, as a text without headings begins with its title; "" where there is none."""
    blocks = [block for section in sections for block in section.blocks]
    first = blocks[0].text.strip() if len(blocks) > 1 else ""
    return first if len(first) <= LONGEST_TITLE and re.fullmatch(r"\w[^\n]*[^\n.!?:;,]", first) else ""


def _decoded(raw: bytes) -> str:
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotReadable(f"is not UTF-8 text (byte {error.start})") from error
    if "\0" in text:
        raise NotReadable("is binary, not text")
    return text.replace("\r\n", "\n").replace("\r", "\n")
