"""The pages a person reads, one module each: its `router`, and for the bar above every page PATH, NAME and PERMISSION."""

from __future__ import annotations

from types import ModuleType

from analyst_agent.server.pages import ask, knowledge, playbooks

# To add a page: one module, and its name here, in the order of the bar.
PAGES: tuple[ModuleType, ...] = (ask, playbooks, knowledge)
