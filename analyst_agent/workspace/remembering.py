"""What the evals take from people and leave for them: draft cases made of feedback, and the last card of each model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyst_agent.skillkit.own import Trusted
from analyst_agent.state.cards import Cards, KeptCard
from analyst_agent.state.feedback import counting
from analyst_agent.workspace import Workspace

if TYPE_CHECKING:
    from analyst_agent.evaluation.card import Card
    from analyst_agent.evaluation.drafts import Drafted


def drafts_of_feedback(workspace: Workspace) -> list[Drafted]:
    """A draft for each turn that somebody called right or wrong, with what was said last; only of turns that may be seen."""
    from analyst_agent.demo import DEMO_TODAY
    from analyst_agent.evaluation.cases import OWN_DATA
    from analyst_agent.evaluation.drafts import Drafted

    mark = workspace.fingerprint
    data = "demo" if workspace.settings.today == DEMO_TODAY else OWN_DATA
    found = []
    for (conversation, number), said in counting(workspace.feedback.history()).items():
        turns = [turn for turn in workspace.conversations.turns(conversation) if turn.seen_by == mark]
        about = [turn for turn in turns if turn.number == number]
        if not about:
            continue
        [turn] = about
        questions = [one.question for one in turns if one.number <= number]
        found.append(
            Drafted(
                conversation,
                number,
                questions,
                turn.answer,
                said.verdict,
                said.correction,
                said.by,
                said.at,
                data,
                turn.today,
            )
        )
    return found


def kept_cards() -> list[KeptCard]:
    """The last card of each model on this computer, for this person."""
    return _cards().kept()


def keep_card(card: Card, *, is_whole: bool) -> None:
    """Keeps a run's card as its model's last. Raises WorkspaceError or OSError where it cannot be."""
    _cards().keep(KeptCard(card.model, is_whole, card.day.isoformat(), card.to_dict()))


def _cards() -> Cards:
    return Cards(Trusted().path.parent)
