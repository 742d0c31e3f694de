"""What one question has found so far: findings with ids that are unique in the answer, and their claims."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from analyst_agent.claims import Claim, Wording, claims_of
from analyst_agent.claims.registry import OF_PATTERNS, PASSAGE, ended
from analyst_agent.errors import AnalystError
from analyst_agent.records import Chart, Citation, Fact, Finding, Plan, Table
from analyst_agent.report.answer import SEARCH
from analyst_agent.report.passages import where_it_stands

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(slots=True)
class Ledger:
    """Findings in the order of their calls. The first keeps its ids; later ones are renumbered behind it.

    planned: how many of the findings, the first ones, are of the question's own plan, run before a model was asked. counts: how
    many of the claims are of each finding. mended: what was put right of the model's calls and text, in sentences.
    """

    wording: Wording
    findings: list[Finding] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    refusals: list[AnalystError] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    planned: int = 0

    def add(self, finding: Finding, plan: Plan) -> tuple[Finding, tuple[Claim, ...]]:
        """The finding and its claims as they will be referred to."""
        if self.findings:
            finding = _renumbered(finding, f"{len(self.findings) + 1}")
        told = (*claims_of(finding, self.wording), *_passages(finding))
        claims = tuple(replace(c, id=f"c{len(self.claims) + i}") for i, c in enumerate(told, 1))
        self.findings.append(finding)
        self.claims.extend(claims)
        self.counts.append(len(claims))
        self.plans.append(plan)
        return finding, claims

    def draw(self, charts_of: Callable[[Finding], tuple[Chart, ...]]) -> None:
        """Gives each finding its charts."""
        self.findings = [replace(finding, charts=charts_of(finding)) for finding in self.findings]

    def say(self, mending: str) -> None:
        """Keeps what was mended, once."""
        if mending not in self.mended:
            self.mended.append(mending)

    def claims_at(self, place: int) -> tuple[Claim, ...]:
        """The claims of the finding at that place."""
        start = sum(self.counts[:place])
        return tuple(self.claims[start : start + self.counts[place]])

    def left_out(self, text: str, said: Collection[str]) -> tuple[Claim, ...]:
        """The claims that a text neither refers to (`said`) nor gives all figures of, but for those of single patterns.

        A model chooses what it begins with. What qualifies a number is not its to leave out: a reader would take it for more than it is.
        """
        given = set(_FIGURE.findall(text))
        return tuple(
            claim
            for claim in self.claims
            if claim.id not in said
            and claim.kind not in OF_PATTERNS
            and not ((figures := _FIGURE.findall(claim.text)) and given.issuperset(figures))
        )

    def passages(self) -> dict[str, Citation]:
        """The passages found, by the id of the claim that refers to each."""
        found: dict[str, Citation] = {}
        for place, finding in enumerate(self.findings):
            marks = [c.id for c in self.claims_at(place) if c.kind == PASSAGE]
            found.update(zip(marks, finding.citations, strict=False))
        return found

    def raised(self, claims: Collection[str]) -> None:
        """Has the passages that these claims refer to quoted as prominently as the best of their search: a text names no source unquoted."""
        meant = {id(one) for mark, one in self.passages().items() if mark in claims}
        for place, finding in enumerate(self.findings):
            if any(id(one) in meant for one in finding.citations):
                best = max((one.score or 0.0 for one in finding.citations), default=0.0)
                quoted = tuple(replace(c, score=best) if id(c) in meant else c for c in finding.citations)
                self.findings[place] = replace(finding, citations=quoted)

    def own(self) -> Ledger:
        """A ledger of what the question's own plan found; all of it where that was not run before."""
        return self.kept(range(self.planned)) if self.planned else self

    def kept(self, places: Collection[int]) -> Ledger:
        """A ledger of the findings at these places only, their ids unchanged."""
        chosen = sorted(places)
        return Ledger(
            self.wording,
            [self.findings[i] for i in chosen],
            [claim for i in chosen for claim in self.claims_at(i)],
            [self.plans[i] for i in chosen],
            list(self.refusals),
            [self.counts[i] for i in chosen],
            self.mended,
            sum(place < self.planned for place in chosen),
        )

    def merged(self) -> Finding:
        """All findings as one, the first giving title and periods. Raises IndexError where there is none."""
        first = self.findings[0]
        return replace(
            first,
            definitions=tuple(dict.fromkeys(d for f in self.findings for d in f.definitions)),
            facts=self.facts,
            statements=tuple(s for f in self.findings for s in f.statements),
            tables=tuple(t for f in self.findings for t in f.tables),
            charts=tuple(c for f in self.findings for c in f.charts),
            citations=tuple(dict.fromkeys(c for f in self.findings for c in f.citations)),
            recommendations=tuple(r for f in self.findings for r in f.recommendations),
            caveats=tuple(dict.fromkeys(c for f in self.findings for c in f.caveats)),
            queries=tuple(q for f in self.findings for q in f.queries),
            drawings=tuple(d for f in self.findings for d in f.drawings),
        )

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Every fact found."""
        return tuple(f for finding in self.findings for f in finding.facts)


def _passages(finding: Finding) -> list[Claim]:
    """What the passages of a search are referred to by: to say such a claim is to say where the passage stands."""
    found = finding.citations if finding.skill == SEARCH else ()
    return [Claim("", PASSAGE, ended(where_it_stands(one)), ()) for one in found]


def _renumbered(finding: Finding, suffix: str) -> Finding:
    """The finding with every fact and query id followed by `.suffix`."""
    ids = {f.id: f"{f.id}.{suffix}" for f in finding.facts}
    queries = {q.id: f"{q.id}.{suffix}" for q in finding.queries}
    facts = tuple(replace(f, id=ids[f.id], query=queries.get(f.query or "", f.query)) for f in finding.facts)
    return replace(
        finding,
        facts=facts,
        queries=tuple(replace(q, id=queries[q.id]) for q in finding.queries),
        statements=tuple(replace(s, facts=_mapped(s.facts, ids)) for s in finding.statements),
        tables=tuple(_table(t, ids) for t in finding.tables),
        caveats=tuple(replace(c, facts=_mapped(c.facts, ids)) for c in finding.caveats),
        recommendations=tuple(
            replace(r, fact=ids.get(r.fact or "", r.fact), basis=ids.get(r.basis, r.basis))
            for r in finding.recommendations
        ),
        drawings=tuple(
            replace(d, options={k: ids.get(v, v) if k == "reference" else v for k, v in d.options.items()})
            for d in finding.drawings
        ),
    )


def _mapped(names: tuple[str, ...], ids: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(ids.get(n, n) for n in names)


def _table(table: Table, ids: Mapping[str, Any]) -> Table:
    rows = tuple(tuple(ids.get(cell, cell) if cell is not None else None for cell in row) for row in table.fact_ids)
    return replace(table, fact_ids=rows)
