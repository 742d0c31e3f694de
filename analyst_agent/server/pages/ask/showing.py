"""A turn of a conversation as the page shows it, made of the parts it was kept with; nothing is computed anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from analyst_agent.agent.models import OFFLINE
from analyst_agent.claims import formats
from analyst_agent.parts import Item, Part, Sheet, parts_from_json
from analyst_agent.records import Period, Status
from analyst_agent.report.record import period_from_json
from analyst_agent.report.reproducing import command_of
from analyst_agent.server.numbered import numbered_html
from analyst_agent.server.tabled import taken_apart
from analyst_agent.state.conversations import Turn
from analyst_agent.state.feedback import Feedback
from analyst_agent.state.verified import Verified
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.remembering import kept_cards
from analyst_agent.workspace.sessions import Session

FOLDED = ("definitions", "elsewhere", "sources")


@dataclass(frozen=True, slots=True)
class Block:
    """A part as HTML or as what a template makes of it. caveats: what qualifies the numbers of its table; place: of the table or
    chart among the answer's.
    """

    kind: str
    html: Markup = Markup()
    sheet: Sheet | None = None
    items: Sequence[Item] = ()
    caveats: Sequence[Item] = ()
    place: int = 0
    is_aside: bool = False


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How often a skill was right in the last eval run of a model: of how many cases, within which interval, and on which day."""

    skill: str
    right: int = 0
    cases: int = 0
    interval: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """One question and its answer. period, compared: days in words; model: what answered; spent: tokens and seconds in words;
    can_be_verified: it is an answer for whose reading somebody may vouch.
    """

    conversation: str
    turn: Turn
    blocks: Sequence[Block]
    period: str
    compared: str
    choices: Sequence[str]
    charts: Sequence[Mapping[str, Any]]
    definitions: Sequence[tuple[str, str]]
    queries: Sequence[tuple[Mapping[str, Any], str]]
    model: str
    spent: str
    fallback: str
    mended: Sequence[str]
    accuracy: Sequence[Accuracy]
    feedback: Feedback | None
    verified: Verified | None

    @property
    def can_be_verified(self) -> bool:
        """Whether it is an answer from the data or the documents."""
        return self.turn.status == Status.ANSWERED and self.turn.plan is not None


def shown_turns(workspace: Workspace, session: Session) -> list[ShownTurn]:
    """Every turn of a conversation."""
    cards = {card.model: card.card for card in kept_cards()}
    return [_shown(workspace, session, turn, cards) for turn in session.turns]


def shown_turn(workspace: Workspace, session: Session, number: int) -> ShownTurn:
    """One of them. Raises UnknownName."""
    cards = {card.model: card.card for card in kept_cards()}
    return _shown(workspace, session, session.turn(number), cards)


def parts_of_turn(turn: Turn) -> Sequence[Part]:
    """The parts it was kept with; of a turn kept before there were parts, its text as one."""
    return parts_from_json(turn.parts) if turn.parts else (Part("text", str(turn.answer.get("answer", ""))),)


def _shown(workspace: Workspace, session: Session, turn: Turn, cards: Mapping[str, Mapping[str, Any]]) -> ShownTurn:
    answer = turn.answer
    usage: Mapping[str, Any] = answer.get("usage") or {}
    model, wording = str(usage.get("model") or ""), workspace.desk.wording
    return ShownTurn(
        session.conversation,
        turn,
        _blocks(turn, workspace.settings.currency),
        _days(period_from_json(answer.get("period"))),
        _days(period_from_json(answer.get("compared_with"))),
        answer.get("choices") or (),
        answer.get("charts") or (),
        [(formats.sentence(wording.metric(one["name"])), one["text"]) for one in answer.get("definitions") or ()],
        [(one, command_of(one["semantic"])) for one in answer.get("queries") or ()],
        "Offline model" if model == OFFLINE else model,
        _spent(usage),
        str(usage.get("fallback") or ""),
        usage.get("mended") or (),
        [_accuracy(skill, cards.get(model)) for skill in answer.get("skills") or ()],
        session.feedback.get(turn.number),
        session.verified.get(turn.number),
    )


def _blocks(turn: Turn, currency: str) -> list[Block]:
    facts = {fact["id"]: fact for fact in turn.answer.get("facts") or ()}
    unbound = (turn.answer.get("grounding") or {}).get("unbound") or ()
    parts = [one for part in parts_of_turn(turn) for one in (taken_apart(part) if part.kind == "text" else (part,))]
    made: list[Block] = []
    for part in parts:
        if part.kind in FOLDED and part.kind != "sources":
            continue
        shown = part.text if part.shown is None else part.shown
        html = Markup()
        if part.kind in ("text", "title", "scope", "passage") and shown:
            html = numbered_html(shown, part.clauses, facts, unbound, currency)
        elif part.kind in ("text", "title", "scope", "passage"):
            continue
        made.append(Block(part.kind, html, part.sheet, part.items, (), part.place, part.is_aside))
    return _near_what_they_qualify(made, turn.answer.get("tables") or ())


def _near_what_they_qualify(blocks: Iterable[Block], tables: Sequence[Mapping[str, Any]]) -> list[Block]:
    """The blocks with each caveat under the first table that shows a number it qualifies; what qualifies none stays where it is."""
    made = list(blocks)
    for at, block in enumerate(made):
        if block.kind != "caveats":
            continue
        left = []
        for item in block.items:
            place = next((p for p, one in enumerate(made) if one.sheet and _qualifies(item, one, tables)), None)
            if place is None:
                left.append(item)
            else:
                made[place] = replace(made[place], caveats=(*made[place].caveats, item))
        made[at] = replace(block, items=left)
    return [block for block in made if block.kind != "caveats" or block.items]


def _qualifies(item: Item, block: Block, tables: Sequence[Mapping[str, Any]]) -> bool:
    table = tables[block.place] if 0 <= block.place < len(tables) else {"fact_ids": (), "columns": ()}
    shown = {fact for row in table["fact_ids"] for fact in row if fact} | {one["key"] for one in table["columns"]}
    return any(one in shown for one in item.facts)


def _days(period: Period | None) -> str:
    return formats.days_of(period) if period is not None else ""


def _spent(usage: Mapping[str, Any]) -> str:
    said = []
    if usage.get("input_tokens") or usage.get("output_tokens"):
        given, made = (formats.count(usage.get(name) or 0) for name in ("input_tokens", "output_tokens"))
        said.append(f"{given} tokens read, {made} written")
    seconds = float(usage.get("seconds") or 0)
    said.append(f"{seconds:.1f} s" if seconds >= 0.05 else "under 0.1 s")
    return ", ".join(said)


def _accuracy(skill: str, card: Mapping[str, Any] | None) -> Accuracy:
    row = next((one for one in (card or {}).get("by_skill") or () if one["name"] == skill), None)
    if card is None or row is None or not row["cases"]:
        return Accuracy(skill)
    interval = formats.span(tuple(row["interval"]), "ratio") if row.get("interval") else ""
    return Accuracy(skill, row["right"], row["cases"], interval, card.get("day", ""))
