"""The planted truths are in the generated files, and the README says of them what is measured."""

from __future__ import annotations

import math
import re
from pathlib import Path

import duckdb
import pytest
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

import analyst_agent.demo
from tests.demo import truths
from tests.demo.truths import EVER, OCTOBER, SEPTEMBER, cohort, number

README = Path(analyst_agent.demo.__file__).parent / "README.md"


def p_value(one: tuple[int, int], two: tuple[int, int]) -> float:
    """Two-sided test of two proportions (pooled z), each given as (tickets, escalated)."""
    (n1, k1), (n2, k2) = one, two
    pooled = (k1 + k2) / (n1 + n2)
    z = (k1 / n1 - k2 / n2) / math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    return math.erfc(abs(z) / math.sqrt(2))


def against_rest(demo: duckdb.DuckDBPyConnection, column: str, period: tuple[str, str]) -> dict[str, float]:
    """Adjusted p (Benjamini-Hochberg) of each value of a column against the rest, where it has 30 tickets."""
    values = [
        v
        for (v,) in demo.execute(f"SELECT DISTINCT {column} FROM wide WHERE {column} IS NOT NULL ORDER BY 1").fetchall()
    ]
    big = [v for v in values if cohort(demo, f"{column} = '{v}'", period)[0] >= 30]
    raw = [p_value(*(cohort(demo, f"{column} {sign} '{v}'", period) for sign in ("=", "<>"))) for v in big]
    return dict(zip(big, multipletests(raw, method="fdr_bh")[1], strict=True))


def test_readme_quotes_what_is_measured(demo: duckdb.DuckDBPyConnection) -> None:
    table = README.read_text(encoding="utf-8").split("## Measured")[1]
    quoted = dict(re.findall(r"^\| (.+?) \| (.+?) \|$", table, re.MULTILINE))
    quoted.pop("what")
    assert quoted == truths.measured(demo)


def test_overall_rate_and_repeats(demo: duckdb.DuckDBPyConnection) -> None:
    tickets, escalated = cohort(demo, "true", EVER)
    assert tickets == 60_000
    assert 0.07 < escalated / tickets < 0.09
    assert number(demo, "SELECT count(*) FROM wide WHERE event_count > 1") > 300
    assert number(demo, "SELECT count(*) FROM wide WHERE reopen_count::INT > 0 AND escalated IS NOT NULL") > 300
    assert number(demo, "SELECT max(reopen_count::INT) FROM wide") > 1


def test_october_is_worse_than_september_because_of_reports(demo: duckdb.DuckDBPyConnection) -> None:
    october, september = cohort(demo, "true", OCTOBER), cohort(demo, "true", SEPTEMBER)
    low, high = confint_proportions_2indep(
        october[1], october[0], september[1], september[0], method="newcomb", compare="diff"
    )
    assert 0.015 < low < high < 0.06
    others = "product_area <> 'Reports'"
    assert p_value(cohort(demo, others, OCTOBER), cohort(demo, others, SEPTEMBER)) > 0.05
    reports = "product_area = 'Reports'"
    assert p_value(cohort(demo, reports, OCTOBER), cohort(demo, reports, ("2026-07-01", "2026-09-01"))) < 1e-6


def test_regression_speaks_of_its_code_from_its_day_on(demo: duckdb.DuckDBPyConnection) -> None:
    code = "regexp_matches(words, 'rpt.?504', 'i')"
    assert cohort(demo, code, ("2024-11-01", "2026-09-21"))[0] == 0
    assert cohort(demo, code, ("2026-09-21", "2026-11-03"))[0] > 150
    notes = "SELECT count(*) FROM resolutions WHERE regexp_matches(notes, 'KI-12', 'i') AND resolved_at >= '2026-09-21'"
    assert number(demo, notes) > 30


def test_decoy_issue_has_no_ticket(demo: duckdb.DuckDBPyConnection) -> None:
    assert cohort(demo, "regexp_matches(words, 'RPT.?310|landscape|cuts? off', 'i')", EVER)[0] == 0


