"""HTML files as a browser shows them: headings, paragraphs, list items and table rows; nothing that is not shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analyst_agent.knowledge.hidden import (
    BREAKS,
    NEVER_SHOWN,
    has_dark_ground,
    is_hidden_element,
    is_pale_text,
)
from analyst_agent.knowledge.sections import NotReadable, Outline, Reading, Section
from analyst_agent.knowledge.web_styles import Styles, styles_of
from analyst_agent.masking import one_line, visible

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

DEEPEST = 150
DEEPEST_PARSED = 2_000
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)
_NESTED = re.compile(
    r"<(/?)(?:div|span|section|article|aside|main|header|footer|blockquote|ul|ol|dl|table|b|i|u|em|strong|small|big|font|center|code|tt|s)\b",
    re.IGNORECASE,
)
_HEADING = re.compile(r"h([1-6])")
_META_PREFIX = re.compile(r"^(?:dc|dcterms|article|og|doc|document)[.:]", re.IGNORECASE)
_META_FIELDS = {"valid": "effective", "issued": "effective", "published_time": "effective"}
# Menus are links to other pages, and what a form holds is not yet said by anyone.
_LEFT_OUT = frozenset({"nav", "button", "input", "select", "option"})


def read_html(raw: bytes) -> Reading:
    """A page's sections, and its title and meta tags as fields. Raises NotReadable."""
    from selectolax.lexbor import LexborHTMLParser

    text = _decoded(raw)
    if _nesting(text) > DEEPEST_PARSED:
        raise NotReadable(f"nests elements more than {DEEPEST} deep")
    tree = LexborHTMLParser(text)
    if tree.body is None:
        raise NotReadable("holds no visible text")
    page = _Page(styles_of(tree))
    page.walk(tree.body, _Sight())
    return Reading(page.sections(), _fields(tree))


