"""The ways out of errors that more than one surface shows, in the words of each: nobody on a page is told to type a command."""

from __future__ import annotations

from analyst_agent.errors import WayOut

LOAD = WayOut(
    "Run `analyst load PATH` with your helpdesk's export.",
    "Hand in your helpdesk's export on the page Data, or ask whoever looks after the data.",
    "Somebody who curates hands in the helpdesk's export on the page Data; GET /api/v1/data tells when it is there.",
)
DOCUMENTS = WayOut(
    "Add the documents with `analyst knowledge add DIR`.",
    "Hand the documents in on the page Knowledge, or ask whoever looks after them.",
    "Somebody who curates hands the documents in on the page Knowledge; GET /api/v1/knowledge/documents lists them.",
)
CONVERSATIONS = WayOut(
    "`analyst sessions list` shows their ids.",
    "The list on the page Ask has yours.",
    "GET /api/v1/sessions lists yours.",
)
PLAYBOOKS = WayOut(
    "`analyst playbook list` lists them.", "The page Playbooks lists them.", "GET /api/v1/playbooks lists them."
)
RUNS = WayOut(
    "`analyst playbook runs` lists them.",
    "The page of each playbook lists its runs.",
    "GET /api/v1/runs lists them.",
)
DECIDE = WayOut(
    "Decide with `analyst outbox resolve`.",
    "Decide on the mail's page.",
    "Somebody who may send decides on the mail's page.",
)
ENGINE = WayOut(
    "See `analyst doctor`.",
    "Try again in a while; if it stays so, tell whoever runs this server.",
    "Try again in a while; if it stays so, tell whoever runs this server.",
)
WITHOUT_MODEL = WayOut(
    "Ask again, or use --model offline.",
    "Ask again; if it stays so, tell whoever set up the model.",
    'Ask again, or with "model": "offline".',
)
FIRST_ACCOUNT = WayOut(
    "Run `analyst people add` on it first.",
    "Ask whoever runs it for an account.",
    "Ask whoever runs it for an account and a token.",
)


def run_again(playbook: str) -> WayOut:
    """Beginning a playbook anew."""
    return WayOut(
        f"Run it again: analyst playbook run {playbook}.",
        f"Press Run now on the page of {playbook}.",
        f"Run it again: POST /api/v1/playbooks/{playbook}/runs.",
    )
