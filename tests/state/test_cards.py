"""The last card of each model is kept; one over chosen cases does not hide a whole one."""

from __future__ import annotations

from pathlib import Path

from analyst_agent.state.cards import Cards, KeptCard


def test_the_last_card_of_each_model_is_kept(tmp_path: Path) -> None:
    cards = Cards(tmp_path / "home")
    assert cards.kept() == []
    for day in ("2026-11-01", "2026-11-02"):
        cards.keep(KeptCard("offline", True, day, {"total": {"right": 3}}))
    cards.keep(KeptCard("openai:x", False, "2026-11-03", {}))
    assert [(one.model, one.day, one.is_whole) for one in cards.kept()] == [
        ("offline", "2026-11-02", True),
        ("openai:x", "2026-11-03", False),
    ]
    assert cards.kept()[0].card == {"total": {"right": 3}}


def test_a_card_of_chosen_cases_does_not_take_the_place_of_a_whole_one(tmp_path: Path) -> None:
    cards = Cards(tmp_path)
    cards.keep(KeptCard("offline", True, "2026-11-01", {}))
    cards.keep(KeptCard("offline", False, "2026-11-02", {}))
    assert [(one.day, one.is_whole) for one in cards.kept()] == [("2026-11-01", True)]
