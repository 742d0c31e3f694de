"""Conditions given from outside meet stored values: spelling is forgiven, the workspace's own words are read and said."""

from __future__ import annotations

import pytest

from analyst_agent.errors import NotGranted, UnknownName
from analyst_agent.records import Filter, SemanticQuery
from analyst_agent.settings import Settings
from tests.soundness.desk import Desk, ticket

OWN = {
    "telephone": "channel=Phone call",
    "offline": "channel in Phone call, fax",
    "gone": "channel=pigeon",
    "loud": "category=Bug",
    "none": "channel=chat",
}


@pytest.fixture(scope="module")
def desk() -> Desk:
    channels = ("Phone call", "fax", "chat", "E-Mail", "e-mail")
    return Desk(
        settings=Settings(synonyms=OWN),
        tickets=[ticket(str(n), channel=c, category="Bug") for n, c in enumerate(channels)],
    )


def counted(desk: Desk, value: object, op: str = "=") -> tuple[object, list[str]]:
    result = desk.engine.run(SemanticQuery(("ticket_count",), where=(Filter("channel", op, value),)))
    return result.rows[0]["ticket_count"], [n for n in result.caveats if "[synonyms]" in n]


@pytest.mark.parametrize(
    ("said", "count"),
    [("phone-call", 1), ("PHONE CALL", 1), ("phone_call", 1), ("email", 2), ("E-Mail", 1), ("e mail", 2)],
)
def test_spelling_is_forgiven_and_the_very_same_wins(desk, said, count):
    assert counted(desk, said) == (count, [])


def test_a_word_of_the_workspace_is_read_and_said(desk):
    assert counted(desk, "Telephone") == (1, ["Read 'Telephone' as channel Phone call, as [synonyms] says."])
    assert counted(desk, "offline") == (2, ["Read 'offline' as channel Phone call or fax, as [synonyms] says."])
    assert counted(desk, "offline", "!=")[0] == 3


def test_a_condition_without_a_value_was_said_in_no_word(desk):
    assert counted(desk, "none") == (1, ["Read 'none' as channel chat, as [synonyms] says."])
    assert counted(desk, None, "missing") == (0, [])
    assert counted(desk, None, "present") == (5, [])


@pytest.mark.parametrize(
    "said", ["gone", "loud", "phone", "telefax"], ids=["no_value", "other_column", "part", "unlike"]
)
def test_what_no_value_is_meant_by_is_refused(desk, said):
    with pytest.raises(UnknownName):
        counted(desk, said)


def test_a_word_means_only_what_may_be_seen(desk):
    restricted = desk.engine_with(desk.settings, [Filter("channel", "=", "chat")])
    with pytest.raises(NotGranted):
        restricted.run(SemanticQuery(("ticket_count",), where=(Filter("channel", "=", "telephone"),)))
