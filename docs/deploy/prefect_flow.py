"""The scheduler as a Prefect flow: Prefect says when to look, the analyst what is due, once.

    pip install prefect
    python prefect_flow.py WORKSPACE

A look that finds nothing due costs a second. A run that died is resumed by the next look, so the task needs no state of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from prefect import flow, task

LOOK_EVERY_S = 300
LONGEST_RUN_S = 3 * 3600


@task(retries=3, retry_delay_seconds=120)
def run_what_is_due(workspace: str) -> list[dict[str, Any]]:
    """Runs the active playbooks that are due. What failed is in the events; an analyst that cannot work at all is tried again."""
    command = ["analyst", "schedule", "--once", "--json"]
    done = subprocess.run(command, cwd=workspace, capture_output=True, text=True, timeout=LONGEST_RUN_S, check=False)
    told = json.loads(done.stdout) if done.stdout else {}
    if "events" not in told:
        raise RuntimeError(done.stderr.strip() or f"analyst ended with {done.returncode}")
    events: list[dict[str, Any]] = told["events"]
    return events


@flow(name="analyst-schedule", log_prints=True)
def analyst_schedule(workspace: str = ".") -> list[dict[str, Any]]:
    """One look. Fails where a playbook failed, so that Prefect's own notifications tell it."""
    events = run_what_is_due(workspace)
    for event in events:
        print(event["text"])
    failed = [event["text"] for event in events if event["is_failure"]]
    if failed:
        raise RuntimeError("; ".join(failed))
    return events


if __name__ == "__main__":
    analyst_schedule.serve(
        name="analyst-schedule", interval=LOOK_EVERY_S, parameters={"workspace": sys.argv[1] if sys.argv[1:] else "."}
    )
