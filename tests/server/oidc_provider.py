"""A provider of OpenID Connect on loopback: it lets everybody in at once, checks what it is sent, and can be made to lie."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from analyst_agent.server.running import listening

CLIENT, SECRET = "analyst", "of-the-client"


@dataclass
class FakeProvider:
    """claims: of whoever comes next, beside what every ID token has; mend: changes the token's claims before it is signed;
    says: changes what it says of itself; forge: makes the token in its place.
    """

    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    mend: Callable[[dict[str, Any]], Any] = lambda claims: None
    says: dict[str, Any] = field(default_factory=dict)
    forge: Callable[[dict[str, Any]], str] | None = None
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first", "use": "sig"}))
    published: list[RSAKey] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def configuration(self, _: Request) -> Response:
        """What it says of itself."""
        own = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }
        return JSONResponse({**own, **self.says})

    def keys(self, _: Request) -> Response:
        """Its public keys."""
        return JSONResponse({"keys": [one.as_dict(private=False) for one in self.published or [self.key]]})

    def authorize(self, request: Request) -> Response:
        """Sends the browser back with a code at once."""
        asked = dict(request.query_params)
        self.asked.append(asked)
        back = urlencode({"code": f"code-{len(self.asked)}", "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 302)

    async def token(self, request: Request) -> Response:
        """The ID token for a code, where client, address and proof of the code's owner are right."""
        form = await request.form()
        asked = self.asked[int(str(form["code"]).removeprefix("code-")) - 1]
        proof = base64.urlsafe_b64encode(hashlib.sha256(str(form["code_verifier"]).encode()).digest()).rstrip(b"=")
        given = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        for name, is_right in (
            ("client", request.headers.get("authorization") == f"Basic {given}"),
            ("proof", proof.decode() == asked["code_challenge"] and asked["code_challenge_method"] == "S256"),
            ("address", form["redirect_uri"] == asked["redirect_uri"]),
        ):
            if not is_right:
                self.refused.append(name)
                return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"], **self.claims}
        self.mend(claims)
        signed = (
            self.forge(claims) if self.forge else jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)
        )
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": signed})


@contextmanager
def fake_provider() -> Iterator[FakeProvider]:
    """A running provider."""
    made = FakeProvider()
    routes = [
        Route("/.well-known/openid-configuration", made.configuration),
        Route("/keys", made.keys),
        Route("/authorize", made.authorize),
        Route("/token", made.token, methods=["POST"]),
    ]
    listener = listening("127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    assert server.started, "the provider did not start"
    try:
        yield made
    finally:
        server.should_exit = True
        thread.join(15)
        listener.close()
