"""Escalation Analyst: ask why support tickets escalate and get numbers that can be traced."""

__version__ = "0.1.0"
