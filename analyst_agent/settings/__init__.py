"""The settings of a workspace: the records, how `analyst.toml` is read, and what is wrong with a value."""

from analyst_agent.settings.checks import ENGINES, WEEKDAYS
from analyst_agent.settings.parsing import FILE_NAME, described, field_of, laid_over, parse_settings, read_settings
from analyst_agent.settings.records import Grants, MandatoryScope, Settings

__all__ = [
    "ENGINES",
    "FILE_NAME",
    "WEEKDAYS",
    "Grants",
    "MandatoryScope",
    "Settings",
    "described",
    "field_of",
    "laid_over",
    "parse_settings",
    "read_settings",
]
