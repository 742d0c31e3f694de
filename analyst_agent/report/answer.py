"""The text of an answer: the finding first, its table, what changes the reading, what to do, sources and definitions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from analyst_agent.claims import Claim, Wording, claims_of, formats
from analyst_agent.claims.clauses import TOO_FEW_TO_COMPARE
from analyst_agent.claims.escape import escaped
from analyst_agent.claims.formats import sentence
from analyst_agent.claims.registry import OF_PATTERNS, OPENING
from analyst_agent.records import Citation, Definition, Finding
from analyst_agent.report.cells import action_text, pattern_label
from analyst_agent.report.passages import passage_lines, passages_markdown, where_it_stands
from analyst_agent.report.tables import MOST_FIGURES, figure_count, tables_markdown

SEARCH = "search_knowledge"
SCOPE = "scope"
"""The caveat that every number of a restricted analyst stands under; it opens the answer."""
DESCRIPTION = "describe_data"
LONGEST_QUOTE = 170
ROOM_OF_A_PART = 20
"""Figures that a further part of a question may show whatever the first has taken."""
LONGEST_CAVEAT = 400
LONGEST_DEFINITION = 160
MOST_DEFINITIONS = 4
SAID_BY_CAVEAT = {"imputed": "imputed", "unclassified": "no_root_causes"}
"""Claims that a caveat of the skill makes better: it knows what missing values count as, and that no cause is known at all."""
ABOVE_ALL = "above 100 % is unreliable"
"""What is said of a rate above one; of no interest where none is."""
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
    bound, in place of the claims; tables, sources and definitions still follow it. question: its words choose what is
    quoted of a long passage.
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
        claimed: Sequence[Claim] = () if text else claims_of(finding, wording) if claims is None else claims[place]
        told = _told(finding, claimed)
        opening = [c.text for c in told if c.kind in OPENING]
        following = [c for c in told if c.kind not in OPENING]
        following = [c for c in following if not _said_already(c, finding, opening)]
        room -= sum(figure_count(c.text) for c in told)
        shown = tables_markdown(finding, wording, room, {i for c in claimed for i in c.facts})
        parts += [" ".join(opening)] if opening else []
        parts += shown.texts
        room -= sum(figure_count(t) for t in shown.texts)
        parts += _paragraphs(following, finding, _caveats(finding, told))
        parts += _actions(finding, wording, " ".join(shown.texts))
        parts += _sources(finding) if finding.skill != SEARCH else []
        elsewhere += [shown.elsewhere] if shown.elsewhere else []
        carried |= shown.keys | {finding.fact(i).metric for c in told for i in c.facts[:3]}
    parts += elsewhere
    parts += _footer([f for f in chosen if f.skill != DESCRIPTION], wording, " ".join(parts), carried)
    return "\n\n".join(p for p in [*scope, *parts] if p)


def _told(finding: Finding, claims: Sequence[Claim]) -> list[Claim]:
    """The claims, those whose first fact stands in the first table in their shorter wording or not at all."""
    table = finding.tables[0] if finding.tables else None
    shown = {i for row in table.fact_ids for i in row if i} if table else set()
    said = {kind for kind, code in SAID_BY_CAVEAT.items() if any(c.code == code for c in finding.caveats)}
    said |= {"not_documented"} if table is not None and any(c.key == "known_issue" for c in table.columns) else set()
    told = []
    for claim in claims:
        in_table = bool(claim.facts) and claim.facts[0] in shown
        if claim.kind in said and (in_table or claim.kind != "not_documented"):
            continue
        if in_table and claim.beside_table is not None:
            told += [replace(claim, text=claim.beside_table)] if claim.beside_table else []
        else:
            told.append(claim)
    return told


def _said_already(claim: Claim, finding: Finding, opening: Sequence[str]) -> bool:
    """Whether the opening says already that there is too little to compare."""
    if claim.kind != "too_few" or not any(TOO_FEW_TO_COMPARE in text for text in opening):
        return False
    return all(not finding.fact(i).dimensions for i in claim.facts)


def _paragraphs(claims: Sequence[Claim], finding: Finding, caveats: Sequence[str]) -> list[str]:
    """What is said of each pattern as one bullet, the rest as a paragraph with the caveats."""
    quiet = [c for c in claims if c.kind == "pattern_change" and c.beside_table == c.text and _is_noise(c, finding)]
    bullets: dict[str, list[str]] = {}
    for claim in claims:
        if claim.kind in OF_PATTERNS and claim not in quiet:
            name, _, said = claim.text.partition(": ")
            bullets.setdefault(name if said else "", []).append(said or claim.text)
    lines = [
        f"- {name}: {' '.join(sentence(t) if n else t for n, t in enumerate(said))}" if name else f"- {' '.join(said)}"
        for name, said in bullets.items()
    ]
    others = [*_within_noise(quiet, finding), *(c.text for c in claims if c.kind not in OF_PATTERNS), *caveats]
    return [*(["\n".join(lines)] if lines else []), *([" ".join(others)] if others else [])]


def _is_noise(claim: Claim, finding: Finding) -> bool:
    return bool(claim.facts) and finding.fact(claim.facts[0]).significant is False


def _within_noise(claims: Sequence[Claim], finding: Finding) -> list[str]:
    """The patterns that changed no more than chance would, in one sentence."""
    names = [c.text.partition(": ")[0] for c in claims]
    if not names or finding.comparison is None:
        return []
    return [f"{formats.listed(names)} changed no more than noise against {formats.period_name(finding.comparison)}."]


def _caveats(finding: Finding, told: Sequence[Claim]) -> list[str]:
    said = {c.text.rstrip(".").lower() for c in told}
    kinds = {c.kind for c in told}
    shown = {i for c in told for i in c.facts} | {i for t in finding.tables[:1] for row in t.fact_ids for i in row if i}
    rates = [f.value for f in finding.facts if f.id in shown and f.unit == "ratio" and formats.is_number(f.value)]
    above = any(float(rate or 0) > 1 for rate in rates)
    lines = [
        escaped(c.text, LONGEST_CAVEAT).rstrip(".")
        for c in finding.caveats
        if c.code not in kinds and c.code not in ("documents_silent", SCOPE) and (above or ABOVE_ALL not in c.text)
    ]
    new = [f"{sentence(line)}." for line in dict.fromkeys(lines) if line and line.lower() not in said]
    return [" ".join(new)] if new else []


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
    units = {f.metric: f.unit for f in finding.facts}
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
