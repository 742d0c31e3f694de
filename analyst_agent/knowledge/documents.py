"""Markdown and text files as documents: what a reader sees of them, never comments or invisible text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from analyst_agent.knowledge.markdown import Section, read_markdown, read_text
from analyst_agent.masking import one_line

MARKDOWN = (".md", ".markdown")
TEXT = (".txt", ".text")
MAX_BYTES = 5_000_000
LONGEST_TITLE = 80
_FIELD_NAMES = {
    "identifier": "id",
    "area": "product_area",
    "component": "product_area",
    "fix": "planned_fix",
    "fix_planned": "planned_fix",
    "fixed": "fixed_on",
    "effective_date": "effective",
    "effective_from": "effective",
    "error_code": "codes",
    "error_codes": "codes",
    "code": "codes",
}


class NotReadable(Exception):
    """Why a file is left out of the index; the text is shown in the report of the add."""


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
    return path.suffix.lower() in MARKDOWN + TEXT


def content_hash(raw: bytes) -> str:
    """sha256 of a file's bytes."""
    return hashlib.sha256(raw).hexdigest()


def read_document(path: Path, space: str, raw: bytes | None = None) -> Document:
    """The document in one file. Raises NotReadable: type, size, encoding, front matter, or nothing visible."""
    if not is_readable(path):
        kind = path.suffix or "no suffix"
        raise NotReadable(f"files of type {kind} are not yet readable (Markdown and text are)")
    raw = path.read_bytes() if raw is None else raw
    if len(raw) > MAX_BYTES:
        raise NotReadable(f"larger than {MAX_BYTES // 1_000_000} MB")
    fields, body = _front_matter(_decoded(raw))
    sections = tuple(read_markdown(body) if path.suffix.lower() in MARKDOWN else read_text(body))
    if not any(section.text for section in sections):
        raise NotReadable("holds no visible text")
    metadata = dict(_fields(fields))
    first_heading = next((section.headings[0] for section in sections if section.headings), "")
    title = metadata.pop("title", "") or first_heading or _opening_line(sections) or path.stem
    return Document(
        id=metadata.pop("id", "") or one_line(path.stem),
        title=title,
        space=space,
        path=str(path),
        content_hash=content_hash(raw),
        metadata=metadata,
        sections=sections,
    )


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


def _front_matter(text: str) -> tuple[dict[str, Any], str]:
    import frontmatter
    import yaml
    from frontmatter.default_handlers import YAMLHandler

    class WithoutAliases(yaml.SafeLoader):
        """A few aliases of aliases stand for billions of values."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                raise yaml.composer.ComposerError(problem="aliases (*name) are not accepted")
            return super().compose_node(parent, index)

    class Handler(YAMLHandler):
        def load(self, fm: str, **kwargs: object) -> Any:
            return super().load(fm, Loader=WithoutAliases)

    if not re.match(r"---[ \t]*\n", text):
        return {}, text
    try:
        fields, body = frontmatter.parse(text, handler=Handler())
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problem = " ".join(str(getattr(error, "problem", None) or error).split())
        raise NotReadable(f"its front matter is not valid YAML: {problem}") from error
    return (fields, body) if isinstance(fields, dict) else ({}, text)


def _fields(raw: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    """Names in lower case with underscores, common other spellings brought to ours, values as one visible line."""
    seen: set[str] = set()
    for key, value in raw.items():
        name = re.sub(r"[\s-]+", "_", one_line(str(key)).lower())
        name = _FIELD_NAMES.get(name, name)
        text = _as_text(value)
        if text and name not in seen:
            seen.add(name)
            yield name, text


def _as_text(value: Any) -> str:
    if value is None or isinstance(value, Mapping):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple, set)):
        return ", ".join(filter(None, (_as_text(item) for item in value)))
    # A value may carry an HTML comment of its own; the reader of the Markdown would not see it.
    return one_line(re.sub(r"<!--.*?(?:-->|$)|</?[a-zA-Z][^<>]*>", "", str(value), flags=re.DOTALL))
