"""Secrets that let their bearer in: drawn at random, shown once, kept as a digest only."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from secrets import token_urlsafe

BYTES = 32


def new_secret() -> str:
    """256 random bits as 43 characters that fit a URL, a header and a cookie."""
    return token_urlsafe(BYTES)


def digest(secret: str) -> str:
    """What is kept of a secret. It is random, so that its digest needs neither salt nor work."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def text_of(at: datetime) -> str:
    """A time as it is kept: ISO in UTC, to the second, so that texts compare as times do."""
    return at.astimezone(UTC).isoformat(timespec="seconds")
