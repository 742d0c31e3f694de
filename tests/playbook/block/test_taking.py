"""What a block may give back, checked where it is given and again where it is taken."""

from __future__ import annotations

import json

import pytest

from analyst_agent.playbook.block.inside.main import _take_result
from analyst_agent.playbook.block.inside.offered import Kept
from analyst_agent.playbook.block.inside.shape import Unusable
from analyst_agent.playbook.block.taking import Rejected, Setting, taken
from tests.playbook.block import hostile

pd = pytest.importorskip("pandas")
np = pytest.importorskip("numpy")
WORD = "w"


def _given(code):
    """What the code gives to its process, without one."""
    kept = Kept({})
    names = {"pd": pd, "np": np, "table": kept.table, "fact": kept.fact, "chart": kept.chart}
    exec(code, names)
    _take_result(kept, names, code, "step")
    return {"word": WORD, "tables": kept.tables, "facts": kept.facts, "charts": kept.charts}


@pytest.mark.parametrize("one", hostile.UNUSABLE, ids=lambda one: one.name)
def test_what_cannot_be_used_is_refused_with_a_reason(one):
    with pytest.raises((Unusable, Rejected)) as caught:
        taken(json.dumps(_given(one.code)).encode(), WORD, Setting())
    assert str(caught.value)


TABLE = {"title": "t", "columns": [{"key": "a", "unit": "count"}], "rows": [[1]], "line": 3}


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""},
        {"title": None},
        {"columns": None},
        {"columns": [3]},
        {"columns": [{"key": "a"}]},
        {"columns": [{"key": "a", "unit": "euro"}]},
        {"columns": [{"key": "a", "unit": ["count"]}]},
        {"rows": [[1, 2]]},
        {"rows": [["x"]]},
        {"rows": [[True]]},
        {"rows": [[2**60]]},
        {"rows": [[float("inf")]]},
        {"rows": [[float("nan")]]},
        {"rows": [[[1]]]},
        {"rows": {"a": 1}},
        {"rows": [[1]] * 5001},
        {"n": "b"},
        {"before": {"a": "b"}},
        {"before": [1]},
    ],
    ids=repr,
)
def test_a_forged_table_is_refused_with_its_line(change):
    assert taken(_message(TABLE), WORD, Setting()).facts[0].value == 1
    with pytest.raises(Rejected) as caught:
        taken(_message({**TABLE, **change}), WORD, Setting())
    assert (caught.value.reason, caught.value.line) == ("result", 3)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"3",
        b"\xff",
        b"[" * 100_000,
        b'{"word": "x"}',
        b'{"word": "w"}',
        b'{"word": "w"}{}',
        b"9" * 9999,
    ],
)
def test_a_message_in_no_form_is_refused(data):
    with pytest.raises(Rejected):
        taken(data, WORD, Setting())


def _message(table):
    return json.dumps({"word": WORD, "tables": [table], "facts": [], "charts": []}).encode()
