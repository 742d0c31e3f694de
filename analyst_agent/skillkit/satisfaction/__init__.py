"""Satisfaction scores of groups of tickets."""
