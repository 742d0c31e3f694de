"""Simulations of segment_comparison: tiers that do not differ, one that does, one that is too small."""

from __future__ import annotations

from analyst_agent.resources import builtin_dir
from analyst_agent.skillkit import load_skills
from benchmarks.calibration.desks import context_of, desk

COMPARED = ("tier", "product_area", "channel", "region", "category")


def null(seed: int) -> bool:
    """Whether any segment of a dimension is called different where none is."""
    skill = load_skills(builtin_dir("skills"))["segment_comparison"].function
    finding = skill(context_of(desk(seed)), by=COMPARED[seed % len(COMPARED)])
    return any(fact.significant for fact in finding.facts)
