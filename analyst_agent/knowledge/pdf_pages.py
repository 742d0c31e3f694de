"""The visible runs of text of a PDF, page by page: a run is read only where drawing it changes the picture of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analyst_agent.knowledge.sections import NotReadable
from analyst_agent.masking import visible

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

MOST_PAGES = 400
MOST_OBJECTS = 20_000
LONGEST_SIDE_PIXELS = 1_700
LEAST_POINTS = 2.0
LEAST_CONTRAST = 24
"""Of 255 levels of grey: less than this nobody reads."""
FIELDS = (
    "Title",
    "Identifier",
    "Id",
    "Effective",
    "EffectiveDate",
    "Status",
    "Supersedes",
    "SupersededBy",
    "ProductArea",
)
_BOLD = re.compile(r"bold|black|heavy|semibold|demi", re.IGNORECASE)
# PDFium keeps state of its own between calls and is not safe in two threads at once.
_PDFIUM = Lock()

Grey = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text on a page in points from the lower left: left and right end, baseline, size of its letters."""

    page: int
    left: float
    right: float
    baseline: float
    size: float
    is_bold: bool
    text: str


def read_runs(raw: bytes) -> tuple[list[Run], Mapping[Any, Any]]:
    """Every visible run in the order the file draws them, and the file's properties. Raises NotReadable."""
    import pypdfium2

    with _PDFIUM:
        document = _opened(raw)
        try:
            if len(document) > MOST_PAGES:
                raise NotReadable(f"has more than {MOST_PAGES} pages")
            fields = {_snake(name): document.get_metadata_value(name) for name in FIELDS}
            runs = [run for number in range(len(document)) for run in _runs(document, number)]
        except pypdfium2.PdfiumError as error:
            raise NotReadable("is damaged: a page of it cannot be read") from error
        finally:
            document.close()
    return runs, fields


def _opened(raw: bytes) -> PdfDocument:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (pypdfium2.raw.FPDF_ERR_PASSWORD, pypdfium2.raw.FPDF_ERR_SECURITY):
            raise NotReadable("is encrypted; save it without a password") from error
        raise NotReadable("is damaged or no PDF") from error


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _runs(document: PdfDocument, number: int) -> Iterator[Run]:
    from pypdfium2 import raw as pdfium

    page = document[number]
    try:
        words = page.get_textpage()
        found: list[Any] = []
        for one in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT], textpage=words):
            found.append(one)
            if len(found) > MOST_OBJECTS:
                raise NotReadable(f"holds more than {MOST_OBJECTS:,} pieces of text on page {number + 1}")
        if not found:
            return
        scale = min(2.0, LONGEST_SIDE_PIXELS / max(*page.get_size(), 1.0))
        drawn = _picture(page, scale)
        for one in found:
            pdfium.FPDFPageObj_SetIsActive(one, False)
        changed = np.abs(drawn - _picture(page, scale))
        for one in found:
            run = _run(one, number, page, changed, scale)
            if run is not None:
                yield run
    finally:
        page.close()


def _picture(page: PdfPage, scale: float) -> Grey:
    """The page in grey, without annotations and forms, which lie on top of it."""
    bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False, draw_annots=False)
    grey = np.array(bitmap.to_numpy(), dtype=np.int16)
    bitmap.close()
    return grey.reshape(grey.shape[0], grey.shape[1])


def _run(one: Any, number: int, page: PdfPage, changed: Grey, scale: float) -> Run | None:
    """The run of a text object, None where it does not show."""
    from pypdfium2 import raw as pdfium

    matrix = one.get_matrix()
    box = one.get_bounds()
    above = one.container
    while above is not None:
        outer = above.get_matrix()
        box, matrix = outer.on_rect(*box), matrix.multiply(outer)
        above = above.container
    size = one.get_font_size() * max(float(np.hypot(matrix.c, matrix.d)), 1e-6)
    is_unpainted = pdfium.FPDFTextObj_GetTextRenderMode(one) in (
        pdfium.FPDF_TEXTRENDERMODE_INVISIBLE,
        pdfium.FPDF_TEXTRENDERMODE_CLIP,
    )
    # PDFium marks a hyphen that ends a line by a control character.
    text = visible(one.extract().replace("\x02", "-").replace("\ufffe", "-"))
    if is_unpainted or size < LEAST_POINTS or not text.strip() or not _shows(box, page, changed, scale):
        return None
    font = one.get_font()
    is_bold = bool(_BOLD.search(font.get_base_name())) or font.get_weight() >= 600
    return Run(number, box[0], box[2], float(matrix.f), round(size, 1), is_bold, text)


def _shows(box: tuple[float, float, float, float], page: PdfPage, changed: Grey, scale: float) -> bool:
    """Whether drawing the text changed the picture where it stands, which lies within the page."""
    left, bottom, _, top = page.get_bbox()
    if page.get_rotation() % 180:
        x = ((box[1] - bottom) * scale, (box[3] - bottom) * scale)
        y = ((box[0] - left) * scale, (box[2] - left) * scale)
        if page.get_rotation() == 270:
            x, y = _mirrored(x, changed.shape[1]), _mirrored(y, changed.shape[0])
    else:
        x = ((box[0] - left) * scale, (box[2] - left) * scale)
        y = ((top - box[3]) * scale, (top - box[1]) * scale)
        if page.get_rotation() == 180:
            x, y = _mirrored(x, changed.shape[1]), _mirrored(y, changed.shape[0])
    rows = slice(max(0, int(y[0])), max(0, int(np.ceil(y[1])) + 1))
    columns = slice(max(0, int(x[0])), max(0, int(np.ceil(x[1])) + 1))
    part = changed[rows, columns]
    return bool(part.size) and int(part.max()) >= LEAST_CONTRAST


def _mirrored(span: tuple[float, float], length: int) -> tuple[float, float]:
    return length - span[1], length - span[0]
