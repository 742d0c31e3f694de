"""Letting in somebody the provider vouches for: their account here has the role and scope that their claim gives now."""

from __future__ import annotations

from pathlib import Path

from analyst_agent.errors import AnalystError
from analyst_agent.server.membership import add_account, change_account
from analyst_agent.server.people import People
from analyst_agent.server.problems import NotSignedIn
from analyst_agent.server.provider import Vouched
from analyst_agent.state.accounts import NewAccount


def let_in_vouched(people: People, root: Path, vouched: Vouched, address: str) -> str:
    """Signs in somebody the provider vouches for, with the role and scope of now; the secret for their browser.

    A first time makes them an account. A login that has a local account is not theirs. Raises NotSignedIn.
    """
    account = people.accounts.of_subject(vouched.subject)
    role, scope = vouched.granted.role, vouched.granted.scope
    try:
        if account is None:
            if people.accounts.of_login(vouched.login) is not None:
                people.tell("sign-in refused", "", vouched.login, address, by="provider")
                raise NotSignedIn(
                    f"{vouched.login!r} has an account here with a password.", "Sign in with it, or ask an admin."
                )
            new = NewAccount(vouched.login, vouched.name, role, scope, subject=vouched.subject)
            account = add_account(people, root, new, "provider")
        elif account.is_disabled:
            people.tell("sign-in refused", "", account.login, address, by="provider")
            raise NotSignedIn("Your account here is disabled.", "Ask whoever looks after the accounts.")
        else:
            account = change_account(people, root, account, vouched.name, role, scope, "provider")
    except NotSignedIn:
        raise
    except AnalystError as error:
        raise NotSignedIn(f"You cannot be let in: {error.message}", error.way) from error
    return people.let_in(account, address, "provider")
