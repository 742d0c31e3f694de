"""A workspace: the folder with `analyst.toml`, and everything assembled from it on demand, reduced to its grants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from analyst_agent.errors import NotGranted, UnknownName, WorkspaceError
from analyst_agent.records import Filter
from analyst_agent.settings import FILE_NAME, MandatoryScope, Settings, read_settings
from analyst_agent.workspace.scope import callers_restrictions, callers_role, fingerprint, said_scope

if TYPE_CHECKING:
    from analyst_agent.agent.analyst import Analyst
    from analyst_agent.agent.desk import Desk
    from analyst_agent.knowledge.shown import ShownDocuments
    from analyst_agent.knowledge.store import KnowledgeStore
    from analyst_agent.playbook.delivery import Mailroom
    from analyst_agent.semantic.model import Model
    from analyst_agent.semantic.periods import Clock
    from analyst_agent.skillkit import Skill
    from analyst_agent.state.asks import Asks
    from analyst_agent.state.audit import Audit
    from analyst_agent.state.conversation_heads import ConversationHeads
    from analyst_agent.state.conversations import Conversations
    from analyst_agent.state.definition_changes import Record
    from analyst_agent.state.feedback import FeedbackStore
    from analyst_agent.state.labels import Labels
    from analyst_agent.state.outbox import Outbox
    from analyst_agent.state.recommendations import Recommendations
    from analyst_agent.state.runs import Runs
    from analyst_agent.state.schedules import Schedules
    from analyst_agent.state.uses import Uses
    from analyst_agent.state.verified import VerifiedReadings
    from analyst_agent.warehouse.backends import Backend
    from analyst_agent.warehouse.backends.opening import External
    from analyst_agent.warehouse.deriving.unseen import Unseen
    from analyst_agent.warehouse.generations import Warehouse
    from analyst_agent.warehouse.querying.engine import Engine

PRIVATE = ".analyst"
_CLOSED = (
    "warehouse", "external", "knowledge", "conversations", "feedback", "verified", "audit", "labels", "recommendations", "outbox",
    "schedules", "runs", "asks", "heads", "uses",
)  # fmt: skip
"""What a workspace opens when it is first used."""


def find_workspace(start: Path | None = None) -> Path:
    """The nearest folder with `analyst.toml`, from `start` upwards. Raises WorkspaceError naming where it looked."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise WorkspaceError(
        f"No workspace: neither {here} nor a folder above it has an {FILE_NAME}.",
        "Run `analyst init` here, or `analyst init DIR --demo` for one with demo data.",
    )


