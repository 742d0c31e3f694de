"""The knowledge store: documents of the granted spaces, kept in generations and searched by meaning and by words."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np

from analyst_agent.embedding import DIMENSIONS, Embeds, Vectors, default_embedder
from analyst_agent.errors import UnknownName
from analyst_agent.knowledge.catalogue import read_catalogue, write_catalogue
from analyst_agent.knowledge.codes import codes_in, one_spelling
from analyst_agent.knowledge.documents import Document, content_hash, is_readable, read_document
from analyst_agent.knowledge.files import Selection, select_files
from analyst_agent.knowledge.generations import Generations
from analyst_agent.knowledge.passages import cut
from analyst_agent.knowledge.reports import AddEntry, AddReport, DocumentInfo, LeftAside
from analyst_agent.knowledge.searching import Entry, Hit, Passage, Query, area_key, find, question_of, rank
from analyst_agent.knowledge.sections import NotReadable
from analyst_agent.knowledge.standing import marked
from analyst_agent.knowledge.vectors import VectorIndex
from analyst_agent.knowledge.words import Lexical
from analyst_agent.masking import one_line


@dataclass(slots=True)
class _Snapshot:
    """One generation as read: its documents, passages and, once searched, its vector index."""

    name: str
    folder: Path
    documents: tuple[Document, ...]
    entries: list[Entry]
    index: VectorIndex | None = None
    lexical: dict[tuple[Any, ...], Lexical] = field(default_factory=dict)


class KnowledgeStore:
    """Documents under one folder of a workspace. Each reading method sees the newest generation, whoever made it.

    spaces: the grant. None stands for all spaces; a space that is not in it is not listed, searched or quoted.
    """

    def __init__(self, folder: Path, embedder: Embeds | None = None) -> None:
        self._generations = Generations(folder)
        self._embedder = embedder or default_embedder()
        self._snapshot: _Snapshot | None = None
        self._lock = RLock()

    @property
    def embedder(self) -> Embeds:
        """The embedder the passages were embedded with."""
        return self._embedder

    @property
    def generation(self) -> str | None:
        """The name of the current generation, None where nothing was ever added."""
        return self._generations.current()

    def contents(self, spaces: Collection[str] | None = None) -> list[Document]:
        """The granted documents whole, by space and id."""
        snapshot = self._read()
        found = [d for d in snapshot.documents if spaces is None or d.space in spaces] if snapshot else []
        return sorted(marked(found), key=lambda d: (d.space, d.id))

    def documents(self, spaces: Collection[str] | None = None) -> list[DocumentInfo]:
        """The granted documents, by space and id."""
        return [
            DocumentInfo(d.id, d.title, d.space, d.path, d.product_area, d.status, d.effective, len(cut(d)))
            for d in self.contents(spaces)
        ]

    def spaces(self, spaces: Collection[str] | None = None) -> list[str]:
        """The granted spaces that hold a document."""
        return sorted({document.space for document in self.contents(spaces)})

    def search(
        self,
        query: str,
        *,
        spaces: Collection[str] | None,
        product_area: str | None = None,
        limit: int = 5,
        threshold: float | None = None,
    ) -> list[Passage]:
        """Passages that bear on the query, best first; empty where the documents do not say.

        product_area: only documents of that area and those of no area. threshold: lowest score shown, by default the
        calibrated RELEVANT of `searching`, where the score is explained.
        """
        return rank(self.hits(query, spaces=spaces, product_area=product_area), max(limit, 0), threshold)

    def hits(self, query: str, *, spaces: Collection[str] | None, product_area: str | None = None) -> list[Hit]:
        """Every passage that was looked at for the query, with its likenesses, in no order."""
        query = question_of(one_line(query)[:2000])
        snapshot = self._read()
        if snapshot is None or not query:
            return []
        with self._lock:
            return self._hits(snapshot, query, spaces, product_area)

    def add(self, paths: Iterable[Path], space: str | None = None) -> AddReport:
        """Bring files and folders into the index and say what became of each.

        A folder's sub-folders are its spaces; a folder without any, and a single file, take the name of the folder;
        `space` puts everything into one. Unchanged files keep their vectors; documents of a named folder whose file is
        gone are dropped. Raises LoadError on a missing path, before anything changes.
        """
        selection = select_files(list(paths), space)
        with self._generations.writing():
            snapshot = self._read()
            before = {d.path: d for d in snapshot.documents} if snapshot else {}
            documents, entries = _merge(before, selection)
            if documents != before:
                self._build(snapshot, list(documents.values()))
            aside = tuple(LeftAside(str(path), why) for path, why in selection.left_aside)
            return AddReport(tuple(entries), self.generation, aside)

    def remove(self, space: str, document: str) -> None:
        """Take a document out; its file stays. Raises UnknownName where none of that id is in the space."""
        with self._generations.writing():
            snapshot = self._read()
            documents = snapshot.documents if snapshot else ()
            left = [one for one in documents if (one.space, one.id) != (space, document)]
            if len(left) == len(documents):
                raise UnknownName("document", document, [one.id for one in documents if one.space == space])
            self._build(snapshot, left)

    def close(self) -> None:
        """Release the index's files; a later call opens them again."""
        with self._lock:
            if self._snapshot and self._snapshot.index:
                self._snapshot.index.close()
            self._snapshot = None

    def _read(self) -> _Snapshot | None:
        with self._lock:
            name = self._generations.current()
            if name is None or (self._snapshot and self._snapshot.name == name):
                return self._snapshot if name else None
            self.close()
            folder = self._generations.folder / name
            try:
                documents = read_catalogue(folder)
            except FileNotFoundError:
                # Two adds in a row may have removed it between the pointer and here; then the pointer has moved.
                if self._generations.current() == name:
                    raise
                return self._read()
            self._snapshot = _Snapshot(name, folder, documents, _entries(documents))
            return self._snapshot

    def _index(self, snapshot: _Snapshot) -> VectorIndex:
        if snapshot.index is None:
            snapshot.index = VectorIndex(snapshot.folder / "chroma")
        return snapshot.index

    def _hits(
        self, snapshot: _Snapshot, query: str, spaces: Collection[str] | None, product_area: str | None
    ) -> list[Hit]:
        granted = sorted({d.space for d in snapshot.documents if spaces is None or d.space in spaces})
        areas = None if product_area is None else sorted({"", area_key(product_area)})
        allowed = [
            entry
            for entry in snapshot.entries
            if entry.document.space in granted and (areas is None or area_key(entry.document.product_area) in areas)
        ]
        if not allowed:
            return []
        # Only a granted document may say that another is superseded.
        standing = {d.path: d for d in marked([d for d in snapshot.documents if d.space in granted])}
        allowed = [replace(entry, document=standing[entry.document.path]) for entry in allowed]
        # Word weights come from the granted passages alone: what is not granted must not even change an order.
        key = (tuple(granted), tuple(areas) if areas else None)
        if key not in snapshot.lexical:
            snapshot.lexical[key] = Lexical([f"{e.document.id} {e.piece.context(e.document.title)}" for e in allowed])
        words = snapshot.lexical[key].score(query)
        vector = self._embedder.embed([query])[0]
        return find(Query(query, vector, areas is not None), self._index(snapshot), allowed, words)

    def _build(self, before: _Snapshot | None, documents: Sequence[Document]) -> None:
        entries = _entries(documents)
        texts = {
            identifier: (text, entry.document)
            for entry in entries
            for identifier, text in zip(entry.ids, entry.piece.views(entry.document.title), strict=True)
        }
        known = self._index(before).vectors(list(texts)) if before else {}
        new = [identifier for identifier in texts if identifier not in known]
        known.update(zip(new, self._embedder.embed([texts[identifier][0] for identifier in new]), strict=True))
        vectors: Vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, identifier in enumerate(texts):
            vectors[row] = known[identifier]
        with self._generations.next() as folder:
            write_catalogue(folder, documents)
            with VectorIndex(folder / "chroma", create=True) as index:
                fields = [{"space": d.space, "product_area": area_key(d.product_area)} for _, d in texts.values()]
                index.put(list(texts), vectors, fields)


