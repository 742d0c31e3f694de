"""The text of an answer: the finding first, its table, what changes the reading, what to do, sources and definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analyst_agent.claims import Claim, Wording, claims_of
from analyst_agent.claims.escape import escaped
from analyst_agent.claims.formats import sentence
from analyst_agent.records import Citation, Finding
from analyst_agent.report.tables import MOST_FIGURES, action_text, figure_count, shows_actions, tables_markdown

OPENING = frozenset({"headline", "value", "change", "comparison", "extreme", "split"})
LONGEST_QUOTE = 320
LONGEST_CAVEAT = 400
# These say in a sentence what the rows of a table already show.
IN_THE_TABLE = frozenset({"pattern", "split"})


def answer_markdown(
    findings: Finding | Sequence[Finding],
    wording: Wording,
    claims: Mapping[str, Sequence[Claim]] | Sequence[Claim] | None = None,
    text: str | None = None,
) -> str:
    """The answer to a question from its finding or findings, with at most about 40 figures.

    claims: those to tell, else the findings' own; for several findings by title. text: what a model wrote, already
    bound, in place of the claims; tables, sources and definitions still follow it.
    """
    chosen = [findings] if isinstance(findings, Finding) else list(findings)
    parts: list[str] = [text.strip()] if text and text.strip() else []
    room = MOST_FIGURES - sum(figure_count(p) for p in parts)
    for finding in chosen:
        told = [] if text else _told(finding, wording, _claims(finding, claims, wording))
        opening = [c.text for c in told if c.kind in OPENING]
        following = [c for c in told if c.kind not in OPENING]
        room -= sum(figure_count(c.text) for c in told)
        tables = tables_markdown(finding, wording, room)
        parts += [" ".join(opening)] if opening else []
        parts += tables
        room -= sum(figure_count(t) for t in tables)
        parts += _paragraphs(following, _caveats(finding, told)) + _actions(finding, wording) + _sources(finding)
    parts += _footer(chosen, " ".join(parts))
    return "\n\n".join(p for p in parts if p)


def _claims(
    finding: Finding, claims: Mapping[str, Sequence[Claim]] | Sequence[Claim] | None, wording: Wording
) -> Sequence[Claim]:
    if claims is None:
        return claims_of(finding, wording)
    return claims.get(finding.title, ()) if isinstance(claims, Mapping) else claims


def _told(finding: Finding, wording: Wording, claims: Sequence[Claim]) -> list[Claim]:
    """The claims without those whose every number stands in a table below."""
    shown = {i for table in finding.tables for row in table.fact_ids for i in row if i}
    return [c for c in claims if not (c.kind in IN_THE_TABLE and c.facts and set(c.facts) <= shown)]


def _paragraphs(claims: Sequence[Claim], caveats: Sequence[str]) -> list[str]:
    patterns = [f"- {c.text}" for c in claims if c.kind == "pattern"]
    others = " ".join([*(c.text for c in claims if c.kind != "pattern"), *caveats])
    return [*(["\n".join(patterns)] if patterns else []), *([others] if others else [])]


def _caveats(finding: Finding, told: Sequence[Claim]) -> list[str]:
    said = {c.text.rstrip(".").lower() for c in told}
    lines = [escaped(c.text, LONGEST_CAVEAT).rstrip(".") for c in finding.caveats]
    new = [f"{sentence(line)}." for line in dict.fromkeys(lines) if line and line.lower() not in said]
    return [" ".join(new)] if new else []


def _actions(finding: Finding, wording: Wording) -> list[str]:
    if any(shows_actions(t, finding, wording) for t in finding.tables):
        return []
    lines = [
        f"- {escaped(wording.plain_value('root_cause', r.pattern))}: {action_text(r, finding, wording)}."
        for r in finding.recommendations
    ]
    return ["**Do next**\n\n" + "\n".join(lines)] if lines else []


def _sources(finding: Finding) -> list[str]:
    lines = [f"- {citation_markdown(c)}" for c in finding.citations]
    return ["**Sources**\n\n" + "\n".join(dict.fromkeys(lines))] if lines else []


def citation_markdown(one: Citation) -> str:
    """Document, title, heading and the quoted passage, as harmless text."""
    names = [n for n in dict.fromkeys((one.document, one.title, one.heading)) if n]
    where = ", ".join(escaped(n) for n in names)
    quote = escaped(one.quote, LONGEST_QUOTE)
    since = f", in force from {escaped(one.effective)}" if one.effective else ""
    return f'{where}{since}: "{quote}"' if quote else f"{where}{since}"


def _footer(findings: Sequence[Finding], told: str) -> list[str]:
    definitions = dict.fromkeys((d.name, d.text) for f in findings for d in f.definitions)
    lines = [f"{sentence(escaped(name))}: {escaped(text, 400).rstrip('.')}." for name, text in definitions]
    if "noise (" in told:
        lines.append("Ranges after a difference are its 95 % interval.")
    parts = ["Definitions. " + " ".join(lines)] if lines else []
    generations = sorted({q.generation for f in findings for q in f.queries if q.generation})
    if generations:
        parts.append(f"Data generation {', '.join(escaped(g) for g in generations)}.")
    return [" ".join(parts)] if parts else []
