"""Every built-in source reads the usual names of groups as the same lines of support."""

from __future__ import annotations

import pytest

from analyst_agent.warehouse.mappings.mapping import built_in
from analyst_agent.warehouse.mappings.support_lines import lines_of

SOURCES = ("hubspot", "intercom", "jira", "salesforce", "servicenow", "zendesk")
NAMES = {
    "Tier 1": 1, "Support Tier-1 EMEA": 1, "Service Desk": 1, "Customer support": 1, "Front Line": 1, "Help Desk": 1,
    "Tier 2": 2, "TIER_2": 2, "Tier2 Billing": 2, "L2 - EMEA": 2, "2nd Level Support": 2, "Escalations": 2, "Escalation Team": 2, "Senior Support": 2,
    "Tier 3 Engineering": 3, "Third Line": 3, "Engineering": 3, "Engineers on duty": 3, "Management": 3, "Support Management": 3, "Supervisors": 3,
    "Robots": None, "Assignment Group 7": None, "Retail2": None, "Account Management": None, "ATF Service Level Management  Group": None,
    "Change Management": None, "Information Technology": None, "Non-Support - (Billing Tickets)": None,
}  # fmt: skip


@pytest.mark.parametrize("source", SOURCES)
def test_usual_names_of_groups_have_their_line(source: str) -> None:
    assert lines_of(NAMES, built_in(source).rules.lines) == NAMES
