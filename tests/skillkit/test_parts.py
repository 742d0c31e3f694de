"""What accounts contribute, by column, is what their rows say one by one."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analyst_agent.rows import Rows
from analyst_agent.skillkit.costs.spent import Clusters, Spent, groups_of_costs, place_costs, side_by_side
from analyst_agent.skillkit.parts import Part, Parts, numbers_of

LABELS = st.sampled_from(["a", "b", "c", None])
ROW = st.tuples(LABELS, LABELS, st.integers(0, 5), st.integers(0, 5))


@given(st.lists(ROW, max_size=30))
def test_rows_and_records_hold_the_same_and_empty_rows_are_left_out(rows):
    cells, accounts = [row[0] for row in rows], [row[1] for row in rows]
    successes, totals = (np.array([row[at] for row in rows], dtype=float) for at in (2, 3))
    parts = Parts.coded(cells, accounts, successes, totals)
    expected: dict[object, list[Part]] = {}
    for cell, account, yes, n in rows:
        if yes or n:
            expected.setdefault(cell, []).append(Part(account, yes, n))
    assert parts.records() == expected
    assert Parts.of(expected).records() == expected
    assert [label is None for label in parts.accounts] == [bool((parts.known[parts.account == at] == -1).all()) for at in range(len(parts.accounts))]  # fmt: skip
    for cell, listed in expected.items():
        assert parts.of_cell(cell).records() == {cell: listed}
        assert parts.sums()[1][parts.cells.index(cell)] == sum(one.total for one in listed)
    assert parts.of_cell("none of them").records() == {"none of them": []}


def test_what_is_no_number_counts_nothing():
    rows = Rows(("n", "text"), [(1, None, 2.5, True), ("x", 3, None, 4)])
    assert numbers_of(rows, "n").tolist() == [1.0, 0.0, 2.5, 1.0]
    assert numbers_of(rows, "text").tolist() == [0.0, 3.0, 0.0, 4.0]
    assert numbers_of(rows, "absent").tolist() == [0.0] * 4
    assert numbers_of((), "n").tolist() == []


def _placed(rows) -> dict[object, Spent]:
    names = (
        "cause",
        "account",
        "escalated_ticket_count",
        "estimated_cost",
        "mean_handle_minutes__n",
        "mean_handle_minutes",
    )
    columns = list(zip(*((*row, 10.0) for row in rows), strict=True)) or [()] * len(names)
    held = Rows(
        names, [columns[0], columns[1], columns[2], [float(cost) for cost in columns[3]], columns[2], columns[4]]
    )
    groups = groups_of_costs(held, "cause")
    place_costs(held, "cause", "account", Clusters(), groups, known_only=True)
    return groups


@given(st.lists(ROW, max_size=30))
def test_the_cost_of_a_group_is_that_of_its_rows_and_of_its_accounts(rows):
    groups = _placed(rows)
    tickets, cost, by_account, minutes = (defaultdict(float) for _ in range(4))
    for cause, account, count, amount in rows:
        if count:
            tickets[cause] += count
            cost[cause] += amount
            by_account[cause, account] += amount
            minutes[cause] += 10.0 * count if account is not None else 0.0
    assert {cause: (one.tickets, one.cost) for cause, one in groups.items()} == {
        c: (tickets[c], cost[c]) for c in tickets
    }
    for cause, one in groups.items():
        known = [amount for (own, account), amount in by_account.items() if own == cause and account is not None]
        assert sorted(one.clusters.of_kind(0).tolist()) == sorted(known)
        assert one.minutes.of_kind(0).sum() == minutes[cause]
    whole = Spent.together(groups.values())
    assert whole.tickets == sum(tickets.values())
    assert whole.clusters.of_kind(0).sum() == sum(amount for (_, account), amount in by_account.items() if account)


def test_accounts_of_two_periods_stand_beside_each_other():
    clusters, sides = Clusters(), []
    for accounts, costs in ((("a", "b"), (1.0, 2.0)), (("b", "c"), (4.0, 8.0))):
        held = Rows(
            ("cause", "account", "escalated_ticket_count", "estimated_cost"), [("x", "x"), accounts, (1, 1), costs]
        )
        groups = groups_of_costs(held, "cause")
        place_costs(held, "cause", "account", clusters, groups)
        sides.append(groups["x"].clusters)
    assert [side.tolist() for side in side_by_side(*sides)] == [[1.0, 2.0, 0.0], [0.0, 4.0, 8.0]]
