"""A document that is taken out is gone for readers, the others stay; the last one leaves an empty store that can be added to."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyst_agent.errors import UnknownName
from analyst_agent.knowledge.store import KnowledgeStore


def test_a_document_taken_out_is_found_no_more(tmp_path: Path) -> None:
    folder = tmp_path / "docs" / "rules"
    folder.mkdir(parents=True)
    for name in ("vouchers", "refunds"):
        (folder / f"{name}.md").write_text(f"# {name.title()}\n\nAbout {name} of every kind.\n", encoding="utf-8")
    store = KnowledgeStore(tmp_path / "knowledge")
    store.add([tmp_path / "docs"])
    store.remove("rules", "vouchers")
    assert [one.id for one in store.documents()] == ["refunds"]
    assert "vouchers" not in [one.document for one in store.search("vouchers", spaces=None)]
    with pytest.raises(UnknownName):
        store.remove("rules", "vouchers")
    store.remove("rules", "refunds")
    assert store.documents() == []
    assert store.search("refunds", spaces=None) == []
    store.add([tmp_path / "docs"])
    assert len(store.documents()) == 2
    store.close()
