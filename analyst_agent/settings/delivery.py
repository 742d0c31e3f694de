"""The section `[delivery]` of `analyst.toml`: from whom, by which server and to whom reports may be sent. Passwords stay in the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from analyst_agent.errors import InvalidDefinition, UnknownName, WorkspaceError

SECURITY = {"starttls": 587, "tls": 465, "none": 25}
"""How the connection is protected, with the port that is usual for it."""
IN_DOUBT = ("ask", "resend")
LOOPBACK = ("localhost", "127.0.0.1", "::1", "[::1]")
UNSET_SENDER = "Escalation Analyst <analyst@unset.invalid>"
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
)


def _setting(default: Any, doc: str) -> Any:
    if callable(default):
        return field(default_factory=default, metadata={"doc": doc})
    return field(default=default, metadata={"doc": doc})


@dataclass(frozen=True, slots=True)
class Delivery:
    """How reports leave the workspace. With nothing set, they are written to the outbox and stay there."""

    sender: str = _setting("", "Who mails are from: `NAME <address>` or an address. Needed for SMTP.")
    owner: str = _setting(
        "", "The address that is told of failed runs and of mails that could not be sent; nobody else is."
    )
    server: str = _setting("", "Host of the mail server. Unset: nothing is sent, the outbox is written all the same.")
    port: int = _setting(0, "Its port. 0: 587 for starttls, 465 for tls, 25 for none.")
    security: str = _setting(
        "starttls", "`starttls`, `tls`, or `none` (no login then, unless the server is on this machine)."
    )
    ca_file: str = _setting("", "Certificates (PEM) that the server's is checked against. Unset: those of the system.")
    user: str = _setting("", "Login name at the server. Unset: no login.")
    password: str = _setting("", "Its password, only as ${VARIABLE}.")
    timeout_s: float = _setting(60.0, "Seconds to wait for each reply of the server.")
    domains: tuple[str, ...] = _setting(
        (), "Domains that may be written to; `*.example.com` is every domain below it. Empty: none, nothing is sent."
    )
    size_limit_mb: float = _setting(10.0, "Largest message, in millions of bytes as sent; a larger one is refused.")
    retry_hours: float = _setting(
        24.0, "Hours over which a mail is tried again, ever more seldom, before it is given up."
    )
    in_doubt: str = _setting(
        "ask",
        "What becomes of a message of which nobody can know whether the server took it: `ask` leaves it to "
        "`analyst outbox resolve`, `resend` sends it again under the same Message-ID.",
    )
    approval: bool = _setting(False, "Whether every mail waits for `analyst outbox approve` before it is sent.")
    channels: Mapping[str, str] = _setting(
        dict,
        'Where `notify` steps may write: `[delivery.channels]`, NAME = "URL of Apprise"; its secrets only as ${VARIABLE}.',
    )
    services: tuple[str, ...] = _setting(
        (), "Services of those URLs that may be used: a scheme (`slack`), or scheme://host. Empty: none."
    )

    @property
    def from_sender(self) -> str:
        """Who mails are from, a placeholder that no server takes where nobody is set."""
        return self.sender or UNSET_SENDER

    @property
    def server_port(self) -> int:
        """The port to connect to."""
        return self.port or SECURITY[self.security]

    @property
    def size_limit(self) -> int:
        """Bytes of the largest message."""
        return int(self.size_limit_mb * 1_000_000)


def parse_delivery(raw: Mapping[str, Any], where: str) -> Delivery:
    """The record of a section `[delivery]`. Raises UnknownName for a key, InvalidDefinition for a value that cannot be."""
    kinds = {f.name: type(getattr(Delivery(), f.name)) for f in fields(Delivery)}
    values: dict[str, Any] = {}
    for key, value in raw.items():
        if key not in kinds:
            raise UnknownName(f"setting in {where} [delivery]", key, kinds)
        values[key] = _typed(key, value, kinds[key], where)
    found = Delivery(**values)
    _check(found, where)
    return found


def filled(text: str, of: str) -> str:
    """The text with each `${VARIABLE}` filled in. Raises WorkspaceError for one that is not set; `of` names the setting."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in os.environ:
            raise WorkspaceError(f"{of} names ${{{match[1]}}}, which is not set.", f"Set the variable {match[1]}.")
        return os.environ[match[1]]

    return _VARIABLE.sub(value, text)


