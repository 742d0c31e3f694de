"""What is told of a finding beside its tables: claims, shorter where a table says the number, patterns as bullets, caveats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analyst_agent.claims import Claim, formats
from analyst_agent.claims.clauses import TOO_FEW_TO_COMPARE
from analyst_agent.claims.escape import escaped
from analyst_agent.claims.formats import sentence
from analyst_agent.claims.registry import OF_PATTERNS, PASSAGE
from analyst_agent.parts import Clause, Item, Part
from analyst_agent.records import Finding

LONGEST_CAVEAT = 400
SAID_BY_CAVEAT = {"imputed": "imputed", "unclassified": "no_root_causes"}
"""Claims that a caveat of the skill makes better: it knows what missing values count as, and that no cause is known at all."""
ABOVE_ALL = "above 100 % is unreliable"
"""What is said of a rate above one; of no interest where none is."""
SCOPE = "scope"
"""The caveat that every number of a restricted analyst stands under; it opens the answer."""


def told_beside_tables(finding: Finding, claims: Sequence[Claim]) -> list[Claim]:
    """The claims, those whose first fact stands in the first table in their shorter wording or not at all."""
    table = finding.tables[0] if finding.tables else None
    shown = {i for row in table.fact_ids for i in row if i} if table else set()
    said = {kind for kind, code in SAID_BY_CAVEAT.items() if any(c.code == code for c in finding.caveats)}
    said |= {PASSAGE}
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


def said_already(claim: Claim, finding: Finding, opening: Sequence[str]) -> bool:
    """Whether the opening says already that there is too little to compare."""
    if claim.kind != "too_few" or not any(TOO_FEW_TO_COMPARE in text for text in opening):
        return False
    return all(not finding.fact(i).dimensions for i in claim.facts)


def paragraphs(claims: Sequence[Claim], finding: Finding, caveats: Sequence[Item]) -> list[Part]:
    """What is said of each pattern as one bullet, the rest as a paragraph with the caveats, which a page shows apart from it."""
    quiet = [c for c in claims if c.kind == "pattern_change" and c.beside_table == c.text and _is_noise(c, finding)]
    bullets: dict[str, list[Clause]] = {}
    for claim in claims:
        if claim.kind in OF_PATTERNS and claim not in quiet:
            name, _, said = claim.text.partition(": ")
            before = bullets.setdefault(name if said else "", [])
            before.append(Clause(sentence(said) if said and before else said or claim.text, claim.facts))
    lines = [f"- {f'{name}: ' if name else ''}{' '.join(c.text for c in told)}" for name, told in bullets.items()]
    clauses = tuple(one for told in bullets.values() for one in told if one.facts)
    made = [Part("text", "\n".join(lines), clauses=clauses)] if lines else []
    rest = [c for c in claims if c.kind not in OF_PATTERNS]
    others = [*_within_noise(quiet, finding), *(c.text for c in rest)]
    if others or caveats:
        text = " ".join([*others, *(one.text for one in caveats)])
        made.append(Part("text", text, " ".join(others), clauses_of(rest)))
    return [*made, *([Part("caveats", items=tuple(caveats))] if caveats else [])]


def clauses_of(claims: Sequence[Claim]) -> tuple[Clause, ...]:
    """The claims' words with what their numbers come from."""
    return tuple(Clause(claim.text, claim.facts) for claim in claims if claim.facts)


def _is_noise(claim: Claim, finding: Finding) -> bool:
    return bool(claim.facts) and finding.fact(claim.facts[0]).significant is False


def _within_noise(claims: Sequence[Claim], finding: Finding) -> list[str]:
    """The patterns that changed no more than chance would, in one sentence."""
    names = [c.text.partition(": ")[0] for c in claims]
    if not names or finding.comparison is None:
        return []
    return [f"{formats.listed(names)} changed no more than noise against {formats.period_name(finding.comparison)}."]


def caveats_beside(finding: Finding, told: Sequence[Claim]) -> list[Item]:
    """The caveats that no claim says already, as sentences."""
    said = {c.text.rstrip(".").lower() for c in told}
    kinds = {c.kind for c in told}
    shown = {i for c in told for i in c.facts} | {i for t in finding.tables[:1] for row in t.fact_ids for i in row if i}
    rates = [f.value for f in finding.facts if f.id in shown and f.unit == "ratio" and formats.is_number(f.value)]
    above = any(float(rate or 0) > 1 for rate in rates)
    found: dict[str, tuple[str, ...]] = {}
    for one in finding.caveats:
        is_told = one.code in kinds or one.code in ("documents_silent", SCOPE)
        if not is_told and (above or ABOVE_ALL not in one.text):
            found.setdefault(escaped(one.text, LONGEST_CAVEAT).rstrip("."), one.facts)
    new = [(line, facts) for line, facts in found.items() if line and line.lower() not in said]
    return [Item(f"{sentence(line)}.", facts=facts) for line, facts in new]
