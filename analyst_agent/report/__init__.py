"""Answers as people and programs read them: Markdown, JSON, plain text and charts."""

from analyst_agent.report.answer import answer_markdown, answer_parts
from analyst_agent.report.charts import charts_for, png, svg
from analyst_agent.report.record import answer_json
from analyst_agent.report.terminal import answer_text, plain_text
from analyst_agent.report.text_chart import text_chart

__all__ = [
    "answer_json",
    "answer_markdown",
    "answer_parts",
    "answer_text",
    "charts_for",
    "plain_text",
    "png",
    "svg",
    "text_chart",
]
