"""A mail server on loopback for a test, and a mailroom that knows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from analyst_agent.playbook.delivery import Mailroom
from tests.playbook.delivery.post import Clock, Post, free_port, room_at, serve


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server() -> Iterator[tuple[Post, int]]:
    """A server that takes everything, and its port."""
    post, port = Post(), free_port()
    controller = serve(post, port)
    yield post, port
    controller.stop()


@pytest.fixture
def inbox(server: tuple[Post, int]) -> Post:
    return server[0]


@pytest.fixture
def room(tmp_path: Path, server: tuple[Post, int]) -> Iterator[Mailroom]:
    made = room_at(tmp_path, server[1])
    yield made
    made.outbox.close()
