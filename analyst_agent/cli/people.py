"""`people`, `tokens`: who may use the page and the API; passwords and tokens are never an argument, which others could read."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analyst_agent.cli.shared import Json, open_workspace, person, print_json, print_table, say
from analyst_agent.errors import InvalidDefinition, UnknownName

if TYPE_CHECKING:
    from analyst_agent.server.people import People

accounts = typer.Typer(
    help="Accounts of the page and the API: list, add, change or disable them.", no_args_is_help=True
)
tokens = typer.Typer(help="Tokens of the API: list, make or revoke them.", no_args_is_help=True)
Login = Annotated[str, typer.Argument(metavar="LOGIN", help="Their login: an e-mail address or a name.")]
Role = Annotated[str, typer.Option("--role", metavar="ROLE", help="leader, lead, operations or admin.")]
Where = Annotated[
    list[str] | None,
    typer.Option("--where", metavar="CONDITION", help="What they may see, such as 'region = EMEA'; may be repeated."),
]
Name = Annotated[str, typer.Option("--name", metavar="NAME", help="Their name; unset: the login.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(accounts, name="people")
    app.add_typer(tokens, name="tokens")


@accounts.command("list")
def list_people(as_json: Json = False) -> None:
    """List the accounts, disabled ones too."""
    with _people() as (people, _):
        found = people.accounts.all()
    rows = [
        {
            "login": one.login,
            "name": one.name,
            "role": one.role,
            "scope": list(one.restrictions),
            "state": "disabled" if one.is_disabled else "active" if one.password or one.subject else "no password yet",
            "created_at": one.created_at,
        }
        for one in found
    ]
    if as_json:
        print_json({"people": rows})
    elif not rows:
        say(
            "No accounts: the server answers only to this machine. Add an admin with `analyst people add LOGIN --role admin`."
        )
    else:
        columns = ("login", "name", "role", "scope", "state")
        print_table(columns, [(r["login"], r["name"], r["role"], "; ".join(r["scope"]), r["state"]) for r in rows])


@accounts.command("add")
def add(login: Login, role: Role, where: Where = None, name: Name = "", as_json: Json = False) -> None:
    """Add somebody; their password is asked for, or read from the input where that is no terminal."""
    from analyst_agent.server.membership import add_account, checked_login
    from analyst_agent.server.passwords import check_choice, hashed
    from analyst_agent.state.accounts import NewAccount

    with _people() as (people, root):
        password = _password()
        check_choice(password, (checked_login(login), name))
        account = add_account(people, root, NewAccount(login, name, role, where or (), hashed(password)), person())
    _told(as_json, account.login, f"Added {account.login} as {account.role}.")


@accounts.command("set")
def change(
    login: Login,
    role: Annotated[str | None, typer.Option("--role", metavar="ROLE", help="Another role.")] = None,
    where: Where = None,
    everything: Annotated[bool, typer.Option("--everything", help="Take the scope away: they see all.")] = False,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Another name.")] = None,
    enable: Annotated[bool, typer.Option("--enable", help="Let a disabled account be used again.")] = False,
    as_json: Json = False,
) -> None:
    """Change somebody's role, scope or name; what is not named stays. Whoever is signed in with the account is signed out."""
    from analyst_agent.server.membership import account_of, change_account, enable_account

    if where and everything:
        raise InvalidDefinition("--where and --everything contradict each other.", "Give one of them.")
    with _people() as (people, root):
        account = account_of(people, login)
        scope = () if everything else where or account.restrictions
        is_same = name is None and role is None and not where and not everything
        if is_same and not enable:
            raise InvalidDefinition(
                "Nothing is to be changed.", "Give --role, --where, --everything, --name or --enable."
            )
        if not is_same:
            account = change_account(
                people, root, account, account.name if name is None else name, role or account.role, scope, person()
            )
        if enable:
            account = enable_account(people, account, person())
    within = f" within {'; '.join(account.restrictions)}" if account.restrictions else ""
    _told(as_json, account.login, f"{account.login} is {account.role}{within}.")


