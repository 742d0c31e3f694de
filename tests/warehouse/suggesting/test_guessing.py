"""What single files are guessed to be: dates, flags, ratings, markers of missing values, keys of other files, logs, escalation times."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyst_agent.errors import LoadError
from analyst_agent.settings import Settings
from analyst_agent.warehouse.load import load
from analyst_agent.warehouse.suggesting.records import FileGuess, Proposal
from analyst_agent.warehouse.suggesting.suggest import suggest

HEAD = "Case Number,Opened At,Priority,Status,Subject"


def _file(folder: Path, name: str, head: str, rows: list[str], encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text("\n".join([head, *rows]) + "\n", encoding=encoding)
    return path


def _suggest(folder: Path, *paths: Path) -> Proposal:
    return suggest(folder, paths, settings=Settings())


def _stands(guess: FileGuess) -> dict[str, str]:
    return {c.column: c.source for c in guess.proposed}


def _format(found: Proposal, column: str = "created_at") -> str:
    return next(c.date_format for c in found.files[0].proposed if c.column == column)


@pytest.mark.parametrize(
    ("written", "date_format", "is_ambiguous"),
    [
        (["03/04/2025 10:00", "25/04/2025 11:00"], "%d/%m/%Y %H:%M", False),
        (["03/04/2025 10:00", "04/25/2025 11:00"], "%m/%d/%Y %H:%M", False),
        (["03/04/2025 10:00", "05/06/2025 11:00"], "%d/%m/%Y %H:%M", True),
        (["3/4/25 9:05 AM", "5/6/25 1:07 PM"], "%m/%d/%y %I:%M %p", True),
        (["03.04.2025", "05.06.2025"], "%d.%m.%Y", False),
        (["2025-04-03T10:00:00Z", "2025-04-03 11:00"], "", False),
        (["01/Apr/25 8:33 AM", "02/May/25 1:00 PM"], "%d/%b/%y %I:%M %p", False),
    ],
)
def test_day_and_month_are_told_apart_by_evidence_or_asked(
    tmp_path: Path, written: list[str], date_format: str, is_ambiguous: bool
):
    rows = [f"C{n},{written[n % 2]},P1,Open,Text {n}" for n in range(30)]
    found = _suggest(tmp_path, _file(tmp_path, "cases.csv", HEAD, rows))
    assert _format(found) == date_format
    assert any("no day above 12" in text for text in found.to_decide) == is_ambiguous
    assert found.trial is not None
    assert found.trial.placed == 30


def test_rows_and_values_that_cannot_be_placed_are_listed_with_file_line_and_reason(tmp_path: Path):
    rows = [f"C{n},2025-01-{n + 1:02},P1,Open,Text {n}" for n in range(20)]
    rows[4] = "C4,soon,P1,Open,Text"
    rows[7] = ",2025-01-08,P1,Open,Text"
    rows[9] = "C9,2025-01-10,P1"
    path = _file(tmp_path, "cases.csv", HEAD, rows)
    trial = _suggest(tmp_path, path).trial
    assert trial is not None
    assert (trial.read, trial.placed, trial.unplaced_count) == (20, 17, 3)
    assert [(r.line, r.column, r.value) for r in trial.unplaced] == [
        (6, "Opened At", "soon"), (9, "Case Number", None), (11, "", "C9,2025-01-10,P1"),
    ]  # fmt: skip


def test_a_rating_out_of_a_hundred_or_in_words_is_left_aside_with_the_reason(tmp_path: Path):
    rows = [f"C{n},2025-01-{n + 1:02},P1,Open,Text {n},{n * 5},{'good' if n % 2 else 'bad'},{n}" for n in range(20)]
    found = _suggest(tmp_path, _file(tmp_path, "cases.csv", f"{HEAD},CSAT,Satisfaction,Resolution Time", rows)).files[0]
    assert not {"csat", "resolved_at"} & set(_stands(found))
    assert "where ours is 1 to 5" in found.aside["CSAT"]
    assert "duration" in found.aside["Resolution Time"]


def test_flags_in_other_words_get_a_value_map_and_plain_ones_none(tmp_path: Path):
    rows = [f"C{n},2025-01-{n + 1:02},P1,Open,Text {n},{'Escalated' if n == 3 else 'Not escalated'}" for n in range(20)]
    path = _file(tmp_path, "cases.csv", f"{HEAD},Escalated", rows)
    flag = next(c for c in _suggest(tmp_path, path).files[0].proposed if c.column == "is_escalated")
    assert flag.values == {"Escalated": "true", "Not escalated": "false"}


def test_markers_of_missing_values_are_found_and_a_word_among_labels_is_a_value(tmp_path: Path):
    rows = [f"C{n},2025-01-{n + 1:02},{'NA' if n % 3 else 'P1'},Open,{'?' if n == 2 else 'Text'}" for n in range(20)]
    assert _suggest(tmp_path, _file(tmp_path, "cases.csv", HEAD, rows)).missing == ("?",)


def test_a_column_whose_values_are_keys_of_another_file_is_surer_than_one_whose_are_not(tmp_path: Path):
    accounts = _file(
        tmp_path, "companies.csv", "id,name,industry,region", [f"{n},Firm {n},Retail,EMEA" for n in range(9)]
    )
    rows = [f"C{n},2025-01-{n + 1:02},P1,Open,Text {n},{n % 9},{900 + n}" for n in range(20)]
    tickets = _file(tmp_path, "cases.csv", f"{HEAD},Customer,Client Id", rows)
    found = _suggest(tmp_path, accounts, tickets)
    assert [f.table for f in found.files] == ["accounts", "tickets"]
    assert _stands(found.files[1])["account_id"] == "Customer"


def test_a_log_of_tickets_is_folded_and_a_list_of_their_comments_is_nothing_of_ours(tmp_path: Path):
    log = [
        f"C{n // 4},2025-01-{n // 4 + 1:02} 08:00,2025-01-{n // 4 + 1:02} {9 + n % 4:02}:00,P{n % 3},Open"
        for n in range(40)
    ]
    path = _file(tmp_path, "ticket_log.csv", "number,opened_at,updated_at,priority,status", log)
    found = _suggest(tmp_path, path)
    assert found.files[0].events is not None
    assert found.files[0].events.order == (("updated_at", "time"),)
    assert found.trial is not None
    assert found.trial.files[0]["folded"] == 30
    comments = [f"{n},C{n // 4},2025-01-{n % 28 + 1:02} 08:00,Text,Open" for n in range(40)]
    path = _file(tmp_path, "export.csv", "id,ticket_id,created_at,body,status", comments)
    assert not _suggest(tmp_path, path).is_loadable


def test_a_time_of_escalation_becomes_escalations(tmp_path: Path):
    rows = [f"C{n},2025-01-{n + 1:02},P1,Open,Text {n},{'2025-02-01 10:00' if n < 5 else ''}" for n in range(20)]
    path = _file(tmp_path, "cases.csv", f"{HEAD},Escalated On", rows)
    found = _suggest(tmp_path, path)
    assert found.trial is not None
    assert (found.trial.problem, found.trial.files[0]["escalations_found"]) == ("", 5)


def test_semicolons_other_encodings_gzip_and_json_lines_are_read(tmp_path: Path):
    head = "Vorgangsnummer;Erstellt am;Priorität;Status;Betreff"
    rows = [f"V{n};{n + 1:02}.01.2025 08:00;hoch;offen;Störung {n}" for n in range(20)]
    path = _file(tmp_path, "Vorgänge.csv", head, rows, "cp1252")
    assert _stands(_suggest(tmp_path, path).files[0])["priority"] == "Priorität"
    lines = "".join(
        f'{{"id": "T{n}", "createdAt": "2025-01-{n + 1:02}T08:00:00Z", "status": "open", "title": "x{n}"}}\n'
        for n in range(20)
    )
    (tmp_path / "conversations.jsonl").write_text(lines, encoding="utf-8")
    found = _suggest(tmp_path, tmp_path / "conversations.jsonl").files[0]
    assert _stands(found) == {"ticket_id": "id", "created_at": "createdAt", "status": "status", "subject": "title"}


def test_who_opened_or_closed_a_ticket_is_no_channel_agent_or_account(tmp_path: Path):
    who = "Opened By,Created By,Closed By,Requester,Submitter,Caller"
    rows = [f"C{n},2025-01-{n + 1:02},P1,Open,Text {n},{'a,b,c,d,e,f' if n % 2 else 'g,h,i,j,k,l'}" for n in range(20)]
    stands = _stands(_suggest(tmp_path, _file(tmp_path, "cases.csv", f"{HEAD},{who}", rows)).files[0])
    assert set(stands) == {"ticket_id", "created_at", "priority", "status", "subject"}


def test_our_own_form_needs_no_mapping(tmp_path: Path):
    path = _file(tmp_path, "tickets.csv", "ticket_id,created_at,priority", [f"{n},2025-01-01,P1" for n in range(9)])
    found = _suggest(tmp_path, path)
    assert found.files[0].is_canonical
    assert found.mapping == ""
    assert found.commands == [f"analyst load {path}"]


def test_the_same_files_give_the_same_proposal_and_the_mapping_loads(tmp_path: Path):
    rows = [f"C{n},{n % 28 + 1}/3/2025 9:00,P1,Open,Text {n}" for n in range(4000)]
    path = _file(tmp_path, "cases.csv", HEAD, rows)
    one, other = _suggest(tmp_path, path), _suggest(tmp_path, path)
    assert one.to_dict() == other.to_dict()
    assert not (tmp_path / ".analyst").exists()
    (tmp_path / "m.yml").write_text(one.mapping, encoding="utf-8")
    report = load(tmp_path, [path], settings=Settings(), mapping=tmp_path / "m.yml", derived={})
    assert report.totals["inserted"] == 4000


def test_escalations_alone_are_tried_beside_the_tickets_of_the_workspace(tmp_path: Path):
    tickets = _file(tmp_path, "tickets.csv", "ticket_id,created_at", [f"{n},2025-01-01" for n in range(9)])
    load(tmp_path, [tickets], settings=Settings(), derived={})
    head = "esc_id,case_ref,escalated_on,escalation_reason"
    path = _file(tmp_path, "escalation_log.csv", head, [f"E{n},{n},2025-01-02,angry" for n in range(12)])
    trial = _suggest(tmp_path, path).trial
    assert trial is not None
    assert (trial.placed, trial.unplaced_count) == (9, 3)
    assert "not loaded" in trial.unplaced[0].reason


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(LoadError, match="no file or folder"):
        _suggest(tmp_path, tmp_path / "absent.csv")
