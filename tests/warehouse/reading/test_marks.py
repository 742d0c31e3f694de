"""Marks are counted as Python counts them, however the text is cut into chunks; UTF-8 is told from what is not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyst_agent.warehouse.reading import marks
from analyst_agent.warehouse.reading.marks import MarkCounter

PIECES = st.sampled_from(
    [b"a", b",", b";", b"\t", b"\n", b"\r", b"\r\n", b'"', b"\x1f", "\u00e4".encode(), "\u2014".encode(), "\U0001f600".encode(), b"\x80", b"\xc3", b"\xe2\x80", b"\xff", b"\xed\xa0\x80", b"\xc0\xaf"]
)  # fmt: skip


@pytest.fixture(autouse=True, params=[3, 1 << 18], ids=["tiny blocks", "real blocks"])
def block(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "_BLOCK", request.param)


def valid(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_counts_are_those_of_python(size: int) -> None:
    @given(st.lists(PIECES, max_size=40).map(b"".join))
    @settings(max_examples=150, deadline=None)
    def check(data: bytes) -> None:
        counted = MarkCounter()
        for start in range(0, len(data), size):
            counted.add(data[start : start + size])
        assert counted.line_feeds == data.count(b"\n")
        assert counted.has_bare_return == (data.replace(b"\r\n", b"").count(b"\r") > 0)
        assert counted.quotes == data.count(b'"')
        assert counted.unit_separators == data.count(b"\x1f")
        assert counted.delimiters == {",": data.count(b","), ";": data.count(b";"), "\t": data.count(b"\t")}
        assert counted.line_count == data.count(b"\n") + (data != b"" and not data.endswith(b"\n"))
        assert counted.is_utf8 == valid(data)

    check()


def test_a_character_over_the_end_of_a_chunk_is_one() -> None:
    counted = MarkCounter()
    for byte in "Zo\u00eb \u2014 \U0001f600".encode():
        counted.add(bytes([byte]))
    assert counted.is_utf8
    counted.add(b"\xf0\x9f")
    assert not counted.is_utf8
