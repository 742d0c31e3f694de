"""Playbooks: a report as steps that a person can edit, run on schedule, resumed after a crash, delivered once."""
