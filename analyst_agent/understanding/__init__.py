"""From an English question to a plan, by the model's names, the stored values, a date grammar and nearness in meaning."""

from analyst_agent.understanding.context import CAUSES_SKILL, SEGMENTS_SKILL, Context, Embed, SkillCard
from analyst_agent.understanding.sentences import sentence
from analyst_agent.understanding.understand import understand

__all__ = ["CAUSES_SKILL", "SEGMENTS_SKILL", "Context", "Embed", "SkillCard", "sentence", "understand"]