@dataclass
class Workspace:
    """One workspace at one clock. `restrictions`: the caller's mandatory conditions on every number, value and list, beside
    those of the settings' scope. `role`: the caller's, which decides whether personal data are masked. `remembers`: whether what
    was found once is kept, for a process that answers many people while the data stay as they are.
    """

    root: Path
    settings: Settings
    today: date | None = None
    restrictions: Sequence[Filter] = field(default_factory=tuple)
    role: str = ""
    remembers: bool = False

    @classmethod
    def open(
        cls,
        start: Path | None = None,
        today: date | None = None,
        restrictions: Sequence[Filter | str] = (),
        role: str = "",
    ) -> Workspace:
        """The workspace at or above `start`, within its scope, the caller's restrictions and those of ANALYST_RESTRICT.

        role: the caller's, by default that of ANALYST_ROLE. Raises WorkspaceError or InvalidDefinition.
        """
        root = find_workspace(start)
        return cls(root, read_settings(root / FILE_NAME), today, callers_restrictions(restrictions), callers_role(role))

    @property
    def scope(self) -> str:
        """All restrictions in words, "" for none."""
        return said_scope(self.settings.scope, self.restrictions)

    @property
    def fingerprint(self) -> str:
        """The mark of what may be seen here: of another, nothing that was said is taken up again."""
        return fingerprint(self.settings.grants, self.engine.restrictions, self.shows_personal)

    @property
    def shows_personal(self) -> bool:
        """Whether the caller's role may see personal data; secrets, cards and bank accounts nobody may."""
        return self.role != "" and self.role in self.settings.unmasked_for

    def check_embedded(self) -> None:
        """Raises WorkspaceError where the data lie in an engine of their own, which is only read."""
        if self.settings.engine:
            raise WorkspaceError(
                f"This workspace reads from {self.settings.engine.partition('://')[0]}; loading is for the embedded warehouse.",
                "Load into that engine with its own means, or remove `engine` from analyst.toml.",
            )

    def check_may_change(self, what: str) -> None:
        """Raises NotGranted where the caller is restricted: who adds rows could move others' into what they may see."""
        if self.restrictions:
            said = said_scope(MandatoryScope(), self.restrictions)
            raise NotGranted(
                f"Within {said}, {what} is not possible.", "The workspace's owner does it, without a restriction."
            )

    @cached_property
    def model(self) -> Model:
        """The semantic model with this workspace's root causes, reduced to its grants. Raises UnknownName or InvalidDefinition
        for a word in [synonyms] whose column does not exist."""
        from analyst_agent.semantic.model import model_for
        from analyst_agent.semantic.synonyms import parse_synonyms

        model = model_for(self.settings)
        parse_synonyms(self.settings.synonyms, model)
        return model

    @property
    def derived(self) -> dict[str, str]:
        """Tables that every load materialises, whatever the grants: they decide what is shown, not what is stored."""
        from analyst_agent.semantic.model import load_model

        return load_model().derived

    @cached_property
    def warehouse(self) -> Warehouse:
        """The current generation, read-only; one of an earlier version is renewed first. Raises WorkspaceError where nothing is loaded."""
        from analyst_agent.warehouse.generations import open_current
        from analyst_agent.warehouse.load import renew
        from analyst_agent.warehouse.meta import mark_of, written_for

        warehouse = open_current(self.root, self.settings.time_zone)
        if written_for(warehouse.connection) == mark_of(self.derived):
            return warehouse
        warehouse.close()
        renew(self.root, self.settings)
        return open_current(self.root, self.settings.time_zone)

    @cached_property
    def unseen(self) -> Unseen:
        """Which escalations the loaded files cannot show."""
        from analyst_agent.warehouse.deriving.unseen import unseen_of

        return unseen_of(lambda sql: self.warehouse.connection.cursor().execute(sql).fetchall())

    @cached_property
    def external(self) -> External:
        """The engine that the settings name. Raises WorkspaceError where it, its driver or a required table is missing."""
        from analyst_agent.warehouse.backends.opening import open_engine

        return open_engine(self.settings.engine, self.derived, self.root)

    @cached_property
    def engine(self) -> Engine:
        """Runs semantic queries within grants and restrictions."""
        from analyst_agent.warehouse.backends.embedded import Embedded
        from analyst_agent.warehouse.querying.engine import Engine
        from analyst_agent.warehouse.querying.kept_values import KeptValues

        backend: Backend
        kept = None
        if self.settings.engine:
            backend = self.external
        else:
            backend = Embedded(self.warehouse.connection, self.warehouse.generation, unseen=self.unseen.note)
            kept = KeptValues.of_generation(self.root / PRIVATE / "cache", self.warehouse.path)
        changes = self.definitions.changes
        return Engine(
            backend,
            self.model,
            self.settings,
            self._clock(),
            self.restrictions,
            changes,
            kept,
            shows_personal=self.shows_personal,
        )

    @cached_property
    def clock(self) -> Clock:
        """Today, the zone and the days of the data."""
        from dataclasses import replace

        return replace(self._clock(), data_start=self.engine.first_day, data_end=self.engine.last_day)

    @cached_property
    def knowledge(self) -> KnowledgeStore:
        """The documents of all spaces; pass `granted_spaces` to everything that reads."""
        from analyst_agent.knowledge.store import KnowledgeStore

        return KnowledgeStore(self.root / PRIVATE / "knowledge")

    @property
    def shown_documents(self) -> ShownDocuments:
        """How documents are shown to the caller."""
        from analyst_agent.knowledge.shown import ShownDocuments

        return ShownDocuments(self.shows_personal)

    @property
    def granted_spaces(self) -> tuple[str, ...] | None:
        """Spaces that may be read; None for all."""
        return self.settings.grants.knowledge

    @cached_property
    def skills(self) -> dict[str, Skill]:
        """The built-in skills and the workspace's own that are trusted. Nothing else of the folder is run."""
        from analyst_agent.workspace.own_skills import usable_skills

        return usable_skills(self.root, self.settings.replace)

    @cached_property
    def conversations(self) -> Conversations:
        """What was asked and answered."""
        from analyst_agent.state.conversations import Conversations

        return Conversations(self.state_url)

    @cached_property
    def asks(self) -> Asks:
        """Questions on their way to an answer."""
        from analyst_agent.state.asks import Asks

        return Asks(self.state_url)

    @cached_property
    def heads(self) -> ConversationHeads:
        """Whose conversations are, and what they are called."""
        from analyst_agent.state.conversation_heads import ConversationHeads

        return ConversationHeads(self.state_url)

    @cached_property
    def feedback(self) -> FeedbackStore:
        """What people said of answers."""
        from analyst_agent.state.feedback import FeedbackStore

        return FeedbackStore(self.state_url)

    @cached_property
    def verified(self) -> VerifiedReadings:
        """Readings of questions that people vouched for."""
        from analyst_agent.state.verified import VerifiedReadings

        return VerifiedReadings(self.state_url)

    @cached_property
    def audit(self) -> Audit:
        """One line for each answer."""
        from analyst_agent.state.audit import Audit

        return Audit(self.state_url)

    @cached_property
    def uses(self) -> Uses:
        """When documents were last cited."""
        from analyst_agent.state.uses import Uses

        return Uses(self.state_url)

    @cached_property
    def labels(self) -> Labels:
        """Root causes that people and models gave tickets, and the samples drawn to be labelled."""
        from analyst_agent.state.labels import Labels

        return Labels(self.state_url)

    @cached_property
    def recommendations(self) -> Recommendations:
        """What answers under these grants and scope recommended, and what became of it."""
        from analyst_agent.state.recommendations import Recommendations

        return Recommendations(self.state_url, self.fingerprint)

    @cached_property
    def outbox(self) -> Outbox:
        """What playbooks are to send, have sent and could not."""
        from analyst_agent.state.outbox import Outbox

        return Outbox(self.state_url)

    @property
    def mailroom(self) -> Mailroom:
        """Everything that delivery works with."""
        from analyst_agent.playbook.delivery import Mailroom

        return Mailroom(self.root, self.outbox, self.settings.delivery)

    @cached_property
    def schedules(self) -> Schedules:
        """Which playbooks are active, and which due times were taken up."""
        from analyst_agent.state.schedules import Schedules

        return Schedules(self.state_url)

    @cached_property
    def runs(self) -> Runs:
        """The runs of playbooks under these grants and scope."""
        from analyst_agent.state.runs import Runs

        return Runs(self.state_url, self.fingerprint)

    @cached_property
    def definitions(self) -> Record:
        """The changes of definitions seen so far; what differs from the last look is recorded now."""
        from analyst_agent.semantic.effective import effective_definitions
        from analyst_agent.state.definition_changes import Record, record_definitions

        try:
            url = self.state_url
        except OSError as error:
            return Record(problem=f"The state database cannot be made: {error.strerror}.")
        return record_definitions(url, effective_definitions(self.settings), self.settings.zone)

    @cached_property
    def desk(self) -> Desk:
        """Everything the analyst may use."""
        from analyst_agent.workspace.assembly import build_desk

        return build_desk(self)

    def analyst(self, model: str | None = None) -> Analyst:
        """The analyst, with the named model or that of the settings. Raises UnknownName for what is no model's name."""
        from analyst_agent.agent.analyst import Analyst
        from analyst_agent.agent.models import OFFLINE

        name = model or self.settings.model
        if name != OFFLINE and not all(name.partition(":")):
            raise UnknownName("model", name, (OFFLINE, "openai:NAME"))
        return Analyst(self.desk, name)

    def close(self) -> None:
        """Frees the generation and the state database."""
        for name in _CLOSED:
            if name in self.__dict__:
                getattr(self, name).close()

    @property
    def state_url(self) -> str:
        """The URL of the state database; its folder is made where it is the workspace's own. Raises OSError."""
        from analyst_agent.state.database import sqlite_url

        if not self.settings.state_url:
            (self.root / PRIVATE).mkdir(exist_ok=True)
        return self.settings.state_url or sqlite_url(self.root)

    def _clock(self) -> Clock:
        from analyst_agent.semantic.periods import Clock

        return Clock.of(self.settings, self.today)
