"""A Postgres of one's own for tests, where the machine has its programs."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest


class Server:
    """A private Postgres on a Unix socket, as a user who is not root."""

    def __init__(self, folder: Path) -> None:
        found = shutil.which("initdb") or next(
            (str(p) for p in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)), None
        )
        if found is None:
            pytest.skip("Postgres is not installed: no initdb (Debian: apt-get install postgresql)")
        self.programs = Path(found).resolve().parent
        self.folder = folder
        self.data, self.sockets = folder / "data", folder / "s"
        self.sockets.mkdir(parents=True)
        self.as_user: list[str] = []
        if os.geteuid() == 0:  # Postgres refuses to run as root
            self.as_user = ["runuser", "-u", "postgres", "--"]
            for place in (folder, self.sockets):
                shutil.chown(place, "postgres")

    def start(self) -> None:
        """Makes the cluster, in a language that sorts otherwise than by bytes where there is one, and starts it."""
        self._run(
            "initdb",
            "-D",
            str(self.data),
            "-U",
            "postgres",
            "--auth=trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        options = f"-c listen_addresses='' -k {self.sockets} -c fsync=off -c shared_buffers=64MB"
        self._run("pg_ctl", "-D", str(self.data), "-o", options, "-l", str(self.folder / "log"), "-w", "start")

        stop = shlex.join(
            [*self.as_user, str(self.programs / "pg_ctl"), "-D", str(self.data), "-m", "immediate", "stop"]
        )
        watch = (
            f"while kill -0 {os.getpid()} 2>/dev/null; do sleep 3; done; {stop}; rm -rf {shlex.quote(str(self.folder))}"
        )
        self._watch = subprocess.Popen(
            ["sh", "-c", watch], start_new_session=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def stop(self) -> None:
        """Stops what was started here. (Where the tests are killed, the watch does.)"""
        self._watch.kill()
        self._watch.wait()
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")

    def url(self, database: str) -> str:
        """The URL of a database of this server, its socket as the host."""
        return f"postgresql://postgres@/{database}?host={self.sockets}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self.as_user, str(self.programs / program), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", timeout=120)
        assert done.returncode == 0, f"{program}: {done.stderr[-2000:]}"
