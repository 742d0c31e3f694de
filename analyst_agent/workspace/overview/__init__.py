"""What the overview shows: which tickets and days are chosen, the measures with their changes, and the panels below them.

Each number is one of a finding; here they are chosen, put side by side and given a question that asks for more.
"""

from analyst_agent.workspace.overview.measures import Measures, measured
from analyst_agent.workspace.overview.panels import PANELS, Panel, panel_of
from analyst_agent.workspace.overview.selection import Choice, Selection, choices_of, selected

__all__ = [
    "PANELS",
    "Choice",
    "Measures",
    "Panel",
    "Selection",
    "choices_of",
    "measured",
    "panel_of",
    "selected",
]
