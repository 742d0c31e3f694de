"""The proposal as a mapping file with comments. File, column and value texts are somebody else's: they are quoted or made harmless."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from analyst_agent.warehouse.suggesting.records import ColumnGuess, EscalationGuess, FileGuess, Proposal

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*( [A-Za-z0-9_]+)*")
_RESERVED = frozenset(["true", "false", "yes", "no", "on", "off", "null", "y", "n", "none", "nan", "inf"])
_LONGEST_EXAMPLE, _LONGEST_COMMENT, _MOST_LISTED = 40, 240, 40


def quoted(text: str) -> str:
    """A text as a YAML scalar that reads back as exactly this text.

    >>> quoted("Case Number"), quoted("no"), quoted("a: b # c")
    ('Case Number', '"no"', '"a: b # c"')
    """
    if _PLAIN.fullmatch(text) and text.lower() not in _RESERVED:
        return text
    return '"' + "".join(_escaped(c) for c in text) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def harmless(text: str, longest: int = _LONGEST_COMMENT) -> str:
    """A text on one line without anything that a YAML reader or a terminal obeys."""
    line = "".join(c if c.isprintable() else "\ufffd" for c in text)
    return line if len(line) <= longest else line[: longest - 1] + "\u2026"


def write_mapping(proposal: Proposal) -> str:
    """The mapping as YAML: what is proposed stands in it, the rest beside it as comments."""
    files = [f for f in proposal.files if f.table and not f.source and not f.is_canonical]
    lines = [*_head(proposal, files), "name: suggested", f"description: {quoted(_describe(files))}"]
    if proposal.missing:
        lines.append(f"missing: [{', '.join(quoted(m) for m in proposal.missing)}]    # texts that mean no value")
    if proposal.date_format:
        lines.append(f"date_format: {quoted(proposal.date_format)}")
    if proposal.time_zone:
        lines.append(f"time_zone: {quoted(proposal.time_zone)}")
    proposed = [f for f in files if f.is_proposed]
    lines.append("files:" if proposed else "files: []")
    for one in proposed:
        lines += _file(one, proposal, "")
    for one in files:
        if not one.is_proposed:
            lines += _file(one, proposal, "# ")
    return "\n".join(lines) + "\n"


def _describe(files: Sequence[FileGuess]) -> str:
    return harmless(f"Guessed from {', '.join(f.file for f in files)}; check it before use.", 200)


def _head(proposal: Proposal, files: Sequence[FileGuess]) -> list[str]:
    said = ["A guess; nothing was loaded. What stands as a comment is less sure: take the # away where it is right.",
            "Per cent: how sure. `analyst load FILE --mapping THIS_FILE --dry-run` tries it, docs/sources.md says what can be written."]  # fmt: skip
    said += [f"To decide: {text}" for text in proposal.to_decide]
    trial = proposal.trial
    if trial is not None and trial.problem:
        said.append(f"Tried: {trial.problem}")
    elif trial is not None:
        said.append(
            f"Tried: {trial.read:,} rows read, {trial.placed:,} placed, {trial.unplaced_count:,} not; {trial.emptied_count:,} values emptied."
        )
    if trial is not None:
        for row in trial.unplaced[: _MOST_LISTED // 2]:
            said.append(
                f"Not placed: {row.file}, line {row.line}: {row.column} {(row.value or '')[:60]!r} {row.reason}"
            )
    return [f"# {harmless(text)}" for text in said]


def _file(one: FileGuess, proposal: Proposal, mark: str) -> list[str]:
    lines = [f"# {harmless(f'{one.file}: {one.table}, {one.confidence:.0%} sure; ' + '; '.join(one.evidence))}"]
    if one.missing_columns:
        lines.append(f"# It needs {', '.join(one.missing_columns)}: complete it and take the # of its lines away.")
    body = [f"  - match: {quoted(one.match)}", f"    table: {one.table}"]
    if one.events:
        body += _events(one)
    body.append("    columns:")
    for column in one.columns:
        body += _column(column, one, proposal)
    lines += [f"{mark}{line}" for line in body]
    if one.escalations:
        live = "" if one.escalations.is_proposed else "# "
        lines += [f"{mark}{live}{line}" for line in _escalations(one.escalations, one, proposal)]
    lines += [f"    # not used: {harmless(name, 80)}: {harmless(why)}" for name, why in one.aside.items()]
    rest = [harmless(name, 60) for name in one.unused if name not in one.aside]
    if rest:
        more = f" and {len(rest) - _MOST_LISTED:,} more" if len(rest) > _MOST_LISTED else ""
        lines.append(f"    # not used: {', '.join(rest[:_MOST_LISTED])}{more}")
    return lines


def _events(one: FileGuess) -> list[str]:
    assert one.events is not None
    lines = ["    events:", f"      key: {quoted(one.events.key)}"]
    if one.events.order:
        order = ", ".join(f"{{column: {quoted(c)}, as: {kind}}}" for c, kind in one.events.order)
        lines.append(f"      order: [{order}]")
    if one.events.first:
        lines.append(f"      first: [{', '.join(one.events.first)}]")
    return lines


def _column(column: ColumnGuess, one: FileGuess, proposal: Proposal) -> list[str]:
    mark = "" if column.is_proposed else "# "
    said = "; ".join([*column.evidence, *([column.remark] if column.remark else [])])
    examples = ", ".join(harmless(e, _LONGEST_EXAMPLE) for e in column.examples)
    text = f"      {mark}{column.column}: {_how(column, proposal)}"
    lines = [
        f"{text}    # {column.confidence:.0%}: {harmless(said)}"
        + (f"; {examples}" if examples and "such as" not in said else "")
    ]
    for other in column.others:
        why = harmless("; ".join(other.evidence))
        lines.append(
            f"      # or {column.column}: {_how_of(other.source, one.formats, proposal)}    # {other.confidence:.0%}: {why}"
        )
    return lines


def _how(column: ColumnGuess, proposal: Proposal) -> str:
    if column.join:
        return f"{{join: [{', '.join(quoted(s) for s in column.join)}], separator: {quoted(column.separator)}}}"
    extra = []
    if column.values:
        extra.append("values: {" + ", ".join(f"{quoted(k)}: {quoted(v)}" for k, v in column.values.items()) + "}")
    if column.date_format and column.date_format != proposal.date_format:
        extra.append(f"date_format: {quoted(column.date_format)}")
    return f"{{column: {quoted(column.source)}, {', '.join(extra)}}}" if extra else _name(column.source)


def _name(source: str) -> str:
    """A source column by itself; only a text that YAML reads as a text may stand without quotes."""
    return quoted(source)


def _how_of(source: str, formats: Mapping[str, str], proposal: Proposal) -> str:
    form = formats.get(source, "")
    if form and form != proposal.date_format:
        return f"{{column: {quoted(source)}, date_format: {quoted(form)}}}"
    return _name(source)


def _escalations(rule: EscalationGuess, one: FileGuess, proposal: Proposal) -> list[str]:
    column, op, value = rule.condition
    shown: Any = f", value: {value}" if value is not None else ""
    lines = [
        f"    escalations:    # {rule.confidence:.0%}: {harmless('; '.join(rule.evidence))}",
        "      when:",
        f'        - {{column: {quoted(column)}, op: "{op}"{shown}}}',
        "      columns:",
        *(f"        {ours}: {_how_of(theirs, one.formats, proposal)}" for ours, theirs in rule.columns.items()),
    ]
    if rule.previous:
        lines.append("      previous:")
        lines += [f"        {ours}: {quoted(theirs)}" for ours, theirs in rule.previous.items()]
    return lines
