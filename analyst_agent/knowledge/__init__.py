"""Policies and known issues: documents read as a reader sees them, searched within the grant, matched by evidence."""

from analyst_agent.knowledge.coverage import Coverage, coverage_of, policy_for
from analyst_agent.knowledge.documents import Document, read_document
from analyst_agent.knowledge.issues import KnownIssue, known_issues
from analyst_agent.knowledge.matching import Evidence, IssueMatch, TicketText, match_known_issues
from analyst_agent.knowledge.reports import AddEntry, AddReport, DocumentInfo
from analyst_agent.knowledge.searching import RELEVANT, Passage
from analyst_agent.knowledge.sections import NotReadable
from analyst_agent.knowledge.store import KnowledgeStore

__all__ = [
    "RELEVANT",
    "AddEntry",
    "AddReport",
    "Coverage",
    "Document",
    "DocumentInfo",
    "Evidence",
    "IssueMatch",
    "KnowledgeStore",
    "KnownIssue",
    "NotReadable",
    "Passage",
    "TicketText",
    "coverage_of",
    "known_issues",
    "match_known_issues",
    "policy_for",
    "read_document",
]
