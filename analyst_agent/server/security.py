"""What holds for every request and reply: which host and origin it may come from, and what a browser may load and do."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
"""Of a mail shown as it was sent: its styles are inline; nothing of it may run or load."""
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
COOKIE = "analyst_session"
SECURE_COOKIE = "__Host-analyst_session"
"""By TLS: a browser takes it from this very host only, so that no neighbouring domain can put its own in its place."""


class Guard:
    """Refuses a foreign host name, so that no page elsewhere can be made to talk to this one under its own name, and a change
    that another site's page sends; adds the headers above to every reply.

    A change, or a socket, with the cookie must come with proof that a page of this server sent it: the browser's Sec-Fetch-Site or
    Origin, which no page can forge. Every browser sends one of them, so that forms need no secret of their own. A request with a
    token needs none: no page of another site can add that header, and beside it the cookie counts for nothing.

    hosts: names the server answers to, beside those of this machine; empty: none beside.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str] = ()) -> None:
        self._app = app
        self._hosts = LOOPBACK | {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if problem := self._problem(scope, headers):
            reply = JSONResponse({"error": {"code": "foreign_request", "message": problem, "hint": ""}}, 403)
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 4403, "reason": problem})
                return
            await reply(scope, receive, _with_headers(send))
            return
        await self._app(scope, receive, _with_headers(send))

    def _problem(self, scope: Scope, headers: Headers) -> str:
        hosts = headers.getlist("host")
        host = hosts[0] if len(hosts) == 1 else ""
        if "*" not in self._hosts and _name(host) not in self._hosts:
            return f"This server does not answer to the host {host[:100]!r}; whoever runs it names others with --name."
        is_change = scope["type"] == "websocket" or scope["method"] not in SAFE
        if not is_change or headers.get("authorization", "").lower().startswith("bearer "):
            return ""
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if site not in (None, "same-origin", "none") or (origin is not None and not _is_own(origin, scope, host)):
            return "A page of another site sent this; it is refused."
        if origin is None and site is None and _has_cookie(headers):
            return "Nothing shows which page sent this; it is refused. Programs use a token."
        return ""


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in (("content-security-policy", POLICY), *HEADERS.items()):
                headers.setdefault(name, value)
            headers.setdefault("cache-control", "private, no-cache")
        await send(message)

    return sending


def _name(host: str) -> str:
    """The name in a Host header, without its port.

    >>> _name("LOCALHOST:8000"), _name("[::1]:8000")
    ('localhost', '[::1]')
    """
    host = host.lower()
    return host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]


def _is_own(origin: str, scope: Scope, host: str) -> bool:
    """Whether an Origin is this server's: host, port and, where the browser came by TLS, scheme."""
    scheme, _, place = origin.lower().partition("://")
    is_protected = scope["scheme"] in ("https", "wss")
    return place == host.lower() and (scheme == "https" if is_protected else scheme in ("http", "https"))


def _has_cookie(headers: Headers) -> bool:
    names = {part.partition("=")[0].strip() for one in headers.getlist("cookie") for part in one.split(";")}
    return not names.isdisjoint((COOKIE, SECURE_COOKIE))
