"""How often people may do something: what is counted together, what is not, and how long the wait is."""

from __future__ import annotations

import threading

import httpx2
import pytest

from analyst_agent.server import answering, errands
from analyst_agent.server.pacing import ADDRESS, FORGIVEN_S, HERE, LOGIN, MOST_KEPT, Pace, WrongPasswords, network_of
from analyst_agent.server.problems import TooMany
from analyst_agent.settings.serving import Serving
from tests.server.asking import held
from tests.server.conftest import Served, serving
from tests.server.plays import with_backlog
from tests.server.staff import client, hire, signed_in, token_of


class Clock:
    """Seconds that only grow when they are told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wrong(clock: Clock) -> WrongPasswords:
    return WrongPasswords(clock)


def _wait(wrong: WrongPasswords, login: str = "ana", address: str = "192.0.2.1") -> int:
    """How long one is told to wait; 0 where the attempt was made."""
    try:
        wrong.attempt(login, address)
    except TooMany as error:
        return error.after_s
    return 0


def test_some_wrong_passwords_are_free_then_the_wait_doubles_up_to_a_quarter_of_an_hour(
    wrong: WrongPasswords, clock: Clock
) -> None:
    assert [_wait(wrong) for _ in range(HERE.free)] == [0] * HERE.free
    waits = []
    for _ in range(12):
        waits.append(_wait(wrong))
        clock.now += waits[-1]
        assert _wait(wrong) == 0
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_an_early_try_is_none_and_does_not_lengthen_the_wait(wrong: WrongPasswords) -> None:
    for _ in range(HERE.free):
        wrong.attempt("ana", "192.0.2.1")
    assert [_wait(wrong) for _ in range(50)] == [1] * 50


def test_a_hundred_at_once_are_counted_one_after_the_other(wrong: WrongPasswords) -> None:
    made, start = [], threading.Barrier(100)

    def attempt() -> None:
        start.wait()
        made.append(_wait(wrong) == 0)

    threads = [threading.Thread(target=attempt) for _ in range(100)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(made) == HERE.free


def test_somebody_elsewhere_cannot_keep_a_person_out(wrong: WrongPasswords, clock: Clock) -> None:
    for number in range(200):
        _wait(wrong, "ana", f"198.51.100.{number}")
        clock.now += 1
    assert _wait(wrong, "ana", "192.0.2.1") <= LOGIN.longest_s


def test_one_password_for_many_logins_makes_the_address_wait(wrong: WrongPasswords) -> None:
    waits = [_wait(wrong, f"login{number}") for number in range(ADDRESS.free + 1)]
    assert waits == [0] * ADDRESS.free + [1]
    assert _wait(wrong, "ana", "192.0.2.2") == 0


def test_an_ipv6_network_is_one_address(wrong: WrongPasswords) -> None:
    waits = [_wait(wrong, f"login{number}", f"2001:db8::{number:x}") for number in range(ADDRESS.free + 1)]
    assert waits[-1] == 1
    assert network_of("fe80::1%eth0") == "fe80::/64"


def test_the_right_password_forgives_the_login_there_but_not_the_address(wrong: WrongPasswords, clock: Clock) -> None:
    """Somebody with an account of their own must not buy tries at others with it."""
    for number in range(ADDRESS.free - 1):
        wrong.attempt(f"login{number}", "192.0.2.1")
    wrong.attempt("mine", "192.0.2.1")
    wrong.forgive("mine", "192.0.2.1")
    assert _wait(wrong, "another") == 0
    assert _wait(wrong, "another") == 1
    clock.now += FORGIVEN_S + 1
    assert _wait(wrong, "another") == 0


def test_what_is_kept_is_bounded(wrong: WrongPasswords) -> None:
    for number in range(MOST_KEPT):
        _wait(wrong, f"login{number}", f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(wrong._kept) <= MOST_KEPT + 2


def test_each_person_and_kind_is_counted_apart() -> None:
    pace = Pace(Serving(questions_per_minute=2))
    for who in ("ana", "ben"):
        pace.check("question", who)
        pace.check("question", who)
    with pytest.raises(TooMany, match="More than 2 questions within a minute") as refused:
        pace.check("question", "ana")
    assert 1 <= refused.value.after_s <= 60
    pace.check("upload", "ana")


def _limited(served: Served, **limits: int) -> None:
    file = served.root / "analyst.toml"
    lines = "\n".join(f"{key} = {value}" for key, value in limits.items())
    file.write_text(f"{file.read_text()}\n[server]\n{lines}\n")


def _is_too_many(reply: httpx2.Response) -> bool:
    if reply.status_code != 429:
        return False
    assert reply.json()["error"]["code"] == "too_many"
    assert 1 <= int(reply.headers["retry-after"]) <= 60
    return True


def test_questions_uploads_and_calls_have_their_limits_over_page_and_api(fresh: Served) -> None:
    hire(fresh.root)
    _limited(fresh, questions_per_minute=2, uploads_per_minute=2, calls_per_minute=6)
    with serving(fresh.root) as served:
        token = token_of(fresh.root, "cy")
        with client(served.url, token) as program, signed_in(served.url, "cy") as browser:
            asked = [
                browser.post("/conversations", data={"question": "How many tickets?"}, headers={"accept": "*/*"}),
                program.post("/api/v1/asks", json={"question": "How many tickets?"}),
                program.post("/api/v1/asks", json={"question": "How many tickets?"}),
            ]
            assert [one.status_code < 400 for one in asked] == [True, True, False]
            assert _is_too_many(asked[2])
            files = {"file": ("a.md", b"# A")}
            sent = [browser.post("/conversations", files=files, headers={"accept": "*/*"}) for _ in range(3)]
            assert [_is_too_many(one) for one in sent] == [False, False, True]
            called = [program.get("/api/v1/sessions") for _ in range(5)]
            assert [_is_too_many(one) for one in called] == [False] * 4 + [True]
        with client(served.url, token_of(fresh.root, "dee")) as other:
            assert other.get("/api/v1/sessions").status_code == 200


def test_a_program_that_runs_away_without_an_account_is_told_to_wait(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "MOST_WAITING", 3)
    with held(monkeypatch), client(served.url) as page, httpx2.Client(base_url=served.url, timeout=60) as program:
        asked = [program.post("/api/v1/asks", json={"question": "How many tickets?"}) for _ in range(4)]
        assert [one.status_code for one in asked] == [202, 202, 202, 429]
        assert _is_too_many(asked[3])
        assert page.post("/conversations", data={"question": "How many tickets?"}).status_code == 429
        assert _is_too_many(program.post("/api/v1/ask", json={"question": "How many tickets?"}))
        program.post(f"/api/v1/asks/{asked[0].json()['ask']}/stop")
        asked.append(program.post("/api/v1/asks", json={"question": "How many tickets?"}))
        assert asked[4].status_code == 202
        for one in asked[1:3] + asked[4:]:
            program.post(f"/api/v1/asks/{one.json()['ask']}/stop")


def test_runs_that_wait_are_bounded(fresh: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errands, "MOST_WAITING", 2)
    monkeypatch.setattr(errands.Errandry, "_submit", lambda *_: None)
    with_backlog(fresh.root)
    with client(fresh.url) as page, httpx2.Client(base_url=fresh.url, timeout=60) as program:
        begun = [
            program.post("/api/v1/playbooks/backlog/runs", json={"variables": {"most_open": most}}) for most in range(3)
        ]
        assert [one.status_code for one in begun] == [202, 202, 429]
        assert _is_too_many(begun[2])
        assert page.post("/playbooks/backlog/run").status_code == 429
        assert page.post("/playbooks/backlog/preview").status_code == 429


def test_a_question_of_another_assistant_is_a_question(fresh: Served) -> None:
    hire(fresh.root)
    _limited(fresh, questions_per_minute=1)
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "ask", "arguments": {"question": "?"}},
    }
    with serving(fresh.root) as served, client(served.url, token_of(fresh.root, "cy")) as program:
        headers = {"accept": "application/json, text/event-stream"}
        told = [program.post("/mcp", json=call, headers=headers).json()["result"] for _ in range(2)]
    assert [one.get("isError", False) for one in told] == [False, True]
    assert told[1]["structuredContent"]["error"]["code"] == "too_many"
