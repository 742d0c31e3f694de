"""What a skill may import: its context, the book of facts, tables, tests of differences, patterns and actions."""

from analyst_agent.errors import AnalystError, NotPermitted, UnknownName
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
from analyst_agent.skillkit.actions import about, recommend
from analyst_agent.skillkit.changes import READS_AS, Change, changes_of, changes_table
from analyst_agent.skillkit.comparing import changed, compare_rates, gap, rate_changes_table
from analyst_agent.skillkit.context import CauseReading, IssueMatch, Knowledge, PolicyMatch, Queries, SkillContext
from analyst_agent.skillkit.dimensions import (
    OF_ACCOUNTS,
    OF_TICKETS,
    checked_focus,
    dimension_to_compare,
    own_filter_as_focus,
)
from analyst_agent.skillkit.evidence import Evidence, gather
from analyst_agent.skillkit.facts import FactBook, number
from analyst_agent.skillkit.inferred import Inferred, inferred_causes
from analyst_agent.skillkit.inquiry import COUNT, RATE, TICKETS, Inquiry, Totals, begin, totals_of
from analyst_agent.skillkit.patterns import UNCLASSIFIED, Pattern, detailed, groups_of, is_rest, matched
from analyst_agent.skillkit.rates import (
    TOO_FEW_TICKETS,
    Difference,
    Part,
    adjusted,
    by_account,
    parts_by_cell,
    parts_of,
    parts_of_rate,
    rate_difference,
    rest_differences,
)
from analyst_agent.skillkit.registry import Skill, load_skills
from analyst_agent.skillkit.tables import Grid
from analyst_agent.statistics import excludable_difference

__all__ = [
    "COUNT",
    "GRAINS",
    "OF_ACCOUNTS",
    "OF_TICKETS",
    "RATE",
    "READS_AS",
    "TICKETS",
    "TOO_FEW_TICKETS",
    "UNCLASSIFIED",
    "AnalystError",
    "CauseReading",
    "Caveat",
    "Change",
    "Citation",
    "Column",
    "Difference",
    "Drawing",
    "Evidence",
    "Fact",
    "FactBook",
    "Filter",
    "Finding",
    "Grid",
    "Inferred",
    "Inquiry",
    "IssueMatch",
    "Knowledge",
    "NotPermitted",
    "Order",
    "Part",
    "Pattern",
    "Period",
    "PolicyMatch",
    "Queries",
    "QueryResult",
    "Recommendation",
    "SemanticQuery",
    "Skill",
    "SkillContext",
    "Statement",
    "Table",
    "Totals",
    "UnknownName",
    "Value",
    "about",
    "adjusted",
    "begin",
    "by_account",
    "changed",
    "changes_of",
    "changes_table",
    "checked_focus",
    "compare_rates",
    "detailed",
    "dimension_to_compare",
    "excludable_difference",
    "gap",
    "gather",
    "groups_of",
    "inferred_causes",
    "is_rest",
    "load_skills",
    "matched",
    "number",
    "own_filter_as_focus",
    "parts_by_cell",
    "parts_of",
    "parts_of_rate",
    "rate_changes_table",
    "rate_difference",
    "recommend",
    "rest_differences",
    "totals_of",
]
