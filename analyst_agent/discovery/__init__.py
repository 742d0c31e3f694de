"""Discovery: what stands out in one table that nobody has described, ranked, with what was scanned said."""

from analyst_agent.discovery.report import describe, discover

__all__ = ["describe", "discover"]
