"""Accounts over time: tenure, repeated escalations, silence."""
