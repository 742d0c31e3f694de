"""Each dependency says why it is there, a new one shows as a diff of a golden list, and every one is pinned."""

from __future__ import annotations

import re

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.checkout import ROOT

LINE = re.compile(r'^\s*"(?P<requirement>[^"]+)",\s*# (?P<reason>\S.*)$')
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([A-Za-z0-9.+!]+)( ; .+)?$")


def _declared() -> list[str]:
    """`requirement  # reason`, one for each dependency of pyproject.toml, under the name of its list."""
    lines: list[str] = []
    inside = False
    for line in (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines():
        if re.match(r"^(dependencies|dev|postgres|clickhouse|spark) = \[$", line):
            lines.append(f"[{line.split()[0]}]")
            inside = True
        elif line == "]":
            inside = False
        elif inside:
            found = LINE.match(line)
            assert found, f"a dependency says why it is there, on its line: {line.strip()}"
            lines.append(f"{found['requirement']}  # {found['reason']}")
    return lines


def _pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    found = [(line, PIN.match(line)) for line in lines if line and not line.startswith("#")]
    assert [line for line, match in found if not match] == [], "name==version only: no host, no file, no hash"
    return {canonicalize_name(match[1]): match[2] for _, match in found if match}


def test_the_list_of_dependencies_is_the_one_agreed():
    agreed = (ROOT / "tests" / "house" / "dependencies.txt").read_text(encoding="utf-8").splitlines()
    assert _declared() == agreed


def test_every_dependency_is_pinned_within_its_range():
    pins = _pins()
    wrong = []
    for line in _declared():
        if not line.startswith("["):
            requirement = Requirement(line.split("  # ")[0])
            pin = pins.get(canonicalize_name(requirement.name))
            if pin is None or pin not in requirement.specifier:
                wrong.append(f"{requirement}: pinned to {pin}")
    assert wrong == []


def test_nothing_pulls_a_deep_learning_framework():
    assert not set(_pins()) & {"torch", "tensorflow", "jax", "transformers"}
