"""Personal data and secrets are replaced; codes, dates, amounts and versions that a reader needs are not."""

from __future__ import annotations

import pytest

from analyst_agent.masking import mask, mask_lines, mask_secrets, mask_value, one_line, visible
from analyst_agent.masking.rules import may_be_personal

MASKED = [
    ("write to jo.o'neil+x@mail.example.co.uk today", "write to [email] today"),
    ("bob (at) example (dot) com", "[email]"),
    ("ｊｏｅ＠ｅｘａｍｐｌｅ．ｃｏｍ", "[email]"),
    ("e\u200bve@ex\u200bample.com", "[email]"),
    ("call +44 20 7946 0958 or (415) 555-2671", "call [phone] or [phone]"),
    ("06 12 34 56 78, 030/1234567, 98765 43210", "[phone], [phone], [phone]"),
    ("tel: 555 0123 44", "tel: [phone]"),
    ("card 4111 1111 1111 1111 and 378282246310005", "card [card] and [card]"),
    ("mistyped 4111 1111 1111 1112", "mistyped [card]"),
    ("IBAN DE89 3704 0044 0532 0130 00 and GB82WEST12345698765432.", "IBAN [iban] and [iban]."),
    ("from 10.1.2.3 and fe80::1ff:fe23:4567:890a", "from [ip] and [ip]"),
    ("password: hunter2", "password: [secret]"),
    ("the password is hunter and db_password=foo", "the password is [secret] and db_password=[secret]"),
    ("Authorization: Bearer abcdefghijklmnop.qrst", "Authorization: Bearer [secret]"),
    ("key AKIAIOSFODNN7EXAMPLE", "key [secret]"),
    ("sk-proj-abcdefgh12345678ijkl", "[secret]"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "[secret]"),
    ("-----BEGIN RSA PRIVATE KEY----- abc -----END RSA PRIVATE KEY-----", "[secret]"),
    ("cvv 123 and pin 4321", "cvv [secret] and pin [secret]"),
    ("see https://app.example.com/a?token=abc.", "see [link]."),
    ("postgresql://u:p@host/db", "[link]"),
    ("SSN 123-45-6789, customer 123456789", "SSN [number], customer [number]"),
]


@pytest.mark.parametrize(("text", "masked"), MASKED)
def test_personal_data_and_secrets_are_replaced(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "RPT-504 on 2024-10-02 10:30:22 and 01/02/2024 10:30",
        "01.02.2024 10:30 closed",
        "INC0012345 took 1,234,567.89 or 2 500 000 rows, 99.99 %",
        "release 31.3, version 10.2.3.4, KI-12",
        "My password is not working, the token has expired",
        "Password: reset did not work",
        "see https://help.example.com/exports",
        "time 10:20:30, ratio 3:2:1",
        "DE12 is no account",
    ],
)
def test_what_a_reader_needs_stays(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Jane Roe jane@example.com", "Jane Roe [email]"),
        ("Jane Roe jane@example.com (360012345678)", "Jane Roe [email] (360012345678)"),
        ("Jane Roe (360012345678)", "Jane Roe (360012345678)"),
        ("360012345678", "360012345678"),
        ("3f2504e0-4f89-11d3-9a0c-0305e82c3301", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"),
        ("4111111111111111", "[card]"),
        ("ghp_abcdefghijklmnopqrstuvwxyz12", "[secret]"),
        ("+442079460958", "[phone]"),
        ("ｊｏｅ＠ｅｘａｍｐｌｅ．ｃｏｍ", "[email]"),
        ("30-90 days", "30-90 days"),
        ("Two  spaces", "Two  spaces"),
    ],
)
def test_a_name_is_masked_where_it_reads_like_personal_data_and_an_id_is_not(value: str, shown: str) -> None:
    assert mask_value(value) == shown


@pytest.mark.parametrize("text", [text for text, _ in MASKED])
def test_nothing_that_is_masked_is_passed_over(text: str) -> None:
    assert may_be_personal(text)
    assert mask_lines(f"- first\n  - {text}\n") == f"- first\n  {mask('- ' + text)}\n"


def test_secrets_are_for_nobody() -> None:
    text = "ana@example.com, +44 20 7946 0958: password: hunter2 and 4111 1111 1111 1111, DE89 3704 0044 0532 0130 00"
    assert mask_secrets(text) == "ana@example.com, +44 20 7946 0958: password: [secret] and [card], [iban]"
    assert one_line(mask_secrets("plain  text")) == "plain text"


def test_people_are_masked_whole_and_by_single_capitalised_words() -> None:
    text = "Ana Lopez wrote; Ana's case, LOPEZ called. analysis and López too"
    assert mask(text, names=["Ana López"]) == "[name] wrote; [name]'s case, [name] called. analysis and [name] too"


def test_organisations_are_masked_whole_only() -> None:
    assert mask("Global Data AG: Global outage", organisations=["Global Data AG"]) == "[name]: Global outage"


def test_invisible_characters_go_and_white_space_collapses() -> None:
    assert mask("a\u202eb\u0000c\u00ad  d\n\n\te\u2066f\U000e0041") == "abc d ef"
    assert visible("line\r\nnext\u2028third\tx\u200b") == "line\nnext\nthird\tx"
    assert visible("e\u0301") == "é"


@pytest.mark.parametrize("atom", ["a1-", "x:", "DE12", "a@", "a.", "(at)", "token ", "0 1", "https://", "f:", "key"])
def test_long_hostile_texts_are_masked_in_one_pass(atom: str) -> None:
    """A pattern that backtracks would not come back within this suite's patience."""
    assert len(mask(atom * 5000)) > 0
