"""`[delivery]`: what is wrong is named, passwords are never in clear, and nobody outside the allowed domains is written to."""

from __future__ import annotations

import tomllib

import pytest

from analyst_agent.errors import AnalystError, WorkspaceError
from analyst_agent.settings import described, parse_settings
from analyst_agent.settings.delivery import Delivery, filled, mailbox, may_notify, may_write_to, parse_delivery


def parsed(text: str) -> Delivery:
    return parse_settings(tomllib.loads(text)).delivery


def test_with_nothing_set_nothing_can_be_sent() -> None:
    assert parsed("") == Delivery()
    assert (Delivery().server, Delivery().domains, Delivery().services) == ("", (), ())
    assert mailbox(Delivery().from_sender).endswith(".invalid")


def test_each_key_is_read_and_described() -> None:
    one = parsed(
        '[delivery]\nsender = "A <a@example.com>"\nowner = "o@example.com"\nserver = "mail"\nsecurity = "tls"\nuser = "u"\n'
        'password = "${P}"\ndomains = ["Example.COM"]\nretry_hours = 3\napproval = true\nservices = ["Slack"]\n'
        '[delivery.channels]\nleads = "slack://${T}"\n'
    )
    assert (one.server_port, one.domains, one.retry_hours, one.approval) == (465, ("example.com",), 3.0, True)
    assert (dict(one.channels), one.services) == ({"leads": "slack://${T}"}, ("slack",))
    rows = {key: (default, doc) for section, key, default, doc in described() if section == "delivery"}
    assert rows["retry_hours"][0] == 24.0
    assert all(doc for _, doc in rows.values())
    assert set(rows) == set(Delivery.__dataclass_fields__)


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_port_is_the_usual_one(security: str, port: int) -> None:
    assert Delivery(security=security).server_port == port
    assert Delivery(security=security, port=2525).server_port == 2525


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('servr = "x"', "server"),
        ("server = 5", "quotes"),
        ('port = "25"', "65535"),
        ("port = 70000", "65535"),
        ("port = true", "65535"),
        ('security = "ssl"', "starttls, tls, none"),
        ('in_doubt = "forget"', "ask, resend"),
        ('approval = "yes"', "true or false"),
        ("retry_hours = 0", "above 0"),
        ("timeout_s = -1", "above 0"),
        ('domains = "example.com"', "list"),
        ('domains = ["*"]', "no domain"),
        ('domains = ["ana@example.com"]', "no domain"),
        ('domains = ["*.com com"]', "no domain"),
        ('sender = "somebody"', "no e-mail address"),
        ('sender = "a@example.com, b@example.com"', "no e-mail address"),
        ('owner = "x"', "no e-mail address"),
        ('owner = "o@other.example"\ndomains = ["example.com"]', "Add that domain"),
        ('server = "mail.example.com"', "sender is missing"),
        ('sender = "a@example.com"\nserver = "mail"\nuser = "u"\nsecurity = "none"', "in clear"),
        ('channels = "slack://x"', "table"),
        ('channels.leads = "slack://TokenA/TokenB"', "${VARIABLE}"),
        ('channels.leads = "json://user:secret@127.0.0.1"', "${VARIABLE}"),
    ],
)
def test_a_wrong_value_names_what_is_valid(text: str, names: str) -> None:
    with pytest.raises(AnalystError) as caught:
        parsed(f"[delivery]\n{text}")
    assert names in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize("password", ["hunter2", "${P}x", "x${P}", "$P", "${P}${Q}"])
def test_a_password_in_clear_is_refused_and_not_repeated(password: str) -> None:
    with pytest.raises(AnalystError) as caught:
        parse_delivery({"password": password}, "analyst.toml")
    assert "hunter2" not in f"{caught.value.message} {caught.value.hint}"
    with pytest.raises(AnalystError) as caught:
        parse_delivery({"password": 12345}, "analyst.toml")
    assert "12345" not in f"{caught.value.message} {caught.value.hint}"


def test_a_variable_is_filled_in_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "a${OTHER}\\1")
    assert filled("x${MAIL_PASSWORD}", "delivery.password") == "xa${OTHER}\\1"
    with pytest.raises(WorkspaceError, match="NOT_THERE"):
        filled("${NOT_THERE}", "delivery.password")


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("a@example.com", True), ("a@a.example.net", True), ("a@b.a.example.net", True), ("a@example.net", False),
        ("a@sub.example.com", False), ("a@badexample.com", False), ("a@example.com.evil.org", False), ("a@badexample.net", False),
    ],
)  # fmt: skip
def test_domains_are_whole_domains(address: str, allowed: bool) -> None:
    assert may_write_to(("example.com", "*.example.net"), address) is allowed
    assert not may_write_to((), address)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("slack://a/b/c", True), ("SLACK://a", True), ("slacks://a", False), ("json://hooks.example.com/x", True),
        ("json://user:pass@hooks.example.com:8080/x", True), ("json://hooks.example.com@evil.org/", False),
        ("json://evil.org/hooks.example.com", False), ("json://evil.org?hooks.example.com", False), ("nonsense", False),
    ],
)  # fmt: skip
def test_services_are_schemes_or_schemes_with_their_host(url: str, allowed: bool) -> None:
    assert may_notify(("slack", "json://hooks.example.com"), url) is allowed
