"""Mappings: value maps, joined ids, date formats, event logs; and what is said when one is wrong."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from analyst_agent.errors import InvalidDefinition, LoadError, NotPermitted, UnknownName
from analyst_agent.warehouse.mappings.mapping import list_sources, read_mapping
from analyst_agent.warehouse.mappings.records import OPERATORS
from analyst_agent.warehouse.tables import TABLES
from tests.warehouse.desk import Desk

EVENTS = """
name: jobs
missing: ["-"]
files:
  - match: "log*.csv"
    table: tickets
    events: {key: id, order: [{column: step, as: number}], first: [created_at, priority]}
    columns:
      ticket_id: {join: [site, id], separator: "/"}
      created_at: {column: opened, date_format: "%m/%d/%Y"}
      priority: {column: prio, values: {"1": high, "2": low}, otherwise: empty}
      status: state
      channel: {constant: phone}
      language: {column: lang, optional: true}
    escalations:
      when: [{column: hops, op: ">=", value: 2}, {column: state, op: "!=", value: closed}]
      columns: {ticket_id: {join: [site, id], separator: "/"}, escalated_at: {column: at, date_format: "%m/%d/%Y %H:%M"}, to_team: team}
      previous: {from_team: team}
"""
LOG = """id,site,opened,prio,state,step,hops,at,team
7,N,01/31/2025,1,open,2,2,02/01/2025 10:00,B
7,N,01/31/2025,2,closed,10,3,02/03/2025 10:00,C
7,N,01/31/2025,9,new,1,0,01/31/2025 10:00,A
8,S,02/01/2025,2,-,1,2,01/01/2025 00:00,A
9,S,13/01/2025,2,open,1,0,02/01/2025 00:00,A
9,S,13/01/2025,2,open,2,0,02/02/2025 00:00,A
,S,02/01/2025,2,open,1,0,02/02/2025 00:00,A
5,S,02/01/2025,2,open,x,0,02/02/2025 00:00,A
"""


def test_an_event_log_folds_and_finds_its_escalations(desk: Desk) -> None:
    desk.put("log.csv", LOG)
    report = desk.load(mapping=desk.put("map.yml", EVENTS), source=None)
    one = report.files[0]
    assert (one.rows_read, one.inserted, one.folded, one.set_aside) == (8, 2, 2, 4)
    assert [f.file for f in report.left_aside] == ["map.yml"]
    assert desk.query("SELECT ticket_id, created_at, priority, status, channel FROM tickets ORDER BY 1") == [
        ("N/7", datetime(2025, 1, 31), None, "closed", "phone"),
        ("S/8", datetime(2025, 2, 1), "low", None, "phone"),
    ]
    assert desk.query("SELECT ticket_id, escalated_at, from_team, to_team FROM escalations") == [
        ("N/7", datetime(2025, 2, 1, 10), "A", "B")
    ]
    assert [(r.line, r.column) for r in desk.rejects()] == [(6, "opened"), (7, "opened"), (8, "id"), (9, "step")]
    assert [(r.line, r.column, r.reason) for r in desk.emptied()] == []


def test_thirty_texts_may_mean_no_value(desk: Desk) -> None:
    markers = [f"none {n}" for n in range(30)]
    desk.put("log.csv", LOG.replace(",open,", ",none 29,"))
    desk.load(mapping=desk.put("map.yml", EVENTS.replace('["-"]', str(["-", *markers]))))
    assert desk.query("SELECT DISTINCT status FROM tickets ORDER BY 1 NULLS FIRST") == [(None,), ("closed",)]


def test_an_escalation_before_creation_is_listed_though_its_event_is_folded(desk: Desk) -> None:
    mapping = EVENTS.replace(', {column: state, op: "!=", value: closed}', "")
    desk.put("log.csv", LOG)
    report = desk.load(mapping=desk.put("map.yml", mapping))
    assert report.files[0].escalations_found == 1
    assert [(r.line, r.column, r.reason) for r in desk.emptied()] == [(5, "at", "is before its ticket was created")]


def test_a_flag_and_dates_in_the_mappings_zone(desk: Desk) -> None:
    desk.put(
        "cases.csv", "Case,Opened,Esc,Sector\n1,03.07.2025 00:30,J,x\n2,31.06.2025 00:30,N,x\n3,04.07.2025 00:30,?,x\n"
    )
    mapping = """
name: cases
time_zone: Europe/Berlin
files:
  - match: cases.csv
    table: tickets
    columns:
      ticket_id: case
      created_at: {column: Opened, date_format: "%d.%m.%Y %H:%M"}
      is_escalated: {column: Esc, values: {J: true, N: false}}
