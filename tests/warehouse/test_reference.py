"""Reference rows for evals: raw files as they are, canonical tables of a workspace, and complaints about SQL that cannot run."""

from __future__ import annotations

import gzip

import pytest

from analyst_agent.errors import InvalidDefinition
from analyst_agent.settings import Settings
from analyst_agent.warehouse.load import load
from analyst_agent.warehouse.reference import over_canonical, over_raw


def test_raw_files_are_texts_under_their_stems(tmp_path):
    (tmp_path / "people.csv").write_text("id,since\n007,?\n8,2026-01-02\n")
    with gzip.open(tmp_path / "log.csv.gz", "wt") as file:
        file.write("n\n1\n2\n")
    (tmp_path / "README.md").write_text("no data")
    raw = over_raw(tmp_path)
    assert raw.rows("SELECT * FROM raw_people") == [("007", "?"), ("8", "2026-01-02")]
    raw.add({"twice": "SELECT n || n AS n FROM raw_log", "once": "SELECT max(n) FROM twice"})
    assert raw.rows("SELECT * FROM once") == [("22",)]
    with pytest.raises(InvalidDefinition, match="cannot run"):
        raw.rows("SELECT nothing FROM raw_people")
    raw.close()


def test_canonical_tables_come_with_the_mapping_of_codes(tmp_path):
    (tmp_path / "tickets.csv").write_text("ticket_id,created_at\nT1,2026-01-02T03:04:05Z\n")
    load(tmp_path / "workspace", [tmp_path / "tickets.csv"], settings=Settings())
    reference = over_canonical(tmp_path / "workspace", "UTC", {"it's": "process_failure"})
    assert reference.rows("SELECT count(*) FROM tickets") == [(1,)]
    assert reference.rows("SELECT code, cause FROM causes") == [("it's", "process_failure")]
    reference.close()
