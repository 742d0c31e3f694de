"""What the first question needs and no later one, done before anybody asks it."""

from __future__ import annotations

from analyst_agent.agent.events import answer_of
from analyst_agent.agent.models import OFFLINE
from analyst_agent.agent.replies import example
from analyst_agent.workspace import Workspace


def rehearse(workspace: Workspace) -> None:
    """Answers an example and keeps nothing of it: the sentence model and the index of documents are read, vectors and values are
    at hand. An engine elsewhere is asked for nothing that somebody would pay for: the example is then only read. Raises an
    AnalystError where documents or data cannot be opened.
    """
    analyst = workspace.analyst(OFFLINE)
    question = example(analyst.desk)
    if workspace.settings.engine:
        analyst.read(question)
    else:
        answer_of(analyst.stream(question))
    analyst.desk.library.looked_up(question)