def _nesting(text: str) -> int:
    """How deep elements that only their own end tag closes are nested, as written: the parser takes time that grows with its square."""
    depth = deepest = 0
    for tag in _NESTED.finditer(text):
        depth = max(depth - 1, 0) if tag[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _decoded(raw: bytes) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    else:
        declared = _CHARSET.search(raw[:2048])
        encoding = "utf-8-sig" if declared is None else declared[1].decode("ascii")
    if encoding.lower() in ("utf-8", "utf8"):
        encoding = "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except LookupError as error:
        raise NotReadable(f"declares the unknown encoding {encoding!r}") from error
    except UnicodeError as error:
        at = f" (byte {error.start})" if isinstance(error, UnicodeDecodeError) else ""
        raise NotReadable(f"is not {encoding.upper().removesuffix('-SIG')} text{at}") from error
    if "\0" in text:
        raise NotReadable("is binary, not text")
    return text


def _fields(tree: LexborHTMLParser) -> Mapping[Any, Any]:
    """Meta tags by name, without the prefixes of Dublin Core and others; the title last, where no tag gives one."""
    found: dict[Any, Any] = {}
    for node in tree.css("meta"):
        name = node.attributes.get("name") or node.attributes.get("property") or ""
        content = node.attributes.get("content") or ""
        key = _META_PREFIX.sub("", name.strip()).lower()
        found.setdefault(_META_FIELDS.get(key, key), content)
    title = tree.css_first("head > title")
    if title is not None:
        found.setdefault("title", title.text())
    return found


@dataclass(frozen=True, slots=True)
class _Sight:
    """What holds at a place of the page: out of sight, pale text, a dark ground."""

    is_hidden: bool = False
    is_pale: bool = False
    is_dark: bool = False

    @property
    def shows(self) -> bool:
        return not self.is_hidden and (self.is_dark or not self.is_pale)


class _Page:
    """One walk over the tree. Text gathers in a line that ends where a browser would begin a new one."""

    def __init__(self, styles: Styles, *, is_flat: bool = False) -> None:
        self._styles = styles
        self._is_flat = is_flat
        self._outline = Outline()
        self._line: list[str] = []
        self._marker = ""

    def sections(self) -> list[Section]:
        self._end_line()
        return self._outline.sections()

    def walk(self, node: LexborNode, sight: _Sight, depth: int = 0) -> None:
        if depth > DEEPEST:
            raise NotReadable(f"nests elements more than {DEEPEST} deep")
        child = node.first_child
        while child is not None:
            if child.is_text_node:
                if sight.shows:
                    self._line.append(child.text_content or "")
            elif child.is_element_node:
                self._element(child, sight, depth)
            child = child.next

    def _element(self, node: LexborNode, above: _Sight, depth: int) -> None:
        tag = node.tag or ""
        sight = self._sight(node, above)
        if tag in NEVER_SHOWN or tag in _LEFT_OUT or sight.is_hidden:
            return
        if tag in BREAKS:
            self._end_line()
        if not self._is_flat and (heading := _HEADING.fullmatch(tag)):
            self._outline.heading(int(heading[1]), self._text_of(node, sight, depth))
        elif (
            not self._is_flat and tag == "table" and node.css_first("table table, table h1, table h2, table h3") is None
        ):
            self._table(node, sight, depth)
        elif not self._is_flat and tag == "pre":
            for line in _Page(self._styles, is_flat=True).raw_text(node, sight, depth).split("\n"):
                self._outline.block("code", visible(line).rstrip())
        else:
            if tag == "li":
                self._marker = _marker(node)
            self.walk(node, sight, depth + 1)
            if tag in BREAKS:
                self._end_line()
            if tag == "li":
                self._marker = ""

    def _sight(self, node: LexborNode, above: _Sight) -> _Sight:
        attributes = node.attributes
        style = attributes.get("style") or ""
        colour = f"color: {attributes['color']}" if attributes.get("color") else ""
        ground = f"background: {attributes['bgcolor']}" if attributes.get("bgcolor") else ""
        pale = _first(is_pale_text(style), is_pale_text(colour), self._styles.pale.get(node.mem_id), above.is_pale)
        dark = _first(
            has_dark_ground(style), has_dark_ground(ground), self._styles.ground.get(node.mem_id), above.is_dark
        )
        hidden = node.mem_id in self._styles.hidden or is_hidden_element(attributes)
        return _Sight(hidden, pale, dark)

    def _table(self, table: LexborNode, above: _Sight, depth: int) -> None:
        rows: list[list[str]] = []
        spans: dict[int, tuple[int, str]] = {}
        has_header = False
        for row in table.css("tr"):
            sight = self._sight_within(row, table, above)
            cells = [c for c in row.iter() if c.tag in ("td", "th")] if sight is not None else []
            if sight is None or not cells:
                continue
            has_header = has_header or (not rows and all(c.tag == "th" for c in cells))
            rows.append(self._cells(cells, sight, spans, depth))
        for caption in table.css("caption"):
            self._outline.block("text", self._text_of(caption, self._sight(caption, above), depth))
        self._outline.table(rows, has_header)

    def _sight_within(self, node: LexborNode, table: LexborNode, above: _Sight) -> _Sight | None:
        """The sight of a row below its table, None where something between them hides it."""
        between: list[LexborNode] = [node]
        parent = node.parent
        while parent is not None and parent.mem_id != table.mem_id:
            between.append(parent)
            parent = parent.parent
        sight = above
        for one in reversed(between):
            sight = self._sight(one, sight)
            if sight.is_hidden:
                return None
        return sight

    def _cells(
        self, cells: list[LexborNode], sight: _Sight, spans: dict[int, tuple[int, str]], depth: int
    ) -> list[str]:
        """The texts of a row; a cell that reaches over several rows says its text in each."""
        found: list[str] = []
        for cell in cells:
            while len(found) in spans:
                found.append(_spanned(spans, len(found)))
            inner = self._sight(cell, sight)
            text = "" if inner.is_hidden else self._text_of(cell, inner, depth)
            rows = min(_number(cell.attributes.get("rowspan")), 200)
            if rows > 1:
                spans[len(found)] = (rows - 1, text)
            found.append(text)
        while len(found) in spans:
            found.append(_spanned(spans, len(found)))
        return found

    def _text_of(self, node: LexborNode, sight: _Sight, depth: int) -> str:
        return one_line(_Page(self._styles, is_flat=True).raw_text(node, sight, depth))

    def raw_text(self, node: LexborNode, sight: _Sight, depth: int) -> str:
        """All visible text below a node, lines apart."""
        if sight.is_hidden:
            return ""
        self.walk(node, sight, depth + 1)
        inner = [block.text for section in self._outline.sections() for block in section.blocks]
        return "\n".join([*inner, "".join(self._line)])

    def _end_line(self) -> None:
        text = one_line("".join(self._line))
        self._line.clear()
        if text:
            self._outline.block("item" if self._marker else "text", self._marker + text)
            self._marker = ""


def _first(*values: bool | None) -> bool:
    return next((v for v in values if v is not None), False)


def _spanned(spans: dict[int, tuple[int, str]], column: int) -> str:
    left, text = spans.pop(column)
    if left > 1:
        spans[column] = (left - 1, text)
    return text


def _number(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,4}", text.strip()) else 1


def _marker(item: LexborNode) -> str:
    """`- `, or the number of an item in an ordered list."""
    parent = item.parent
    if parent is None or parent.tag != "ol":
        return "- "
    number, before = _number(parent.attributes.get("start")), item.prev
    while before is not None:
        number += before.tag == "li"
        before = before.prev
    return f"{number}. "
