"""HTML from templates: everything a person or a customer wrote is escaped, numbers and days are shown as the reports show them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from analyst_agent.claims import formats
from analyst_agent.report.markup import html_of_markdown, inline_html, plain_html
from analyst_agent.semantic.periods import whole_units
from analyst_agent.server.anchors import document_url

HERE = Path(__file__).parent
STATIC = HERE / "static"
THEMES = ("auto", "light", "dark")


def render(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> Response:
    """A page or a part of one. Every template also has: request, caller (None before sign-in), theme, is_part.

    A part whose address was opened in a tab leads to its page instead.
    """
    if status == 200 and request.headers.get("sec-fetch-dest") == "document" and is_a_part(template):
        first = request.url.path.split("/")[1]
        return RedirectResponse("/" if first == "conversations" else f"/{first}", 303)
    return HTMLResponse(rendered(request, template, **context), status, dict(headers or {}))


def is_a_part(template: str) -> bool:
    """Whether a template makes a part of a page and no page.

    >>> is_a_part("knowledge/_issues.html"), is_a_part("parts/turn.html"), is_a_part("ask.html")
    (True, True, False)
    """
    return template.startswith("parts/") or "/_" in template


def rendered(request: Request, template: str, **context: Any) -> str:
    """The HTML of a page or a part of one, which `render` makes a reply of."""
    theme = request.cookies.get("theme", "auto")
    return _environment().get_template(template).render(
        request=request,
        caller=getattr(request.state, "caller", None),
        theme=theme if theme in THEMES else "auto",
        is_part=bool(request.headers.get("hx-request")),
        **context,
    )  # fmt: skip


def static_url(name: str) -> str:
    """Where a browser gets a file of `static`: its address changes with its contents, so that it may be kept for ever.

    Raises FileNotFoundError.
    """
    return f"/static/{name}?v={_digest(name)}"


def moment(at: str, zone: ZoneInfo) -> str:
    """A stored time (ISO) in a zone, to the minute; "" for none.

    >>> moment("2026-11-03T08:00:00+00:00", ZoneInfo("Europe/Berlin"))
    '3 November 2026, 09:00'
    """
    if not at:
        return ""
    local = datetime.fromisoformat(at).astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M}"


def local_day(at: str, zone: ZoneInfo) -> str:
    """The day of a stored time (ISO) in a zone; "" for none.

    >>> local_day("2026-11-03T23:30:00+00:00", ZoneInfo("Europe/Berlin"))
    '4 November 2026'
    """
    return moment(at, zone).partition(",")[0]


def day_name(text: str) -> str:
    """A day (ISO) in words; a text that is no day stays as it is.

    >>> day_name("2026-11-03"), day_name("next spring")
    ('3 November 2026', 'next spring')
    """
    try:
        return formats.day(date.fromisoformat(text))
    except ValueError:
        return text


def coded(text: str) -> Markup:
    """A message as HTML: what stands between backticks is code, the rest stays as it is.

    >>> str(coded("Run `analyst load` <now>."))
    'Run <code>analyst load</code> &lt;now&gt;.'
    """
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return Markup.escape(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if place % 2 else Markup.escape(piece)
        for place, piece in enumerate(pieces)
    )


def reported_on(one: Any) -> str:
    """The days that a run or a period is about, in words; anything with `start` and `end`, the day after its last."""
    return whole_units(one.start, one.end).label


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:16]


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["static"] = static_url
    made.globals["document_url"] = document_url
    made.globals["new_key"] = lambda: uuid4().hex
    made.filters["moment"], made.filters["local_day"] = moment, local_day
    made.filters["day"] = day_name
    made.filters["days"] = reported_on
    made.filters["coded"] = coded
    for name, filter_ in (("blocks", html_of_markdown), ("words", inline_html), ("plain", plain_html)):
        made.filters[name] = lambda text, made_by=filter_: Markup(made_by(text))
    return made
