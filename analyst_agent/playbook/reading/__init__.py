"""From a playbook's file to its checked record."""

from analyst_agent.playbook.reading.reader import read_playbook

__all__ = ["read_playbook"]
