"""The text of an answer: the finding first, its table, what changes the reading, what to do, sources and definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analyst_agent.claims import Claim, Wording, claims_of
from analyst_agent.claims.escape import escaped
from analyst_agent.claims.formats import sentence
from analyst_agent.records import Citation, Finding
from analyst_agent.report.tables import (
    MOST_FIGURES,
    action_text,
    figure_count,
    pattern_label,
    shows_actions,
    tables_markdown,
)

OPENING = frozenset({"headline", "value", "change", "comparison", "extreme", "split"})
OF_PATTERNS = frozenset({"pattern", "pattern_change", "known_issue", "not_documented"})
LONGEST_QUOTE = 320
LONGEST_CAVEAT = 400


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
        told = [] if text else _told(finding, _claims(finding, claims, wording))
        opening = [c.text for c in told if c.kind in OPENING]
        following = [c for c in told if c.kind not in OPENING]
        room -= sum(figure_count(c.text) for c in told)
        tables = tables_markdown(finding, wording, room)
        parts += [" ".join(opening)] if opening else []
        parts += tables
        room -= sum(figure_count(t) for t in tables)
        parts += _paragraphs(following, _caveats(finding, told)) + _actions(finding, wording) + _sources(finding)
    parts += _footer(chosen, wording, " ".join(parts))
    return "\n\n".join(p for p in parts if p)


def _claims(
    finding: Finding, claims: Mapping[str, Sequence[Claim]] | Sequence[Claim] | None, wording: Wording
) -> Sequence[Claim]:
    if claims is None:
        return claims_of(finding, wording)
    return claims.get(finding.title, ()) if isinstance(claims, Mapping) else claims


def _told(finding: Finding, claims: Sequence[Claim]) -> list[Claim]:
    """The claims, those whose first fact stands in the first table in their shorter wording or not at all."""
    table = finding.tables[0] if finding.tables else None
    shown = {i for row in table.fact_ids for i in row if i} if table else set()
    says_issue = table is not None and any(c.key == "known_issue" for c in table.columns)
    told = []
    for claim in claims:
        in_table = bool(claim.facts) and claim.facts[0] in shown
        if in_table and claim.beside_table is not None:
            told += [replace(claim, text=claim.beside_table)] if claim.beside_table else []
        elif not (in_table and says_issue and claim.kind == "not_documented"):
            told.append(claim)
    return told


def _paragraphs(claims: Sequence[Claim], caveats: Sequence[str]) -> list[str]:
    """What is said of each pattern as one bullet, the rest as a paragraph with the caveats."""
    bullets: dict[str, list[str]] = {}
    for claim in claims:
        if claim.kind in OF_PATTERNS:
            name, _, said = claim.text.partition(": ")
            bullets.setdefault(name if said else "", []).append(said or claim.text)
    lines = [
        f"- {name}: {' '.join(sentence(t) if n else t for n, t in enumerate(said))}" if name else f"- {' '.join(said)}"
        for name, said in bullets.items()
    ]
    others = " ".join([*(c.text for c in claims if c.kind not in OF_PATTERNS), *caveats])
    return [*(["\n".join(lines)] if lines else []), *([others] if others else [])]


def _caveats(finding: Finding, told: Sequence[Claim]) -> list[str]:
    said = {c.text.rstrip(".").lower() for c in told}
    kinds = {c.kind for c in told}
    lines = [escaped(c.text, LONGEST_CAVEAT).rstrip(".") for c in finding.caveats if c.code not in kinds]
    new = [f"{sentence(line)}." for line in dict.fromkeys(lines) if line and line.lower() not in said]
    return [" ".join(new)] if new else []


def _actions(finding: Finding, wording: Wording) -> list[str]:
    if any(shows_actions(t, finding, wording) for t in finding.tables):
        return []
    lines = [
        f"- {escaped(pattern_label(r.pattern, finding, wording))}: {action_text(r, finding, wording)}."
        for r in finding.recommendations
    ]
    return ["**Do next**\n\n" + "\n".join(lines)] if lines else []


def _sources(finding: Finding) -> list[str]:
    lines = list(dict.fromkeys(f"- {citation_markdown(c)}" for c in finding.citations))
    return ["**Sources**\n\n" + "\n".join(lines)] if lines else []


def citation_markdown(one: Citation) -> str:
    """Document, title, heading and the quoted passage, as harmless text."""
    names = [n for n in dict.fromkeys((one.document, one.title, one.heading)) if n]
    where = ", ".join(escaped(n) for n in names)
    quote = escaped(one.quote, LONGEST_QUOTE)
    since = f", in force from {escaped(one.effective)}" if one.effective else ""
    return f'{where}{since}: "{quote}"' if quote else f"{where}{since}"


def _footer(findings: Sequence[Finding], wording: Wording, told: str) -> list[str]:
    definitions = dict.fromkeys((d.name, d.text) for f in findings for d in f.definitions)
    # The whole definitions are in the JSON; a reader needs what is divided by what.
    short = {wording.metric(name): text.split(";")[0] for name, text in definitions}
    lines = [f"{sentence(escaped(name))}: {escaped(text, 400).rstrip('.')}." for name, text in short.items()]
    if "noise (" in told:
        lines.append("Ranges after a difference are its 95 % interval.")
    parts = ["Definitions. " + " ".join(lines)] if lines else []
    generations = sorted({q.generation for f in findings for q in f.queries if q.generation})
    if generations:
        parts.append(f"Data generation {', '.join(escaped(g) for g in generations)}.")
    return [" ".join(parts)] if parts else []
