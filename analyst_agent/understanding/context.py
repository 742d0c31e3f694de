"""What `understand` may look at: the model, the stored values, the skills, the clock and the plan under discussion."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from analyst_agent.records import Choice, Plan
from analyst_agent.semantic.model import Model
from analyst_agent.semantic.periods import Clock

Embed = Callable[[Sequence[str]], NDArray[np.float32]]

DOCUMENT_SPACES = ("escalation_policies", "known_issues")
"""The knowledge spaces that questions mean by "policy" and "known issue", whatever a workspace calls its others."""
# The two shapes of question that are recognised by their grammar as well as by meaning; other skills are found by meaning alone.
CAUSES_SKILL = "root_cause_trend"
SEGMENTS_SKILL = "segment_comparison"


@dataclass(frozen=True, slots=True)
class SkillCard:
    """A skill as its SKILL.md introduces it: what it is for, words that call for it, and whole example questions. parameters:
    names of its arguments.
    """

    name: str
    description: str = ""
    triggers: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a question is read against; `understand` is pure in (question, context).

    values: the stored values of each dimension. embed: n texts to n x 384 unit rows. previous: the last answered plan of the
    conversation; discussed: the last skill or query, where a document or description was answered since; pending: the choices of a question asked back, if that was the last turn. synonyms: the workspace's word to a
    value, metric or dimension. spaces: granted knowledge spaces; withheld: of DOCUMENT_SPACES, those that are not granted; issues: ids of the known issues in them. ticket_shapes: how ticket ids are written (`stored.shape_of`). first_day, last_day: of the data, inclusive.
    personal_allowed: whether answers may be split by people and named customers.
    """

    model: Model
    clock: Clock
    embed: Embed
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    skills: tuple[SkillCard, ...] = ()
    previous: Plan | None = None
    pending: tuple[Choice, ...] = ()
    synonyms: Mapping[str, str] = field(default_factory=dict)
    spaces: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    ticket_shapes: tuple[str, ...] = ()
    discussed: Plan | None = None
    first_day: date | None = None
    last_day: date | None = None
    personal_allowed: bool = True

    def has_skill(self, name: str) -> bool:
        """Whether a skill of that name is installed."""
        return any(s.name == name for s in self.skills)
