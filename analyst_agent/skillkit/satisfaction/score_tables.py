"""The tables and drawings of satisfaction scores."""

from __future__ import annotations

from collections.abc import Sequence

from analyst_agent.records import Column, Drawing, Table
from analyst_agent.skillkit.inquiry import Inquiry
from analyst_agent.skillkit.satisfaction.scores import Rated, ScoreView
from analyst_agent.skillkit.tables import Grid

READS_AS = {True: "more than noise", False: "no difference shown"}


def score_label(inquiry: Inquiry, dimension: str) -> str:
    """What people read for what a view splits by."""
    own = {"escalations": "escalation", "path": "path between teams"}
    return own.get(dimension) or inquiry.label(dimension)


def score_table(inquiry: Inquiry, view: ScoreView, ones: Sequence[Rated]) -> Table:
    """A row a group: ratings, mean and low share with their intervals, and the difference from what the view compares with."""
    label = {"escalations": "tickets", "path": "path between teams"}.get(view.dimension) or inquiry.label(
        view.dimension
    )
    grid = Grid(
        view.title,
        (
            Column(label, "text", view.dimension),
            Column("tickets", "count", "ticket_count"),
            Column("rated", "count", "rated_count"),
            Column("mean CSAT", "score", "mean_ticket_csat"),
            Column("from", "score", "low"),
            Column("to", "score", "high"),
            Column("rated 1 or 2", "ratio", "low_csat_share"),
            Column("difference in mean", "score", "difference"),
            Column("at least", "score", "difference_low"),
            Column("at most", "score", "difference_high"),
            Column("reads as", "text", "significance"),
        ),
    )
    for one in ones:
        own, gap = one.mean.interval or (None, None), one.mean.difference_interval or (None, None)
        spans = [(value, one.mean) for value in own]
        gaps = [(value, one.mean) for value in (one.mean.difference, *gap)]
        verdict = one.mean.significant
        reads = one.reason or (READS_AS[verdict] if verdict is not None else "")
        grid.row((one.value, one.tickets, one.rated, one.mean, *spans, one.low, *gaps, reads))
    return grid.table()


def score_drawing(view: ScoreView) -> Drawing:
    """The means with their intervals as bars."""
    columns = {"label": view.dimension, "value": "mean_ticket_csat", "low": "low", "high": "high"}
    return Drawing("bars_with_intervals", view.title, columns, view.title, {"ordered": True})
