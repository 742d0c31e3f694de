"""Whose an answer is, and how that is counted."""

from __future__ import annotations

import pytest

from analyst_agent.evaluation.origins import OriginRow, origin_of, origin_rows
from analyst_agent.records import Usage


@pytest.mark.parametrize(
    ("usage", "origin"),
    [
        (Usage("openai:x", calls=1, route="plan"), "plan"),
        (Usage("openai:x", calls=2, route="model"), "model"),
        (Usage("openai:x", "The model's text referred to no claim.", calls=1, route="plan"), "fallback"),
        (Usage("openai:x", "The model's text referred to no claim.", calls=2, route="model"), "fallback"),
        (Usage("offline", "openai:x did not answer. The offline model answered."), "fallback"),
        (Usage("openai:x", calls=1), "fallback"),
        (Usage("offline"), "unasked"),
    ],
)
def test_what_the_usage_of_an_answer_says_of_it(usage, origin):
    assert origin_of(usage) == origin


def test_one_default_text_makes_a_case_no_longer_the_models():
    rows = origin_rows([
        (["plan", "model"], True),
        (["plan", "fallback"], True),
        (["unasked", "plan"], False),
        (["unasked"], True),
        ([], False),
    ])  # fmt: skip
    assert rows == (
        OriginRow("model", 1, 1, 1),
        OriginRow("plan", 3, 1, 0),
        OriginRow("fallback", 1, 1, 1),
        OriginRow("unasked", 2, 1, 1),
    )
