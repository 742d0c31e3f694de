"""TLS and login: what is protected by the settings never goes over an unprotected or unchecked connection."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from analyst_agent.playbook.delivery import Mailroom, Outcome, deliver_due, post
from tests.playbook.delivery.post import MAIL, NOON, ORIGIN, Clock, Post, free_port, room_at, serve

SECRET = 'correct horse "battery" ${NOT_FILLED}'


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that nobody but us trusts."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl program to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    key, made = folder / "key.pem", folder / "cert.pem"
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1"]
    words = [openssl, "req", "-x509", *kind, *names, "-keyout", str(key), "-out", str(made)]
    subprocess.run(words, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return made, context


def authenticator(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"analyst", SECRET.encode()), handled=False)


@pytest.fixture(params=["starttls", "tls"])
def protected(
    request: pytest.FixtureRequest, certificate: tuple[Path, ssl.SSLContext]
) -> Iterator[tuple[Post, int, str]]:
    """A server that takes mails only after a login over TLS; its port and how it is protected."""
    inbox, port = Post(), free_port()
    context = certificate[1]
    login: dict[str, Any] = {"auth_required": True, "authenticator": authenticator}
    if request.param == "starttls":
        controller = serve(inbox, port, tls_context=context, require_starttls=True, **login)
    else:
        controller = TlsController(
            inbox, hostname="127.0.0.1", port=port, ssl_context=context, auth_require_tls=False, **login
        )
        controller.start()
    yield inbox, port, request.param
    controller.stop()


class TlsController(Controller):
    """TLS from the first byte. The base class proves itself ready by a plain connection, which has no place here."""

    def _trigger_server(self) -> None:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection((self.hostname, self.port), 5) as plain, context.wrap_socket(plain) as one:
            one.recv(100)


def sent(room: Mailroom, clock: Clock) -> Outcome:
    post(room, MAIL, ["ana@example.com"], ORIGIN, at=NOON, deliver="smtp")
    return deliver_due(room, clock)


def test_a_login_over_tls(
    protected: tuple[Post, int, str], certificate: tuple[Path, ssl.SSLContext], tmp_path: Path, clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    inbox, port, security = protected
    monkeypatch.setenv("MAIL_PASSWORD", SECRET)
    how: dict[str, Any] = {
        "security": security,
        "ca_file": str(certificate[0]),
        "user": "analyst",
        "password": "${MAIL_PASSWORD}",
    }
    assert len(sent(room_at(tmp_path, port, **how), clock).sent) == 1
    assert inbox.encrypted == [True]


def test_a_wrong_password_is_tried_again_and_nowhere_shown(
    protected: tuple[Post, int, str], certificate: tuple[Path, ssl.SSLContext], tmp_path: Path, clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    inbox, port, security = protected
    monkeypatch.setenv("MAIL_PASSWORD", "tr0ub4dor")
    how: dict[str, Any] = {
        "security": security,
        "ca_file": str(certificate[0]),
        "user": "analyst",
        "password": "${MAIL_PASSWORD}",
    }
    room = room_at(tmp_path, port, **how)
    assert len(sent(room, clock).postponed) == 1
    [entry] = room.outbox.listed()
    assert "535" in entry.last_error
    assert b"tr0ub4dor" not in (tmp_path / "state.db").read_bytes() + (tmp_path / "state.db-wal").read_bytes()
    assert inbox.received == []


def test_a_certificate_that_nobody_vouches_for_is_not_taken(
    protected: tuple[Post, int, str], tmp_path: Path, clock: Clock
) -> None:
    inbox, port, security = protected
    room = room_at(tmp_path, port, security=security)
    assert len(sent(room, clock).postponed) == 1
    assert "certificate" in room.outbox.listed()[0].last_error.lower()
    assert inbox.received == []


def test_a_certificate_of_another_name_is_not_taken(
    protected: tuple[Post, int, str], certificate: tuple[Path, ssl.SSLContext], tmp_path: Path, clock: Clock
) -> None:
    inbox, port, security = protected
    room = room_at(tmp_path, port, server="localhost", security=security, ca_file=str(certificate[0]))
    assert len(sent(room, clock).postponed) == 1
    assert "certificate" in room.outbox.listed()[0].last_error.lower()
    assert inbox.received == []


def test_a_server_that_wants_a_login_that_is_not_set_refuses_no_recipient(
    protected: tuple[Post, int, str], certificate: tuple[Path, ssl.SSLContext], tmp_path: Path, clock: Clock
) -> None:
    _, port, security = protected
    room = room_at(tmp_path, port, security=security, ca_file=str(certificate[0]))
    assert len(sent(room, clock).postponed) == 1
    assert "530" in room.outbox.listed()[0].last_error


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_without_tls_gets_nothing_where_the_settings_want_it(
    server: tuple[Post, int], tmp_path: Path, clock: Clock, security: str
) -> None:
    inbox, port = server
    room = room_at(tmp_path, port, security=security, timeout_s=1.0)
    assert len(sent(room, clock).postponed) == 1
    assert room.outbox.listed()[0].last_error
    assert inbox.received == []


def test_a_variable_or_a_certificate_that_is_missing_is_said_and_no_try_is_counted(
    server: tuple[Post, int], tmp_path: Path, clock: Clock
) -> None:
    room = room_at(tmp_path, server[1], user="analyst", password="${NO_SUCH_VARIABLE}")
    outcome = sent(room, clock)
    assert "NO_SUCH_VARIABLE" in outcome.unsent_reason
    assert not outcome.is_good
    without = room_at(tmp_path, server[1], ca_file="none.pem", security="starttls")
    assert "delivery.ca_file" in deliver_due(without, clock).unsent_reason
    assert room.outbox.listed()[0].attempts == 0
