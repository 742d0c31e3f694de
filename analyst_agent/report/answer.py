"""The text of an answer: the finding first, its table, what changes the reading, what to do, sources and definitions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from analyst_agent.claims import Claim, Wording, claims_of
from analyst_agent.claims.escape import escaped
from analyst_agent.claims.formats import sentence
from analyst_agent.claims.registry import OPENING
from analyst_agent.parts import Item, Part, joined
from analyst_agent.records import Answer, Citation, Definition, Finding, Recommendation
from analyst_agent.report.cells import action_text, pattern_label
from analyst_agent.report.passages import passage_lines, passages_of, source_item, where_it_stands
from analyst_agent.report.tables import MOST_FIGURES, figure_count, tables_markdown
from analyst_agent.report.telling import (
    LONGEST_CAVEAT,
    SCOPE,
    caveats_beside,
    clauses_of,
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
    """The answer to a question from its finding or findings, with about 40 figures: the text of `answer_parts`, which see."""
    return joined(answer_parts(findings, wording, claims, text, question))


def answer_parts(
    findings: Finding | Sequence[Finding],
    wording: Wording,
    claims: Sequence[Sequence[Claim]] | None = None,
    text: str | None = None,
    question: str = "",
    said: Sequence[Claim] = (),
) -> list[Part]:
    """The parts of the answer to a question from its finding or findings, their text with about 40 figures.

    claims: those to tell of each finding, else the findings' own. Several findings stand under their titles. text: what a model wrote, already
    bound, in place of the findings' claims; those that are given, tables, sources and definitions still follow it. question: its
    words choose what is quoted of a long passage. said: the claims that the model's text may hold.
    """
    chosen = [findings] if isinstance(findings, Finding) else list(findings)
    written = text.strip() if text else ""
    parts = [Part("text", written, clauses=clauses_of(said))] if written else []
    room = MOST_FIGURES - figure_count(written)
    carried: set[str] = set()
    elsewhere: list[Part] = []
    drawn = listed = 0
    for place, finding in enumerate(chosen):
        if len(chosen) > 1 and not text:
            parts.append(Part("title", f"**{place + 1}. {escaped(finding.title)}**"))
            room = max(room, ROOM_OF_A_PART) if place else room
        if finding.skill == SEARCH:
            parts += passages_of(finding, question)
        if finding.skill == DESCRIPTION and finding.definitions:
            parts.append(Part("text", "\n".join(f"- {line}" for line in _defined(finding, wording, None))))
        own = () if text else claims_of(finding, wording)
        claimed: Sequence[Claim] = own if claims is None else claims[place]
        told = told_beside_tables(finding, claimed)
        opening = [c for c in told if c.kind in OPENING]
        following = [c for c in told if c.kind not in OPENING]
        following = [c for c in following if not said_already(c, finding, [c.text for c in opening])]
        room -= sum(figure_count(c.text) for c in told)
        shown = tables_markdown(finding, wording, room, {i for c in claimed for i in c.facts})
        parts += [Part("text", " ".join(c.text for c in opening), clauses=clauses_of(opening))] if opening else []
        tables = [replace(part, place=part.place + listed) for part in shown.parts]
        parts += [part for part in tables if not part.is_aside]
        parts += [Part("chart", place=drawn + n) for n in range(len(finding.charts))]
        room -= sum(figure_count(t) for t in shown.texts)
        parts += paragraphs(following, finding, caveats_beside(finding, told))
        parts += _actions(finding, wording, " ".join(shown.texts))
        parts += [part for part in tables if part.is_aside]
        parts += _sources(finding) if finding.skill != SEARCH else []
        elsewhere += [Part("elsewhere", shown.elsewhere)] if shown.elsewhere else []
        carried |= shown.keys | {finding.fact(i).metric for c in told for i in c.facts[:3]}
        drawn, listed = drawn + len(finding.charts), listed + len(finding.tables)
    parts += elsewhere
    told_so_far = " ".join(part.text for part in parts if part.text)
    parts += _footer([f for f in chosen if f.skill != DESCRIPTION], wording, told_so_far, carried)
    scope = dict.fromkeys(escaped(c.text) for f in chosen for c in f.caveats if c.code == SCOPE)
    return [*(Part("scope", one) for one in scope), *parts]


def opened_with(answer: Answer, text: str, place: int = 0) -> Answer:
    """The answer with a paragraph more, at the beginning or behind so many of its parts."""
    parts = list(parts_of(answer))
    parts.insert(place, Part("text", text))
    return replace(answer, answer=joined(parts), parts=tuple(parts))


def ended_with(answer: Answer, text: str) -> Answer:
    """The answer with a paragraph more at its end."""
    return opened_with(answer, text, len(parts_of(answer)))


def parts_of(answer: Answer) -> tuple[Part, ...]:
    """The parts of an answer, a single one where it was not made of parts."""
    return answer.parts or ((Part("text", answer.answer),) if answer.answer else ())


def _actions(finding: Finding, wording: Wording, shown: str) -> list[Part]:
    """What to do: the text has what no table shows, but not again what a row would say that was cut from the table; a page all."""
    texts = [(one, action_text(one, finding, wording)) for one in finding.recommendations]
    if not texts:
        return []
    missing = [(one, text) for one, text in texts if text not in shown]
    if len(missing) < len(texts):
        rows = {str(row[0]) for table in finding.tables[:1] for row in table.rows}
        missing = [(one, text) for one, text in missing if one.pattern not in rows]
    lines = [f"- {escaped(pattern_label(one.pattern, finding, wording))}: {text}" for one, text in missing]
    items = tuple(dict.fromkeys(_action_item(one, text, finding, wording) for one, text in texts))
    return [Part("actions", "**Do next**\n\n" + "\n".join(lines) if lines else "", items=items)]


def _action_item(one: Recommendation, text: str, finding: Finding, wording: Wording) -> Item:
    about = escaped(pattern_label(one.pattern, finding, wording))
    fact = (one.fact or one.basis,) if one.fact or one.basis_kind == "fact" else ()
    space = next((c.space for c in finding.citations if c.document == one.document), "")
    heading = one.basis if one.basis_kind == "document" and one.basis != one.document else ""
    return Item(text, about, space, one.document or "", heading, fact)


def _sources(finding: Finding) -> list[Part]:
    items = {citation_markdown(c): replace(source_item(c), text=citation_markdown(c)) for c in finding.citations}
    lines = "\n".join(f"- {text}" for text in items)
    return [Part("sources", f"**Sources**\n\n{lines}", items=tuple(items.values()))] if items else []


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


def _footer(findings: Sequence[Finding], wording: Wording, told: str, carried: Collection[str]) -> list[Part]:
    lines = list(dict.fromkeys(line for f in findings for line in _defined(f, wording, carried)))[:MOST_DEFINITIONS]
    if "noise (" in told:
        lines.append("Ranges after a difference are its 95 % interval.")
    parts = [f"Definitions. {' '.join(lines)}"] if lines else []
    generations = sorted({q.generation for f in findings for q in f.queries if q.generation})
    if generations:
        parts.append(f"Data generation {', '.join(escaped(g) for g in generations)}.")
    return [Part("definitions", " ".join(parts))] if parts else []


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
