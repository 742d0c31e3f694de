"""What a block is, what limits it has, and what comes back of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from analyst_agent.records import Definition, Drawing, Fact, Period, Statement, Table


@dataclass(frozen=True, slots=True)
class Block:
    """The code of one Python step. name: of the step. file: where the code stands, as people are told it; first_line: the
    line of that file on which the code's own line 1 stands.
    """

    source: str
    name: str
    file: str = ""
    first_line: int = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """What a block may take. seconds: from its first line to its last, by the clock on the wall. memory_mb: beyond what Python
    and its inputs take. output_kb: of printed text that is kept. result_kb: of what it gives back, as JSON.
    """

    seconds: float = 60.0
    memory_mb: int = 1024
    output_kb: int = 256
    result_kb: int = 16_384


@dataclass(frozen=True, slots=True)
class BlockResult:
    """Tables whose number cells are facts, single facts, charts to draw, and what was printed.

    statements: the single facts as claims, in their order. labels: what people read for a metric or dimension, by name.
    contained_by: the mechanisms that held the process. is_cut: whether more was printed than is kept. seconds: of the whole
    process, its start included; no content, since it differs from run to run.
    """

    tables: tuple[Table, ...] = ()
    facts: tuple[Fact, ...] = ()
    statements: tuple[Statement, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)
    definitions: tuple[Definition, ...] = ()
    period: Period | None = None
    comparison: Period | None = None
    printed: str = ""
    is_cut: bool = False
    seconds: float = 0.0
    contained_by: tuple[str, ...] = ()
