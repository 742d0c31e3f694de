"""The mapping that is written reads back as exactly what was proposed, whatever files, columns and values are called."""

from __future__ import annotations

import csv
from pathlib import Path

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analyst_agent.settings import Settings
from analyst_agent.warehouse.mappings.mapping import read_mapping
from analyst_agent.warehouse.suggesting.records import ColumnGuess, EventGuess, FileGuess, Proposal, Trial, Unplaced
from analyst_agent.warehouse.suggesting.suggest import suggest
from analyst_agent.warehouse.suggesting.writing import harmless, quoted, write_mapping

HOSTILE = (
    "!!python/object/apply:os.system [id]", "a: b", "x # y", "{a: [b", "*alias", "&anchor", "- item", "? key", "| block", "> fold", "%TAG", "@at", "`tick`",
    "line\nname: evil\nfiles: []", "tab\there", "nul\x01\x1b[31m", "\u2028sep\u2029", "\x85next", "\u202ertl", "'single'", '"double"', "back\\slash", "yes", "No", "null", "~",
    "1.0", "0x1F", "2025-01-01", "<<", "=", "", " lead", "trail ", "\U0001f600", "\ufeffbom", "é", "#", "---", "...", ": ", "1_000", "1:30", "\ufffe",
)  # fmt: skip
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
NAMES = TEXTS.filter(lambda t: t.strip("\ufeff \t") == t and t != "")


@given(TEXTS)
@example("no")
def test_a_quoted_text_reads_back_as_itself(text: str):
    assert yaml.safe_load(f"key: {quoted(text)}")["key"] == text
    assert yaml.safe_load(f"[{{a: {quoted(text)}, {quoted(text)}: 1}}]")[0]["a"] == text


@given(TEXTS)
def test_a_comment_is_one_line_without_anything_obeyed(text: str):
    assert harmless(text).isprintable()
    assert yaml.safe_load(f"# {harmless(text)}\nkey: 1 # {harmless(text)}") == {"key": 1}


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_mapping_reads_back_as_what_was_proposed(tmp_path_factory, data: st.DataObject):
    key, created, flag, said, file, marker = (data.draw(NAMES) for _ in range(6))
    values = data.draw(st.dictionaries(TEXTS, st.sampled_from(["true", "false"]), max_size=4))
    one = FileGuess(
        file, file.replace("[", "[[]"), "tickets", 0.9, (said,), 3,
        columns=[
            ColumnGuess("ticket_id", key, 0.99, (said,), (said, marker), True, remark=said),
            ColumnGuess("created_at", created, 0.9, (), (), True, date_format="%d/%m/%Y"),
            ColumnGuess("is_escalated", flag, 0.8, (), (said,), True, values=values),
            ColumnGuess("subject", said, 0.4, (said,), (said,)),
        ],
        events=EventGuess(key, ((created, "time"),), ("created_at",)), aside={said: marker}, unused=(flag, said), is_proposed=True,
    )  # fmt: skip
    proposal = Proposal(
        [one], (marker,), to_decide=[said], trial=Trial(unplaced=[Unplaced(file, 1, said, marker, said)])
    )
    path = tmp_path_factory.mktemp("mapping") / "m.yml"
    path.write_text(write_mapping(proposal), encoding="utf-8")
    read = read_mapping(path)
    columns = read.files[0].columns
    assert set(columns) == {"ticket_id", "created_at", "is_escalated"}
    assert [columns[c].columns for c in ("ticket_id", "created_at", "is_escalated")] == [(key,), (created,), (flag,)]
    assert dict(columns["is_escalated"].values) == values
    assert columns["created_at"].date_format == "%d/%m/%Y"
    assert read.missing == (marker,)
    assert read.files[0].events is not None
    assert read.files[0].events.order == ((created, "time"),)
    assert all(c.isprintable() or c == "\n" for c in path.read_text(encoding="utf-8"))


def test_hostile_headers_and_values_of_a_real_file_are_tried_and_written(tmp_path: Path):
    path = tmp_path / "tickets [1]*#.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(
            ["Case Number", "Opened", "Status", *(h for h in HOSTILE if h not in ("\u2028sep\u2029", "\x85next"))]
        )
        for n in range(20):
            out.writerow([f"C{n}", f"2025-01-{n + 1:02}", "Open", *HOSTILE[2:]])
    found = suggest(tmp_path, [path], settings=Settings())
    assert found.trial is not None
    assert (found.trial.problem, found.trial.read, found.trial.placed) == ("", 20, 20)
    assert yaml.safe_load(found.mapping)["files"][0]["columns"]["ticket_id"] == "Case Number"
    assert not (tmp_path / ".analyst").exists()
