"""When documents were cited: by mark of grants and scope, the last time and how often."""

from __future__ import annotations

from datetime import UTC, datetime

from analyst_agent.state.uses import Use, Uses


def test_an_answer_counts_once_for_each_document_it_cites(tmp_path):
    uses = Uses(f"sqlite:///{tmp_path / 'state.db'}")
    assert uses.of() == {}
    policy, issue = ("policies", "POL-1"), ("issues", "KI-1")
    uses.note([policy, issue, policy], "", datetime(2026, 11, 1, tzinfo=UTC))
    uses.note([policy], "emea", datetime(2026, 11, 3, tzinfo=UTC))
    uses.note([policy], "", datetime(2026, 11, 2, tzinfo=UTC))
    assert uses.of() == {policy: Use("2026-11-03T00:00:00+00:00", 3), issue: Use("2026-11-01T00:00:00+00:00", 1)}
    assert uses.of("emea") == {policy: Use("2026-11-03T00:00:00+00:00", 1)}
    uses.close()
