"""What a person began of playbooks: whose it is, and the run that came of it."""

from __future__ import annotations

from analyst_agent.errors import UnknownName
from analyst_agent.server.callers import Caller
from analyst_agent.server.service import Service
from analyst_agent.state.errands import RESUME, RUNNING, Errand
from analyst_agent.workspace import Workspace


def own_errand(service: Service, caller: Caller, name: str) -> Errand:
    """An errand of the caller's scope. Raises UnknownName."""
    errand = service.errands.errands.get(name)
    if errand.restrictions != tuple(caller.restrictions):
        raise UnknownName("errand", name, (), "Begin it again.")
    return errand


def begun_run(workspace: Workspace, errand: Errand) -> str:
    """The run of an errand once there is something to see of it, "" before."""
    if errand.kind == RESUME:
        run = workspace.runs.get(errand.run)
        return run.id if errand.state != RUNNING or run.holder == errand.holder else ""
    found = workspace.runs.of_due(errand.playbook, errand.mark)
    return found.id if found else ""
