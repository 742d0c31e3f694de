"""What the model calls of one answer may take: seconds, calls and tokens."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analyst_agent.errors import ModelError

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

CHARACTERS_PER_TOKEN = 3.5
"""Fewer than tokenizers make of English or JSON, so that an estimate is rather too high."""


class OutOfBudget(ModelError):
    """No further model call may be made for this answer."""


@dataclass(slots=True)
class Budget:
    """Limits, and what was used of them. The seconds count from the first call: loading a provider's client is no part of them."""

    seconds: float
    calls: int
    tokens: int
    begun: float | None = None
    call_count: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    unreported_tokens: int = 0

    @property
    def left_s(self) -> float:
        """Seconds left; negative when it is over."""
        return self.seconds - (time.monotonic() - self.begun if self.begun is not None else 0.0)

    def begin(self) -> None:
        """The first call is about to be made."""
        if self.begun is None:
            self.begun = time.monotonic()

    def check(self) -> None:
        """Raises OutOfBudget, naming the limit that is reached."""
        used = self.input_tokens + self.output_tokens + self.unreported_tokens
        for is_over, limit in (
            (self.left_s <= 0, f"{self.seconds:g} seconds"),
            (self.call_count >= self.calls, f"{self.calls} model calls"),
            (used >= self.tokens, f"{self.tokens:,} tokens"),
        ):
            if is_over:
                raise OutOfBudget(f"The budget of {limit} for an answer is used up.", "It is set in [model].")

    def count(self, sent: Iterable[BaseMessage], reply: BaseMessage) -> None:
        """Counts a call by what its provider reports, else by an estimate that is kept apart."""
        self.call_count += 1
        used: dict[str, Any] = dict(getattr(reply, "usage_metadata", None) or {})
        self.input_tokens += int(used.get("input_tokens", 0))
        self.output_tokens += int(used.get("output_tokens", 0))
        if not used:
            self.unreported_tokens += sum(estimated_tokens(str(m.text)) for m in (*sent, reply))


def estimated_tokens(text: str) -> int:
    """Tokens of a text, estimated without a tokenizer.

    >>> estimated_tokens("Escalations rose.")
    5
    """
    return math.ceil(len(text) / CHARACTERS_PER_TOKEN)
