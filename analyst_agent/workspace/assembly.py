"""Puts the parts of a workspace together into the desk an analyst works at; nothing here computes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from analyst_agent.agent.desk import Desk
from analyst_agent.agent.lookup import LookedUp
from analyst_agent.agent.remembered import RememberedFindings
from analyst_agent.claims import wording_of
from analyst_agent.embedding import CachedEmbedder
from analyst_agent.knowledge.codes import code_terms
from analyst_agent.knowledge.contradictions import contradictions
from analyst_agent.knowledge.coverage import coverage_of
from analyst_agent.knowledge.issues import KnownIssue, known_issues
from analyst_agent.knowledge.matching import COMPARED_AT_MOST, FEWEST, LEAST_SHARE, TicketText, match_known_issues
from analyst_agent.knowledge.matching import IssueMatch as Matched
from analyst_agent.knowledge.norms import norms_in, norms_of
from analyst_agent.knowledge.searching import SURE, Passage
from analyst_agent.knowledge.shown import ShownDocuments
from analyst_agent.knowledge.standing import standing_of
from analyst_agent.knowledge.store import KnowledgeStore
from analyst_agent.records import Citation
from analyst_agent.report.passages import NEARLY_AS_RELEVANT
from analyst_agent.skillkit import DocumentedIssue, IssueMatch, SkillContext
from analyst_agent.skillkit.context import Estimate, PolicyMatch
from analyst_agent.workspace import PRIVATE, Workspace
from analyst_agent.workspace.inferring import reading_of

EACH_COMPARED = 1_000
"""So many texts are compared by meaning where every ticket is asked about: some seconds the first time, none later."""


def build_desk(workspace: Workspace) -> Desk:
    """Engine, documents, skills and clock of a workspace, within its grants and restrictions."""
    embedder = CachedEmbedder(workspace.root / PRIVATE / "cache" / "vectors.db")
    library = GrantedLibrary(
        workspace.knowledge, workspace.granted_spaces, embedder, workspace.clock.today, workspace.shown_documents
    )
    embed = library.embedder.embed
    reading = reading_of(workspace, embed)
    context = SkillContext(workspace.engine, workspace.clock, workspace.settings, library, embed, reading)
    wording = wording_of(workspace.model, currency=workspace.settings.currency, today=workspace.clock.today)
    # An engine elsewhere changes without telling; a generation of the embedded one never does.
    is_fixed = workspace.remembers and not workspace.settings.engine
    remembered = RememberedFindings(workspace.labels.revision) if is_fixed else None
    return Desk(
        workspace.engine, library, workspace.skills, context, workspace.settings, workspace.clock, wording, library.embedder.embed,
        remembered,
    )  # fmt: skip


@dataclass
class GrantedLibrary:
    """The documents of the granted spaces, as skills and the analyst see them. granted: None for all spaces.

    They are searched and matched as written; what is passed on of them is as it may be `shown`.
    """

    store: KnowledgeStore
    granted: Collection[str] | None
    embedder: CachedEmbedder
    today: date = date.max
    shown: ShownDocuments = ShownDocuments()
    _issues: list[KnownIssue] | None = field(default=None, repr=False)

    def spaces(self) -> tuple[str, ...]:
        """Granted spaces that hold a document."""
        return tuple(self.store.spaces(self.granted))

    def passages(self, query: str, spaces: tuple[str, ...] = (), limit: int = 4) -> tuple[Citation, ...]:
        """Passages that speak to the query, best first; none where the documents do not say."""
        return tuple(self._citation(p) for p in self._search(query, spaces, limit))

    def looked_up(self, query: str, spaces: tuple[str, ...] = (), limit: int = 4) -> LookedUp:
        """The same with what was found about it: how sure the best one is, its demands, and what contradicts them."""
        found = self._search(query, spaces, limit)
        if not found:
            return LookedUp()
        documents = self.store.contents(self._wanted(spaces))
        leading = [p for p in found if p.score >= NEARLY_AS_RELEVANT * found[0].score and not self._standing(p)]
        paths = {p.path for p in leading}
        norms = [n for d in documents if d.path in paths for n in norms_of(d)]
        asked = set(code_terms(query))
        demands = [n for p in leading for n in norms_in(p, norms) if not asked or asked & n.conditions]
        everywhere = self.store.contents(self.granted)
        opposed = contradictions(everywhere, self.embedder, self.today, demands) if demands else []
        return LookedUp(
            tuple(self._citation(p) for p in found),
            max(p.relevance for p in found) >= SURE,
            tuple(map(self.shown.norm, demands)),
            tuple(map(self.shown.contradiction, opposed)),
        )

    def search(self, query: str, spaces: Sequence[str] = (), limit: int = 4) -> Sequence[Citation]:
        """The same for skills."""
        return self.passages(query, tuple(spaces), limit)

    def issue_ids(self) -> tuple[str, ...]:
        """Ids of the known issues that may be used."""
        return tuple(self.shown.name(issue.id) for issue in self._known_issues())

    def has_known_issues(self) -> bool:
        """Whether any known issue may be used."""
        return bool(self._known_issues())

    def issues(self) -> Sequence[DocumentedIssue]:
        """Every known issue that may be used, as its document tells it."""
        return [
            DocumentedIssue(
                document=issue.id,
                title=issue.title,
                status=issue.status or "",
                product_area=issue.product_area or "",
                workaround=issue.workaround or "",
                workaround_heading=issue.headings.get("workaround", "") if issue.workaround else "",
                planned_fix=issue.planned_fix or "",
                fix_heading=issue.headings.get("planned_fix", "") if issue.planned_fix else "",
                fixed_on=issue.fixed_on or "",
            )
            for issue in map(self.shown.issue, self._known_issues())
        ]

    def match(
        self,
        texts: Sequence[tuple[str, str]],
        product_areas: Collection[str] = (),
        areas: Mapping[str, str] | None = None,
        *,
        each: bool = False,
        population: int = 0,
        most_compared: int | None = None,
    ) -> Sequence[IssueMatch]:
        """Known issues with evidence in these tickets (id and words), most tickets first; each: also of single ones."""
        area = next(iter(product_areas)) if len(product_areas) == 1 else None
        given = [TicketText(ticket, words, (areas or {}).get(ticket, area)) for ticket, words in texts]
        issues = self._known_issues()
        # Asked about each ticket, an issue that one of them shows is an answer; of a group it would be chance.
        least_share, fewest = (0.0, 1) if each else (LEAST_SHARE, FEWEST)
        found = match_known_issues(
            given,
            issues,
            embedder=self.embedder,
            population=population,
            most_compared=most_compared or (EACH_COMPARED if each else COMPARED_AT_MOST),
            least_share=least_share,
            fewest=fewest,
        )
        return [self._match(one) for one in found]

    def policy_for(self, about: str, product_area: str | None = None) -> PolicyMatch | None:
        """The policy passage nearest to the words and whether it covers them; documents of known issues are no policies."""
        issues = {i.id for i in self._known_issues()}
        spaces = [s for s in self.spaces() if any(d.id not in issues for d in self.store.contents([s]))]
        coverage = coverage_of(self.store, about, product_area=product_area, spaces=spaces)
        passage = coverage.covers or coverage.nearest
        if passage is None or passage.document in issues:
            return None
        return PolicyMatch(self.shown.passage(passage).citation(), coverage.covers is not None)

    def _search(self, query: str, spaces: tuple[str, ...], limit: int) -> list[Passage]:
        return self.store.search(query, spaces=self._wanted(spaces), limit=limit)

    def _wanted(self, spaces: tuple[str, ...]) -> Collection[str] | None:
        return [s for s in spaces if self.granted is None or s in self.granted] if spaces else self.granted

    def _standing(self, passage: Passage) -> str:
        return standing_of(passage.status, passage.effective, self.today)

    def _citation(self, passage: Passage) -> Citation:
        return replace(self.shown.passage(passage).citation(), standing=self.shown.text(self._standing(passage)))

    def _known_issues(self) -> list[KnownIssue]:
        if self._issues is None:
            self._issues = known_issues(self.store, self.granted)
        return self._issues

    def _match(self, found: Matched) -> IssueMatch:
        issue = self.shown.issue(found.issue)
        headings = issue.headings
        citations = tuple(
            Citation(issue.id, headings.get(part, issue.title), text, issue.title, issue.space)
            for part, text in (("workaround", issue.workaround), ("planned_fix", issue.planned_fix))
            if text
        )
        return IssueMatch(
            document=issue.id,
            title=issue.title,
            status=issue.status or "",
            tickets=tuple(e.ticket_id for e in found.evidence),
            examples=tuple(e.ticket_id for e in found.examples),
            workaround=issue.workaround or "",
            workaround_heading=headings.get("workaround", "") if issue.workaround else "",
            planned_fix=issue.planned_fix or "",
            fix_heading=headings.get("planned_fix", "") if issue.planned_fix else "",
            fixed_on=issue.fixed_on or "",
            citations=citations,
            estimate=_estimate(found) if found.is_sample else None,
        )


def _estimate(found: Matched) -> Estimate:
    low, high = found.drawn.interval()
    compared = found.drawn.examined - found.drawn.undecided + found.drawn.compared
    return Estimate(found.drawn.estimate, int(low), int(high), compared)


__all__ = ["GrantedLibrary", "build_desk"]
