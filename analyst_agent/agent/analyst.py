"""The analyst: a question is understood, its plan run by a model through tools, and its numbers bound to facts before anyone reads them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analyst_agent.agent.budget import Budget, OutOfBudget
from analyst_agent.agent.calling import Caller, Patience
from analyst_agent.agent.desk import Desk
from analyst_agent.agent.events import Done, Event, Understood, answer_of, told
from analyst_agent.agent.ledger import Ledger
from analyst_agent.agent.mending.invented import named
from analyst_agent.agent.models import OFFLINE, open_model
from analyst_agent.agent.narrowing import EXECUTABLE, SURE, is_sure, parts, shown_tools
from analyst_agent.agent.replies import plain, plain_reply, refusal
from analyst_agent.agent.threads import NO_THREAD, Thread
from analyst_agent.agent.tools import Bench, same_work
from analyst_agent.agent.turns import Asked, offline_turn, run_plan
from analyst_agent.agent.worded import STANDS, Worded, worded
from analyst_agent.errors import AnalystError, ModelError
from analyst_agent.parts import Part, joined
from analyst_agent.records import Answer, Caveat, Finding, Grounding, Intent, Period, Plan, Status, Usage
from analyst_agent.report import answer_parts, charts_for
from analyst_agent.report.answer import SEARCH, ended_with, opened_with
from analyst_agent.report.telling import SCOPE
from analyst_agent.semantic.periods import Clock, describe, last_days
from analyst_agent.understanding import Context, SkillCard, understand
from analyst_agent.understanding.context import DOCUMENT_SPACES

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel


@dataclass(frozen=True, slots=True)
class Analyst:
    """Answers questions at one desk with one model (`offline` or a provider's name, opened by `open_chat`)."""

    desk: Desk
    model: str = OFFLINE
    open_chat: Callable[[str], BaseChatModel] = open_model
    patience: Patience = Patience()

    def read(self, question: str, thread: Thread = NO_THREAD) -> Plan:
        """What a question at the end of a thread is understood to ask; nothing is run."""
        return understand(question, self.context(thread))

    def ask(self, question: str, thread: Thread = NO_THREAD, reading: Plan | None = None) -> Answer:
        """The answer to a question at the end of a thread. reading: a plan to take in place of what would be understood.

        Problems a person can act on come back as an answer that is refused; no AnalystError is raised.
        """
        return answer_of(self.stream(question, thread, reading))

    def stream(self, question: str, thread: Thread = NO_THREAD, reading: Plan | None = None) -> Iterator[Event]:
        """What happens on the way to the answer, then its text in parts and last the answer, the same as that of `ask`."""
        begun = time.perf_counter()
        context = self.context(thread)
        plan = reading if reading is not None else understand(question, context)
        yield Understood(plan)
        for event in self._events(question, plan, thread, context):
            if isinstance(event, Done):
                yield from told(self._finished(event.answer, begun))
            else:
                yield event

    def _finished(self, answer: Answer, begun: float) -> Answer:
        if answer.status is Status.REFUSED and self.desk.engine.scope_note:
            note = self.desk.engine.scope_note
            answer = replace(ended_with(answer, plain(note)), caveats=(Caveat(note, SCOPE), *answer.caveats))
        seconds = round(time.perf_counter() - begun, 3)
        return replace(answer, usage=replace(answer.usage, seconds=seconds), generation=self.desk.engine.generation)

    def _events(self, question: str, plan: Plan, thread: Thread, context: Context) -> Iterator[Event]:
        is_direct = plan.intent not in EXECUTABLE
        if is_direct and (self.model == OFFLINE or plan.confidence >= SURE or plan.intent is Intent.CLARIFY):
            yield Done(plain_reply(question, plan, self.desk))
        elif self.model == OFFLINE:
            yield from self._offline(question, plan, Usage(OFFLINE))
        else:
            yield from self._with_model(question, plan, thread, context)

    def _offline(self, question: str, plan: Plan, usage: Usage) -> Iterator[Event]:
        from analyst_agent.agent.offline_model import OfflineModel

        bench = Bench(self.desk, Ledger(self.desk.wording), plan)
        yield from offline_turn(OfflineModel(plan_for=lambda _: plan), question, bench)
        yield Done(self._told(question, plan, bench.ledger, usage))

    def _with_model(self, question: str, plan: Plan, thread: Thread, context: Context) -> Iterator[Event]:
        """A sure plan is run first; then the model words it, or chooses among a few tools. What it cannot do, the offline model does."""
        bench = self._bench(question, plan, thread)
        ledger = bench.ledger
        if is_sure(plan):
            yield from run_plan(plan, bench)
            if not ledger.findings:
                yield Done(self._told(question, plan, ledger, Usage(OFFLINE)))
                return
        caller = self._caller()
        asked = Asked(question, plan, thread.earlier, shown_tools(question, plan, context))
        try:
            found: Worded | None = None
            for event in worded(caller, asked, bench):
                if isinstance(event, Worded):
                    found = event
                else:
                    yield event
        except OutOfBudget as error:
            found = Worded(ledger.own(), reason=f"{error.message} {STANDS.capitalize()}")
        except ModelError as error:
            yield from self._without_model(question, plan, ledger, error)
            return
        assert found is not None, "an exchange ends in words or an error"
        yield from self._ended(question, plan, _used(caller, plan, found), found)

    def _ended(self, question: str, plan: Plan, usage: Usage, found: Worded) -> Iterator[Event]:
        """The answer made of what an exchange ended in; the proposed plan's where the model found nothing."""
        if found.ledger.findings:
            yield Done(self._told(question, plan, found.ledger, usage, found))
        elif plan.intent in EXECUTABLE:
            yield from self._offline(question, plan, replace(usage, fallback=found.reason))
        elif found.ledger.refusals and not plan.reason:
            # A reason of the question itself says more than what was wrong with a model's call.
            yield Done(self._told(question, plan, found.ledger, usage))
        else:
            yield Done(replace(plain_reply(question, plan, self.desk), usage=usage))

    def _without_model(self, question: str, plan: Plan, ledger: Ledger, error: ModelError) -> Iterator[Event]:
        """The offline answer, with a sentence that says why it is one. What a sure plan found is not looked for again."""
        said = f"{error.message} The offline model answered."
        usage = Usage(OFFLINE, said)
        events: Iterator[Event]
        if plan.intent not in EXECUTABLE:
            events = iter([Done(replace(plain_reply(question, plan, self.desk), usage=usage))])
        elif is_sure(plan):
            events = iter([Done(self._told(question, plan, ledger.own(), usage))])
        else:
            events = self._offline(question, plan, usage)
        for event in events:
            if isinstance(event, Done):
                yield Done(opened_with(event.answer, plain(said)))
            else:
                yield event

    def _bench(self, question: str, plan: Plan, thread: Thread) -> Bench:
        earlier = [one.question for one in thread.earlier]
        before = [one.plan for one in thread.earlier] + [thread.previous, thread.discussed]
        desk = self.desk
        what = named(question, earlier, plan, before, desk.clock, desk.settings.synonyms)
        return Bench(desk, Ledger(desk.wording), plan, what)

    def _caller(self) -> Caller:
        settings = self.desk.settings
        second = [settings.fallback_model] if settings.fallback_model not in ("", OFFLINE, self.model) else []
        budget = Budget(settings.model_seconds, settings.model_calls, settings.model_tokens)
        return Caller([self.model, *second], self.open_chat, budget, self.patience)

    def _told(
        self, question: str, plan: Plan, ledger: Ledger, usage: Usage, words: Worded | None = None
    ) -> Answer:  # fmt: skip
        """The answer made of everything in the ledger, in the words of a model where there are some; a refusal where nothing was found."""
        if not ledger.findings:
            error = (
                ledger.refusals[-1]
                if ledger.refusals
                else AnalystError("Nothing was found.", "Ask about escalations, policies or known issues.")
            )
            return replace(refusal(question, plan, error, self.desk), usage=usage)
        ledger.draw(lambda finding: charts_for(finding, self.desk.wording))
        merged = ledger.merged()
        run = replace(ledger.plans[0], notes=plan.notes, period_is_default=plan.period_is_default)
        if plan.period_is_default and merged.period is not None:
            run = replace(run, period=merged.period)
        said = [c for c in merged.caveats if c.code != SCOPE]
        if self.desk.engine.scope_note and any(f.skill != SEARCH for f in ledger.findings):
            said.insert(0, Caveat(self.desk.engine.scope_note, SCOPE))
        merged = replace(merged, caveats=(*said, *_remarks(run, merged.period, self.desk.clock)))
        count = len(ledger.claims)
        parts = self._parts(question, ledger, merged, words)
        bound = words.grounding if words else None
        return Answer(
            question=question,
            status=_status(merged),
            answer=joined(parts),
            period=merged.period,
            compared_with=merged.comparison,
            skills=tuple(dict.fromkeys(f.skill for f in ledger.findings)),
            facts=merged.facts,
            tables=merged.tables,
            charts=merged.charts,
            citations=merged.citations,
            recommendations=merged.recommendations,
            caveats=merged.caveats,
            definitions=merged.definitions,
            grounding=bound or Grounding(claims=count, bound=count),
            usage=usage,
            queries=merged.queries,
            plan=run,
            calls=tuple(ledger.plans),
            parts=tuple(parts),
        )

    def _parts(self, question: str, ledger: Ledger, merged: Finding, words: Worded | None) -> list[Part]:
        wording = self.desk.wording
        if words is not None and words.text is not None:
            left = ledger.left_out(words.text, words.said)
            return answer_parts(merged, wording, [left], words.text, question, ledger.claims)
        if len(ledger.findings) > 1:
            told = [ledger.claims_at(place) for place in range(len(ledger.findings))]
            return answer_parts(_apart(ledger.findings, merged.caveats), wording, told, None, question)
        return answer_parts(merged, wording, [ledger.claims], None, question)

    def context(self, thread: Thread = NO_THREAD) -> Context:
        """What a question at the end of a thread is read against."""
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


def _used(caller: Caller, plan: Plan, found: Worded) -> Usage:
    """The model in use in the end and what all took; why another model, or no model's words, are told."""
    reasons = [reason for reason in (caller.fallback, found.reason) if reason]
    ledger, budget = found.ledger, caller.budget
    is_offline = not ledger.findings or (found.grounding is None and bool(ledger.planned) and not is_sure(plan))
    is_planned = bool(ledger.planned) or all(any(same_work(one, p) for p in parts(plan)) for one in ledger.plans)
    return Usage(
        caller.name,
        " ".join(reasons) or None,
        budget.input_tokens,
        budget.output_tokens,
        mended=tuple(ledger.mended),
        route="offline" if is_offline else "plan" if is_planned else "model",
        calls=budget.call_count,
    )


def _apart(findings: Sequence[Finding], caveats: Sequence[Caveat]) -> list[Finding]:
    """The findings with each caveat where it was first said; what is said of the whole question stands with the first."""
    own = [set(finding.caveats) for finding in findings]
    first = [c for c in caveats if c in own[0] or not any(c in one for one in own[1:])]
    later = [
        tuple(c for c in finding.caveats if not any(c in before for before in own[:place]))
        for place, finding in enumerate(findings)
    ]
    return [replace(f, caveats=tuple(first) if place == 0 else later[place]) for place, f in enumerate(findings)]


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