def test_policy_gap_takes_longest(demo: duckdb.DuckDBPyConnection) -> None:
    hours = dict(
        demo.execute(
            "SELECT cause, avg(date_diff('second', escalated, ended)) / 3600 FROM wide WHERE ended IS NOT NULL GROUP BY cause"
        ).fetchall()
    )
    policy = hours.pop("policy_gap")
    assert policy > 2 * max(hours.values())
    assert number(demo, "SELECT avg((product_area = 'Billing')::INT) FROM wide WHERE cause = 'policy_gap'") > 0.95


def test_training_gap_comes_and_fades(demo: duckdb.DuckDBPyConnection) -> None:
    per_month = dict(
        demo.execute(
            """SELECT strftime(escalated, '%Y-%m'), count(*) FROM wide WHERE cause = 'training_gap'
               AND product_area = 'Sign-on' AND from_team = 'Frontline Coral' GROUP BY 1"""
        ).fetchall()
    )
    before = max(per_month.get(f"2025-{month:02d}", 0) for month in range(1, 13))
    during = min(per_month[f"2026-{month:02d}"] for month in range(2, 7))
    after = max(per_month.get(f"2026-{month:02d}", 0) for month in (9, 10))
    assert during > 3 * before
    assert during > 2 * after


@pytest.mark.parametrize("period", [OCTOBER, SEPTEMBER, EVER])
def test_enterprise_escalates_more(demo: duckdb.DuckDBPyConnection, period: tuple[str, str]) -> None:
    assert against_rest(demo, "tier", period)["Enterprise"] < 0.001


@pytest.mark.parametrize("period", [OCTOBER, SEPTEMBER, EVER])
@pytest.mark.parametrize("column", ["region", "industry"])
def test_region_and_industry_do_not_differ(
    demo: duckdb.DuckDBPyConnection, column: str, period: tuple[str, str]
) -> None:
    assert min(against_rest(demo, column, period).values()) > 0.1


def test_enterprise_is_both_tier_and_plan_and_not_the_same(demo: duckdb.DuckDBPyConnection) -> None:
    both = number(demo, "SELECT count(*) FROM accounts WHERE tier = 'Enterprise' AND plan = 'Enterprise'")
    either = number(demo, "SELECT count(*) FROM accounts WHERE tier = 'Enterprise' OR plan = 'Enterprise'")
    assert 0.6 < both / either < 0.95


def test_public_sector_is_too_small_to_say(demo: duckdb.DuckDBPyConnection) -> None:
    assert 1 <= cohort(demo, "segment = 'Public sector'", OCTOBER)[0] < 30


def test_process_and_documentation_gaps_sit_in_their_areas(demo: duckdb.DuckDBPyConnection) -> None:
    for cause, area in (("process_failure", "Data import"), ("documentation_gap", "Integrations")):
        top = demo.execute(
            "SELECT product_area FROM wide WHERE cause = ? GROUP BY 1 ORDER BY count(*) DESC LIMIT 1", [cause]
        ).fetchone()
        assert top == (area,)


def test_codes_without_root_cause_and_a_tail_of_open_tickets(demo: duckdb.DuckDBPyConnection) -> None:
    codes = {
        code
        for (code,) in demo.execute("SELECT DISTINCT reason_code FROM first WHERE cause = 'unclassified'").fetchall()
    }
    assert codes == {"OTHER", "MISC", "LEGACY-7", None}
    assert number(demo, "SELECT avg((root_cause IS NULL)::INT) FROM escalations") > 0.9
    assert number(demo, "SELECT count(*) FROM wide WHERE escalated >= DATE '2026-10-01' AND ended IS NULL") >= 10


def test_letters_are_varied_and_hold_attacks_and_personal_data(demo: duckdb.DuckDBPyConnection) -> None:
    assert number(demo, "SELECT count(DISTINCT subject) FROM tickets") > 3_000
    assert number(demo, "SELECT count(DISTINCT description) / count(description) FROM tickets") > 0.9
    attack = "previous instructions|assistant reading|instructions for the AI|automated reader|<system>|print your config|Assistant:"
    assert 5 < cohort(demo, f"regexp_matches(words, '{attack}', 'i')", EVER)[0] < 40
    mails = demo.execute("SELECT regexp_extract_all(words, '[\\w.+-]+@([\\w.-]+)', 1) FROM wide").fetchall()
    domains = {domain.rstrip(".").lower() for (found,) in mails for domain in found}
    assert domains
    assert all(re.search(r"(^|\.)example\.(com|org|net)$", domain) for domain in domains), domains
