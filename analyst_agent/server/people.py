"""Who is let in: signing in and out, passwords, one-time links and tokens; each such event is a line of the audit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from analyst_agent.errors import InvalidDefinition
from analyst_agent.masking import one_line
from analyst_agent.server import passwords
from analyst_agent.server.callers import ADMIN, Caller, at_most, checked_role
from analyst_agent.server.pacing import Pace, WrongPasswords
from analyst_agent.server.problems import NotSignedIn
from analyst_agent.state.accounts import Account, Accounts
from analyst_agent.state.audit import PEOPLE, Audit
from analyst_agent.state.conversation_heads import ConversationHeads
from analyst_agent.state.sign_ins import SignIns
from analyst_agent.state.tokens import NewToken, Token, Tokens
from analyst_agent.workspace import Workspace

LINK_GOOD = timedelta(hours=72)
"""So long a one-time link may be used."""
TOKEN_DAYS, MOST_TOKEN_DAYS = 90, 366
WRONG = "The login or the password is wrong."
"""Also where there is no such login, or it may not be used: nobody learns whether there is."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class People:
    """The accounts of a workspace and whoever is let in with them. unmasked_for: the roles that see personal data."""

    accounts: Accounts
    sign_ins: SignIns
    tokens: Tokens
    audit: Audit
    heads: ConversationHeads
    pace: Pace
    wrong: WrongPasswords
    audit_days: int = 0
    unmasked_for: tuple[str, ...] = ()
    now: Callable[[], datetime] = _utc_now

    @classmethod
    def of(cls, workspace: Workspace) -> People:
        """Those of a workspace; they stay usable when it is closed."""
        url, settings = workspace.state_url, workspace.settings
        return cls(
            Accounts(url, ADMIN), SignIns(url), Tokens(url), Audit(url), ConversationHeads(url), Pace(settings.serving),
            WrongPasswords(), settings.audit_days, settings.unmasked_for,
        )  # fmt: skip

    def close(self) -> None:
        """Closes the database's connections."""
        for store in (self.accounts, self.sign_ins, self.tokens, self.audit, self.heads):
            store.close()

    def sign_in(self, login: str, password: str, address: str) -> str:
        """Signs somebody in; the secret for their browser. Raises NotSignedIn, or TooMany after too many wrong passwords."""
        name = login_form(login)
        self.wrong.attempt(name, address)
        account = self.accounts.of_login(name)
        kept = account.password if account is not None and not account.is_disabled else ""
        if not passwords.is_right(kept, password) or account is None:
            self.tell("sign-in refused", "", account.login if account else "", address)
            raise NotSignedIn(WRONG, "Check both. Whoever looks after the accounts can give you a new link.")
        self.wrong.forgive(name, address)
        if passwords.is_outdated(kept):
            self.accounts.renew_hash(account, passwords.hashed(password))
        return self.let_in(account, address)

    def let_in(self, account: Account, address: str, by: str = "password") -> str:
        """Signs in somebody who has shown who they are; the secret for their browser. by: how they have."""
        secret = self.sign_ins.begin(account, self.now())
        self.tell("signed in", account.login, address=address, by=by)
        return secret

    def sign_out(self, secret: str, address: str = "") -> None:
        """Ends a browser's sign-in."""
        known = self.sign_ins.of(secret, self.now())
        self.sign_ins.end(secret)
        if known is not None:
            self.tell("signed out", self.accounts.get(known.account).login, address=address)

    def signed_in(self, secret: str, *, is_use: bool = True) -> Caller | None:
        """Who a browser's secret is of, None for nobody any more: signed out, expired, or the account was changed since.

        is_use: whether somebody does something with it, which lets it last; not where it is only looked up.
        """
        found = self.sign_ins.of(secret, self.now(), is_noted=is_use)
        if found is None:
            return None
        account = self.accounts.get(found.account)
        if account.is_disabled or account.stamp != found.stamp:
            return None
        return Caller(account.id, account.login, account.role, account.restrictions, found.mark[:16])

    def bearer(self, secret: str, *, is_use: bool = True) -> Caller | None:
        """Who a token is of, None where it is none that is good: within its own and its owner's role and scope of now.

        is_use: whether it is noted as used.
        """
        token = self.tokens.of(secret, self.now(), is_noted=is_use)
        if token is None:
            return None
        owner = self.accounts.get(token.account)
        role = at_most(token.role, owner.role)
        if owner.is_disabled or self._would_unmask(role, owner.role):
            return None
        narrowed = tuple(dict.fromkeys((*owner.restrictions, *token.restrictions)))
        return Caller(owner.id, owner.login, role, narrowed)

    def change_password(self, account: Account, old: str, new: str, address: str) -> str:
        """Gives somebody another password; they are signed out everywhere but where the secret that comes back is put.

        Raises NotSignedIn where the old one is wrong, TooMany, or InvalidDefinition for one that would be guessed.
        """
        passwords.check_choice(new, (account.login, account.name))
        self.wrong.attempt(account.login, address)
        if not passwords.is_right(account.password, old):
            self.tell("password change refused", account.login, address=address)
            raise NotSignedIn(
                "The current password is wrong.", "Check it; sign out and ask for a new link if it is lost."
            )
        self.wrong.forgive(account.login, address)
        changed = self.accounts.set_password(account, passwords.hashed(new))
        self.tell("password changed", account.login, address=address)
        return self.sign_ins.begin(changed, self.now())

    def set_password(self, account: Account, new: str, by: str) -> None:
        """Gives an account another password, whoever knew the one before is signed out. Raises InvalidDefinition."""
        passwords.check_choice(new, (account.login, account.name))
        self.accounts.set_password(account, passwords.hashed(new))
        self.tell("password set", by, account.login)

    def make_link(self, account: Account, by: str) -> str:
        """The secret of a one-time link by which somebody chooses their password. Raises InvalidDefinition."""
        if account.subject:
            raise InvalidDefinition(
                f"{account.login!r} signs in with the provider.", "Their password is changed there."
            )
        if account.is_disabled:
            raise InvalidDefinition(f"{account.login!r} is disabled.", "Enable the account first.")
        secret = self.accounts.make_link(account, self.now() + LINK_GOOD)
        self.tell("link made", by, account.login)
        return secret

    def take_link(self, secret: str, password: str, address: str) -> str:
        """Sets the password that the bearer of a link chose and signs them in. Raises InvalidDefinition."""
        account = self.accounts.of_link(secret, self.now())
        if account is None:
            raise InvalidDefinition("This link is good no more.", "Ask whoever looks after the accounts for a new one.")
        passwords.check_choice(password, (account.login, account.name))
        if not self.accounts.take_link(secret, passwords.hashed(password), self.now()):
            raise InvalidDefinition("This link was used just now.", "Sign in with the password that was chosen.")
        self.tell("password chosen", account.login, address=address)
        return self.let_in(self.accounts.get(account.id), address, "link")

    def make_token(
        self, owner: Account, name: str, role: str, restrictions: Sequence[str], days: int, by: str
    ) -> tuple[str, Token]:
        """A token of somebody: its secret, shown this once, and what is kept of it. Raises InvalidDefinition or NotPermitted."""
        checked_role(role)
        if at_most(role, owner.role) != role:
            raise InvalidDefinition(
                f"{owner.login!r} is {owner.role}, a token may not be {role}.", f"Take {owner.role}."
            )
        if self._would_unmask(role, owner.role):
            raise InvalidDefinition(f"A token of the role {role} would show more than yours.", f"Take {owner.role}.")
        if not 1 <= days <= MOST_TOKEN_DAYS:
            raise InvalidDefinition(f"A token cannot be good for {days} days.", f"From 1 to {MOST_TOKEN_DAYS}.")
        label = one_line(name).strip()[:100]
        if not label:
            raise InvalidDefinition("The token has no name.", "Say what it is for.")
        at = self.now()
        secret, token = self.tokens.make(NewToken(owner.id, label, role, restrictions, at + timedelta(days=days)), at)
        self.tell("token made", by, owner.login, token=f"{token.beginning} {label}")
        return secret, token

    def revoke_token(self, token: Token, by: str) -> bool:
        """Makes a token good no more; False where it was revoked before."""
        if not self.tokens.revoke(token, self.now()):
            return False
        self.tell("token revoked", by, self.accounts.get(token.account).login, token=f"{token.beginning} {token.name}")
        return True

    def tell(self, event: str, who: str, about: str = "", address: str = "", **more: Any) -> None:
        """Adds a line to the audit. who: the login of who did it, "" where nobody knows; about: of whom it was done to."""
        content = {"event": event, "who": who, "about": about, "address": address, **more}
        self.audit.add(content, PEOPLE, self.now(), self.audit_days)

    def _would_unmask(self, role: str, owners: str) -> bool:
        """Whether a role would show personal data that the owner's does not."""
        return role in self.unmasked_for and owners not in self.unmasked_for


def login_form(login: str) -> str:
    """A login as it is kept and compared."""
    return one_line(login).strip().casefold()[:200]
