"""Known issues out of documents: symptoms, codes, workaround and planned fix, from front matter or headings of those names."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from analyst_agent.knowledge.documents import Document
from analyst_agent.knowledge.markdown import Section
from analyst_agent.knowledge.passages import plain, sentences
from analyst_agent.knowledge.searching import area_key
from analyst_agent.knowledge.store import KnowledgeStore
from analyst_agent.knowledge.words import code_terms, codes_in

SPACE = "known issues"
_HEADINGS = {
    "workaround": r"work-?\s?arounds?\b|mitigation|temporary (?:fix|solution)",
    "planned_fix": r"(?:planned|permanent|final|upcoming) (?:fix|solution)|fix\b|fix (?:planned|version)|resolution|solution",
    "status": r"(?:current )?status\b",
    "fixed_on": r"fixed (?:on|in)|date of fix",
    "symptoms": r"symptoms?\b|signs\b|problem\b|what (?:the )?(?:customers?|users?|people|agents?|it) (?:see|notice|report|say)s?|how it "
    r"(?:shows|looks)|description\b|error (?:messages?|codes?)|observed|summary\b|issue\b",
}
_NOT_SYMPTOMS = re.compile(
    r"cause|root cause|affected|what to (?:tell|say|do)|not (?:this|to be)|unrelated|similar|related|see also|history|if it comes back|"
    r"internal|owner|contact|link|next steps?|timeline|communication",
    re.IGNORECASE,
)
_NEGATION = (
    r"(?:\bnot|\bisn't|\bis no|\bno|\bnever|\bnothing to do with|\bunrelated to|\bruled out|\brule out|\bother than|\bdifferent from|"
    r"\bunlike|\bwithout)[\s\"'(:]+(?:(?:the|a|an|related|to|caused|by|due|same|as|issue|bug|known|error|code|our|this|it|is|be|with|"
    r"instance|of|case|about|for|from|our|their)[\s\"'(:]+){0,4}$"
)
_DENIED_BEFORE = re.compile(_NEGATION, re.IGNORECASE)
_DENIED_AFTER = re.compile(
    r"^\W{0,3}(?:(?:was|is|has been|can be|could be|already)\s+){0,2}(?:ruled out|excluded|not (?:it|the cause|related|the same))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class KnownIssue:
    """A documented issue. symptoms: sentences of what people see; codes: its id and error codes in one spelling (`rpt504`).

    headings: for each of workaround, planned_fix, status, fixed_on, symptoms the heading it stands under, where it has one.
    """

    id: str
    title: str
    space: str = ""
    status: str | None = None
    product_area: str | None = None
    workaround: str | None = None
    planned_fix: str | None = None
    fixed_on: str | None = None
    symptoms: tuple[str, ...] = ()
    codes: frozenset[str] = frozenset()
    headings: Mapping[str, str] = field(default_factory=dict)

    @property
    def symptom_text(self) -> str:
        """Title and symptoms as one text."""
        return " ".join([f"{self.title}.", *self.symptoms])


def known_issues(store: KnowledgeStore, spaces: Collection[str] | None = None) -> list[KnownIssue]:
    """The known issues among the granted documents, by id: those in a space known_issues and those with an issue's fields.

    A code that several issues claim as a symptom identifies none of them and is left out; an issue's own id stays.
    """
    issues = [issue_of(document) for document in store.contents(spaces) if is_issue(document)]
    own = {term for issue in issues for term in code_terms(issue.id)}
    result: list[KnownIssue] = []
    for issue in issues:
        others = {term for other in issues if other is not issue for term in other.codes}
        codes = set(code_terms(issue.id)) | (issue.codes - others - own)
        result.append(replace(issue, codes=frozenset(codes)))
    return sorted(result, key=lambda issue: (issue.id, issue.space))


def is_issue(document: Document) -> bool:
    """Whether a document describes a known issue."""
    fields = document.metadata
    return (
        area_key(document.space) in (SPACE, "known issue")
        or any(name in fields for name in ("workaround", "planned_fix", "fixed_on"))
        or area_key(fields.get("type")) in (SPACE, "known issue")
    )


def issue_of(document: Document) -> KnownIssue:
    """The issue a document describes; a front matter field wins over a section of that name."""
    fields = document.metadata
    headings: dict[str, str] = {}
    found: dict[str, list[Section]] = {}
    for section in document.sections:
        if (name := _part_of(section)) is not None:
            found.setdefault(name, []).append(section)
            headings.setdefault(name, section.heading)
    symptoms = _symptoms(document, found.get("symptoms", []))

    def part(name: str) -> str | None:
        written = fields.get(name)
        return written or (" ".join(plain(s.text) for s in found[name]) if name in found else None)

    listed = " ".join([fields.get("codes", ""), document.title, *symptoms])
    return KnownIssue(
        id=document.id,
        title=document.title,
        space=document.space,
        status=part("status"),
        product_area=document.product_area,
        workaround=part("workaround"),
        planned_fix=part("planned_fix"),
        fixed_on=part("fixed_on"),
        symptoms=tuple(symptoms),
        codes=frozenset(code_terms(document.id))
        | frozenset(affirmed(listed, {_one_spelling(code) for code in codes_in(listed)})),
        headings=headings,
    )


def affirmed(text: str, wanted: Collection[str]) -> set[str]:
    """The wanted codes (`rpt504`, `err_quota_hit`) that a text names at least once, in any spelling, without denying them.

    "RPT 504 again" names it; "not RPT-504" and "RPT-504 was ruled out" do not.
    """
    if not wanted:
        return set()
    kept: set[str] = set()
    for match in _pattern(frozenset(wanted)).finditer(text):
        before, after = text[max(0, match.start() - 80) : match.start()], text[match.end() : match.end() + 60]
        if not _DENIED_BEFORE.search(before) and not _DENIED_AFTER.search(after):
            kept.add(_one_spelling(match.group()))
    return kept


@lru_cache(maxsize=64)
def _pattern(wanted: frozenset[str]) -> re.Pattern[str]:
    spellings = []
    for code in sorted(wanted, key=lambda c: (-len(c), c)):
        parts = re.fullmatch(r"([a-z]+)(\d+)", code)
        gap = "[-_ ]?" if parts and len(parts[1]) > 1 else "[-_]?"
        spellings.append(f"{parts[1]}{gap}{parts[2]}" if parts else re.escape(code))
    return re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(spellings)})(?![A-Za-z0-9])", re.IGNORECASE)


def _one_spelling(code: str) -> str:
    return "".join(code_terms(code)) or code.lower()


def _part_of(section: Section) -> str | None:
    """The part of an issue a section is, by the innermost heading of a known name."""
    for heading in reversed(section.headings):
        for name, pattern in _HEADINGS.items():
            if re.match(pattern, heading.strip(), re.IGNORECASE):
                return name
        if _NOT_SYMPTOMS.search(heading):
            return None
    return None


def _symptoms(document: Document, sections: Sequence[Section]) -> list[str]:
    """Sentences of the symptom sections and of what stands before the first sub-heading; without both, of every section
    that is no other part of an issue."""
    intro = [section for section in document.sections if len(section.headings) < 2 and _part_of(section) is None]
    intro = [
        section for section in intro if not _NOT_SYMPTOMS.search(section.heading) or section.heading == document.title
    ]
    chosen = [*intro, *(section for section in sections if section not in intro)]
    if not chosen:
        chosen = [s for s in document.sections if _part_of(s) is None and not _NOT_SYMPTOMS.search(s.heading)]
    found = [
        s for section in chosen for block in section.blocks for s in sentences(block.text) if block.kind != "header"
    ]
    return [cleaned for cleaned in (re.sub(r"^(?:[-*•]|\d{1,3}[.)])\s+", "", plain(s)) for s in found) if cleaned]