def _entries(documents: Sequence[Document]) -> list[Entry]:
    """Every passage; an id is the same as long as place and words are, so that its vector can be kept."""
    found: list[Entry] = []
    for document in documents:
        codes = frozenset(one_spelling(code) for section in document.sections for code in codes_in(section.text))
        for number, piece in enumerate(cut(document)):
            keys = [f"{document.path}\n{number}.{n}\n{text}" for n, text in enumerate(piece.views(document.title))]
            ids = tuple(hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:32] for key in keys)
            found.append(Entry(document, piece, ids, codes))
    return found


def _merge(before: dict[str, Document], selection: Selection) -> tuple[dict[str, Document], list[AddEntry]]:
    """The documents after an add, by path, and what became of each file."""
    after = dict(before)
    entries: list[AddEntry] = []
    taken: dict[tuple[str, str], str] = {}
    for candidate in selection.files:
        path = str(candidate.path)
        if candidate.space is None:
            entries.append(AddEntry(path, "skipped", reason=candidate.reason))
            continue
        entry, document = _read_one(candidate.path, candidate.space, before.get(path))
        if document and (document.space, document.id) in taken:
            first = taken[document.space, document.id]
            entry = AddEntry(path, "skipped", document.id, document.space, f"its id is already that of {first}")
            document = None
        if document is None:
            after.pop(path, None)
        else:
            taken[document.space, document.id] = path
            entry = _replacing(after, document, entry)
        entries.append(entry)
    for path, document in list(after.items()):
        gone = any(Path(path).is_relative_to(folder) for folder in selection.folders) and not Path(path).is_file()
        if gone:
            del after[path]
            entries.append(AddEntry(path, "removed", document.id, document.space, "the file is gone"))
    return dict(sorted(after.items())), entries


def _read_one(path: Path, space: str, old: Document | None) -> tuple[AddEntry, Document | None]:
    if not is_readable(path):
        raw = b""
    else:
        raw = path.read_bytes()
    if old and is_readable(path) and old.content_hash == content_hash(raw) and old.space == space:
        return AddEntry(str(path), "unchanged", old.id, space), old
    try:
        document = read_document(path, space, raw)
    except NotReadable as reason:
        if old:
            return AddEntry(str(path), "removed", old.id, old.space, str(reason)), None
        return AddEntry(str(path), "skipped", space=space, reason=str(reason)), None
    return AddEntry(str(path), "updated" if old else "added", document.id, space), document


def _replacing(after: dict[str, Document], document: Document, entry: AddEntry) -> AddEntry:
    """Put a document in; one of the same space and id from another file (a moved folder) gives way and is named."""
    same = [p for p, d in after.items() if p != document.path and (d.space, d.id) == (document.space, document.id)]
    for path in same:
        del after[path]
        entry = AddEntry(entry.path, "updated", document.id, document.space, f"replaces {path}")
    after[document.path] = document
    return entry
