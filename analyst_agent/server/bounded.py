"""No request is read further than anything of it could be used: who sends more, signed in or not, is refused."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 1_000_000
"""Bytes of a form or of JSON."""
SAID = f"The request holds more than {LARGEST_BODY // 1_000_000} MB."


class Bounded:
    """Refuses bodies over LARGEST_BODY. but: addresses that take files and say themselves how much."""

    def __init__(self, app: ASGIApp, but: Collection[str] = ()) -> None:
        self._app = app
        self._but = but

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope["path"] in self._but:
            await self._app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "")
        if length.isascii() and length.isdigit() and int(length) > LARGEST_BODY:
            error = {"code": "too_large", "message": SAID, "hint": "Send less."}
            # The rest is not read: the connection cannot be used again.
            await JSONResponse({"error": error}, 413, {"connection": "close"})(scope, receive, send)
            return
        read = 0

        async def receiving() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > LARGEST_BODY:
                raise HTTPException(413, SAID)
            return message

        await self._app(scope, receiving, send)
