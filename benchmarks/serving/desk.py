"""A server in a process of its own, on a demo workspace, and people who ask it questions."""

from __future__ import annotations

import asyncio
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

# What a support leader asks in one sitting; each conversation takes them from another place on.
QUESTIONS = (
    "What drove escalations last month?",
    "and the month before?",
    "Do Enterprise customers escalate more?",
    "only EMEA",
    "How many tickets were escalated in October 2026?",
    "by region",
    "What does our policy say about P1 response times?",
    "Is the escalation rate rising?",
    "What did escalations cost last quarter?",
    "Which product areas have the highest escalation rate?",
    "Which known issues caused most escalations last month?",
    "How long until escalated tickets were resolved in September?",
    "How does the load of the teams compare?",
    "What should we do about product bugs?",
    "What is the meaning of life?",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: what came of it and after how many seconds."""

    question: str
    status: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Running:
    """A server process."""

    url: str
    process: subprocess.Popen[str]

    @property
    def memory_mb(self) -> float:
        """Resident memory now, in millions of bytes."""
        text = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmRSS:\s+(\d+) kB", text)
        assert found is not None, "the system tells the memory of a process"
        return int(found[1]) * 1024 / 1e6


@contextmanager
def server(workspace: Path) -> Iterator[Running]:
    """A server on a free port until the block ends."""
    command = [sys.executable, "-m", "analyst_agent.cli.main", "serve", "--port", "0"]
    process = subprocess.Popen(command, cwd=workspace, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = re.search(r"http://\S+?(?=/\s)", process.stdout.readline())
        assert url is not None, "the server says where it is"
        yield Running(url[0], process)
    finally:
        process.terminate()
        process.wait(20)


async def conversations(url: str, people: int, questions: int, think_s: float, seed: int = 1) -> list[Asked]:
    """What so many people got who each ask so many questions, thinking a while before each; the first come spread over one thought."""
    limits = httpx2.Limits(max_connections=people + 10)
    async with httpx2.AsyncClient(base_url=f"{url}/api/v1", timeout=120, limits=limits) as client:
        parts = [
            _conversation(client, number, questions, think_s, random.Random(seed + number)) for number in range(people)
        ]
        return [one for part in await asyncio.gather(*parts) for one in part]


async def _conversation(
    client: httpx2.AsyncClient, number: int, questions: int, think_s: float, dice: random.Random
) -> list[Asked]:
    found: list[Asked] = []
    conversation: str | None = None
    await asyncio.sleep(dice.uniform(0, think_s))
    for turn in range(questions):
        question = QUESTIONS[(number * 4 + turn) % len(QUESTIONS)]
        begun = time.perf_counter()
        reply = await client.post("/ask", json={"question": question, "conversation": conversation})
        seconds = time.perf_counter() - begun
        if reply.status_code == 200:
            body = reply.json()
            conversation = body["conversation"]
            found.append(Asked(question, body["status"], seconds))
        else:
            found.append(Asked(question, f"HTTP {reply.status_code}", seconds))
        await asyncio.sleep(dice.uniform(0.8, 1.2) * think_s)
    return found
