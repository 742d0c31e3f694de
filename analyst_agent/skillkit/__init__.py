"""What every skill needs: its context, the book of facts, tables and statements. Rooms of one subject stand beside it, in folders."""

from analyst_agent.errors import AnalystError, NotPermitted, UnknownName
from analyst_agent.masking import Masking
from analyst_agent.records import (
    Caveat,
    Citation,
    Column,
    Drawing,
    Fact,
    Filter,
    Finding,
    Order,
    Period,
    QueryResult,
    Recommendation,
    SemanticQuery,
    Statement,
    Table,
    Value,
)
from analyst_agent.semantic.model import GRAINS
from analyst_agent.semantic.periods import Grain, everything
from analyst_agent.skillkit.context import (
    CauseReading,
    DocumentedIssue,
    IssueMatch,
    Knowledge,
    PolicyMatch,
    SkillContext,
)
from analyst_agent.skillkit.facts import FactBook, number
from analyst_agent.skillkit.inquiry import COUNT, RATE, TICKETS, Inquiry, Totals, begin, totals_of
from analyst_agent.skillkit.rates import READS_AS
from analyst_agent.skillkit.registry import Skill, load_skills
from analyst_agent.skillkit.segments.compared import COHORT
from analyst_agent.skillkit.tables import Grid
from analyst_agent.statistics import benjamini_hochberg, excludable_difference
from analyst_agent.statistics.usual import Usual, against_usual

__all__ = [
    "COHORT",
    "COUNT",
    "GRAINS",
    "RATE",
    "READS_AS",
    "TICKETS",
    "AnalystError",
    "CauseReading",
    "Caveat",
    "Citation",
    "Column",
    "DocumentedIssue",
    "Drawing",
    "Fact",
    "FactBook",
    "Filter",
    "Finding",
    "Grain",
    "Grid",
    "Inquiry",
    "IssueMatch",
    "Knowledge",
    "Masking",
    "NotPermitted",
    "Order",
    "Period",
    "PolicyMatch",
    "QueryResult",
    "Recommendation",
    "SemanticQuery",
    "Skill",
    "SkillContext",
    "Statement",
    "Table",
    "Totals",
    "UnknownName",
    "Usual",
    "Value",
    "against_usual",
    "begin",
    "benjamini_hochberg",
    "everything",
    "excludable_difference",
    "load_skills",
    "number",
    "totals_of",
]
