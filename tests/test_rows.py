"""Rows held by column are read as the dictionaries they stand for."""

from __future__ import annotations

import pytest

from analyst_agent.records import to_json
from analyst_agent.rows import Rows, column_of, has_column, rows_at, rows_with, total_of

COLUMNS = Rows(("team", "n"), [("a", "b", None), (1, None, 3)])
LISTED = [{"team": "a", "n": 1}, {"team": "b", "n": None}, {"team": None, "n": 3}]


def test_columns_are_equal_to_the_dictionaries_they_stand_for():
    assert COLUMNS == LISTED
    assert tuple(COLUMNS) == tuple(LISTED)
    assert [COLUMNS[0], COLUMNS[-1]] == [LISTED[0], LISTED[-1]]
    assert list(COLUMNS[1:]) == LISTED[1:]
    assert to_json(COLUMNS) == LISTED
    assert LISTED[:2] != COLUMNS


def test_an_index_beyond_the_rows_raises_before_and_after_they_are_made():
    for made in (Rows(("n",), [(1, 2)]), Rows(("n",), [(1, 2)])):
        with pytest.raises(IndexError):
            made[2]
        assert [row["n"] for row in made] == [1, 2]
        with pytest.raises(IndexError):
            made[2]


@pytest.mark.parametrize("rows", [COLUMNS, LISTED])
def test_either_form_gives_the_same_columns_sums_and_orders(rows):
    assert list(column_of(rows, "n")) == [1, None, 3]
    assert (total_of(rows, "n"), total_of(rows, "absent")) == (4, 0)
    assert has_column(rows, "team")
    assert not has_column(rows, "absent")
    for places in ([2, 0, 1], [1], []):
        assert list(rows_at(rows, places)) == [LISTED[place] for place in places]
    changed = [{"team": "a", "n": 7}, {"team": "b", "n": 8}, {"team": None, "n": 9}]
    assert list(rows_with(rows, {"n": [7, 8, 9]})) == changed
    with pytest.raises(KeyError):
        column_of(rows, "absent")


def test_no_rows_have_no_column_to_sum_and_stay_empty():
    none = Rows(("team", "n"), [(), ()])
    assert (len(none), list(none), total_of(none, "n"), bool(none)) == (0, [], 0, False)
    assert list(rows_at(none, [])) == []


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="one length"):
        Rows(("a", "b"), [(1, 2), (1,)])
