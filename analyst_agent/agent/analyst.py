"""The analyst: a question is understood, its plan run by a model through tools, and its numbers bound to facts before anyone reads them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analyst_agent.agent.desk import Desk
from analyst_agent.agent.disarm import disarmed
from analyst_agent.agent.ledger import Ledger
from analyst_agent.agent.models import OFFLINE, open_model
from analyst_agent.agent.replies import plain, plain_reply, refusal
from analyst_agent.agent.turns import converse_with
from analyst_agent.claims import bind
from analyst_agent.errors import AnalystError, ModelError
from analyst_agent.records import Answer, Caveat, Choice, Finding, Grounding, Intent, Period, Plan, Status, Usage
from analyst_agent.report import answer_markdown, charts_for
from analyst_agent.report.answer import SCOPE, SEARCH
from analyst_agent.semantic.periods import Clock, describe, last_days
from analyst_agent.understanding import Context, SkillCard, understand
from analyst_agent.understanding.context import DOCUMENT_SPACES

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

SURE = 0.75
EXECUTABLE = (Intent.SKILL, Intent.QUERY, Intent.KNOWLEDGE, Intent.DESCRIBE)


@dataclass(frozen=True, slots=True)
class Thread:
    """What was said before. previous: the last answered plan, so that "and in EMEA?" has a meaning; discussed: the last one
    with numbers; pending: the choices last offered; questions: all before, oldest first, told to a model."""

    previous: Plan | None = None
    discussed: Plan | None = None
    pending: tuple[Choice, ...] = ()
    questions: tuple[str, ...] = ()


NO_THREAD = Thread()


@dataclass(frozen=True, slots=True)
class Analyst:
    """Answers questions at one desk with one model (`offline` or a provider's name, opened by `open_chat`)."""

    desk: Desk
    model: str = OFFLINE
    open_chat: Callable[[str], BaseChatModel] = open_model

    def read(self, question: str, thread: Thread = NO_THREAD) -> Plan:
        """What a question at the end of a thread is understood to ask; nothing is run."""
        return understand(question, self._context(thread))

    def ask(self, question: str, thread: Thread = NO_THREAD, reading: Plan | None = None) -> Answer:
        """The answer to a question at the end of a thread. reading: a plan to take in place of what would be understood.

        Problems a person can act on come back as an answer that is refused; no AnalystError is raised.
        """
        begun = time.perf_counter()
        plan = reading if reading is not None else self.read(question, thread)
        answer = self._answer(question, plan, thread.questions)
        if answer.status is Status.REFUSED and self.desk.engine.scope_note:
            note = self.desk.engine.scope_note
            answer = replace(
                answer, answer=f"{answer.answer}\n\n{plain(note)}", caveats=(Caveat(note, SCOPE), *answer.caveats)
            )
        seconds = round(time.perf_counter() - begun, 3)
        return replace(answer, usage=replace(answer.usage, seconds=seconds), generation=self.desk.engine.generation)

    def _answer(self, question: str, plan: Plan, earlier: Sequence[str]) -> Answer:
        is_direct = plan.intent not in EXECUTABLE
        if self.model == OFFLINE:
            return plain_reply(question, plan, self.desk) if is_direct else self._offline(question, plan)
        if is_direct and (plan.confidence >= SURE or plan.intent is Intent.CLARIFY):
            return plain_reply(question, plan, self.desk)
        try:
            return self._with_model(question, plan, earlier)
        except ModelError as error:
            answer = plain_reply(question, plan, self.desk) if is_direct else self._offline(question, plan)
            said = f"{error.message} The offline model answered."
            return replace(
                answer, answer=f"{plain(said)}\n\n{answer.answer}", usage=replace(answer.usage, fallback=said)
            )

    def _offline(self, question: str, plan: Plan) -> Answer:
        from analyst_agent.agent.offline_model import OfflineModel

        ledger = Ledger(self.desk.wording)
        converse_with(OfflineModel(plan_for=lambda _: plan), question, self.desk, ledger, plan, ())
        return self._told(question, plan, ledger, Usage(OFFLINE))

    def _with_model(self, question: str, plan: Plan, earlier: Sequence[str]) -> Answer:
        """The model's own words around claims. What it says unbound after one repair is marked; with nothing bound, the default text stands."""
        model = self.open_chat(self.model)
        ledger = Ledger(self.desk.wording)
        spoken = converse_with(model, question, self.desk, ledger, plan, earlier)
        usage = Usage(self.model, None, spoken.input_tokens, spoken.output_tokens)
        if not ledger.findings and plan.intent in EXECUTABLE and not ledger.refusals:
            return self._without_call(question, plan, usage)
        if not ledger.findings:
            return self._told(question, plan, ledger, usage)
        bound = bind(spoken.text, ledger.merged(), self.desk.wording, tuple(ledger.claims))
        if bound.grounding.unbound:
            repaired = spoken.again(bound.grounding.unbound)
            usage = replace(usage, input_tokens=repaired.input_tokens, output_tokens=repaired.output_tokens)
            bound = bind(repaired.text, ledger.merged(), self.desk.wording, tuple(ledger.claims))
        if bound.grounding.bound == 0:
            why = "The model's text referred to no claim; the default text stands."
            return self._told(question, plan, ledger, replace(usage, fallback=why))
        return self._told(question, plan, ledger, usage, disarmed(bound.text), bound.grounding)

    def _without_call(self, question: str, plan: Plan, usage: Usage) -> Answer:
        answer = self._offline(question, plan)
        why = "The model called no tool; the proposed plan was run and the default text stands."
        return replace(answer, usage=replace(usage, fallback=why))

    def _told(
        self, question: str, plan: Plan, ledger: Ledger, usage: Usage, text: str | None = None, grounding: Grounding | None = None
    ) -> Answer:  # fmt: skip
        """The answer made of everything in the ledger; a refusal where nothing was found."""
        if not ledger.findings:
            error = (
                ledger.refusals[-1]
                if ledger.refusals
                else AnalystError("Nothing was found.", "Ask about escalations, policies or known issues.")
            )
            return replace(refusal(question, plan, error, self.desk), usage=usage)
        merged = ledger.merged()
        run = replace(ledger.plans[0], notes=plan.notes, period_is_default=plan.period_is_default)
        if plan.period_is_default and merged.period is not None:
            run = replace(run, period=merged.period)
        said = [c for c in merged.caveats if c.code != SCOPE]
        if self.desk.engine.scope_note and any(f.skill != SEARCH for f in ledger.findings):
            said.insert(0, Caveat(self.desk.engine.scope_note, SCOPE))
        merged = replace(merged, caveats=(*said, *_remarks(run, merged.period, self.desk.clock)))
        claims = tuple(ledger.claims)
        markdown = answer_markdown(merged, self.desk.wording, claims, text, question)
        bound = grounding or Grounding(claims=len(claims), bound=len(claims))
        return Answer(
            question=question,
            status=_status(merged),
            answer=markdown,
            period=merged.period,
            compared_with=merged.comparison,
            skills=tuple(dict.fromkeys(f.skill for f in ledger.findings)),
            facts=merged.facts,
            tables=merged.tables,
            charts=tuple(chart for f in ledger.findings for chart in charts_for(f, self.desk.wording)),
            citations=merged.citations,
            recommendations=merged.recommendations,
            caveats=merged.caveats,
            definitions=merged.definitions,
            grounding=bound,
            usage=usage,
            queries=merged.queries,
            plan=run,
            calls=tuple(ledger.plans),
        )

    def _context(self, thread: Thread) -> Context:
        desk = self.desk
        return Context(
            model=desk.model,
            clock=desk.clock,
            embed=desk.embed,
            values=desk.engine.values_index(),
            skills=tuple(
                SkillCard(s.name, s.description, s.triggers, s.examples, s.parameters) for s in desk.skills.values()
            ),
            previous=thread.previous,
            discussed=thread.discussed,
            pending=thread.pending,
            synonyms=desk.settings.synonyms,
            spaces=desk.library.spaces(),
            withheld=tuple(s for s in DOCUMENT_SPACES if not desk.settings.grants.has_space(s)),
            issues=desk.library.issue_ids(),
            ticket_shapes=desk.engine.ticket_shapes(),
            first_day=desk.engine.first_day,
            last_day=desk.engine.last_day,
        )


def _remarks(plan: Plan, period: Period | None, clock: Clock) -> list[Caveat]:
    """What was taken for granted in reading the question; the period said is the one that was used."""
    notes = [Caveat(note, "reading") for note in plan.notes]
    if plan.period_is_default and period is not None and plan.intent in (Intent.SKILL, Intent.QUERY):
        taken = "the last 30 days are" if period == last_days(clock, 30) else f"{describe(period)} is"
        notes.append(Caveat(f"No period was named, so {taken} taken.", "default_period"))
    return notes


def _status(finding: Finding) -> Status:
    is_silent = any(c.code == "documents_silent" for c in finding.caveats)
    return Status.REFUSED if is_silent and not finding.citations and not finding.facts else Status.ANSWERED
