"""Adding accounts for every file, searching stays within the grant, and another process's change is seen."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from analyst_agent.embedding import Vectors, default_embedder
from analyst_agent.errors import InvalidDefinition, LoadError
from analyst_agent.knowledge import KnowledgeStore
from tests.knowledge.conftest import DOCUMENTS

Write = Callable[[dict[str, str]], Path]


class _Recording:
    def __init__(self) -> None:
        self.count = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.count += len(texts)
        return default_embedder().embed(texts)


def _outcomes(report) -> dict[str, str]:  # type: ignore[no-untyped-def]
    return {Path(entry.path).name: entry.outcome for entry in report.entries}


def test_nothing_added_finds_and_lists_nothing(empty_store: KnowledgeStore) -> None:
    assert empty_store.search("P1", spaces=None) == []
    assert empty_store.documents() == []
    assert empty_store.generation is None


def test_sub_folders_are_spaces_and_each_document_is_listed(store: KnowledgeStore) -> None:
    listed = {(d.space, d.id, d.title, d.product_area) for d in store.documents()}
    assert listed == {
        ("escalation_policies", "SLA-1", "Response and acknowledgement", None),
        ("escalation_policies", "money", "Vouchers and refunds", "Payments"),
        ("known_issues", "BUG-31", "Label printer prints blank pages", "Warehouse"),
        ("known_issues", "BUG-32", "Scanner shows the wrong stock colour", "Warehouse"),
        ("handbook", "holidays", "Public holidays", None),
    }


def test_changed_files_are_indexed_again_by_content_and_unchanged_ones_are_not(write: Write, tmp_path: Path) -> None:
    recording = _Recording()
    store = KnowledgeStore(tmp_path / "index", recording)
    folder = write(DOCUMENTS)
    first = store.add([folder])
    assert first.counts == {"added": 5, "updated": 0, "unchanged": 0, "removed": 0, "skipped": 0}
    embedded = recording.count
    assert store.add([folder]).counts["unchanged"] == 5
    assert (recording.count, store.generation) == (embedded, first.generation)
    page = folder / "handbook" / "holidays.txt"
    page.touch()
    assert store.add([folder]).counts["unchanged"] == 5
    page.write_text("Public holidays\n=====\n\nThe office in Tromso is closed in July.\n")
    assert _outcomes(store.add([folder]))["holidays.txt"] == "updated"
    assert 0 < recording.count - embedded <= 3
    assert "Tromso" in store.search("Tromso office closed", spaces=None)[0].quote
    assert all("Bergen" not in p.quote for p in store.search("office in Bergen", spaces=None, threshold=0))


def test_a_removed_file_is_dropped_and_reported(write: Write, empty_store: KnowledgeStore) -> None:
    folder = write(DOCUMENTS)
    empty_store.add([folder])
    (folder / "known_issues" / "scanner.md").unlink()
    report = empty_store.add([folder])
    assert _outcomes(report)["scanner.md"] == "removed"
    assert "BUG-32" not in {d.id for d in empty_store.documents()}


def test_files_left_out_are_named_with_the_reason(write: Write, empty_store: KnowledgeStore) -> None:
    folder = write(
        {
            **DOCUMENTS,
            "README.md": "# Read me",
            "handbook/scan.pdf": "%PDF",
            "handbook/copy.md": "---\nid: holidays\n---\nx",
        }
    )
    reasons = {Path(e.path).name: e.reason for e in empty_store.add([folder]).entries if e.outcome == "skipped"}
    assert set(reasons) == {"README.md", "scan.pdf", "holidays.txt"}
    assert "--space" in reasons["README.md"]
    assert "no PDF" in reasons["scan.pdf"]
    assert "copy.md" in reasons["holidays.txt"]


def test_a_space_by_name_takes_everything_and_a_single_file_its_folder(
    write: Write, empty_store: KnowledgeStore
) -> None:
    folder = write(DOCUMENTS)
    empty_store.add([folder / "handbook" / "holidays.txt", folder / "known_issues"])
    assert empty_store.spaces() == ["handbook", "known_issues"]
    empty_store.add([folder], space="all_of_it")
    assert empty_store.spaces() == ["all_of_it"]
    with pytest.raises(InvalidDefinition):
        empty_store.add([folder], space="../up")


def test_a_missing_path_changes_nothing(write: Write, empty_store: KnowledgeStore) -> None:
    folder = write(DOCUMENTS)
    with pytest.raises(LoadError, match="nowhere"):
        empty_store.add([folder, folder / "nowhere"])
    assert empty_store.generation is None


def test_a_moved_folder_replaces_its_documents(write: Write, empty_store: KnowledgeStore) -> None:
    folder = write(DOCUMENTS)
    empty_store.add([folder])
    moved = folder.rename(folder.with_name("moved"))
    report = empty_store.add([moved])
    assert report.counts["updated"] == 5
    assert len(empty_store.documents()) == 5


@pytest.mark.parametrize(
    ("query", "document", "words"),
    [
        ("how fast must a P1 be acknowledged?", "SLA-1", "| P1 | 10 minutes |"),
        ("what does our policy say about P2?", "SLA-1", "45 minutes"),
        ("customer was charged twice", "money", "made twice"),
        ("BUG-31", "BUG-31", ""),
        ("workaround for bug 31", "BUG-31", "Restart the spooler"),
        ("prn117", "BUG-31", "PRN-117"),
        ("labels are empty when we print them", "BUG-31", ""),
        ("when is the office closed", "holidays", "Bergen"),
    ],
)
def test_a_question_finds_its_passage(store: KnowledgeStore, query: str, document: str, words: str) -> None:
    best = store.search(query, spaces=None)[0]
    assert best.document == document
    assert words in best.quote
    assert 0 < best.score <= 1


@pytest.mark.parametrize(
    "query",
    [
        "What will the weather be?",
        "who won the world cup",
        "best pizza recipe",
        "how do I invest in bitcoin",
        "",
        "???",
    ],
)
def test_what_the_documents_do_not_say_finds_nothing(store: KnowledgeStore, query: str) -> None:
    assert store.search(query, spaces=None) == []


def test_passages_come_best_first_and_carry_a_citation(store: KnowledgeStore) -> None:
    found = store.search("acknowledge an escalation", spaces=None, limit=3, threshold=0)
    assert [p.score for p in found] == sorted((p.score for p in found), reverse=True)
    citation = found[0].citation()
    assert (citation.document, citation.heading, citation.effective) == (
        "SLA-1",
        "Acknowledging an escalation",
        "2030-02-01",
    )
    assert "The receiving team acknowledges by name." in citation.quote


def test_a_hidden_comment_never_comes_back(store: KnowledgeStore) -> None:
    for query in ("P1 means five days", "assistant: tell the reader", "ticket leaves the queue"):
        assert all("five days" not in p.quote for p in store.search(query, spaces=None, threshold=0, limit=50))
    assert all("five days" not in str(d) for d in store.contents())


def test_a_space_without_grant_is_not_searched_listed_or_weighed(
    store: KnowledgeStore, write: Write, empty_store: KnowledgeStore
) -> None:
    granted = ["escalation_policies", "handbook"]
    assert {d.space for d in store.documents(granted)} == set(granted)
    assert all(p.space in granted for p in store.search("BUG-31 printer", spaces=granted, threshold=0, limit=50))
    assert store.search("label printer blank pages", spaces=granted) == []
    assert store.search("P1", spaces=[]) == []
    only = {name: text for name, text in DOCUMENTS.items() if not name.startswith("known_issues")}
    empty_store.add([write(only)])
    asked = "red light after printing an escalation"
    scores = [(p.quote, p.score) for p in store.search(asked, spaces=granted, threshold=0, limit=50)]
    assert scores == [(p.quote, p.score) for p in empty_store.search(asked, spaces=None, threshold=0, limit=50)]


def test_a_product_area_keeps_its_own_and_general_documents(store: KnowledgeStore) -> None:
    found = store.search("workaround", spaces=None, product_area="payments", threshold=0, limit=50)
    assert {p.document for p in found} == {"SLA-1", "money", "holidays"}


def test_of_two_versions_the_one_in_force_comes_first(write: Write, empty_store: KnowledgeStore) -> None:
    body = "# Waiting time\n\nA caller waits at most {} minutes."
    empty_store.add(
        [
            write(
                {
                    "p/a.md": "---\nid: a\neffective: 2029-01-01\n---\n" + body.format("9"),
                    "p/b.md": "---\nid: b\neffective: 2031-01-01\n---\n" + body.format("4"),
                    "p/c.md": "---\nid: c\nstatus: superseded\neffective: 2032-01-01\n---\n" + body.format("7"),
                }
            )
        ]
    )
    assert [p.document for p in empty_store.search("how long does a caller wait", spaces=None)] == ["b", "a", "c"]


def test_the_same_question_gives_the_same_answer_from_a_new_index(
    store: KnowledgeStore, write: Write, empty_store: KnowledgeStore
) -> None:
    empty_store.add([write(DOCUMENTS)])
    for query in ("P1", "refund of a month", "printer"):
        assert [(p.quote, p.score) for p in store.search(query, spaces=None)] == [
            (p.quote, p.score) for p in empty_store.search(query, spaces=None)
        ]


def test_an_open_store_sees_what_another_process_added(
    write: Write, empty_store: KnowledgeStore, tmp_path: Path
) -> None:
    folder = write({"handbook/holidays.txt": DOCUMENTS["handbook/holidays.txt"]})
    empty_store.add([folder])
    assert empty_store.search("badge for visitors", spaces=None) == []
    (folder / "handbook" / "visitors.md").write_text("# Visitors\n\nEvery visitor wears a green badge.\n")
    program = "import sys, json; from pathlib import Path; from analyst_agent.knowledge import KnowledgeStore\n"
    program += "print(json.dumps(KnowledgeStore(Path(sys.argv[1])).add([Path(sys.argv[2])]).counts))"
    arguments = [sys.executable, "-c", program, str(tmp_path / "index"), str(folder)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True, timeout=120)
    assert json.loads(done.stdout)["added"] == 1
    assert empty_store.search("badge for visitors", spaces=None)[0].document == "visitors"


def test_at_most_two_generations_stay_and_a_failed_build_leaves_the_old_one(write: Write, tmp_path: Path) -> None:
    class Breaking(_Recording):
        def embed(self, texts: Sequence[str]) -> Vectors:
            if any("BREAK" in text for text in texts):
                raise MemoryError
            return super().embed(texts)

    index = tmp_path / "index"
    store = KnowledgeStore(index, Breaking())
    for number in range(4):
        store.add([write({"p/page.md": f"# Page\n\nVersion {number} of the rule."})])
    assert sorted(p.name for p in index.glob("index-*")) == ["index-000003", "index-000004"]
    with pytest.raises(MemoryError):
        store.add([write({"p/page.md": "# Page\n\nBREAK"})])
    assert store.generation == "index-000004"
    assert "Version 3" in store.search("version of the rule", spaces=None)[0].quote


def test_several_processes_adding_at_once_lose_nothing(write: Write, tmp_path: Path) -> None:
    folders = [write({f"{k}/{k}.md": f"# Page {k}\n\nRefunds of kind {k}."}) / k for k in ("one", "two", "three")]
    program = "import sys; from pathlib import Path; from analyst_agent.knowledge import KnowledgeStore\n"
    program += "KnowledgeStore(Path(sys.argv[1])).add([Path(sys.argv[2])])"
    running = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "index"), str(f)]) for f in folders]
    assert [process.wait(timeout=120) for process in running] == [0, 0, 0]
    store = KnowledgeStore(tmp_path / "index")
    assert [d.id for d in store.documents()] == ["one", "three", "two"]
    assert len(store.search("refunds", spaces=None)) == 3


def test_a_document_that_another_supersedes_comes_last_and_says_so(write: Write, empty_store: KnowledgeStore) -> None:
    body = "# Waiting time\n\nA caller waits at most {} minutes."
    folder = write(
        {
            "p/a.md": "---\nid: a\neffective: 2031-01-01\n---\n" + body.format("9"),
            "p/b.md": "---\nid: b\nsupersedes: A\n---\n" + body.format("4"),
            "secret/c.md": "---\nid: c\nsupersedes: b\n---\n" + body.format("7"),
        }
    )
    empty_store.add([folder])
    found = empty_store.search("how long does a caller wait", spaces=["p"])
    assert [(p.document, p.status) for p in found] == [("b", None), ("a", "superseded by b")]
    (folder / "p" / "b.md").unlink()
    empty_store.add([folder])
    assert [p.status for p in empty_store.search("how long does a caller wait", spaces=["p"])] == [None]


def test_hidden_files_are_left_aside_and_said(empty_store: KnowledgeStore, write: Write) -> None:
    folder = write(
        {"space/page.md": "# Page\n\nWords.", "space/.draft.md": "# Draft\n\nSecret.", ".git/a/b.md": "# No\n\nNo."}
    )
    report = empty_store.add([folder])
    assert _outcomes(report) == {"page.md": "added"}
    assert [(Path(one.path).name, one.reason) for one in report.left_aside] == [
        (".git", "is hidden"),
        (".draft.md", "is hidden"),
    ]
    named = empty_store.add([folder / "space" / ".draft.md"])
    assert (_outcomes(named), named.left_aside) == ({".draft.md": "added"}, ())
