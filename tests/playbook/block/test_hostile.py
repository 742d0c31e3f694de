"""Hostile blocks end as one error that names what they tried, and leave nothing behind: no file, no process, no message."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from pathlib import Path

import pytest

from analyst_agent.errors import BlockFailed
from analyst_agent.playbook.block import KERNEL, Block, Limits, run_block
from analyst_agent.playbook.block.containment import available
from tests.playbook.block import hostile
from tests.playbook.block.hostile import Hostile
from tests.rounds import cases

KEPT_BY_KERNEL = tuple(name for name in available() if name in KERNEL)
needs_kernel = pytest.mark.skipif(
    not KEPT_BY_KERNEL, reason="this machine has neither Landlock and seccomp nor sandbox-exec"
)
SECRET = "not-for-blocks"
ONE_BY_ONE = (
    "open_outside",
    "write_file",
    "socket",
    "fork",
    "subprocess",
    "kill_parent",
    "raise_limits",
    "native_code",
)
SLOW_TO_END = (
    "sleep",
    "loop_in_c",
    "blocks_signals",
    "cancels_its_timer",
    "forged_restart",
    "slow_str_of_error",
    "compile_forever",
    "deep_recursion",
    "forged_flood",
)
"""Each waits for the end of its time; `loop` and `catches_everything` stand for them in every run."""
EXHAUSTS = hostile.EXHAUSTING + hostile.FORGED
EVERY_ATTEMPT = """
outcomes = {}
for name, code in variables["attempts"].items():
    outcomes[name] = "done"
    try:
        exec(code, {"pd": pd, "np": np})
    except BaseException as error:
        outcomes[name] = getattr(error, "reason", "refused" if isinstance(error, PermissionError) else "raised")
        outcomes[name] = outcomes[name] if isinstance(outcomes[name], str) else "raised"
result = pd.DataFrame({"attempt": list(outcomes), "outcome": list(outcomes.values())})
"""


class World:
    """A file to read, a folder to write to and a port to reach, none of which a block may touch."""

    def __init__(self, root: Path, server: socket.socket) -> None:
        self.outside, self.folder, self.server = root / "outside.txt", root / "folder", server
        self.outside.write_text(SECRET)
        self.folder.mkdir()
        (self.folder / "planted.py").write_text(f"print({SECRET!r})")

    def filled(self, code: str) -> str:
        """The code with the places of this world."""
        port = str(self.server.getsockname()[1])
        code = code.replace("OUTSIDE", str(self.outside)).replace("FOLDER", str(self.folder))
        return code.replace("PORT", port).replace("PARENT", str(os.getpid()))

    def assert_untouched(self) -> None:
        """Nothing was read into, written, removed or connected to."""
        with pytest.raises(TimeoutError):
            self.server.accept()
        assert self.outside.read_text() == SECRET
        assert self.outside.stat().st_mode & 0o600 == 0o600
        assert sorted(path.name for path in self.folder.iterdir()) == ["planted.py"]
        assert _processes() == []


@pytest.fixture
def world(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        yield World(tmp_path, server)


def _processes() -> list[str]:
    """Processes of blocks that this one has started and that are still there."""
    done = subprocess.run(["ps", "-eo", "ppid=,args="], capture_output=True, text=True, check=True)
    own = [line.split(None, 1) for line in done.stdout.splitlines()]
    return [
        args for parent, args in own if "from inside.main import main" in args and parent in (str(os.getpid()), "1")
    ]


def _fails(one: Hostile, code: str, use: tuple[str, ...] | None = None) -> BlockFailed:
    begun = time.monotonic()
    with pytest.raises(BlockFailed) as caught:
        run_block(Block(code, "hostile", "p.yaml", 11), limits=Limits(seconds=one.seconds, memory_mb=512), use=use)
    failure = caught.value
    assert time.monotonic() - begun < one.seconds + 20
    assert SECRET not in failure.printed + failure.message + failure.hint
    assert all(c.isprintable() for c in failure.message + failure.hint)
    assert len(failure.message) < 500
    assert failure.code == f"block_{failure.reason}"
    return failure


def _outcomes(attempts: dict[str, str], use: tuple[str, ...] | None) -> dict[str, str]:
    result = run_block(Block(EVERY_ATTEMPT, "attempts"), variables={"attempts": attempts}, use=use)
    assert SECRET not in result.printed
    return {str(name): str(outcome) for name, outcome in result.tables[0].rows}


def test_every_attempt_at_the_outside_is_refused(world):
    tried = {one.name: one for one in hostile.OUTSIDE_WORLD if "crashed" not in one.kernel}
    found = _outcomes({name: world.filled(one.code) for name, one in tried.items()}, None)
    assert {name: outcome for name, outcome in found.items() if outcome not in tried[name].reasons} == {}
    assert found.keys() == tried.keys()
    world.assert_untouched()


@needs_kernel
def test_the_kernel_refuses_every_attempt_without_the_hook(world):
    everything = hostile.OUTSIDE_WORLD + hostile.ESCAPES_FROM_THE_HOOK
    tried = {one.name: one for one in everything if one.kernel and "crashed" not in one.kernel}
    found = _outcomes({name: world.filled(one.code) for name, one in tried.items()}, (*KEPT_BY_KERNEL, "limits"))
    assert {name: outcome for name, outcome in found.items() if outcome not in tried[name].kernel} == {}
    assert found.keys() == tried.keys()
    world.assert_untouched()


@needs_kernel
@pytest.mark.parametrize("one", [o for o in hostile.ESCAPES_FROM_THE_HOOK if o.reasons], ids=lambda one: one.name)
def test_a_hook_undone_from_within_leaves_the_kernel(one, world):
    failure = _fails(one, world.filled(one.code))
    assert failure.reason in one.reasons, failure.message
    world.assert_untouched()


@pytest.mark.parametrize("use", [None, ("limits", "audit hook")], ids=["all", "without_kernel"])
@pytest.mark.parametrize("one", [o for o in hostile.OUTSIDE_WORLD if o.name in ONE_BY_ONE], ids=lambda one: one.name)
def test_an_attempt_is_named_with_its_line(one, use, world):
    failure = _fails(one, world.filled(one.code), use)
    assert failure.reason in one.reasons, failure.message
    assert failure.line
    assert f"(p.yaml, line {failure.line + 10})" in failure.message
    world.assert_untouched()


@pytest.mark.parametrize(
    "one",
    cases([o for o in EXHAUSTS if o.name not in SLOW_TO_END], (o for o in EXHAUSTS if o.name in SLOW_TO_END)),
    ids=lambda one: one.name,
)
def test_what_exhausts_or_forges_is_one_error(one):
    failure = _fails(one, one.code)
    assert failure.reason in one.reasons, failure.message
    assert _processes() == []


@pytest.mark.parametrize("one", hostile.UNUSABLE[::6], ids=lambda one: one.name)
def test_what_cannot_be_used_is_refused_at_its_line(one):
    failure = _fails(one, one.code)
    assert failure.reason in one.reasons, failure.message
    assert failure.line
