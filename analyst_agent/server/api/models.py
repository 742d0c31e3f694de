"""What the API takes and gives, as OpenAPI shows it. Contents of answers are the records of `analyst ask --json`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Item = TypeVar("Item")
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Record = dict[str, Any]


class Given(BaseModel):
    """A request's body: what is not known is refused."""

    model_config = ConfigDict(extra="forbid")


class Problem(BaseModel):
    """What went wrong: a stable code, one sentence, and the next step."""

    code: str
    message: str
    hint: str = ""


class Failed(BaseModel):
    """The one shape of every error."""

    error: Problem


class Page(BaseModel, Generic[Item]):
    """A part of a list. next: what to give as `cursor` for the following part, null at the end."""

    items: list[Item]
    next: str | None = None


class Question(Given):
    """A question in a conversation, a new one without an id."""

    question: Text = Field(examples=["What drove escalations last month?"])
    conversation: Name | None = Field(None, description="Of an answer before, so that this one may follow on it.")
    model: Name | None = Field(None, description="`offline` or `openai:NAME`; unset: the workspace's.")


class PeriodModel(BaseModel):
    """Whole days; `end` is exclusive."""

    start: date
    end: date
    label: str


class Answered(BaseModel):
    """An answer, as `analyst ask --json` gives it."""

    model_config = ConfigDict(extra="allow")

    question: str
    status: Literal["answered", "clarify", "refused", "error"]
    answer: str = Field(description="Markdown; at most about 40 figures. Whole tables are in `tables`.")
    period: PeriodModel | None = None
    compared_with: PeriodModel | None = None
    skills: list[str]
    facts: list[Record]
    tables: list[Record]
    charts: list[Record]
    citations: list[Record]
    recommendations: list[Record]
    caveats: list[Record]
    definitions: list[Record]
    choices: list[str]
    grounding: Record
    usage: Record
    conversation: str
    generation: str
    queries: list[Record]


class Asked(BaseModel):
    """A question on its way. state: running, done, stopped or failed; answer and turn: once it is done."""

    ask: str
    conversation: str
    question: str
    state: Literal["running", "done", "stopped", "failed"]
    asked_at: str
    turn: int | None = None
    answer: Answered | None = None
    error: Problem | None = None


class SessionLine(BaseModel):
    """A conversation in a list."""

    conversation: str
    title: str
    turns: int
    began_at: str
    last_at: str


class Session(BaseModel):
    """A conversation. withheld: turns answered under other grants or another scope, left out."""

    conversation: str
    withheld: int
    turns: list[Record]


class Title(Given):
    """A conversation's title, empty for that of its first question."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class Feedback(Given):
    """What a person says of an answer."""

    verdict: Literal["right", "wrong"]
    correction: Annotated[str, StringConstraints(max_length=5_000)] = ""


class FeedbackKept(BaseModel):
    """What counts for the turn now."""

    conversation: str
    turn: int
    verdict: str
    correction: str
    by: str
    at: str


Names = Annotated[list[Name], Field(max_length=20)]
Conditions = Annotated[list[Text], Field(max_length=50)]


class Query(Given):
    """Metrics of the semantic model, split and filtered, as `analyst query` takes them."""

    metrics: Annotated[list[Name], Field(min_length=1, max_length=20)] = Field(examples=[["escalation_rate"]])
    by: Names = Field([], examples=[["region"]])
    where: Conditions = Field([], examples=[["tier = Enterprise"]])
    period: Text = Field("last 30 days", examples=["2026-10-01..2026-10-31"])
    compare: Text | None = Field(None, description="`previous`, `year` or a period.")
    order: Names = Field([], description="Columns; a leading - for largest first.")
    limit: int | None = Field(None, ge=1, le=100_000)
    top: int | None = Field(None, ge=1, le=1_000)
    share: bool = False
    cost_per_hour: float | None = Field(None, ge=0, le=1e6)


class Analytics(Given):
    """The same by dates and named filters. end: exclusive."""

    start: date = Field(examples=["2026-10-01"])
    end: date = Field(examples=["2026-11-01"], description="The day after the last one.")
    metrics: Annotated[list[Name], Field(min_length=1, max_length=20)] = Field(
        examples=[["escalated_ticket_count", "escalation_rate"]]
    )
    filters: dict[Name, Text | Annotated[list[Text], Field(min_length=1, max_length=200)]] = Field(
        {}, examples=[{"region": "EMEA", "tier": ["Enterprise", "Business"]}], max_length=20
    )
    by: Names = Field([], examples=[["root_cause"]])

    @model_validator(mode="after")
    def _in_order(self) -> Analytics:
        if self.end <= self.start:
            raise ValueError("end is exclusive and must be after start")
        return self


class Rows(BaseModel):
    """Rows with raw numbers: rates 0 to 1, durations in minutes; what must be said about them."""

    columns: list[str]
    rows: list[list[Any]]
    period: PeriodModel | None
    compared_with: PeriodModel | None
    queries: list[Record]
    caveats: list[str]


class Call(Given):
    """A skill or another tool with its arguments; GET /skills shows them."""

    tool: Name = Field(examples=["segment_comparison"])
    arguments: dict[Name, Any] = Field({}, examples=[{"by": "tier", "period": "October 2026"}], max_length=20)


class SkillLine(BaseModel):
    """A tool: what it does, its arguments as JSON schema, what it is asked about."""

    name: str
    description: str
    arguments: Record
    triggers: list[str] = []
    examples: list[str] = []


class LoadStatus(BaseModel):
    """What is loaded. first_day and last_day: of the data; set_aside: rows that could not be taken, as far as they may be told."""

    generation: str
    first_day: date | None
    last_day: date | None
    today: date
    scope: str
    set_aside: int
    emptied: int
    withheld: int


class DocumentLine(BaseModel):
    """A document."""

    id: str
    title: str
    space: str
    status: str | None
    effective: str | None
    product_area: str | None
    passages: int


class PassageLine(BaseModel):
    """A passage of a document that speaks to a query."""

    document: str
    heading: str
    quote: str
    title: str
    space: str
    score: float | None = None
    effective: str | None = None
    standing: str = ""


FAILURES: dict[int | str, dict[str, Any]] = {
    400: {"model": Failed, "description": "Not to be read"},
    401: {"model": Failed, "description": "Nobody is signed in, or the token is not valid"},
    403: {"model": Failed, "description": "Not granted, or outside the caller's scope or role"},
    404: {"model": Failed, "description": "No such thing for this caller"},
    409: {"model": Failed, "description": "The idempotency key was given with another body"},
    422: {"model": Failed, "description": "A value that cannot be; the hint names a valid one"},
    429: {"model": Failed, "description": "Too many requests; Retry-After says when"},
    503: {"model": Failed, "description": "Nothing is loaded, or the state cannot be used"},
}
