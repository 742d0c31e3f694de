"""What the formatting of a DOCX file says of a paragraph or run: its style, its outline level, and whether it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LEAST_HALF_POINTS = 4
_OFF = {"0", "false", "off", "none"}
_PALE = re.compile(r"(?:f[c-f]){3}", re.IGNORECASE)
_DEEPEST = 20


def attribute(element: Any, name: str) -> str:
    """An attribute in Word's namespace, empty where there is none."""
    return str(element.get(WORD + name) or "")


class Styles:
    """The styles of one file by id, each with those it is based on."""

    def __init__(self, root: Any) -> None:
        self._styles = {attribute(style, "styleId"): style for style in root.iter(WORD + "style")}
        self._defaults = root.find(f"{WORD}docDefaults/{WORD}rPrDefault/{WORD}rPr")
        self._default_paragraph = next(
            (s for s in self._styles.values() if attribute(s, "type") == "paragraph" and attribute(s, "default") == "1"), None
        )  # fmt: skip

    def of_paragraph(self, paragraph: Any) -> tuple[str, int | None]:
        """The name of a paragraph's style in lower case, and its outline level (0 the highest; None for body text)."""
        name = ""
        levels = [_find(paragraph, "pPr", "outlineLvl")]
        for style in self._chain(_find(paragraph, "pPr", "pStyle")):
            found = style.find(WORD + "name")
            own = attribute(found, "val").lower() if found is not None else ""
            if not name or re.fullmatch(r"heading \d|title", own):
                name = own
            levels.append(_find(style, "pPr", "outlineLvl"))
        level = next((attribute(one, "val") for one in levels if one is not None), "")
        return name, int(level) if level.isdigit() and int(level) < 9 else None

    def is_listed(self, paragraph: Any) -> bool:
        """Whether Word puts a bullet or number before a paragraph."""
        places = [paragraph, *self._chain(_find(paragraph, "pPr", "pStyle"))]
        number = next((n for n in (_find(one, "pPr", "numPr", "numId") for one in places) if n is not None), None)
        return number is not None and attribute(number, "val") not in ("", "0")

    def has_first_row(self, table: Any) -> bool:
        """Whether a table's look gives its first row a form of its own."""
        look = _find(table, "tblPr", "tblLook")
        if look is None:
            return False
        bits = attribute(look, "val")
        return attribute(look, "firstRow") == "1" or bool(
            re.fullmatch(r"[0-9A-Fa-f]{4}", bits) and int(bits, 16) & 0x20
        )

    def is_hidden(self, run: Any, paragraph: Any) -> bool:
        """Whether a run is marked hidden, is of at most two points, or is white where nothing dark lies behind it."""
        settings = list(self._run_settings(run, paragraph))
        vanish = _first(settings, "vanish")
        if vanish is not None and attribute(vanish, "val") not in _OFF:
            return True
        size = attribute(_first(settings, "sz"), "val") if _first(settings, "sz") is not None else ""
        if size.isdigit() and int(size) <= LEAST_HALF_POINTS:
            return True
        colour = _first(settings, "color")
        if colour is None or not _PALE.fullmatch(attribute(colour, "val")):
            return False
        return not self._has_dark_ground(settings, paragraph)

    def _has_dark_ground(self, settings: list[Any], paragraph: Any) -> bool:
        if (mark := _first(settings, "highlight")) is not None and attribute(mark, "val") not in ("none", "white"):
            return True
        grounds = [_first(settings, "shd"), _find(paragraph, "pPr", "shd")]
        grounds += [_find(style, "pPr", "shd") for style in self._chain(_find(paragraph, "pPr", "pStyle"))]
        grounds += [_find(cell, "tcPr", "shd") for cell in paragraph.iterancestors(WORD + "tc")]
        fills = [attribute(ground, "fill") for ground in grounds if ground is not None]
        return any(re.fullmatch(r"[0-9A-Fa-f]{6}", fill) and not _PALE.fullmatch(fill) for fill in fills)

    def _run_settings(self, run: Any, paragraph: Any) -> Iterator[Any]:
        """Every rPr that bears on a run, the strongest first."""
        own = [run.find(WORD + "rPr")]
        own += [style.find(WORD + "rPr") for style in self._chain(_find(run, "rPr", "rStyle"), is_run=True)]
        own += [style.find(WORD + "rPr") for style in self._chain(_find(paragraph, "pPr", "pStyle"))]
        yield from (setting for setting in [*own, self._defaults] if setting is not None)

    def _chain(self, reference: Any, *, is_run: bool = False) -> Iterator[Any]:
        style = self._styles.get(attribute(reference, "val")) if reference is not None else None
        if style is None and not is_run:
            style = self._default_paragraph
        for _ in range(_DEEPEST):
            if style is None:
                return
            yield style
            base = style.find(WORD + "basedOn")
            style = self._styles.get(attribute(base, "val")) if base is not None else None


def _find(element: Any, *names: str) -> Any:
    return element.find("/".join(WORD + name for name in names))


def _first(settings: list[Any], name: str) -> Any:
    return next((found for found in (s.find(WORD + name) for s in settings) if found is not None), None)
