"""The one place that opens Chroma: passages' vectors in a collection, with our own embeddings and no telemetry."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from analyst_agent import ways
from analyst_agent.embedding import DIMENSIONS, Vectors
from analyst_agent.errors import WorkspaceError

_COLLECTION = "passages"


class VectorIndex(AbstractContextManager["VectorIndex"]):
    """One generation's Chroma collection. Vectors are unit length and compared by cosine."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        import chromadb
        from chromadb.config import Settings

        try:
            self._client: Any = chromadb.PersistentClient(str(folder), Settings(anonymized_telemetry=False))
            # embedding_function=None: Chroma's default one would download a model at the first text.
            if create:
                # One thread and a wide search make the graph, and with it an answer, the same on every run.
                options: Any = {"space": "cosine", "ef_construction": 200, "ef_search": 200, "num_threads": 1}
                self._passages: Any = self._client.create_collection(
                    _COLLECTION, configuration={"hnsw": options}, embedding_function=None
                )
            else:
                self._passages = self._client.get_collection(_COLLECTION, embedding_function=None)
        except (chromadb.errors.ChromaError, ValueError) as error:
            raise WorkspaceError(
                f"The index of documents cannot be opened: {error}.",
                ways.DOCUMENTS,
            ) from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the files."""
        self._client.close()

    def put(self, ids: Sequence[str], vectors: Vectors, metadata: Sequence[Mapping[str, str]]) -> None:
        """Add passages; ids are new."""
        size = int(self._client.get_max_batch_size())
        for start in range(0, len(ids), size):
            part = slice(start, start + size)
            self._passages.add(
                ids=list(ids[part]), embeddings=vectors[part], metadatas=[dict(m) for m in metadata[part]]
            )

    def vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of those ids that exist."""
        found: dict[str, Vectors] = {}
        for start in range(0, len(ids), 500):
            part = self._passages.get(ids=list(ids[start : start + 500]), include=["embeddings"])
            rows = np.asarray(part["embeddings"], dtype=np.float32).reshape(-1, DIMENSIONS)
            found.update(zip(part["ids"], rows, strict=True))
        return found

    def nearest(
        self, vector: Vectors, spaces: Collection[str], areas: Collection[str] | None, most: int
    ) -> dict[str, float]:
        """Ids of the nearest vectors within the spaces, and the areas where given, with their cosine."""
        where: dict[str, Any] = {"space": {"$in": sorted(spaces)}}
        if areas is not None:
            where = {"$and": [where, {"product_area": {"$in": sorted(areas)}}]}
        result = self._passages.query(
            query_embeddings=vector[None, :], n_results=most, where=where, include=["distances"]
        )
        return {i: 1.0 - float(d) for i, d in zip(result["ids"][0], result["distances"][0], strict=True)}
