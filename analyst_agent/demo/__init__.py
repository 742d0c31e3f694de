"""The demo helpdesk: a generated story of 24 months whose planted truths are written down in this folder's README."""

from analyst_agent.demo.generate import COLUMNS, generate
from analyst_agent.demo.story import DEMO_TODAY, REASON_CODES, TICKETS, UNMAPPED_CODES

__all__ = ["COLUMNS", "DEMO_TODAY", "REASON_CODES", "TICKETS", "UNMAPPED_CODES", "generate"]
