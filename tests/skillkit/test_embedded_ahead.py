"""Texts embedded ahead: the same vectors, each computed once, and nothing goes on where nobody waits any more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event, current_thread, main_thread

import numpy as np
import pytest
from numpy.typing import NDArray

from analyst_agent.skillkit.causes import ahead
from analyst_agent.skillkit.causes.ahead import AT_ONCE, embedded_ahead

TEXTS = [f"text {number}" for number in range(3 * AT_ONCE)]
Vectors = NDArray[np.float32]


def noting(asked: list[str]) -> Callable[[Sequence[str]], Vectors]:
    """An embedder of vectors that are their texts' numbers, which notes what it is asked for."""

    def embed(texts: Sequence[str]) -> Vectors:
        asked.extend(texts)
        return np.array([[float(text.split()[-1]), 1.0] for text in texts], dtype=np.float32).reshape(-1, 2)

    return embed


def test_each_text_is_embedded_once_in_its_order_and_its_vector_is_its_own() -> None:
    asked: list[str] = []
    with embedded_ahead(noting(asked), TEXTS) as embed:
        found = embed([TEXTS[-1], TEXTS[0], TEXTS[0]])
        assert found.tolist() == [[len(TEXTS) - 1, 1], [0, 1], [0, 1]]
        assert found.dtype == np.float32
        assert len(embed(TEXTS)) == len(TEXTS)
    assert asked == TEXTS


def test_a_text_that_was_not_named_ahead_is_embedded_when_it_is_asked_for() -> None:
    asked: list[str] = []
    with embedded_ahead(noting(asked), TEXTS[:1]) as embed:
        assert embed(["text 7"]).tolist() == [[7, 1]]
        assert embed([]).shape == (0, 2)


def test_the_first_texts_are_there_before_the_last_are_begun() -> None:
    is_wanted = Event()

    def embed(texts: Sequence[str]) -> Vectors:
        assert current_thread() is not main_thread()
        assert texts[0] == TEXTS[0] or is_wanted.wait(30)
        return np.ones((len(texts), 1), dtype=np.float32)

    with embedded_ahead(embed, TEXTS) as embedded:
        assert len(embedded(TEXTS[:AT_ONCE])) == AT_ONCE
        is_wanted.set()
        assert len(embedded(TEXTS)) == len(TEXTS)


def test_what_the_embedder_raises_is_raised_where_the_vectors_are_wanted() -> None:
    def broken(texts: Sequence[str]) -> Vectors:
        raise ValueError("no model")

    with embedded_ahead(broken, TEXTS) as embed, pytest.raises(ValueError, match="no model"):
        embed(TEXTS)


def test_what_was_not_begun_is_left_when_nobody_waits_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    has_begun, is_left = Event(), Event()

    class Pool(ThreadPoolExecutor):
        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            super().shutdown(wait=False, cancel_futures=cancel_futures)
            is_left.set()
            super().shutdown()

    def embed(texts: Sequence[str]) -> Vectors:
        has_begun.set()
        assert is_left.wait(30)
        return noting(asked)(texts)

    monkeypatch.setattr(ahead, "ThreadPoolExecutor", Pool)
    with embedded_ahead(embed, TEXTS):
        assert has_begun.wait(30)
    assert asked == TEXTS[:AT_ONCE]
