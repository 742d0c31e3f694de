"""The provider of OpenID Connect: where a browser is sent, and who its answer says they are (code flow with PKCE, state and nonce)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import httpx2
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from analyst_agent.errors import AnalystError
from analyst_agent.masking import one_line
from analyst_agent.server.problems import NotSignedIn
from analyst_agent.settings.delivery import LOOPBACK, filled
from analyst_agent.settings.serving import Granted, Oidc

BACK = "/sign-in/oidc/back"
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
"""Of signatures by a key that only the provider has."""
LEEWAY_S = 60
"""So much two clocks may differ."""
TIMEOUT_S = 10
KNOWN_FOR_S = 3_600
"""How long what the provider says of itself holds; an unknown key is looked up before, at most once a minute."""
_log = logging.getLogger(__name__)


class ProviderProblem(AnalystError):
    """The provider cannot be reached or is not what the settings say."""

    code = "model"


@dataclass(frozen=True, slots=True)
class Vouched:
    """Somebody the provider vouches for. subject: who it is there, for ever; granted: the role and scope of their claim."""

    subject: str
    login: str
    name: str
    granted: Granted


@dataclass(frozen=True, slots=True)
class _Known:
    """What the provider says of itself, and when it was asked."""

    metadata: Mapping[str, Any]
    keys: KeySet
    at: float


class Provider:
    """The provider of the settings; it is asked about itself when it is first needed. clock: seconds since 1970."""

    def __init__(self, oidc: Oidc, secret: str, clock: Callable[[], float] = time.time) -> None:
        self.oidc = oidc
        self._secret = secret
        self._clock = clock
        self._known: _Known | None = None
        self._lock = Lock()

    @classmethod
    def of(cls, oidc: Oidc) -> Provider | None:
        """That of the settings, None where there is none. Raises WorkspaceError where the variable of the secret is not set."""
        return cls(oidc, filled(oidc.client_secret, "server.oidc.client_secret")) if oidc.issuer else None

    @property
    def back(self) -> str:
        """Where the provider sends the browser back to."""
        return self.oidc.address.rstrip("/") + BACK

    def address(self, state: str, nonce: str, verifier: str) -> str:
        """Where the browser is sent. Raises ProviderProblem."""
        asked = {
            "response_type": "code",
            "client_id": self.oidc.client_id,
            "redirect_uri": self.back,
            "scope": "openid email profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        place = _place(self._looked_up().metadata, "authorization_endpoint")
        return f"{place}{'&' if '?' in place else '?'}{urlencode(asked)}"

    def person(self, code: str, nonce: str, verifier: str) -> Vouched:
        """Who a code is of. Raises NotSignedIn where they may not come in, ProviderProblem."""
        return self._vouched(self._claims(self._token(code, verifier), nonce))

    def _token(self, code: str, verifier: str) -> str:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.back, "code_verifier": verifier}
        metadata = self._looked_up().metadata
        supported = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        authentication: httpx2.Auth = httpx2.Auth()
        if self._secret and "client_secret_basic" in supported:
            authentication = httpx2.BasicAuth(self.oidc.client_id, self._secret)
        else:
            form |= {"client_id": self.oidc.client_id, **({"client_secret": self._secret} if self._secret else {})}
        with httpx2.Client(timeout=TIMEOUT_S) as client:
            try:
                reply = client.post(_place(metadata, "token_endpoint"), data=form, auth=authentication)
                token = reply.json().get("id_token") if reply.status_code == 200 else None
            except (httpx2.HTTPError, ValueError, AttributeError) as error:
                raise _unusable(f"its reply to a code: {type(error).__name__}") from error
        if not isinstance(token, str):
            _log.warning("the provider gave no ID token: status %s", reply.status_code)
            raise NotSignedIn("The provider did not confirm who you are.", "Sign in again.")
        return token

    def _claims(self, token: str, nonce: str) -> Mapping[str, Any]:
        oidc = self.oidc
        wanted = {"iss": {"essential": True, "value": oidc.issuer}, "aud": {"essential": True, "value": oidc.client_id}}
        try:
            read = self._read(token)
            claims = CodeIDToken(read.claims, read.header, wanted, {"nonce": nonce, "client_id": oidc.client_id})
            claims.validate(now=int(self._clock()), leeway=LEEWAY_S)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            _log.warning("the provider's ID token was refused: %s", type(error).__name__)
            raise NotSignedIn("What the provider says of you cannot be trusted.", "Sign in again.") from error
        return cast(Mapping[str, Any], claims)

    def _read(self, token: str) -> jwt.Token:
        """The token, its signature checked; where its key is not known, the provider is asked for its keys again."""
        known = self._looked_up()
        try:
            return jwt.decode(token, known.keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            if self._clock() - known.at < 60:
                raise
        return jwt.decode(token, self._looked_up(older_than_s=60).keys, algorithms=ALGORITHMS)

    def _vouched(self, claims: Mapping[str, Any]) -> Vouched:
        email = str(claims.get("email") or "").strip().casefold()
        if not email or claims.get("email_verified") not in (True, "true"):
            raise NotSignedIn(
                "The provider has not verified your e-mail address.", "Verify it there, then sign in again."
            )
        if email.count("@") != 1 or email.rpartition("@")[2] not in self.oidc.domains:
            raise NotSignedIn(f"Addresses like {email[:200]!r} may not sign in here.", "Take your company account.")
        had = claims.get(self.oidc.claim)
        values = {had} if isinstance(had, str) else {one for one in had or () if isinstance(one, str)}
        granted = next((given for value, given in self.oidc.roles.items() if value in values), None)
        if granted is None:
            raise NotSignedIn("Your company account has no role here.", "Ask whoever looks after the accounts there.")
        name = one_line(str(claims.get("name") or "")).strip() or email
        return Vouched(f"{self.oidc.issuer} {claims['sub']}"[:600], email, name, granted)

    def _looked_up(self, older_than_s: float = KNOWN_FOR_S) -> _Known:
        with self._lock:
            if self._known is not None and self._clock() - self._known.at < older_than_s:
                return self._known
            with httpx2.Client(timeout=TIMEOUT_S) as client:
                place = self.oidc.issuer.rstrip("/") + "/.well-known/openid-configuration"
                metadata = _json(client, place)
                if metadata.get("issuer") != self.oidc.issuer:
                    raise _unusable(f"it calls itself {str(metadata.get('issuer'))[:200]!r}, not {self.oidc.issuer!r}")
                for name in ("authorization_endpoint", "token_endpoint"):
                    _place(metadata, name)
                listed = _json(client, _place(metadata, "jwks_uri"))
            try:
                keys = KeySet.import_key_set(cast(Any, listed))
            except (JoseError, ValueError, KeyError, TypeError) as error:
                raise _unusable("its keys cannot be read") from error
            self._known = _Known(metadata, keys, self._clock())
            return self._known


def _place(metadata: Mapping[str, Any], name: str) -> str:
    """One of the provider's addresses, by TLS unless it is on this machine."""
    place = str(metadata.get(name) or "")
    parts = urlsplit(place)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise _unusable(f"{name} is {place[:200]!r}")
    return place


def _json(client: httpx2.Client, place: str) -> Mapping[str, Any]:
    try:
        found = client.get(place).raise_for_status().json()
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise _unusable(f"{place[:200]!r}: {type(error).__name__}") from error
    if not isinstance(found, Mapping):
        raise _unusable(f"{place[:200]!r} is no record")
    return found


def _unusable(why: str) -> ProviderProblem:
    _log.warning("the provider of OpenID Connect cannot be used: %s", why)
    return ProviderProblem(
        "The provider cannot be used now.", "Try again, or sign in with a password; the log says why."
    )
