"""Findings that were computed before, for a process that answers many people over the same data."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from threading import Lock

from analyst_agent.records import Finding, Plan

MOST = 200
"""Findings kept; each is some tens of kilobytes."""


class RememberedFindings:
    """The findings of plans over one state of the data. Several threads may ask at once: the same plan is computed once.

    mark: tells when something beside the data that findings rest on is another, such as labels that people give.
    """

    def __init__(self, mark: Callable[[], object] = lambda: None, most: int = MOST) -> None:
        self._mark = mark
        self._most = most
        self._found: OrderedDict[str, Finding] = OrderedDict()
        self._computing: dict[str, Lock] = {}
        self._lock = Lock()

    def of(self, plan: Plan, compute: Callable[[Plan], Finding]) -> Finding:
        """The finding of the plan, computed where it was not before. What `compute` raises is raised and not remembered."""
        key = f"{self._mark()!r} {_work(plan)!r}"
        with self._lock:
            if (known := self._known(key)) is not None:
                return known
            computing = self._computing.setdefault(key, Lock())
        with computing:
            with self._lock:
                if (known := self._known(key)) is not None:
                    return known
            try:
                found = compute(plan)
                self._keep(key, found)
            finally:
                with self._lock:
                    self._computing.pop(key, None)
            return found

    def _known(self, key: str) -> Finding | None:
        """Within the lock: what was found, and that it was asked for just now."""
        if key in self._found:
            self._found.move_to_end(key)
        return self._found.get(key)

    def _keep(self, key: str, found: Finding) -> None:
        with self._lock:
            self._found[key] = found
            while len(self._found) > self._most:
                self._found.popitem(last=False)


def _work(plan: Plan) -> Plan:
    """The plan without what was only said about it."""
    return replace(plan, confidence=1.0, choices=(), reason="", notes=(), then=())
