"""The generator: the same bytes for the same arguments, exact counts, canonical columns, streams that no library can change."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import numpy as np
import pytest

from analyst_agent.demo import COLUMNS, REASON_CODES, UNMAPPED_CODES, generate, story
from analyst_agent.demo.dice import Dice
from analyst_agent.demo.wording import phrases

# Of `generate(folder, tickets=1_500)`. A change of the story or its words changes them, a platform or library must not.
GOLDEN = {
    "accounts": "e913ca99046f34da",
    "agents": "134a6c2e52e589cc",
    "tickets": "2d4b8c3f52365905",
    "escalations": "f93f01342446568c",
    "resolutions": "c752f5a52f29640b",
}


def digests(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / f"{name}.csv").read_bytes()).hexdigest()[:16] for name in COLUMNS}


def test_same_arguments_same_bytes_on_every_platform(tmp_path: Path) -> None:
    generate(tmp_path / "one", tickets=1_500)
    generate(tmp_path / "two", tickets=1_500)
    assert digests(tmp_path / "one") == digests(tmp_path / "two") == GOLDEN


def test_another_seed_another_world(tmp_path: Path) -> None:
    generate(tmp_path / "one", tickets=300, seed=1)
    generate(tmp_path / "two", tickets=300, seed=2)
    one, two = digests(tmp_path / "one"), digests(tmp_path / "two")
    assert all(one[name] != two[name] for name in COLUMNS)


@pytest.mark.parametrize("tickets", [0, 1, 739])
def test_exactly_the_tickets_asked_for(tmp_path: Path, tickets: int) -> None:
    counts = generate(tmp_path, tickets=tickets)
    assert counts["tickets"] == tickets
    for name, columns in COLUMNS.items():
        with (tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        assert tuple(header) == columns
        assert len(rows) == counts[name]
        assert all(len(row) == len(columns) for row in rows)


def test_nothing_but_the_five_files(tmp_path: Path) -> None:
    generate(tmp_path, tickets=10)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{name}.csv" for name in COLUMNS)


def test_a_negative_count_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 0"):
        generate(tmp_path, tickets=-1)


def test_dice_draw_what_their_bounds_say() -> None:
    dice = Dice(1)
    assert set(dice.below(3, 500).tolist()) == {0, 1, 2}
    assert set(dice.weighted([0, 5, 0, 1], 500).tolist()) == {1, 3}
    assert not dice.chance(0, 100).any()
    assert dice.chance(10_000, 100).all()
    durations = dice.spread(1_000, 80, 20_001)
    assert abs(int(np.median(durations)) - 1_000) < 40


def test_dice_are_the_documented_generator() -> None:
    words = Dice(7, 3).raw(2).tolist()
    assert words == np.random.PCG64(np.random.SeedSequence([7, 3])).random_raw(2).tolist()


def test_every_topic_has_words_codes_and_a_team() -> None:
    teams = {name for name, *_ in story.TEAMS}
    known = set(REASON_CODES) | set(UNMAPPED_CODES)
    for topic in story.TOPICS:
        bank = phrases()["topics"][topic.name]
        assert all(len(bank[part]) >= 4 for part in ("subjects", "problems", "details", "notes")), topic.name
        assert {code for code, _ in story.CODES[topic.codes]} <= known
        assert topic.to_team in teams
        assert all(topic.area in bank for bank in phrases()["languages"].values())
