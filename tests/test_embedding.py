"""The sentence model: sane likenesses, the same vector whatever stands beside a text, and a cache that changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from analyst_agent import embedding
from analyst_agent.embedding import CachedEmbedder, Embedder, Vectors, build_tokenizer, default_embedder, vocabulary
from analyst_agent.errors import WorkspaceError


def test_paraphrases_are_near_and_unrelated_sentences_far() -> None:
    asked, same, other = default_embedder().embed(
        [
            "How fast must a P1 be acknowledged?",
            "P1 tickets are acknowledged within 15 minutes.",
            "Will it rain tomorrow?",
        ]
    )
    assert asked @ same > 0.6
    assert asked @ other < 0.15


def test_vectors_are_unit_length_float32_and_empty_input_gives_no_rows() -> None:
    vectors = default_embedder().embed(["one", "", "three \ud800 broken", "word " * 2000])
    assert vectors.shape == (4, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert default_embedder().embed([]).shape == (0, 384)


def test_a_vector_depends_on_its_own_text_only() -> None:
    texts = ["export times out", "a much longer sentence about refunds of annual contracts that ended", "P1"]
    together = default_embedder().embed(texts)
    alone = np.vstack([Embedder(threads=1).embed([text]) for text in reversed(texts)])[::-1]
    assert np.array_equal(together, alone)


def test_the_vocabulary_is_the_published_one() -> None:
    words = vocabulary()
    assert len(words) == embedding.VOCABULARY_SIZE
    assert (words["[PAD]"], words["[UNK]"], words["[CLS]"], words["[SEP]"]) == (0, 100, 101, 102)
    assert build_tokenizer().encode("Acknowledged").tokens == ["[CLS]", "acknowledged", "[SEP]"]


def test_a_special_token_written_in_a_text_stays_plain_text() -> None:
    assert build_tokenizer().encode("[SEP]").tokens == ["[CLS]", "[", "sep", "]", "[SEP]"]


def test_a_replaced_vocabulary_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forged = tmp_path / "vocab.txt"
    forged.write_text("[PAD]\n")
    monkeypatch.setattr(embedding, "_VOCABULARY", forged)
    with pytest.raises(WorkspaceError, match="vocabulary"):
        vocabulary()


class _Counting:
    def __init__(self) -> None:
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return default_embedder().embed(texts)


def test_the_cache_returns_the_same_digits_and_computes_each_text_once(tmp_path: Path) -> None:
    counting = _Counting()
    path = tmp_path / "cache" / "vectors.sqlite"
    first = CachedEmbedder(path, counting).embed(["a", "b", "a"])
    second = CachedEmbedder(path, counting).embed(["b", "a", "c"])
    assert counting.texts == ["a", "b", "c"]
    assert np.array_equal(first[0], first[2])
    assert np.array_equal(second[:2], first[[1, 0]])
    assert np.array_equal(second[2], default_embedder().embed(["c"])[0])


def test_the_cache_keeps_no_text(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite"
    CachedEmbedder(path).embed(["a very private sentence"])
    assert all(b"private" not in file.read_bytes() for file in tmp_path.iterdir())
