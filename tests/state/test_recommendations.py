"""Recommendations: kept once, marked with a history, seen only under the grants and scope they were made under."""

from __future__ import annotations

import json
import shutil
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from analyst_agent.cli.main import run
from analyst_agent.errors import InvalidDefinition, UnknownName
from analyst_agent.records import Filter, Recommendation
from analyst_agent.semantic.periods import build
from analyst_agent.state.recommendations import MARKS, Recommendations
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.conversing import converse

OCTOBER = build(date(2026, 10, 1), date(2026, 11, 1))
BUG = Recommendation("product_bug", "Ship the fix.", "Workaround", "document", document="KI-12")
GAP = Recommendation("policy_gap", "Decide the rule.", "f12", "fact", fact="f12")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'state.db'}"


@pytest.fixture
def kept(url: str) -> Recommendations:
    return Recommendations(url)


def test_what_is_said_again_is_kept_once(kept):
    first = kept.keep("root_cause_trend", OCTOBER, (), (BUG, GAP))
    again = kept.keep("root_cause_trend", OCTOBER, (), (GAP, BUG))
    assert first == (again[1], again[0])
    assert len(kept.listed()) == 2


def test_another_period_or_selection_is_another_recommendation(kept):
    september = build(date(2026, 9, 1), date(2026, 10, 1))
    ids = {
        *kept.keep("root_cause_trend", OCTOBER, (), (BUG,)),
        *kept.keep("root_cause_trend", september, (), (BUG,)),
        *kept.keep("root_cause_trend", OCTOBER, (Filter("tier", "in", ("A", "B")),), (BUG,)),
        *kept.keep("cost_of_escalations", OCTOBER, (), (BUG,)),
    }
    assert len(ids) == 4
    assert [one.start for one in kept.listed()][-1] == date(2026, 9, 1)
    assert {one.conditions for one in kept.listed()} == {(), (Filter("tier", "in", ("A", "B")),)}


def test_the_order_of_conditions_does_not_matter(kept):
    one, two = Filter("tier", "=", "A"), Filter("region", "=", "EMEA")
    assert kept.keep("s", OCTOBER, (one, two), (BUG,)) == kept.keep("s", OCTOBER, (two, one), (BUG,))


def test_every_mark_is_kept_and_the_last_one_counts(kept):
    (name,) = kept.keep("root_cause_trend", OCTOBER, (), (BUG,))
    assert kept.listed()[0].mark == "unknown"
    kept.mark(name, "not_done", "Ana", "waits for 31.4", datetime(2026, 11, 5, tzinfo=UTC))
    found = kept.mark(name, "done", "Bo")
    assert found.mark == "done"
    assert [(m.mark, m.by, m.note) for m in found.marks] == [("not_done", "Ana", "waits for 31.4"), ("done", "Bo", "")]
    assert kept.listed("done") == [found]
    assert kept.listed("unknown") == []


def test_an_id_may_be_shortened_while_it_stays_one(kept):
    ids = kept.keep("s", OCTOBER, (), tuple(Recommendation(str(i), "Act.", "x", "document") for i in range(40)))
    assert kept.mark(ids[0].lower(), "done").id == ids[0]
    with pytest.raises(InvalidDefinition, match="begins 40 ids"):
        kept.mark("R-", "done")
    with pytest.raises(UnknownName, match="R-zzz"):
        kept.mark("R-zzz", "done")
    with pytest.raises(UnknownName):
        kept.mark("", "done")
    with pytest.raises(UnknownName, match="finished"):
        kept.mark(ids[0], "finished")


def test_those_made_under_another_scope_do_not_exist(url, kept):
    (name,) = kept.keep("s", OCTOBER, (), (BUG,))
    other = Recommendations(url, "emea")
    assert other.listed() == []
    with pytest.raises(UnknownName, match=name) as said:
        other.mark(name, "done")
    assert name not in said.value.hint


def test_writers_at_once_lose_nothing(url):
    stores = [Recommendations(url) for _ in range(4)]
    (name,) = stores[0].keep("s", OCTOBER, (), (BUG,))
    many = tuple(Recommendation(str(i), "Act.", "x", "document") for i in range(20))

    def work(store: Recommendations) -> None:
        store.keep("s", OCTOBER, (), many)
        for mark in MARKS:
            store.mark(name, mark)

    threads = [threading.Thread(target=work, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (marked,) = [one for one in stores[0].listed() if one.id == name]
    assert len(marked.marks) == 16
    assert len(stores[0].listed()) == 21


@pytest.fixture
def root(demo_workspace: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demo_workspace, tmp_path / "desk"))


def test_what_an_answer_recommends_can_be_marked(root, monkeypatch, capsys):
    workspace = Workspace.open(root)
    answer = converse(workspace, "What drove escalations last month?")
    made = workspace.recommendations.listed()
    assert [one.action for one in made if one.pattern == "product_bug"] == [
        one.action for one in answer.recommendations if one.pattern == "product_bug"
    ]
    assert len(made) == len(answer.recommendations)
    workspace.close()
    monkeypatch.chdir(root)
    for words in (
        ["recommendations", "mark", made[0].id, "not-done", "--by", "Ana", "--note", "next week"],
        ["recommendations", "list", "--mark", "not_done", "--json"],
    ):
        with pytest.raises(SystemExit) as ended:
            run(words)
        assert ended.value.code in (0, None)
    printed = capsys.readouterr().out
    listed = json.loads(printed[printed.index("{") :])["recommendations"]
    assert [(one["id"], one["marks"][0]["by"]) for one in listed] == [(made[0].id, "Ana")]


def test_a_scoped_reader_sees_none_of_the_others(root, monkeypatch):
    converse(Workspace.open(root), "What drove escalations last month?")
    monkeypatch.setenv("ANALYST_RESTRICT", "region = EMEA")
    assert Workspace.open(root).recommendations.listed() == []