"""
    report = desk.load(desk.exports / "cases.csv", mapping=desk.put("m.yml", mapping))
    assert report.files[0].unknown_columns == ("Sector",)
    assert desk.query("SELECT ticket_id, created_at, is_escalated FROM tickets ORDER BY 1") == [
        ("1", datetime(2025, 7, 2, 22, 30), True),
        ("3", datetime(2025, 7, 3, 22, 30), None),
    ]
    assert [(r.line, r.column, r.value) for r in desk.rejects()] == [(3, "Opened", "31.06.2025 00:30")]
    assert [(r.line, r.column, r.value) for r in desk.emptied()] == [(4, "Esc", "?")]


def test_texts_of_a_mapping_are_never_sql(desk: Desk) -> None:
    evil = "x' OR 1=1 --"
    desk.put("a.csv", f'"id{evil}",name\n1,"{evil}"\n2,ok\n')
    mapping = f"""
name: evil
missing: ["{evil}"]
files:
  - match: a.csv
    table: accounts
    columns:
      account_id: "id{evil}"
      name: {{column: name, values: {{ok: "{evil}"}}}}
      tier: {{constant: "{evil}"}}
"""
    desk.load(desk.exports / "a.csv", mapping=desk.put("m.yml", mapping))
    assert desk.query("SELECT * FROM (SELECT account_id, name, tier FROM accounts ORDER BY 1)") == [
        ("1", None, evil),
        ("2", evil, evil),
    ]


@pytest.mark.parametrize(
    ("change", "says", "hint"),
    [
        (("missing:", "mising:"), "unknown key 'mising'", "missing"),
        (("table: tickets", "table: ticket"), "'ticket' is no table", "tickets"),
        (("status: state", "statuss: state"), "unknown key 'statuss'", "status"),
        (('op: ">="', 'op: "=>"'), "no comparison", ">="),
        (("value: 2", "value: two"), "must be a number", "texts"),
        (("otherwise: empty", "otherwise: drop"), "otherwise is 'drop'", "empty"),
        (("as: number", "as: int"), "cannot compare as 'int'", "number"),
        (('%m/%d/%Y"', 'm/d/Y"'), "no date format", "%d"),
        (
            ('      ticket_id: {join: [site, id], separator: "/"}\n      created', "      created"),
            "lacks 'ticket_id'",
            "where",
        ),
        (("name: jobs", "name: [jobs"), "not valid YAML", "Correct"),
        (("channel: {constant: phone}", "channel: {constant: phone, column: x}"), "exactly one of", "column"),
    ],
)
def test_a_wrong_mapping_is_refused_with_the_place(desk: Desk, change: tuple[str, str], says: str, hint: str) -> None:
    assert change[0] in EVENTS
    desk.put("log.csv", LOG)
    with pytest.raises(InvalidDefinition, match=r"map\.yml") as caught:
        desk.load(mapping=desk.put("map.yml", EVENTS.replace(change[0], change[1], 1)))
    assert says in caught.value.message
    assert hint in caught.value.hint
    assert desk.files() == []


def test_a_file_that_lacks_a_mapped_column_aborts(desk: Desk) -> None:
    desk.put("log.csv", LOG.replace("hops", "hop_count", 1))
    with pytest.raises(LoadError, match="has no column 'hops'"):
        desk.load(mapping=desk.put("map.yml", EVENTS))


def test_unknown_source_and_both_options(desk: Desk) -> None:
    path = desk.put("tickets.csv", "ticket_id,created_at\n")
    with pytest.raises(UnknownName) as caught:
        desk.load(path, source="uci_incidents")
    assert "uci_incident" in caught.value.hint
    with pytest.raises(NotPermitted, match="exclude each other"):
        desk.load(path, source="uci_incident", mapping=path)
    with pytest.raises(LoadError, match="no file there") as refused:
        desk.load(source="uci_incident")
    assert "incident_event_log" in refused.value.hint


def test_the_guide_lists_every_column_operator_and_source() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "sources.md").read_text(encoding="utf-8")
    for word in (*OPERATORS, *(s.name for s in list_sources())):
        assert f"`{word}`" in guide, word
    for table in TABLES.values():
        line = next(row for row in guide.splitlines() if row.startswith(f"| `{table.name}`"))
        listed = [w.strip().split(" ")[0].strip("\\*+") for w in line.split("|")[2].split(",")]
        assert listed == list(table.names)


def test_the_guides_mapping_is_valid(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[3] / "docs" / "sources.md").read_text(encoding="utf-8")
    path = tmp_path / "guide.yml"
    path.write_text(guide.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    assert read_mapping(path).name == "our_desk"


def test_a_date_format_that_the_engine_cannot_read_is_refused_before_anything_is_loaded(desk: Desk) -> None:
    mapping = """
name: mine
files:
  - {match: "t*.csv", table: tickets, columns: {ticket_id: id, created_at: {column: at, date_format: "%Q"}}}
"""
    with pytest.raises(InvalidDefinition, match="'%Q' is no date format"):
        read_mapping(desk.put("map.yml", mapping))
