"""How a request shows who it is from: a token, the browser's cookie, or, as long as there are no accounts, that it comes from this machine."""

from __future__ import annotations

import ipaddress

from starlette.requests import HTTPConnection
from starlette.responses import Response

from analyst_agent import ways
from analyst_agent.server.callers import ADMIN, LOCAL, Caller
from analyst_agent.server.people import People
from analyst_agent.server.problems import NotSignedIn
from analyst_agent.server.security import COOKIE, SECURE_COOKIE
from analyst_agent.state.sign_ins import LONGEST

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""Headers by which a request shows that something else passed it on: it may then be from anywhere."""
_PLEASE = "Sign in, or send a token as `Authorization: Bearer ...`."


def entered(people: People, connection: HTTPConnection) -> Caller:
    """Who a request is from. Raises NotSignedIn, or TooMany where somebody calls or uploads too often.

    A token that is not good is refused even beside a cookie that is.
    """
    caller = _known(people, connection)
    if caller.owner != LOCAL:
        if connection.url.path.startswith(("/api/", "/mcp")):
            people.pace.check("call", caller.owner)
        if connection.headers.get("content-type", "").startswith("multipart/"):
            people.pace.check("upload", caller.owner)
    return caller


def _known(people: People, connection: HTTPConnection, *, is_use: bool = True) -> Caller:
    given = connection.headers.get("authorization")
    if given is not None:
        scheme, _, secret = given.partition(" ")
        caller = people.bearer(secret.strip(), is_use=is_use) if scheme.lower() == "bearer" else None
        if caller is None:
            raise NotSignedIn("This token is not good: unknown, revoked, expired, or its owner's account is.", _PLEASE)
        return caller
    secret = secret_of(connection)
    caller = people.signed_in(secret, is_use=is_use) if secret else None
    if caller is not None:
        return caller
    if people.accounts.exist():
        raise NotSignedIn("You are not signed in.", _PLEASE)
    if not is_of_this_machine(connection):
        raise NotSignedIn("Without accounts this server answers only to its own machine.", ways.FIRST_ACCOUNT)
    return Caller(LOCAL, "local", ADMIN)


def still_entered(people: People, connection: HTTPConnection, caller: Caller) -> bool:
    """Whether a connection that was opened by the caller would be opened as theirs now. That it was asked is no use of it."""
    try:
        return _known(people, connection, is_use=False) == caller
    except NotSignedIn:
        return False


def is_of_this_machine(connection: HTTPConnection) -> bool:
    """Whether the request comes from this machine and nothing has passed it on."""
    if connection.client is None or any(name in connection.headers for name in FORWARDED):
        return False
    try:
        address = ipaddress.ip_address(connection.client.host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def address_of(connection: HTTPConnection) -> str:
    """The address a request comes from, as far as the proxy that is trusted tells, else the peer's."""
    return connection.client.host if connection.client else ""


def is_protected(connection: HTTPConnection) -> bool:
    """Whether the browser talks to the server, or to the proxy before it, by TLS."""
    return connection.url.scheme in ("https", "wss")


def secret_of(connection: HTTPConnection) -> str:
    """What the browser's cookie holds, "" without one."""
    return connection.cookies.get(SECURE_COOKIE if is_protected(connection) else COOKIE, "")


def give_cookie(connection: HTTPConnection, reply: Response, secret: str) -> None:
    """Lets the browser keep the secret, out of reach of scripts and of other sites' forms."""
    is_secure = is_protected(connection)
    reply.set_cookie(
        SECURE_COOKIE if is_secure else COOKIE,
        secret,
        max_age=int(LONGEST.total_seconds()),
        path="/",
        secure=is_secure,
        httponly=True,
        samesite="lax",
    )


def take_cookie(connection: HTTPConnection, reply: Response) -> None:
    """Has the browser forget the secret, and the pages it keeps."""
    is_secure = is_protected(connection)
    reply.delete_cookie(
        SECURE_COOKIE if is_secure else COOKIE, path="/", secure=is_secure, httponly=True, samesite="lax"
    )
    reply.headers["clear-site-data"] = '"cache"'
