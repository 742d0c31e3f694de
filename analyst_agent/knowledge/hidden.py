"""What a reader sees of raw HTML: the text between tags, without comments and elements a browser would not show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser

_SILENT = "script style template head title noscript iframe object svg math select datalist audio video canvas textarea"
_NO_CLOSING = "area base br col embed hr img input link meta param source track wbr"
_NEW_LINE = (
    "br p div li ul ol tr table h1 h2 h3 h4 h5 h6 section article hr details summary blockquote pre dd dt header footer"
)
NEVER_SHOWN, _VOID, BREAKS = (frozenset(names.split()) for names in (_SILENT, _NO_CLOSING, _NEW_LINE))
_ZERO = r"[:=]\s*[\"']?0*\.?0+(?:px|em|rem|pt|%)?\s*(?:;|!|$)"
_HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|content-visibility\s*:\s*hidden|text-indent\s*:\s*-\s*\d{3,}"
    rf"|(?:^|[;\s])(?:opacity|font-size|max-height|max-width|height|width)\s*{_ZERO}|font-size\s*:\s*[01](?:px|pt)"
    r"|(?:^|[;\s])(?:left|top|right|bottom|margin-left|margin-top)\s*:\s*-\s*\d{3,}|clip(?:-path)?\s*:",
    re.IGNORECASE,
)
_PALE = r"(?:white|transparent|#fff(?:f|fff|fffff)?\b|rgba?\(\s*255[\s,]+255[\s,]+255|rgba\([^)]*,\s*0\s*\)|hsla?\([^)]*100%\s*[,/)])"
_COLOUR = re.compile(r"(?:^|[;\s])color\s*:\s*([^;!]+)", re.IGNORECASE)
_GROUND = re.compile(r"(?:^|[;\s])background(?:-color)?\s*:\s*([^;!]+)", re.IGNORECASE)
_IS_PALE = re.compile(_PALE, re.IGNORECASE)
_NO_GROUND = re.compile(r"\s*(?:none|inherit|initial|unset)\s*$", re.IGNORECASE)


_COMMENT = re.compile(r"<!--(?:-?>|.*?--!?>)", re.DOTALL)


def without_comments(text: str) -> str:
    """The text without closed HTML comments, wherever they stand."""
    return _COMMENT.sub("", text)


class Visibility:
    """Follows raw HTML through a document: whether we are inside a hidden element, and what a piece visibly says."""

    def __init__(self) -> None:
        self._open: list[tuple[str, bool]] = []

    @property
    def is_hidden(self) -> bool:
        """Whether text at this point lies inside an element that is not shown."""
        return any(hides for _, hides in self._open)

    def feed(self, html: str) -> str:
        """The visible text of the next piece of HTML; elements it leaves open stay open."""
        reader = _Reader(self._open)
        # A comment left open hides the rest; the parser would hand it over as text.
        reader.feed(without_comments(html).split("<!--", 1)[0])
        reader.close()
        return "".join(reader.seen)

    def mark(self) -> int:
        """The depth of open elements, for `back_to`."""
        return len(self._open)

    def back_to(self, depth: int) -> None:
        """Forget elements opened since `mark`: inline elements end with their paragraph."""
        del self._open[depth:]


class _Reader(HTMLParser):
    def __init__(self, stack: list[tuple[str, bool]]) -> None:
        super().__init__(convert_charrefs=True)
        self._stack = stack
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BREAKS:
            self.seen.append("\n")
        if tag not in _VOID:
            self._stack.append((tag, tag in NEVER_SHOWN or _hides(attrs)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # "<div hidden/>" opens a div for a browser: only void elements can close themselves.
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        for position in range(len(self._stack) - 1, -1, -1):
            if self._stack[position][0] == tag:
                del self._stack[position:]
                break
        if tag in BREAKS:
            self.seen.append("\n")

    def handle_data(self, data: str) -> None:
        if not any(hides for _, hides in self._stack):
            self.seen.append(data)


def is_hiding(style: str) -> bool:
    """Whether declarations (`display: none; ...`) take an element out of sight whatever its colours are."""
    return bool(_HIDING_STYLE.search(style))


def is_pale_text(style: str) -> bool | None:
    """Whether declarations make text white or transparent; None where they set no colour."""
    found = _COLOUR.findall(style)
    return bool(_IS_PALE.match(found[-1].strip())) if found else None


def has_dark_ground(style: str) -> bool | None:
    """Whether declarations set a background that white text shows on; None where they set none."""
    found = [value for value in _GROUND.findall(style) if not _NO_GROUND.match(value)]
    return not _IS_PALE.match(found[-1].strip()) if found else None


def is_hidden_element(attributes: Mapping[str, str | None]) -> bool:
    """Whether an element's own attributes take it out of sight whatever its colours are."""
    values = {name: value or "" for name, value in attributes.items()}
    if "hidden" in values or values.get("aria-hidden", "").strip().lower() == "true":
        return True
    return is_hiding(values.get("style", "")) or values.get("size", "").strip() == "0"


def _hides(attrs: list[tuple[str, str | None]]) -> bool:
    values = dict(attrs)
    style = values.get("style") or ""
    colour = f"color: {values['color']}" if values.get("color") else ""
    pale = is_pale_text(style) or is_pale_text(colour)
    return is_hidden_element(values) or bool(pale and not has_dark_ground(style))
