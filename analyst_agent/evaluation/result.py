"""The result of an eval run as a JSON document, written and read again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analyst_agent.errors import InvalidDefinition, WorkspaceError
from analyst_agent.evaluation.card import Card
from analyst_agent.evaluation.run import CaseResult
from analyst_agent.records import to_json


def result_document(card: Card, results: Sequence[CaseResult], chosen: int) -> dict[str, Any]:
    """The card and every case with its attempts. chosen: how many cases the run has; fewer results are a part of it."""
    return {"chosen": chosen, "card": card.to_dict(), "cases": [_case(result) for result in results]}


def read_result(path: Path) -> dict[str, Any]:
    """A document that `analyst eval --out` wrote. Raises WorkspaceError or InvalidDefinition for another file."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WorkspaceError(
            f"Cannot read {path}: {error.strerror}.", "Give a file of `analyst eval --out`."
        ) from error
    except ValueError as error:
        raise InvalidDefinition(f"{path} is no JSON document.", "Give a file of `analyst eval --out`.") from error
    if not isinstance(raw, dict) or not _is_result(raw):
        raise InvalidDefinition(f"{path} is no result of an eval run.", "Give a file of `analyst eval --out`.")
    return raw


def _is_result(raw: dict[str, Any]) -> bool:
    card, cases = raw.get("card"), raw.get("cases")
    if not isinstance(card, dict) or not {"model", "day"} <= card.keys() or not isinstance(cases, list):
        return False
    return all(isinstance(one, dict) and {"id", "right", "turns"} <= one.keys() for one in cases)


def _case(result: CaseResult) -> dict[str, Any]:
    case = result.case
    return {
        "id": case.id,
        "subject": case.subject,
        "tier": case.tier,
        "data": case.data,
        "turns": [turn.ask for turn in case.turns],
        "right": result.is_right,
        "skipped": result.skipped or None,
        "broken": result.broken or None,
        "passes": result.passes,
        "repeats": len(result.attempts),
        "attempts": to_json(result.attempts),
    }
