"""Adding, changing and disabling accounts, for the page and the command: which logins, roles and scopes there may be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from analyst_agent.errors import InvalidDefinition, UnknownName
from analyst_agent.masking import one_line
from analyst_agent.server.callers import ADMIN, LEAD, LOCAL, checked_role
from analyst_agent.server.people import People, login_form
from analyst_agent.state.accounts import Account, NewAccount
from analyst_agent.workspace import Workspace

_LOGIN = re.compile(r"[\w.+-]{2,100}(@[\w.-]{1,99})?")


def add_account(
    people: People, root: Path, new: NewAccount, by: str
) -> Account:  # a password's hash and a provider's subject come from the caller
    """Adds somebody. by: who does it. Raises InvalidDefinition, UnknownName or NotPermitted where this cannot be."""
    login, name = checked_login(new.login), one_line(new.name).strip()[:100]
    if not people.accounts.has_admin() and new.role != ADMIN:
        raise InvalidDefinition("There is no admin yet.", "Make the first account an admin; it can add the others.")
    scope = checked_scope(root, new.role, new.restrictions)
    made = NewAccount(login, name or login, new.role, scope, new.password, new.subject)
    account = people.accounts.add(made, people.now())
    people.tell("account added", by, login, role=account.role, scope=list(account.restrictions))
    return account


def change_account(
    people: People, root: Path, account: Account, name: str, role: str, restrictions: Sequence[str], by: str
) -> Account:
    """Gives an account another name, role or scope; who is signed in with it is signed out. Raises as `add_account`."""
    scope = checked_scope(root, role, restrictions)
    label = one_line(name).strip()[:100] or account.login
    changed = people.accounts.change(account, label, role, scope)
    if (changed.name, changed.role, changed.restrictions) != (account.name, account.role, account.restrictions):
        people.tell("account changed", by, account.login, role=changed.role, scope=list(changed.restrictions))
    return changed


def disable_account(people: People, account: Account, by: str) -> Account:
    """Lets an account be used no more, its tokens neither. Raises NotPermitted for the last admin's."""
    changed = people.accounts.disable(account, people.now())
    people.sign_ins.end_all(account.id)
    people.tell("account disabled", by, account.login)
    return changed


def enable_account(people: People, account: Account, by: str) -> Account:
    """Lets an account be used again."""
    changed = people.accounts.enable(account)
    people.tell("account enabled", by, account.login)
    return changed


def account_of(people: People, login: str) -> Account:
    """An account by its login. Raises UnknownName with the nearest."""
    found = people.accounts.of_login(login_form(login))
    if found is None:
        raise UnknownName("login", login, [one.login for one in people.accounts.all()])
    return found


def checked_login(login: str) -> str:
    """The login as it is kept. Raises InvalidDefinition."""
    form = login_form(login)
    if form == LOCAL or not _LOGIN.fullmatch(form):
        raise InvalidDefinition(f"{login[:100]!r} is no login.", "Take an e-mail address, or a name without spaces.")
    return form


def checked_scope(root: Path, role: str, restrictions: Sequence[str]) -> tuple[str, ...]:
    """The conditions that go with a role, each checked against the model and the data.

    Raises InvalidDefinition, or UnknownName for a field or value that does not exist, with the nearest.
    """
    checked_role(role)
    scope = tuple(dict.fromkeys(text for one in restrictions if (text := one_line(one).strip())))
    if role == ADMIN and scope:
        raise InvalidDefinition("An admin has no scope.", "An admin could lift it; take another role.")
    if role == LEAD and not scope:
        raise InvalidDefinition("A lead needs a scope.", "For example region = EMEA; a leader sees all.")
    if scope:
        check_conditions(root, role, scope)
    return scope


def check_conditions(root: Path, role: str, conditions: Sequence[str]) -> None:
    """Raises InvalidDefinition or UnknownName for conditions that mean nothing here, WorkspaceError where nothing is loaded."""
    workspace = Workspace.open(root, restrictions=conditions, role=role)
    try:
        _ = workspace.engine.restrictions
    finally:
        workspace.close()
