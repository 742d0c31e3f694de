"""A sample of cases: stratified by subject, and the same again for the same seed."""

from __future__ import annotations

from collections import Counter

import pytest

from analyst_agent.errors import NotPermitted
from analyst_agent.evaluation.cases import DRAFT, parse_case, read_suite
from analyst_agent.evaluation.sampling import sample
from analyst_agent.resources import builtin_dir


def made(subject, number, tier="must"):
    raw = {"id": f"{subject}_{number}", "tier": tier, "data": "demo", "turns": ["q"], "expect": {"status": "answered"}}
    return parse_case(raw, subject, "a.yml: case 1")


CASES = [made(subject, i) for subject, count in (("big", 60), ("middle", 30), ("small", 1)) for i in range(count)]


@pytest.mark.parametrize(("count", "sizes"), [(31, (20, 10, 1)), (3, (1, 1, 1)), (10, (6, 3, 1)), (90, (59, 30, 1))])
def test_every_subject_has_its_share_and_at_least_one(count, sizes):
    assert tuple(Counter(case.subject for case in sample(CASES, count)).values()) == sizes


def test_fewer_cases_than_subjects_are_still_so_many():
    assert len(sample(CASES, 2)) == 2


def test_the_same_seed_draws_the_same_whatever_the_order_and_another_draws_others():
    drawn = sample(CASES, 30, seed=1)
    assert list(drawn) == [case for case in CASES if case in drawn]
    assert set(sample(CASES[::-1], 30, seed=1)) == set(drawn)
    assert set(sample(CASES, 30, seed=2)) != set(drawn)


def test_a_case_more_changes_little():
    before, after = set(sample(CASES, 30)), set(sample([*CASES, made("big", 60)], 30))
    assert len(before - after) <= 2


def test_a_draft_is_not_drawn_and_a_large_sample_is_everything():
    drafts = [made("big", n, DRAFT) for n in range(100, 105)]
    assert sample([*CASES, *drafts], 500) == tuple(CASES)


def test_a_sample_of_nothing_is_refused():
    with pytest.raises(NotPermitted):
        sample(CASES, 0)


def test_sixty_of_the_built_in_cases_touch_every_subject():
    cases = read_suite(builtin_dir("evals")).cases
    drawn = sample(cases, 60)
    assert len(drawn) == 60
    assert {case.subject for case in drawn} == {case.subject for case in cases}
