"""Delivery: reports as messages, an outbox that survives everything, and the servers and channels they are handed to."""

from analyst_agent.playbook.delivery.message import message_bytes
from analyst_agent.playbook.delivery.posting import check_ready, post, post_note
from analyst_agent.playbook.delivery.records import (
    Attachment,
    Deliver,
    Failure,
    Mail,
    Mailroom,
    Origin,
    Outcome,
    Picture,
    Placed,
)
from analyst_agent.playbook.delivery.releasing import approve, resolve
from analyst_agent.playbook.delivery.sending import deliver_due
from analyst_agent.playbook.delivery.telling import tell_owner

__all__ = [
    "Attachment",
    "Deliver",
    "Failure",
    "Mail",
    "Mailroom",
    "Origin",
    "Outcome",
    "Picture",
    "Placed",
    "approve",
    "check_ready",
    "deliver_due",
    "message_bytes",
    "post",
    "post_note",
    "resolve",
    "tell_owner",
]
