"""What was begun on the page outlives its processes: a killed one is taken up again, and a killed server loses and doubles nothing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager

import httpx
import pytest

from analyst_agent.state.errands import RUN, Errands, NewErrand
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.errands import perform
from tests.server.conftest import LEFT_BEHIND, free_port
from tests.server.plays import runs_of, until, with_backlog

SLOW = """\
  - name: slow
    inputs: [open]
    python: |
      import time
      time.sleep(4)
  - name: report
    inputs: [open, slow]
"""


@pytest.fixture
def root(demo_workspace, tmp_path):
    made = with_backlog(shutil.copytree(demo_workspace, tmp_path / "demo", ignore=LEFT_BEHIND))
    file = made / "playbooks" / "backlog.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("  - name: report\n    inputs: [open]\n", SLOW), encoding="utf-8")
    return made


def store(root):
    return Errands(f"sqlite:///{root / '.analyst' / 'state.db'}")


@contextmanager
def served(root):
    """A server in a process of its own: it and its address. What is left of it in the end is killed."""
    port = free_port()
    child = subprocess.Popen(
        [sys.executable, "-m", "analyst_agent.cli.main", "serve", "--port", str(port)],
        cwd=root, stdout=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"

    def is_up():
        try:
            return httpx.get(f"{url}/playbooks").status_code == 200
        except httpx.TransportError:
            return False

    try:
        until(is_up, "the server")
        yield child, url
    finally:
        child.kill()
        child.wait()


def holder_pid(root):
    """The process at the one errand once it is at its second step, 0 before."""
    workspace = Workspace.open(root)
    steps = [step for one in workspace.runs.listed() for step in workspace.runs.get(one.id).steps]
    workspace.close()
    errands = store(root)
    [errand] = errands.running()
    errands.close()
    is_there = any(step.step == "slow" and step.state == "running" for step in steps)
    return int(errand.holder.split("|")[1]) if is_there else 0


def begin(url):
    reply = httpx.post(f"{url}/playbooks/backlog/run", headers={"origin": url})
    assert reply.status_code == 200


def ended(root):
    return [state for _, state in runs_of(root)] == ["done"]


@pytest.mark.thorough
def test_a_killed_server_leaves_the_run_to_its_own_process(root):
    with served(root) as (server, url):
        begin(url)
        until(lambda: holder_pid(root), "the second step")
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
    until(lambda: ended(root), "the end of the run")
    errands = store(root)
    until(lambda: not errands.running(), "the end of the errand", within_s=10)
    errands.close()


@pytest.mark.thorough
def test_a_run_killed_with_its_server_is_gone_on_with_by_the_next_one(root):
    with served(root) as (server, url):
        begin(url)
        at_work = until(lambda: holder_pid(root), "the second step")
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
    os.kill(at_work, signal.SIGKILL)
    workspace = Workspace.open(root)
    [before] = workspace.runs.listed()
    first = workspace.runs.get(before.id).steps[0]
    with served(root) as (server, _):
        until(lambda: ended(root), "the end of the run")
        server.terminate()
        server.wait(15)
    done = workspace.runs.get(before.id)
    assert done.steps[0] == first, "what was finished is kept"
    assert len(workspace.outbox.listed()) == 1
    assert done.note == "Begun on the page by local."
    workspace.close()


@pytest.mark.thorough
def test_an_errand_done_twice_over_is_one_run(root):
    errands = store(root)
    errand = errands.begin(NewErrand(RUN, "backlog", asked_by="Maria"))[0]
    perform(root, errand.id, 1, errand.holder)
    perform(root, errand.id, 1, errand.holder)
    assert runs_of(root) == [("backlog-2026-10-1", "done")]
    assert errands.get(errand.id).told == {"run": "backlog-2026-10-1"}
    errands.close()


@pytest.mark.thorough
def test_one_whose_process_died_before_it_could_say_that_it_was_done_is_not_run_again(root):
    errands = store(root)
    errand = errands.begin(NewErrand(RUN, "backlog", asked_by="Maria"))[0]
    perform(root, errand.id, 1, errand.holder)
    again = errands.begin(NewErrand(RUN, "backlog", asked_by="Maria"))[0]
    workspace = Workspace.open(root)
    assert workspace.runs.of_due("backlog", errand.mark).id == "backlog-2026-10-1"
    assert workspace.runs.of_due("backlog", again.mark) is None
    workspace.close()
    errands.close()


def test_what_is_wrong_is_kept_with_the_errand(root):
    errands = store(root)
    errand = errands.begin(NewErrand(RUN, "backlock"))[0]
    perform(root, errand.id, 1, errand.holder)
    ended_one = errands.get(errand.id)
    assert ended_one.state == "failed"
    assert "backlog" in ended_one.told["error"]["message"] + ended_one.told["error"]["hint"]
    errands.close()
