"""`feedback`, `verify`: what people say of answers, and the readings they vouch for."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from analyst_agent.cli.shared import Json, open_workspace, person, print_json, print_table, say
from analyst_agent.errors import InvalidDefinition, UnknownName

By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who says so; unset: the login name.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("feedback")(feedback)
    app.command("verify")(verify)


def feedback(
    name: Annotated[str, typer.Argument(metavar="ID", help="The conversation's id, or the beginning of it.")],
    words: Annotated[
        list[str], typer.Argument(metavar="[TURN] right|wrong", help="The turn (the last without one) and the verdict.")
    ],
    correction: Annotated[str, typer.Option("--correction", metavar="TEXT", help="What would be right.")] = "",
    by: By = "",
    as_json: Json = False,
) -> None:
    """Say that an answer was right or wrong; `analyst eval --from-feedback` makes draft eval cases of it."""
    from analyst_agent.records import to_json
    from analyst_agent.state.feedback import VERDICTS
    from analyst_agent.workspace.sessions import give_feedback, opened

    number, verdict = (None, words[0]) if len(words) == 1 else (_turn(words[0]), words[1])
    if len(words) > 2 or verdict not in VERDICTS:
        raise UnknownName("verdict", " ".join(words), VERDICTS, "Write `analyst feedback ID [TURN] right|wrong`.")
    workspace = open_workspace()
    session = opened(workspace, name)
    given = give_feedback(workspace, session, number, verdict, by or person(), correction)
    workspace.close()
    if as_json:
        print_json(to_json(given))
    else:
        say(f"Kept: turn {given.turn} of {given.conversation} is said to be {given.verdict} by {given.by}.")
        vouched = session.verified.get(given.turn)
        if vouched is not None and verdict == "wrong":
            say(
                f"{vouched.by} vouched for how it was read: `analyst verify {given.conversation} {given.turn} --revoke` takes that back."
            )


def verify(
    name: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The conversation's id; without one, list.")
    ] = None,
    turn: Annotated[int | None, typer.Argument(metavar="[TURN]", help="The turn; unset: the last.")] = None,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who vouches.")] = "",
    revoke: Annotated[bool, typer.Option("--revoke", help="Take it back instead.")] = False,
    as_json: Json = False,
) -> None:
    """Vouch for how a question was read: it is then read so again, computed anew and labelled; without an id, list what is verified."""
    from analyst_agent.workspace import sessions

    workspace = open_workspace()
    if name is None:
        _list(workspace.verified.listed(workspace.fingerprint), as_json)
    elif revoke:
        conversation, number = sessions.revoke(workspace, name, turn, by or person())
        done = {"conversation": conversation, "turn": number, "revoked": True}
        _tell(done, f"Turn {number} of {conversation} is no longer verified.", as_json)
    else:
        if not by.strip():
            raise InvalidDefinition("Nobody is named who vouches.", "Give --by NAME.")
        made = sessions.verify(workspace, name, turn, by)
        text = f"Verified by {made.by}: {made.question}\nThe same question is read so from now on, under these grants, scope and definitions."
        if not made.stands_alone:
            text += "\nIts words mean what was asked before; it is labelled where they are read the same."
        _tell(
            {"conversation": made.conversation, "turn": made.turn, "by": made.by, "question": made.question},
            text,
            as_json,
        )
    workspace.close()


def _list(found: list[Any], as_json: bool) -> None:
    rows = [(one.conversation, one.turn, one.by, one.at[:10], one.question) for one in found]
    if as_json:
        names = ("conversation", "turn", "by", "at", "question")
        print_json({"verified": [{k: getattr(one, k) for k in names} for one in found]})
    elif not rows:
        say("Nothing is verified yet. Vouch for an answer with `analyst verify ID TURN --by NAME`.")
    else:
        print_table(("conversation", "turn", "verified by", "on", "question"), rows)


def _tell(record: dict[str, Any], text: str, as_json: bool) -> None:
    if as_json:
        print_json(record)
    else:
        say(text)


def _turn(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise InvalidDefinition(
            f"{text!r} is no number of a turn.", "`analyst sessions show ID` numbers them."
        ) from error
