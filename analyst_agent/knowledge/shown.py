"""Documents as they may be shown: matched and compared as written, masked where anything of them is passed on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from analyst_agent.knowledge.contradictions import Contradiction
from analyst_agent.knowledge.documents import Document
from analyst_agent.knowledge.issues import KnownIssue
from analyst_agent.knowledge.norms import Norm
from analyst_agent.knowledge.searching import Passage
from analyst_agent.knowledge.sections import Section
from analyst_agent.masking import mask, mask_lines, mask_secrets, mask_value


@dataclass(frozen=True, slots=True)
class ShownDocuments:
    """What replaces personal data in everything that comes of a document. shows_personal: for a role that may see it, only
    secrets, cards and bank accounts are replaced.
    """

    shows_personal: bool = False

    def passage(self, one: Passage) -> Passage:
        """The passage with its quote, title and headings as they may be shown."""
        return replace(
            one,
            document=self.name(one.document),
            title=self.text(one.title),
            heading=self.text(one.heading),
            headings=tuple(map(self.text, one.headings)),
            quote=self.text(one.quote),
            status=self._optional(one.status),
        )

    def issue(self, one: KnownIssue) -> KnownIssue:
        """The known issue without what only matching needs."""
        return replace(
            one,
            id=self.name(one.id),
            title=self.text(one.title),
            status=self._optional(one.status),
            workaround=self._optional(one.workaround),
            planned_fix=self._optional(one.planned_fix),
            headings={part: self.text(heading) for part, heading in one.headings.items()},
            symptoms=tuple(map(self.text, one.symptoms)),
        )

    def norm(self, one: Norm) -> Norm:
        """The demand with the words it is told by."""
        return replace(
            one,
            document=self.head(one.document),
            heading=self.text(one.heading),
            quote=self.text(one.quote),
            written=self.text(one.written),
        )

    def contradiction(self, one: Contradiction) -> Contradiction:
        """Both demands."""
        return Contradiction(self.norm(one.first), self.norm(one.second))

    def whole(self, one: Document) -> Document:
        """The document with all that a reader sees of it."""
        sections = tuple(
            Section(
                tuple(map(self.text, section.headings)),
                tuple(replace(block, text=self.text(block.text)) for block in section.blocks),
            )
            for section in one.sections
        )
        fields = {name: self.text(value) for name, value in one.metadata.items()}
        return replace(self.head(one), sections=sections, metadata=fields)

    def head(self, one: Document) -> Document:
        """The document's id and title; its sections stay as written."""
        return replace(one, id=self.name(one.id), title=self.text(one.title))

    def name(self, text: str) -> str:
        """An id or the name of a file."""
        return mask_value(text, self._hide)

    def text(self, text: str) -> str:
        """A text of one or several lines."""
        return mask_lines(text, self._hide)

    def _optional(self, text: str | None) -> str | None:
        return None if text is None else self.text(text)

    @property
    def _hide(self) -> Callable[[str], str]:
        return mask_secrets if self.shows_personal else mask
