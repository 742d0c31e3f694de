"""Which elements of a web page its own style sheets hide: only rules that hide or colour are looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analyst_agent.knowledge.hidden import has_dark_ground, is_hiding, is_pale_text

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_COMMENT = re.compile(r"/\*.*?(?:\*/|$)", re.DOTALL)
_PRINT = re.compile(r"@media[^{]*\bprint\b[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", re.IGNORECASE)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_MOMENTARY = re.compile(r":(?:hover|focus|active|visited|link|target|checked|before|after|-)|::", re.IGNORECASE)
MOST_RULES = 2_000


@dataclass(slots=True)
class Styles:
    """Elements by their memory id: those hidden, those whose text is set pale or not, those with a dark ground or not."""

    hidden: set[int] = field(default_factory=set)
    pale: dict[int, bool] = field(default_factory=dict)
    ground: dict[int, bool] = field(default_factory=dict)


def styles_of(tree: LexborHTMLParser) -> Styles:
    """What the page's style sheets say; rules are taken in their order, without regard to how specific they are.

    An element that any rule hides counts as hidden: a panel that opens on a click is not quoted.
    """
    from selectolax.lexbor import SelectolaxError

    found = Styles()
    for selector, style in _rules("\n".join(node.text() for node in tree.css("style"))):
        hides, pale, ground = is_hiding(style), is_pale_text(style), has_dark_ground(style)
        if not (hides or pale is not None or ground is not None):
            continue
        try:
            nodes: list[LexborNode] = tree.css(selector)
        except SelectolaxError:
            continue  # A selector newer than the parser: a browser that does not know it skips the rule as well.
        for node in nodes:
            if hides:
                found.hidden.add(node.mem_id)
            if pale is not None:
                found.pale[node.mem_id] = pale
            if ground is not None:
                found.ground[node.mem_id] = ground
    return found


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    text = _PRINT.sub("", _COMMENT.sub("", sheet))
    for number, match in enumerate(_RULE.finditer(text)):
        if number >= MOST_RULES:
            return
        selector = match[1].rsplit(";", 1)[-1].strip()
        if selector and not selector.startswith("@") and not _MOMENTARY.search(selector):
            yield selector, match[2]