def mailbox(text: str) -> str:
    """The bare address of `NAME <address>` or of an address, its domain in lower case and in the letters of DNS.

    Raises InvalidDefinition for anything else: several addresses, spaces, line breaks, a quoted or non-ASCII local part.

    >>> mailbox("Ana Lopez <ana@Example.COM>")
    'ana@example.com'
    """
    match = re.fullmatch(r"(?:[^<>\r\n]*<([^<>]*)>|([^<>]*))", text.strip())
    bare = ((match[1] or match[2] or "") if match else "").strip()
    local, _, domain = bare.rpartition("@")
    try:
        bare = f"{local}@{domain.encode('idna').decode().lower()}" if domain else bare
    except UnicodeError:
        bare = ""
    if not _ADDRESS.fullmatch(bare) or len(local) > 64 or len(bare) > 254:
        raise InvalidDefinition(
            f"{text[:100]!r} is no e-mail address.", "Write name@example.com or Name <name@example.com>."
        )
    return bare


def may_write_to(domains: tuple[str, ...], address: str) -> bool:
    """Whether the domain of a bare address is among those that are allowed.

    >>> may_write_to(("example.com",), "a@sub.example.com"), may_write_to(("*.example.com",), "a@sub.example.com")
    (False, True)
    """
    domain = address.rpartition("@")[2]
    return any(domain.endswith(one[1:]) if one.startswith("*.") else domain == one for one in domains)


def may_notify(services: tuple[str, ...], url: str) -> bool:
    """Whether the service of a filled-in URL is among those that are allowed."""
    scheme, _, rest = url.lower().partition("://")
    host = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    host = re.sub(r":\d+$", "", host)
    return any(one in (scheme, f"{scheme}://{host}") for one in services)


def _typed(key: str, value: Any, kind: type, where: str) -> Any:
    def wrong(why: str, hint: str) -> InvalidDefinition:
        shown = "..." if key == "password" else repr(value)
        return InvalidDefinition(f"{where}: delivery.{key} = {shown} {why}.", hint)

    if kind is str and not isinstance(value, str):
        raise wrong("is no text", "Put it between quotes.")
    if kind is bool and not isinstance(value, bool):
        raise wrong("is neither true nor false", "Write true or false.")
    if kind is int and (type(value) is not int or not 0 <= value <= 65_535):
        raise wrong("is no port", "A whole number from 1 to 65535.")
    if kind is float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1e6:
            raise wrong("is no amount", "A number above 0.")
        return float(value)
    if kind is tuple:
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            raise wrong("is no list of names", f'For example {key} = ["example.com"].')
        return tuple(one.strip().lower() for one in value)
    if kind is dict and not (isinstance(value, Mapping) and all(isinstance(one, str) for one in value.values())):
        raise wrong("is no table of URLs", 'For example support = "slack://${SLACK_TOKEN}".')
    return value


def _check(one: Delivery, where: str) -> None:
    def wrong(key: str, why: str, hint: str) -> InvalidDefinition:
        return InvalidDefinition(f"{where}: delivery.{key} {why}.", hint)

    for key, valid in (("security", tuple(SECURITY)), ("in_doubt", IN_DOUBT)):
        if getattr(one, key) not in valid:
            raise wrong(key, f"= {getattr(one, key)!r} is unknown", f"One of {', '.join(valid)}.")
    for key in ("sender", "owner"):
        if getattr(one, key):
            mailbox(getattr(one, key))
    for domain in one.domains:
        if not _ADDRESS.fullmatch(f"x@{domain.removeprefix('*.')}"):
            raise wrong(
                "domains", f"holds {domain!r}, which is no domain", 'For example ["example.com", "*.example.com"].'
            )
    if one.password and not _VARIABLE.fullmatch(one.password):
        raise wrong("password", "is written in clear", "Write ${VARIABLE} in its place and set that variable.")
    if one.user and one.security == "none" and one.server.lower() not in LOOPBACK:
        raise wrong("security", "= 'none' would send the password in clear", "Use starttls or tls, or no user.")
    if one.server and not one.sender:
        raise wrong("sender", "is missing", "Name who mails are from, or remove delivery.server.")
    if one.owner and one.domains and not may_write_to(one.domains, mailbox(one.owner)):
        raise wrong(
            "owner", "is outside delivery.domains, so that nobody could be told of failures", "Add that domain."
        )
    for name, url in one.channels.items():
        if not _VARIABLE.search(url) and not re.fullmatch(r"[a-z][a-z0-9]*://[\w.\[\]-]+(?::\d+)?/?", url):
            raise wrong(f"channels.{name}", "may hold a secret in clear", "Write its secret parts as ${VARIABLE}.")
