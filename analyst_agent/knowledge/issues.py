"""Known issues out of documents: symptoms, codes, workaround and planned fix, from front matter or headings of those names."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from analyst_agent.knowledge.codes import affirmed, code_terms, codes_in, denied, listed_codes, one_spelling
from analyst_agent.knowledge.documents import Document
from analyst_agent.knowledge.passages import plain, sentences
from analyst_agent.knowledge.searching import area_key
from analyst_agent.knowledge.sections import Block, Section
from analyst_agent.knowledge.store import KnowledgeStore

SPACE = "known issues"
_HEADINGS = {
    "workaround": r"work-?\s?arounds?\b|mitigation|temporary (?:fix|solution)",
    "planned_fix": r"(?:planned|permanent|final|upcoming) (?:fix|solution)|fix\b|fix (?:planned|version)|resolution|solution",
    "status": r"(?:current )?status\b",
    "fixed_on": r"fixed (?:on|in)|date of fix",
    "symptoms": r"symptoms?\b|signs\b|problem\b|what (?:the )?(?:customers?|users?|people|agents?|it) (?:see|notice|report|say)s?|how it "
    r"(?:shows|looks)|description\b|error (?:messages?|codes?)|observed|summary\b|issue\b",
}
_LABELS = {name: pattern for name, pattern in _HEADINGS.items() if name != "symptoms"} | {
    "product_area": r"(?:product )?area|component"
}
_BEFORE_LABEL = re.compile(
    r"\s+(?=(?:Work-?\s?around|(?:Planned|Permanent) fix|Fix planned|Status|Product area|Area|Component|Fixed (?:on|in)):\s)"
)
_NOT_SYMPTOMS = re.compile(
    r"cause|root cause|affected|what to (?:tell|say|do)|not (?:this|to be)|unrelated|similar|related|see also|history|if it comes back|"
    r"internal|owner|contact|link|next steps?|timeline|communication",
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
    labelled = _labelled(document)
    for name, (_, heading) in labelled.items():
        headings.setdefault(name, heading)

    def part(name: str) -> str | None:
        written = fields.get(name)
        told = " ".join(plain(s.text) for s in found[name]) if name in found else None
        return written or told or (labelled[name][0] if name in labelled else None)

    told = " ".join([document.title, *symptoms])
    return KnownIssue(
        id=document.id,
        title=document.title,
        space=document.space,
        status=part("status"),
        product_area=part("product_area"),
        workaround=part("workaround"),
        planned_fix=part("planned_fix"),
        fixed_on=part("fixed_on"),
        symptoms=tuple(symptoms),
        codes=frozenset(code_terms(document.id))
        | frozenset(one_spelling(code) for code in listed_codes(fields.get("codes", "")))
        | frozenset(affirmed(told, {one_spelling(code) for code in codes_in(told)})),
        headings=headings,
    )


def _part_of(section: Section) -> str | None:
    """The part of an issue a section is, by the innermost heading of a known name."""
    for heading in reversed(section.headings):
        for name, pattern in _HEADINGS.items():
            if re.match(pattern, heading.strip(), re.IGNORECASE):
                return name
        if _NOT_SYMPTOMS.search(heading):
            return None
    return None


def _labelled(document: Document) -> dict[str, tuple[str, str]]:
    """What a sentence says after a label ("Workaround: use another browser.") and the heading it stands under."""
    found: dict[str, tuple[str, str]] = {}
    for section in document.sections:
        for block in section.blocks:
            for sentence in _told(block):
                name, value = _label_of(plain(sentence))
                if name and value:
                    found.setdefault(name, (value, section.heading))
    return found


def _told(block: Block) -> list[str]:
    """The sentences of a block; a label begins one, since lines of a paragraph run together."""
    return [s for lines in _BEFORE_LABEL.split(block.text) for s in sentences(lines)]


def _label_of(sentence: str) -> tuple[str, str]:
    """The part of an issue that a sentence begins by naming, and what it says of it; empty where it names none."""
    label, colon, value = sentence.partition(":")
    for name, pattern in _LABELS.items() if colon else ():
        if re.fullmatch(pattern.replace(r"\b", ""), label.strip(" -*•"), re.IGNORECASE):
            value = value.strip()
            return name, value.rstrip(".") if name in ("status", "product_area", "fixed_on") else value
    return "", ""


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
    found = [s for section in chosen for block in section.blocks for s in _told(block) if block.kind != "header"]
    plainly = (re.sub(r"^(?:[-*•]|\d{1,3}[.)])\s+", "", plain(sentence)) for sentence in found)
    # "This is not PRN-117" speaks of another issue and would make this one like it.
    told = (s for s in plainly if s and not _label_of(s)[0])
    return [s for s in told if not denied(s, {one_spelling(code) for code in codes_in(s)})]
