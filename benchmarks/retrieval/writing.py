"""Small HTML, PDF and DOCX files made from Markdown, as an office would save them: for the benchmark and the tests."""

from __future__ import annotations

import html
import io
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence

Part = tuple[str, str | list[list[str]]]
"""`h1`..`h3`, `text`, `item` with its words, or `table` with its rows."""

SIZES = {"h1": 20, "h2": 15, "h3": 12, "text": 10, "item": 10}
LEFT, TOP, BOTTOM = 60, 780, 60


def parts_of(markdown: str) -> Iterator[Part]:
    """The parts of a Markdown text without front matter."""
    body = re.sub(r"\A---\n.*?\n---\n", "", markdown, flags=re.DOTALL)
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    for chunk in re.split(r"\n\s*\n", body.strip()):
        lines = [line for line in chunk.split("\n") if line.strip()]
        while lines and (heading := re.match(r"(#{1,3}) (.*)", lines[0])):
            yield f"h{len(heading[1])}", _plain(heading[2])
            lines = lines[1:]
        if lines and lines[0].startswith("|"):
            rows = [[_plain(c.strip()) for c in line.strip("| ").split("|")] for line in lines]
            yield "table", [row for n, row in enumerate(rows) if n != 1]
        elif lines and re.match(r"(?:[-*]|\d+\.) ", lines[0]):
            for item in re.split(r"\n(?=(?:[-*]|\d+\.) )", "\n".join(lines)):
                yield "item", _plain(" ".join(item.split()).split(" ", 1)[1])
        elif lines:
            yield "text", _plain(" ".join(" ".join(lines).split()))


def _plain(text: str) -> str:
    return re.sub(r"\*\*|`", "", text)


def as_html(parts: Sequence[Part], title: str, fields: Mapping[str, str]) -> bytes:
    """A web page with meta tags."""
    metas = "".join(f'<meta name="{k}" content="{html.escape(v)}">' for k, v in fields.items())
    body: list[str] = []
    for kind, content in parts:
        if isinstance(content, list):
            rows = ["".join(f"<{'td' if n else 'th'}>{html.escape(c)}</{'td' if n else 'th'}>" for c in row) for n, row in enumerate(content)]  # fmt: skip
            body.append("<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>")
        else:
            tag = {"text": "p", "item": "li"}.get(kind, kind)
            body.append(f"<{tag}>{html.escape(content)}</{tag}>")
    page = f"<!doctype html><html><head><meta charset='utf-8'><title>{html.escape(title)}</title>{metas}</head><body>{''.join(body)}</body></html>"
    return page.encode()


def as_docx(parts: Sequence[Part], title: str, fields: Mapping[str, str]) -> bytes:
    """A Word file with core properties; the day it takes effect stands in its first line, as offices write it."""
    import docx

    document = docx.Document()
    document.core_properties.title = title
    document.core_properties.identifier = fields.get("id", "")
    document.core_properties.content_status = fields.get("status", "")
    if "effective" in fields:
        document.add_paragraph(f"Effective from: {fields['effective']}")
    for kind, content in parts:
        if isinstance(content, list):
            table = document.add_table(rows=0, cols=len(content[0]))
            for row in content:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
        elif kind.startswith("h"):
            document.add_heading(content, int(kind[1]))
        else:
            document.add_paragraph(content, style="List Bullet" if kind == "item" else None)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def as_pdf(parts: Sequence[Part], title: str, fields: Mapping[str, str]) -> bytes:
    """A PDF of as many pages as it needs, with standard fonts."""
    pages: list[list[str]] = [[]]
    y = TOP
    for kind, content in parts:
        rows = content if isinstance(content, list) else None
        size = 10 if rows else SIZES[kind]
        width = int(950 / size)
        lines = [content] if isinstance(content, str) else []
        wrapped = [w for line in lines for w in textwrap.wrap(("• " if kind == "item" else "") + line, width)]
        y -= size // 2 + 4
        for number, line in enumerate(rows if rows else wrapped):
            if y < BOTTOM:
                pages.append([])
                y = TOP
            cells = line if isinstance(line, list) else [line]
            font = "F2" if kind.startswith("h") or (rows and number == 0) else "F1"
            step = 470 // len(cells)
            depth = 1
            for column, cell in enumerate(cells):
                pieces = textwrap.wrap(cell, max(8, int(step / size * 1.9))) if len(cells) > 1 else [cell]
                depth = max(depth, len(pieces))
                pages[-1] += [
                    draw(piece, LEFT + column * step, y - n * int(size * 1.3), size, font)
                    for n, piece in enumerate(pieces)
                ]
            y -= int(size * 1.3) * depth + (5 if rows else 0)
    properties = {"Title": title, **{k.title().replace("_", ""): v for k, v in fields.items()}}
    return pdf_of(["\n".join(page) for page in pages], properties)


def draw(text: str, x: float, y: float, size: float = 10, font: str = "F1") -> str:
    """The operators that draw one line."""
    return f"BT /{font} {size} Tf {x} {y} Td ({_escaped(text)}) Tj ET\n"


def _escaped(text: str) -> str:
    return text.replace("•", "\x95").replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def pdf_of(pages: Sequence[str], properties: Mapping[str, str] | None = None, trailer: str = "") -> bytes:
    """A PDF from the content of its pages: fonts F1 (Helvetica) and F2 (bold), A4."""
    fonts = [f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>" for name in ("Helvetica", "Helvetica-Bold")]  # fmt: skip
    count = len(pages)
    tree = 3 + 2 * count
    objects = [*fonts]
    for number, content in enumerate(pages):
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 595 842] /Contents {3 + 2 * number} 0 R "
            "/Resources << /Font << /F1 1 0 R /F2 2 0 R >> >> >>"
        )
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(count))
    objects.append(f"<< /Type /Pages /Count {count} /Kids [{kids}] >>")
    objects.append(f"<< /Type /Catalog /Pages {tree} 0 R >>")
    objects.append("<< " + " ".join(f"/{k} ({_escaped(v)})" for k, v in (properties or {}).items()) + " >>")
    out = b"%PDF-1.7\n"
    offsets: list[int] = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    entries = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{entries}trailer << /Size {len(objects) + 1} /Root {tree + 1} 0 R "
    end += f"/Info {tree + 2} 0 R {trailer} >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + end.encode("latin-1")
