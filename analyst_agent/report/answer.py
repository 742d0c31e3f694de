"""The text of an answer: the finding first, its table, what changes the reading, what to do, sources and definitions."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from analyst_agent.claims import Claim, Wording, claims_of
from analyst_agent.claims.escape import escaped
from analyst_agent.claims.formats import sentence
from analyst_agent.claims.registry import OPENING
from analyst_agent.records import Citation, Definition, Finding
from analyst_agent.report.cells import action_text, pattern_label
from analyst_agent.report.passages import passage_lines, passages_markdown, where_it_stands
from analyst_agent.report.tables import MOST_FIGURES, figure_count, tables_markdown
from analyst_agent.report.telling import (
    LONGEST_CAVEAT,
    SCOPE,
    caveats_beside,
    paragraphs,
    said_already,
    told_beside_tables,
)

SEARCH = "search_knowledge"
DESCRIPTION = "describe_data"
LONGEST_QUOTE = 170
ROOM_OF_A_PART = 20
"""Figures that a further part of a question may show whatever the first has taken."""
LONGEST_DEFINITION = 160
MOST_DEFINITIONS = 4
_DEFINED_FIRST = ("ratio", "minutes", "score", "currency")


def answer_markdown(
    findings: Finding | Sequence[Finding],
    wording: Wording,
    claims: Sequence[Sequence[Claim]] | None = None,
    text: str | None = None,
    question: str = "",
) -> str:
    """The answer to a question from its finding or findings, with about 40 figures.

    claims: those to tell of each finding, else the findings' own. Several findings stand under their titles. text: what a model wrote, already
    bound, in place of the findings' claims; those that are given, tables, sources and definitions still follow it. question: its
    words choose what is quoted of a long passage.
    """
    chosen = [findings] if isinstance(findings, Finding) else list(findings)
    parts: list[str] = [text.strip()] if text and text.strip() else []
    scope = list(dict.fromkeys(escaped(c.text) for f in chosen for c in f.caveats if c.code == SCOPE))
    room = MOST_FIGURES - sum(figure_count(p) for p in parts)
    carried: set[str] = set()
    elsewhere: list[str] = []
    for place, finding in enumerate(chosen):
        if len(chosen) > 1 and not text:
            parts.append(f"**{place + 1}. {escaped(finding.title)}**")
            room = max(room, ROOM_OF_A_PART) if place else room
        if finding.skill == SEARCH:
            parts += passages_markdown(finding, question)
        if finding.skill == DESCRIPTION and finding.definitions:
            parts.append("\n".join(f"- {line}" for line in _defined(finding, wording, None)))
        own = () if text else claims_of(finding, wording)
        claimed: Sequence[Claim] = own if claims is None else claims[place]
        told = told_beside_tables(finding, claimed)
        opening = [c.text for c in told if c.kind in OPENING]
        following = [c for c in told if c.kind not in OPENING]
        following = [c for c in following if not said_already(c, finding, opening)]
        room -= sum(figure_count(c.text) for c in told)
        shown = tables_markdown(finding, wording, room, {i for c in claimed for i in c.facts})
        parts += [" ".join(opening)] if opening else []
        parts += shown.texts
        room -= sum(figure_count(t) for t in shown.texts)
        parts += paragraphs(following, finding, caveats_beside(finding, told))
        parts += _actions(finding, wording, " ".join(shown.texts))
        parts += _sources(finding) if finding.skill != SEARCH else []
        elsewhere += [shown.elsewhere] if shown.elsewhere else []
        carried |= shown.keys | {finding.fact(i).metric for c in told for i in c.facts[:3]}
    parts += elsewhere
    parts += _footer([f for f in chosen if f.skill != DESCRIPTION], wording, " ".join(parts), carried)
    return "\n\n".join(p for p in [*scope, *parts] if p)


def _actions(finding: Finding, wording: Wording, shown: str) -> list[str]:
    """What to do that no table shows; not again what a row would say that was cut from the table."""
    texts = [(one, action_text(one, finding, wording)) for one in finding.recommendations]
    missing = [(one, text) for one, text in texts if text not in shown]
    if len(missing) < len(texts):
        rows = {str(row[0]) for table in finding.tables[:1] for row in table.rows}
        missing = [(one, text) for one, text in missing if one.pattern not in rows]
    lines = [f"- {escaped(pattern_label(one.pattern, finding, wording))}: {text}" for one, text in missing]
    return ["**Do next**\n\n" + "\n".join(lines)] if lines else []


def _sources(finding: Finding) -> list[str]:
    lines = list(dict.fromkeys(f"- {citation_markdown(c)}" for c in finding.citations))
    return ["**Sources**\n\n" + "\n".join(lines)] if lines else []


def citation_markdown(one: Citation) -> str:
    """Document, title, heading and the beginning of the quoted passage, as harmless text."""
    quote, where = _beginning(one.quote), where_it_stands(one)
    return f'{where}: "{quote}"' if quote else where


def _beginning(quote: str) -> str:
    """The first sentences of a passage, whole ones as far as they fit."""
    kept = ""
    for line in passage_lines(quote):
        if kept and len(kept) + len(line) > LONGEST_QUOTE:
            return escaped(f"{kept} …", LONGEST_QUOTE + 2)
        kept = f"{kept} {line}".strip()
    return escaped(kept, LONGEST_QUOTE)


def _footer(findings: Sequence[Finding], wording: Wording, told: str, carried: Collection[str]) -> list[str]:
    lines = list(dict.fromkeys(line for f in findings for line in _defined(f, wording, carried)))[:MOST_DEFINITIONS]
    if "noise (" in told:
        lines.append("Ranges after a difference are its 95 % interval.")
    parts = [f"Definitions. {' '.join(lines)}"] if lines else []
    generations = sorted({q.generation for f in findings for q in f.queries if q.generation})
    if generations:
        parts.append(f"Data generation {', '.join(escaped(g) for g in generations)}.")
    return [" ".join(parts)] if parts else []


def _defined(finding: Finding, wording: Wording, carried: Collection[str] | None) -> list[str]:
    """Definitions by their labels, rates first; only of the metrics that are carried, where these are given. All of
    them, whole, are in the JSON: a reader needs what is divided by what."""
    units, wording = {f.metric: f.unit for f in finding.facts}, wording.of(finding)
    wanted = [d for d in finding.definitions if carried is None or d.name in carried or d.name not in units]
    if carried is not None:
        known = [d for d in wanted if units.get(d.name, "ratio") in _DEFINED_FIRST and d.name != "share_of_escalations"]
        wanted = sorted(
            known or wanted,
            key=lambda d: _DEFINED_FIRST.index(u) if (u := units.get(d.name, "ratio")) in _DEFINED_FIRST else 9,
        )
    longest = LONGEST_CAVEAT if carried is None else LONGEST_DEFINITION
    texts = {
        wording.metric(d.name): (d.text if carried is None else d.text.split(";")[0], _since(d, carried is None))
        for d in wanted
    }
    return [
        f"{sentence(escaped(name))}: {escaped(text, longest).rstrip('.')}.{since}"
        for name, (text, since) in texts.items()
    ]


def _since(one: Definition, is_asked: bool) -> str:
    """Version and day of a definition: where it is asked about, and where it is not the first."""
    if one.version is None or one.date is None or (one.version == 1 and not is_asked):
        return ""
    return f" Version {one.version}, since {one.date.day} {one.date:%B %Y}."
