"""A real set with a planted story: reopening lives in first-line agents on two categories; tier differs, region and sector do not."""

from __future__ import annotations

from datetime import date

import pytest

from analyst_agent.claims.wording import wording_of
from analyst_agent.records import Filter
from analyst_agent.report.answer import answer_markdown
from analyst_agent.resources import builtin_dir
from analyst_agent.semantic.model import model_for
from analyst_agent.semantic.periods import Clock, build
from analyst_agent.settings import Settings
from analyst_agent.skillkit import SkillContext, load_skills
from analyst_agent.warehouse.backends.embedded import Embedded
from analyst_agent.warehouse.generations import open_current
from analyst_agent.warehouse.load import load
from analyst_agent.warehouse.querying.engine import Engine
from benchmarks.skill_queries import NoDocuments

EVERYTHING = build(date(2025, 1, 1), date(2026, 7, 1))
segment_comparison = load_skills(builtin_dir("skills"))["segment_comparison"].function


@pytest.fixture(scope="module")
def context(third_party, tmp_path_factory):
    source, workspace, own = third_party("drapertoby_itsm"), tmp_path_factory.mktemp("drapertoby"), Settings()
    load(workspace, [source], settings=own, source="drapertoby_itsm")
    clock = Clock.of(own, date(2026, 7, 1))
    with open_current(workspace) as warehouse:
        engine = Engine(Embedded(warehouse.connection, "g"), model_for(own), own, clock)
        yield SkillContext(engine, clock, own, NoDocuments())


@pytest.mark.parametrize("asked", [{}, {"metric": "reopen_rate"}, {"by": "support_level"}, {"by": "category"}])
@pytest.mark.parametrize("where", [(), (Filter("status", "=", "closed"),)])
def test_reopening_lives_in_first_line_agents_on_payments_and_api(context, asked, where):
    found = segment_comparison(context, period=EVERYTHING, where=where, **asked)
    (said,) = [s for s in found.statements if s.kind == "combination"]
    assert (said.arguments["value"], said.arguments["values"]) == ("L1", ["API Integrations", "Payments & Checkout"])
    table = next(t for t in found.tables if t.title.startswith("Support level within"))
    counted = {(row[0], row[1] != "all others"): (row[3], row[2]) for row in table.rows}
    assert counted == {
        ("L1", True): (208, 368),
        ("L2", True): (37, 146),
        ("L3", True): (12, 86),
        ("L1", False): (24, 407),
        ("L2", False): (18, 374),
        ("L3", False): (8, 119),
    }
    text = answer_markdown(found, wording_of(context.model))
    assert "208 of 368 tickets escalate (56.5 %), against 5.9 % of the others with L1" in text
    assert "as last assigned, not a cause" in text


def test_merchant_tier_differs_also_within_categories(context):
    found = segment_comparison(context, by="tier", period=EVERYTHING)
    (said,) = [s for s in found.statements if s.kind == "standardised"]
    like, plain = (found.fact(i) for i in said.facts[:2])
    assert "category" in said.arguments["strata"]
    assert (plain.dimensions, plain.significant, like.significant) == ({"tier": "Advanced"}, True, True)
    assert 0.02 < like.interval[0] < like.value < plain.difference


@pytest.mark.parametrize("by", ["region", "industry"])
def test_region_and_sector_show_none(context, by):
    found = segment_comparison(context, by=by, period=EVERYTHING)
    assert not [f for f in found.facts if f.significant]
    assert [s.kind for s in found.statements if "difference" in s.kind] == ["no_difference_shown"]


def test_the_live_queue_of_june_is_still_open(context):
    found = segment_comparison(context, by="tier", period=EVERYTHING)
    (said,) = [s for s in found.statements if s.kind == "open_tickets"]
    assert (found.fact(said.facts[0]).value, found.fact(said.facts[0]).n) == (250, 1750)
    assert said.arguments["from_day"].startswith("2026-06")