@accounts.command("disable")
def disable(login: Login, as_json: Json = False) -> None:
    """Let an account, and its tokens, be used no more; `set --enable` lets it again."""
    from analyst_agent.server.membership import account_of, disable_account

    with _people() as (people, _):
        account = disable_account(people, account_of(people, login), person())
    _told(as_json, account.login, f"{account.login} may not sign in any more.")


@accounts.command("password")
def password(login: Login, as_json: Json = False) -> None:
    """Give somebody another password, asked for or read from the input; they are signed out everywhere."""
    from analyst_agent.server.membership import account_of

    with _people() as (people, _):
        account = account_of(people, login)
        if account.subject:
            raise InvalidDefinition(
                f"{account.login!r} signs in with the provider.", "Their password is changed there."
            )
        people.set_password(account, _password(), person())
    _told(as_json, account.login, f"{account.login} has another password.")


@tokens.command("list")
def list_tokens(as_json: Json = False) -> None:
    """List everybody's tokens; their secrets are kept nowhere."""
    with _people() as (people, _):
        logins = {one.id: one.login for one in people.accounts.all()}
        now = people.now()
        rows = [
            {
                "id": one.id[:8],
                "owner": logins.get(one.account, ""),
                "name": one.name,
                "beginning": one.beginning,
                "role": one.role,
                "scope": list(one.restrictions),
                "state": "good" if one.is_good(now) else "revoked" if one.revoked_at else "expired",
                "until": one.until,
                "used_at": one.used_at,
            }
            for one in people.tokens.all()
        ]
    if as_json:
        print_json({"tokens": rows})
    elif not rows:
        say("No tokens. Make one with `analyst tokens make LOGIN --name WHAT-FOR`.")
    else:
        columns = ("id", "owner", "name", "beginning", "role", "state", "until", "used_at")
        print_table(columns, [[row[column] for column in columns] for row in rows])


@tokens.command("make")
def make(
    login: Login,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What it is for.")],
    role: Annotated[str, typer.Option("--role", metavar="ROLE", help="At most its owner's; unset: its owner's.")] = "",
    where: Where = None,
    days: Annotated[int, typer.Option("--days", metavar="N", help="Days until it expires.")] = 90,
    as_json: Json = False,
) -> None:
    """Make a token that acts for somebody and print it, this once."""
    from analyst_agent.server.membership import account_of, check_conditions

    with _people() as (people, root):
        owner = account_of(people, login)
        if where:
            check_conditions(root, owner.role, (*owner.restrictions, *where))
        secret, token = people.make_token(owner, name, role or owner.role, where or (), days, person())
    if as_json:
        print_json({"token": secret, "id": token.id[:8], "until": token.until})
    else:
        say(f"For {owner.login} as {token.role}, until {token.until[:10]}. It is shown only now:", error=True)
        say(secret)


@tokens.command("revoke")
def revoke(
    token: Annotated[
        str, typer.Argument(metavar="ID", help="Its id or first characters, as `tokens list` shows them.")
    ],
    as_json: Json = False,
) -> None:
    """Make a token good no more."""
    with _people() as (people, _):
        found = [
            one for one in people.tokens.all() if len(token) >= 8 and token in (one.id[: len(token)], one.beginning)
        ]
        if len(found) != 1:
            raise UnknownName("token", token, [one.id[:8] for one in people.tokens.all()])
        people.revoke_token(found[0], person())
    _told(as_json, found[0].id[:8], f"{found[0].beginning}... is good no more.")


@contextmanager
def _people() -> Iterator[tuple[People, Path]]:
    """The people of the workspace, and its folder."""
    from analyst_agent.server.people import People

    workspace = open_workspace()
    people = People.of(workspace)
    workspace.close()
    try:
        yield people, workspace.root
    finally:
        people.close()


def _password() -> str:
    """Typed twice without being shown, or the first line of the input."""
    if not sys.stdin.isatty():
        given = sys.stdin.readline().rstrip("\r\n")
        if not given:
            raise InvalidDefinition("The input holds no password.", "Write it as its first line, or use a terminal.")
        return given
    first = getpass.getpass("Password: ")
    if getpass.getpass("Repeat the password: ") != first:
        raise InvalidDefinition("The two passwords differ.", "Type the same twice.")
    return first


def _told(as_json: bool, name: str, text: str) -> None:
    if as_json:
        print_json({"changed": name})
    else:
        say(text)
