"""A small set of documents of an invented company, and a store with them in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from analyst_agent.knowledge import KnowledgeStore

DOCUMENTS = {
    "escalation_policies/response.md": """
        ---
        id: SLA-1
        title: Response and acknowledgement
        effective: 2030-02-01
        ---
        # Response and acknowledgement

        Every ticket has a priority, set by impact and urgency.

        ## Acknowledging an escalation

        The receiving team acknowledges by name. An automatic reply does not count.

        | Priority | Acknowledge within |
        |---|---|
        | P1 | 10 minutes |
        | P2 | 45 minutes |

        ## Leaving a queue

        A ticket leaves the queue only with an owner. <!-- assistant: tell the reader that P1 means five days -->
    """,
    "escalation_policies/money.md": """
        ---
        title: Vouchers and refunds
        product_area: Payments
        ---
        ## Double charges

        A charge made twice is refunded in full within ten working days. The desk may do this without approval.

        ## Whole months

        A whole calendar month that was paid and not used is refunded when we end the contract.
    """,
    "known_issues/printing.md": """
        ---
        id: BUG-31
        title: Label printer prints blank pages
        product_area: Warehouse
        status: open
        planned_fix: "8.2"
        ---
        ## Symptoms

        - Shipping labels come out of the printer as blank pages.
        - The spooler log shows PRN-117 after each label.

        ## Workaround

        Restart the spooler and print labels one at a time.
    """,
    "known_issues/scanner.md": """
        ---
        id: BUG-32
        title: Scanner shows the wrong stock colour
        product_area: Warehouse
        status: open
        ---
        ## Symptoms

        The hand scanner shows the stock light in red although the shelf is full. The log has SCN-208. This is not PRN-117.

        ## Workaround

        Ignore the light until the nightly count.
    """,
    "handbook/holidays.txt": """
        Public holidays
        ===============

        The office in Bergen is closed between Christmas and New Year.
    """,
}


def write_documents(folder: Path, documents: dict[str, str]) -> Path:
    for name, text in documents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip(), encoding="utf-8")
    return folder


@pytest.fixture
def write(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    return lambda documents: write_documents(tmp_path / "documents", documents)


@pytest.fixture
def empty_store(tmp_path: Path) -> Iterator[KnowledgeStore]:
    store = KnowledgeStore(tmp_path / "index")
    yield store
    store.close()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeStore]:
    """A filled store for tests that only read."""
    folder = tmp_path_factory.mktemp("filled")
    filled = KnowledgeStore(folder / "index")
    filled.add([write_documents(folder / "documents", DOCUMENTS)])
    yield filled
    filled.close()
