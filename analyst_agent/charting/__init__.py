"""Vega-Lite specifications made from tables: one module a kind of chart; readable in grey, with a text for who cannot see it."""

from analyst_agent.charting.band import line_with_band
from analyst_agent.charting.bars import Layout, bars_with_intervals, ranked_bars
from analyst_agent.charting.base import Interval, Picture
from analyst_agent.charting.funnel import funnel
from analyst_agent.charting.heat_map import heat_map
from analyst_agent.charting.lines import line_over_time
from analyst_agent.charting.slope import slope
from analyst_agent.charting.timeline import timeline
from analyst_agent.charting.waterfall import waterfall

__all__ = [
    "Interval",
    "Layout",
    "Picture",
    "bars_with_intervals",
    "funnel",
    "heat_map",
    "line_over_time",
    "line_with_band",
    "ranked_bars",
    "slope",
    "timeline",
    "waterfall",
]
