"""Handing notes to Slack, Teams and others through Apprise, which says only whether all went well."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage

from analyst_agent.errors import WorkspaceError
from analyst_agent.playbook.delivery.records import Handed
from analyst_agent.settings.delivery import Delivery, filled, may_notify


class AppriseTransport:
    """Notifies the channels of the settings. Apprise does not tell whether a service got a note before something went wrong,
    so every failure leaves it in doubt.
    """

    def __init__(self, settings: Delivery) -> None:
        self._settings = settings

    def hand_over(self, recipient: str, content: bytes, before_end: Callable[[], None]) -> Handed:
        """See Transport."""
        import apprise

        if recipient not in self._settings.channels:
            return Handed("refused", f"there is no channel {recipient!r} in [delivery.channels]")
        try:
            url = filled(self._settings.channels[recipient], f"delivery.channels.{recipient}")
        except WorkspaceError as error:
            return Handed("later", error.message)
        if not may_notify(self._settings.services, url):
            return Handed("refused", f"{url.partition('://')[0]!r} is not among delivery.services, or its host is not")
        asset = apprise.AppriseAsset(app_id="Analyst", storage_mode=apprise.PersistentStoreMode.MEMORY)
        service = apprise.Apprise.instantiate(url, asset=asset)
        if service is None:
            return Handed("refused", f"Apprise cannot read the URL of the channel {recipient!r}")
        channel = apprise.Apprise(asset=asset)
        channel.add(service)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        before_end()
        result = channel.notify(
            body=message.get_content(), title=str(message["Subject"]), body_format=apprise.NotifyFormat.TEXT,
            timeout=self._settings.timeout_s,
        )  # fmt: skip
        if result:
            return Handed("sent", "Apprise says that the service took it")
        return Handed(
            "in_doubt", f"Apprise says {result.status.name.lower()}; whether the service got the note, it does not say"
        )

    def close(self) -> None:
        """Nothing is kept open."""
