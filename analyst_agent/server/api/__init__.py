"""The API: the same contracts as the commands' JSON, under /api/v1."""

from __future__ import annotations

from types import ModuleType

from analyst_agent.server.api import asking, data, knowledge, playbooks, reference, sessions, socket

PREFIX = "/api/v1"
# To add a part: one module with a `router`, and its name here.
PARTS: tuple[ModuleType, ...] = (asking, socket, sessions, data, knowledge, playbooks, reference)

__all__ = ["PARTS", "PREFIX"]
