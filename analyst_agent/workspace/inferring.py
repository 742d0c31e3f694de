"""What root causes are inferred with in a workspace: its embedder, its labels and, by its settings, its model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analyst_agent.agent.causes import causes_by_model
from analyst_agent.agent.models import OFFLINE, check_model, open_model
from analyst_agent.errors import ModelError
from analyst_agent.skillkit import CauseReading
from analyst_agent.state.labels import MODEL, Label, Labels

if TYPE_CHECKING:
    from analyst_agent.workspace import Workspace

Embed = Callable[[Sequence[str]], NDArray[np.float32]]


def reading_of(workspace: Workspace, embed: Embed) -> CauseReading | None:
    """What the settings ask for; None where nothing is to be inferred."""
    settings = workspace.settings
    if settings.inference == "off":
        return None
    labels = workspace.labels

    def audited() -> Sequence[str]:
        return [ticket for sample in labels.samples(workspace.fingerprint) for ticket in sample.tickets]

    if settings.inference == "nearest":
        return CauseReading(embed, labels, audited=audited)
    problem = (
        "it is offline" if settings.model == OFFLINE else check_model(settings.model).partition(";")[0].rstrip(".")
    )
    if problem:
        text = (
            f"The setting inference = model needs a model, but {problem}; causes come from the nearest examples only."
        )
        return CauseReading(embed, labels, no_model=text, audited=audited)
    return CauseReading(
        embed, labels, ask_model=asking(settings.model, labels, lambda: open_model(settings.model)), audited=audited
    )


def asking(
    name: str, labels: Labels, open_chat: Callable[[], Any]
) -> Callable[[Sequence[tuple[str, str]], Sequence[str]], tuple[Mapping[str, str], str]]:
    """Asks the model and keeps every answer, also that it does not know, so that no ticket is asked about again.

    A model that cannot be reached names nothing; the tickets stay unclassified and are asked about another time.
    """
    source = f"{MODEL}{name}"

    def ask(tickets: Sequence[tuple[str, str]], causes: Sequence[str]) -> tuple[Mapping[str, str], str]:
        try:
            found = causes_by_model(open_chat, tickets, causes)
        except ModelError:
            return {}, source
        labels.add(Label(ticket, cause, source) for ticket, cause in found.items())
        return found, source

    return ask
