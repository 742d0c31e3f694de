"""What `analyst doctor` looks at: each check says its state and what to do."""

from __future__ import annotations

from datetime import UTC, datetime

from analyst_agent.errors import AnalystError
from analyst_agent.playbook.delivery.condition import delivery_text
from analyst_agent.warehouse.coverage import Coverage
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.condition import (
    definitions_text,
    empty_columns,
    freshness_text,
    gaps_of,
    known_coverage,
    synonyms_text,
)
from analyst_agent.workspace.standing import schedule_text

COLUMNS = ("product_area", "category", "priority", "channel", "tier", "region", "support_level", "reason_code")


def check_up(workspace: Workspace) -> list[dict[str, str]]:
    """Checks of data, documents, embedding and model: `{check, state: ok|warning|failed, detail}` each."""
    checks = [_check("settings", "ok", f"{workspace.root / 'analyst.toml'} is valid.")]
    if workspace.scope:
        checks.append(
            _check("scope", "ok", f"Within {workspace.scope}; all below but days, rows set aside and documents.")
        )
    checks += _data(workspace)
    if checks[-1]["state"] != "failed":
        checks += _condition(workspace)
    checks += _documents(workspace)
    checks.append(_model(workspace))
    if not workspace.restrictions:
        checks.append(_check("delivery", *delivery_text(workspace.mailroom)))
        checks.append(_check("schedule", *schedule_text(workspace, datetime.now(UTC))))
    checks.append(_check("python steps", *_blocks()))
    return checks


def _blocks() -> tuple[str, str]:
    """What contains the code of playbooks' Python steps on this machine."""
    from analyst_agent.claims.formats import listed
    from analyst_agent.playbook.block import mechanisms, open_doors

    found = [f"{one.name} {one.version}".strip() for one in mechanisms() if one.is_available]
    doors = open_doors()
    if not doors:
        return "ok", f"Contained by {listed(found)}."
    return (
        "warning",
        f"Contained by {listed(found)}, which does not keep them from {listed(doors)}: run only code you trust.",
    )


def _data(workspace: Workspace) -> list[dict[str, str]]:
    from analyst_agent.warehouse.set_aside import current_rejects

    try:
        engine = workspace.engine
    except AnalystError as error:
        return [_check("data", "failed", f"{error.message} {error.hint}")]
    window = f"{engine.first_day} to {engine.last_day}, generation {engine.generation}"
    if "ticket" not in workspace.model.datasets:
        window = f"Tickets are not granted; generation {engine.generation}"
    found = [
        _check("data", "ok" if engine.first_day else "failed", window if engine.first_day else "No ticket is loaded.")
    ]
    if workspace.settings.engine:
        found += [_check(f"engine {engine.name}", "ok", line + ".") for line in workspace.external.found]
    else:
        aside = len(current_rejects(workspace.root))
        more = " See `analyst rejects`." if aside else ""
        found.append(_check("rows set aside", "warning" if aside else "ok", f"{aside:,} now.{more}"))
    known = workspace.model.dimensions()
    empty = [name for name in COLUMNS if name in known and not engine.values(name)]
    text = f"Without any value: {', '.join(empty)}; questions by them are refused." if empty else "All have values."
    found.append(_check("columns", "warning" if empty else "ok", text))
    if "escalated_ticket" in workspace.model.datasets:
        causes = engine.values("root_cause")
        unmapped = causes == ("unclassified",)
        text = (
            "No escalation has a root cause; map reason codes in [root_causes]."
            if unmapped
            else ", ".join(causes) or "No escalation."
        )
        found.append(_check("root causes", "warning" if unmapped or not causes else "ok", text))
        blind = () if workspace.settings.engine else workspace.unseen.sentences
        found += [_check("escalations", "warning", sentence) for sentence in blind]
    return found


def _condition(workspace: Workspace) -> list[dict[str, str]]:
    """How fresh and complete the data are, what changed in the definitions, which own words find nothing."""
    known = known_coverage(workspace)
    found = [_check("freshness", *freshness_text(workspace, known))]
    if known is not None:
        found.append(_check("coverage", *_coverage(known)))
    found.append(_check("definitions", *definitions_text(workspace)))
    if workspace.settings.synonyms:
        found.append(_check("your words", *synonyms_text(workspace)))
    return found


def _coverage(known: Coverage) -> tuple[str, str]:
    if not known.is_known:
        return "ok", "Not noted by the version that loaded the data; the next load notes it."
    gaps = gaps_of(known)
    empty = [f"{table}: {', '.join(names)}" for table, names in empty_columns(known).items()]
    said = [f"{len(gaps)} columns have gaps, listed below." if gaps else "No column that is used has gaps."]
    said += [f"Without any value: {'; '.join(empty)}."] if empty else []
    return "warning" if any(one.text for one in gaps) else "ok", " ".join(said)


def _documents(workspace: Workspace) -> list[dict[str, str]]:
    try:
        found = workspace.knowledge.documents(workspace.granted_spaces)
    except AnalystError as error:
        return [_check("documents", "failed", f"{error.message} {error.hint}")]
    if not found:
        if workspace.granted_spaces == ():
            return [_check("documents", "ok", "No knowledge space is granted.")]
        return [_check("documents", "warning", "None; add policies and known issues with `analyst knowledge add DIR`.")]
    return [
        _check("documents", "ok", f"{len(found)} in {', '.join(workspace.knowledge.spaces(workspace.granted_spaces))}.")
    ]


def _model(workspace: Workspace) -> dict[str, str]:
    from analyst_agent.agent.models import check_model

    name = workspace.settings.model
    problem = check_model(name)
    return _check("model", "warning" if problem else "ok", problem or f"{name}.")


def _check(name: str, state: str, detail: str) -> dict[str, str]:
    return {"check": name, "state": state, "detail": detail}
