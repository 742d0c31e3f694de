"""Addresses of documents and of the headings in them, the same for whoever links and for the page that is linked to."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote


def slug(heading: str) -> str:
    """The anchor of a heading.

    >>> slug("Full months, not used!"), slug("Rückerstattung")
    ('full-months-not-used', 'ruckerstattung')
    """
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def document_url(space: str, document: str, heading: str = "") -> str:
    """Where a document is read, at a heading of it."""
    anchor = f"#{slug(heading)}" if slug(heading) else ""
    return f"/knowledge/{quote(space, safe='')}/{quote(document, safe='')}{anchor}"
