"""Facts worded as claims, and a model's own words checked against the facts."""

from analyst_agent.claims.binding import Bound, bind
from analyst_agent.claims.clauses import clause
from analyst_agent.claims.records import Claim
from analyst_agent.claims.registry import KINDS, claims_of, claims_of_facts
from analyst_agent.claims.wording import Wording, wording_of

__all__ = ["KINDS", "Bound", "Claim", "Wording", "bind", "claims_of", "claims_of_facts", "clause", "wording_of"]
