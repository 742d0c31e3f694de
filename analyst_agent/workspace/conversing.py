"""A question within its conversation: what was said before is read, the turn is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from analyst_agent.agent.events import Event, answer_of, steps, told
from analyst_agent.agent.prompting import Earlier
from analyst_agent.agent.threads import Thread
from analyst_agent.errors import NotPermitted
from analyst_agent.masking import one_line, visible
from analyst_agent.records import Answer, Caveat, Intent, Status
from analyst_agent.state.conversations import Conversations, Turn
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.keeping import kept
from analyst_agent.workspace.verifying import answering

LONGEST_ID = 200
"""As long as the column that keeps it."""
OTHERS = Caveat(
    "What was said before in this conversation was under other grants or another scope and is left out.", "other_scope"
)


def converse(
    workspace: Workspace, question: str, conversation: str | None = None, model: str | None = None, by: str = ""
) -> Answer:
    """The answer to a question in a conversation: the last event of `converse_events`, which see."""
    return answer_of(converse_events(workspace, question, conversation, model, by))


def converse_events(
    workspace: Workspace, question: str, conversation: str | None = None, model: str | None = None, by: str = "",
    ask: str = "", before_keeping: Callable[[], None] = lambda: None,
) -> Iterator[Event]:  # fmt: skip
    """What happens on the way to the answer to a question in a conversation (a new one without an id), then its text in parts,
    and last the answer, stored before as the conversation's next turn; what it recommends is kept, so that it can be marked as
    done, and a line is added to the audit. by: who asks. ask: the id of what is answered; before_keeping: what it raises ends
    everything before anything is kept.

    A reading that somebody vouched for is preferred. Invisible characters of the question and the id are left out; so are
    turns that were answered under other grants or another scope, which is said. Raises NotPermitted for an id that is too long.
    """
    question, given = visible(question), one_line(conversation or "")
    if len(given) > LONGEST_ID:
        raise NotPermitted(f"The conversation's id has {len(given):,} characters.", f"Up to {LONGEST_ID} are possible.")
    name = given or Conversations.new_id()
    turns = workspace.conversations.thread(name) if given else []
    own = [turn for turn in turns if turn.seen_by == workspace.fingerprint]
    # The text is told when the turn is kept: what is said of the conversation and the keeping belongs to it.
    answer = yield from steps(answering(workspace, question, thread_of(own), model))
    answer = replace(answer, conversation=name)
    if turns and turns[-1].seen_by != workspace.fingerprint:
        answer = said_first(answer, OTHERS)
    before_keeping()
    yield from told(kept(workspace, question, answer, by, ask))


def said_first(answer: Answer, caveat: Caveat) -> Answer:
    """The answer with a caveat before everything else."""
    return replace(answer, answer=f"{caveat.text}\n\n{answer.answer}", caveats=(caveat, *answer.caveats))


def thread_of(turns: Sequence[Turn]) -> Thread:
    """What a question at the end of these turns follows on: the last answered plan, the last with numbers, choices that wait."""
    earlier = [t.plan for t in turns if t.status == Status.ANSWERED and t.plan is not None]
    counted = [plan for plan in earlier if plan.intent in (Intent.SKILL, Intent.QUERY)]
    last = turns[-1] if turns else None
    waiting = last.plan.choices if last is not None and last.plan is not None and last.status == Status.CLARIFY else ()
    return Thread(
        earlier[-1] if earlier else None,
        counted[-1] if counted else None,
        waiting,
        tuple(Earlier(t.question, t.plan if t.status == Status.ANSWERED else None) for t in turns),
    )
