"""The section `[server]` of `analyst.toml`: how often people may ask, and the provider of OpenID Connect that vouches for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from analyst_agent.errors import InvalidDefinition, UnknownName

ROLES = ("leader", "lead", "operations", "admin")
_VARIABLE = re.compile(r"\$\{\w+\}")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_URL = re.compile(r"(https?)://(\[[0-9a-f:]+\]|[\w.-]+)(:\d+)?(/[\w./~-]*)?", re.IGNORECASE)
_ROLE_FORM = 'For example "leader", or {role = "lead", scope = ["region = EMEA"]}.'
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def _setting(default: Any, doc: str) -> Any:
    if callable(default):
        return field(default_factory=default, metadata={"doc": doc})
    return field(default=default, metadata={"doc": doc})


@dataclass(frozen=True, slots=True)
class Granted:
    """The role and scope that a value of the provider's claim gives."""

    role: str
    scope: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Oidc:
    """The provider of OpenID Connect. Without an issuer, there are local accounts only."""

    issuer: str = _setting("", "The provider's address as it names itself. Unset: local accounts only.")
    client_id: str = _setting("", "Under which name this server is known there.")
    client_secret: str = _setting("", "Its secret there, only as ${VARIABLE}.")
    address: str = _setting(
        "",
        "The address at which browsers reach this server; the provider sends them back to `/sign-in/oidc/back` there.",
    )
    domains: tuple[str, ...] = _setting((), "Domains of the e-mail addresses that may sign in. Empty: none may.")
    claim: str = _setting("groups", "The claim (a text or a list) that decides about role and scope.")
    roles: Mapping[str, Granted] = _setting(
        dict,
        'What its values give: `[server.oidc.roles]`, value = "leader" or {role = "lead", scope = ["region = EMEA"]}; the first '
        "one in the file that somebody has holds, without one nobody is let in.",
    )
    label: str = _setting("Sign in with your company account", "What the button on the sign-in page says.")


@dataclass(frozen=True, slots=True)
class Serving:
    """How people may use the server."""

    questions_per_minute: int = _setting(
        20, "Questions that a person may ask within a minute, on the page and by the API."
    )
    uploads_per_minute: int = _setting(20, "Files that a person may upload within a minute.")
    calls_per_minute: int = _setting(300, "Calls of the API that a person, or their tokens, may make within a minute.")
    oidc: Oidc = _setting(Oidc, "Who vouches for people: `[server.oidc]`.")


def parse_serving(raw: Mapping[str, Any], where: str) -> Serving:
    """The record of a section `[server]`. Raises UnknownName for a key, InvalidDefinition for a value that cannot be."""
    values: dict[str, Any] = {}
    valid = [f.name for f in fields(Serving)]
    for key, value in raw.items():
        if key not in valid:
            raise UnknownName(f"setting in {where} [server]", key, valid)
        if key == "oidc":
            values[key] = _oidc(value, where)
        elif type(value) is not int or not 1 <= value <= 1_000_000:
            raise _wrong(where, f"{key} = {value!r} is no count", "A whole number of at least 1.")
        else:
            values[key] = value
    return Serving(**values)


def _oidc(raw: Any, where: str) -> Oidc:
    if not isinstance(raw, Mapping):
        raise InvalidDefinition(
            f"{where}: [server.oidc] must be a table.", "Write it as [server.oidc] with keys below."
        )
    values: dict[str, Any] = {}
    valid = [f.name for f in fields(Oidc)]
    for key, value in raw.items():
        if key not in valid:
            raise UnknownName(f"setting in {where} [server.oidc]", key, valid)
        if key == "roles":
            values[key] = _roles(value, where)
        elif key == "domains":
            values[key] = _domains(value, where)
        elif not isinstance(value, str):
            raise _wrong(where, f"oidc.{key} is no text", "Put it between quotes.")
        else:
            values[key] = value.strip()
    return _checked(Oidc(**values), where)


def _checked(one: Oidc, where: str) -> Oidc:
    if one.client_secret and not _VARIABLE.fullmatch(one.client_secret):
        raise _wrong(
            where, "oidc.client_secret is written in clear", "Write ${VARIABLE} in its place and set that variable."
        )
    if not one.issuer:
        return one
    for key in ("issuer", "address"):
        match = _URL.fullmatch(getattr(one, key))
        if match is None:
            raise _wrong(
                where, f"oidc.{key} = {getattr(one, key)!r} is no address", "For example https://login.example.com."
            )
        if match[1].lower() == "http" and match[2].lower() not in _LOOPBACK:
            raise _wrong(where, f"oidc.{key} = {getattr(one, key)!r} is not protected", "Write https://.")
    for key, need in (("client_id", "the name of this server there"), ("domains", "whose addresses may sign in"), ("roles", "who may do what")):  # fmt: skip
        if not getattr(one, key):
            raise _wrong(where, f"oidc.{key} is missing", f"It says {need}.")
    return one


def _domains(raw: Any, where: str) -> tuple[str, ...]:
    listed = raw if isinstance(raw, list) else [raw]
    found = tuple(one.strip().lower() if isinstance(one, str) else "" for one in listed)
    for one in found:
        if not _DOMAIN.fullmatch(one):
            raise _wrong(where, f"oidc.domains holds {one!r}, which is no domain", 'For example ["example.com"].')
    return found


def _roles(raw: Any, where: str) -> dict[str, Granted]:
    if not isinstance(raw, Mapping):
        raise _wrong(where, "oidc.roles is no table", 'For example "support leaders" = "leader".')
    found: dict[str, Granted] = {}
    for value, given in raw.items():
        table = {"role": given} if isinstance(given, str) else given
        if not isinstance(table, Mapping) or not set(table) <= {"role", "scope"}:
            raise _wrong(where, f"oidc.roles[{value!r}] is no role", _ROLE_FORM)
        scope = [given_scope] if isinstance(given_scope := table.get("scope", []), str) else given_scope
        if not isinstance(scope, list) or not all(isinstance(one, str) and one.strip() for one in scope):
            raise _wrong(where, f"oidc.roles[{value!r}] has no list of conditions", _ROLE_FORM)
        role = table.get("role", "")
        if role not in ROLES:
            raise UnknownName(f"role in {where} [server.oidc.roles]", str(role), ROLES)
        if role == "lead" and not scope:
            raise _wrong(where, f"oidc.roles[{value!r}] is a lead without a scope", 'Add scope = ["region = EMEA"].')
        if role == "admin" and scope:
            raise _wrong(where, f"oidc.roles[{value!r}] is an admin with a scope", "Admins see all; take it out.")
        found[str(value)] = Granted(role, tuple(one.strip() for one in scope))
    return found


def _wrong(where: str, why: str, hint: str) -> InvalidDefinition:
    return InvalidDefinition(f"{where}: server.{why}.", hint)
