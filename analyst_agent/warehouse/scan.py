"""One pass over a file's bytes before it is parsed: fingerprint, encoding, and the line counts that the parsed rows must add up to."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from analyst_agent.errors import LoadError

_CHUNK = 1 << 22
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


def scan_text(path: Path, work: Path) -> TextFile:
    """Counts and decodes. A file that is not UTF-8 is copied as UTF-8 into `work`. Raises LoadError when it cannot be read."""
    try:
        sha256 = fingerprint(path)
        encoding, note = _encoding(path)
        if encoding in ("utf-8", "utf-8-sig"):
            return _counted(path, _is_gzipped(path), sha256, note)
        copy = work / f"{sha256[:16]}.utf8"
        with _open(path, _is_gzipped(path)) as source, copy.open("w", encoding="utf-8", newline="") as target:
            text = io.TextIOWrapper(source, encoding=encoding, newline="")
            while piece := text.read(_CHUNK):
                target.write(piece)
        return _counted(copy, False, sha256, note)
    except (OSError, EOFError, zlib.error) as error:
        raise LoadError(f"Cannot read {path}: {_why(error)}.", "Export it again, or leave it out.") from error
    except UnicodeError as error:
        raise LoadError(f"Cannot read {path}: its text is broken ({error}).", "Save it as UTF-8.") from error


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


def _encoding(path: Path) -> tuple[str, str]:
    """The encoding of a text file and what to tell the reader about it."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, undefined_in_cp1252, position, bad_at = True, False, 0, 0
    for number, chunk in enumerate(_chunks(path)):
        if number == 0:
            for bom, name in _BOMS:
                if chunk.startswith(bom):
                    return name, "" if name == "utf-8-sig" else f"read as {name.upper()}"
        if is_utf8:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                is_utf8, bad_at = False, position + error.start
        if any(byte in chunk for byte in b"\x81\x8d\x8f\x90\x9d"):
            undefined_in_cp1252 = True
        position += len(chunk)
    if is_utf8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf8, bad_at = False, position
    if is_utf8:
        return "utf-8", ""
    name = "latin-1" if undefined_in_cp1252 else "cp1252"
    return name, f"not UTF-8 (byte {bad_at + 1}), read as {'Latin-1' if name == 'latin-1' else 'Windows-1252'}"


def _counted(path: Path, is_gzipped: bool, sha256: str, note: str) -> TextFile:
    line_feeds = returns = pairs = quotes = separators = 0
    delimiters = {",": 0, ";": 0, "\t": 0}
    last = b""
    with _open(path, is_gzipped) as stream:
        while chunk := stream.read(_CHUNK):
            line_feeds += chunk.count(b"\n")
            returns += chunk.count(b"\r")
            pairs += chunk.count(b"\r\n") + (last == b"\r" and chunk[:1] == b"\n")
            quotes += chunk.count(b'"')
            separators += chunk.count(b"\x1f")
            for mark in delimiters:
                delimiters[mark] += chunk.count(mark.encode())
            last = chunk[-1:]
    line_count = line_feeds + (last not in (b"", b"\n"))
    return TextFile(path, is_gzipped, sha256, note, line_count, returns != pairs, quotes, delimiters, separators > 0)
