"""One pass over a file's bytes before it is parsed: fingerprint, encoding, and the line counts that the parsed rows must add up to."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from analyst_agent.errors import LoadError
from analyst_agent.warehouse.progress import Advance, unseen
from analyst_agent.warehouse.reading.marks import MarkCounter

_CHUNK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file in UTF-8 as it will be parsed, with what was counted in its bytes. `path` may be a copy in another encoding's stead."""

    path: Path
    is_gzipped: bool
    sha256: str
    note: str
    line_count: int
    has_bare_cr: bool
    quote_count: int
    delimiter_counts: dict[str, int]
    has_unit_separator: bool

    def lines(self) -> IO[str]:
        """The physical lines, each with its end (LF, CRLF or CR) as written."""
        return io.TextIOWrapper(_open(self.path, self.is_gzipped), encoding="utf-8-sig", newline="")


def fingerprint(path: Path) -> str:
    """SHA-256 of the file's bytes as they lie on disk."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def scan_text(path: Path, work: Path, advance: Advance = unseen) -> TextFile:
    """Counts and decodes. A file that is not UTF-8 is copied as UTF-8 into `work`. Raises LoadError when it cannot be read.

    advance: told how many bytes on disk have been read since it was last told.
    """
    try:
        is_gzipped = _is_gzipped(path)
        sha256, counted, marked = _first_pass(path, is_gzipped, advance)
        if counted.is_utf8 and marked in ("", "utf-8-sig"):
            return _text_file(path, is_gzipped, sha256, "", counted)
        encoding, note = (marked, f"read as {marked.upper()}") if marked else _unmarked(path)
        copy = work / f"{sha256[:16]}.utf8"
        with _open(path, is_gzipped) as source, copy.open("w", encoding="utf-8", newline="") as target:
            text = io.TextIOWrapper(source, encoding=encoding, newline="")
            while piece := text.read(_CHUNK):
                target.write(piece)
        counted = MarkCounter()
        for chunk in _chunks(copy):
            counted.add(chunk)
        return _text_file(copy, False, sha256, note, counted)
    except (OSError, EOFError, zlib.error) as error:
        raise LoadError(f"Cannot read {path}: {_why(error)}.", "Export it again, or leave it out.") from error
    except UnicodeError as error:
        raise LoadError(f"Cannot read {path}: its text is broken ({error}).", "Save it as UTF-8.") from error


def _text_file(path: Path, is_gzipped: bool, sha256: str, note: str, counted: MarkCounter) -> TextFile:
    return TextFile(
        path, is_gzipped, sha256, note, counted.line_count, counted.has_bare_return, counted.quotes, counted.delimiters,
        counted.unit_separators > 0,
    )  # fmt: skip


def _first_pass(path: Path, is_gzipped: bool, advance: Advance) -> tuple[str, MarkCounter, str]:
    """Fingerprint, counts, and the encoding that the mark at the start names ("" for none); a file's bytes are read once."""
    digest, counted, marked, place = hashlib.sha256(), MarkCounter(), "", 0
    with ThreadPoolExecutor(
        max_workers=1
    ) as hashing:  # neither holds the interpreter, so hashing and counting run at once
        whole = hashing.submit(fingerprint, path) if is_gzipped else None
        pending: Future[None] | None = None
        with _open(path, is_gzipped) as stream:
            while chunk := stream.read(_CHUNK):
                if whole is None:
                    if pending is not None:
                        pending.result()
                    pending = hashing.submit(digest.update, chunk)
                if place == 0:
                    marked = next((name for bom, name in _BOMS if chunk.startswith(bom)), "")
                counted.add(chunk)
                place += len(chunk)
                if whole is None:
                    advance(len(chunk))
        if whole is not None:
            advance(path.stat().st_size)
        if pending is not None:
            pending.result()
        return whole.result() if whole is not None else digest.hexdigest(), counted, marked


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or "it ends too early"


def _open(path: Path, is_gzipped: bool) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path)) if is_gzipped else path.open("rb")


def _is_gzipped(path: Path) -> bool:
    return path.name.lower().endswith(".gz")


def _chunks(path: Path) -> Iterator[bytes]:
    with _open(path, _is_gzipped(path)) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _unmarked(path: Path) -> tuple[str, str]:
    """The encoding of a text file that is not UTF-8 and has no mark, and what to tell the reader about it."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    undefined_in_cp1252, position, bad_at = False, 0, -1
    for chunk in _chunks(path):
        if bad_at < 0:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                bad_at = position + error.start
        undefined_in_cp1252 = undefined_in_cp1252 or any(byte in chunk for byte in b"\x81\x8d\x8f\x90\x9d")
        position += len(chunk)
    name = "latin-1" if undefined_in_cp1252 else "cp1252"
    said = "Latin-1" if name == "latin-1" else "Windows-1252"
    return name, f"not UTF-8 (byte {(position if bad_at < 0 else bad_at) + 1}), read as {said}"
