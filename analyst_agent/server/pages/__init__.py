"""The pages a person reads, one module each: its `router`, and for the bar above every page PATH, NAME ("": not in the bar) and PERMISSION."""

from __future__ import annotations

from types import ModuleType

from analyst_agent.server.pages import account, ask, audit, data, knowledge, overview, people, playbooks, signing_in

# To add a page: one module, and its name here, in the order of the bar.
PAGES: tuple[ModuleType, ...] = (ask, overview, playbooks, knowledge, data, people, audit, account, signing_in)
