"""A report composed of findings: claims fill its text, and what a template adds is bound to facts or the step fails."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analyst_agent.claims import Bound, Claim, Wording, bind, claims_of
from analyst_agent.claims.escape import escaped
from analyst_agent.claims.registry import OF_PATTERNS, OPENING
from analyst_agent.errors import UnboundText
from analyst_agent.playbook.kinds.kind import StepContext
from analyst_agent.playbook.page.highlights import highlights_of
from analyst_agent.playbook.page.shown import shown_table
from analyst_agent.playbook.page.views import claims_in, fact_in
from analyst_agent.playbook.records import Highlight, Place, Report, Section, ShownTable
from analyst_agent.playbook.templates import filled, is_template
from analyst_agent.records import Caveat, Chart, Finding, Grounding, Table
from analyst_agent.report import charts_for
from analyst_agent.report.cells import action_text, pattern_label
from analyst_agent.report.markup import inline_plain
from analyst_agent.report.reproducing import commands_of
from analyst_agent.report.telling import LONGEST_CAVEAT, SCOPE, paragraphs, told_beside_tables


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which tables or charts of a finding: all, first, none, or named by the beginnings of their titles."""

    which: str
    titles: tuple[str, ...] = ()

    def of(self, items: Sequence[Any]) -> list[Any]:
        """Those of the items that are wanted, named ones in the order of the names."""
        if self.which == "named":
            return [one for title in self.titles for one in items if one.title.lower().startswith(title.lower())]
        return list(items[: {"all": len(items), "first": 1, "none": 0}[self.which]])


@dataclass(frozen=True, slots=True)
class Wanted:
    """A section as a playbook asks for it. say: only these kinds of claims; leave_out: all but these. when_empty: whether it
    stands there with nothing to tell.
    """

    title: str
    show: str
    tables: Chosen
    charts: Chosen
    say: tuple[str, ...]
    leave_out: tuple[str, ...]
    claims: bool
    actions: bool
    text: str
    when_empty: bool
    place: Place


def composed(
    texts: Mapping[str, tuple[str, Place]],
    wanted: Sequence[Wanted],
    findings: Mapping[str, Finding],
    values: Mapping[str, Any],
    context: StepContext,
    highlights: tuple[str, Place] | None = None,
) -> Report:
    """The report. texts: templates of title, subject and opening with their places. highlights: the input whose leading patterns
    stand on the first screen. Raises UnboundText for words of a
    template that no fact bears out: they are never mailed.
    """
    wording = context.desk.wording
    names = {**values, "fact": fact_in(findings, wording), "claims": claims_in(findings, wording), **findings}
    counted = _Counted()

    def own_words(template: str, place: Place, sources: Sequence[Finding]) -> str:
        return counted.bound(filled(template, names, place).strip(), place, sources or list(findings.values()), wording)

    made = {key: own_words(template, place, []) for key, (template, place) in texts.items()}
    listed = {
        action_text(each, findings[one.show], wording)
        for one in wanted
        if one.actions and one.show
        for each in findings[one.show].recommendations
    }
    sections = []
    for one in wanted:
        finding = findings.get(one.show)
        # A fixed heading without a figure names a section and states nothing; checked, it would stop the report of a month
        # in which nothing rises.
        is_name = not is_template(one.title) and not any(c.isdigit() for c in one.title)
        title = one.title if is_name else own_words(one.title, one.place, [finding] if finding else [])
        extra = own_words(one.text, one.place, [finding] if finding else []) if one.text else ""
        section = _section(one, title, extra, finding, wording, counted, listed)
        if section is not None:
            sections.append(section)
    leading = _leading(highlights, findings, wording, counted)
    shown = [finding for name, finding in findings.items() if any(one.show == name for one in wanted)]
    return Report(
        inline_plain(made["title"]),
        inline_plain(made["subject"]),
        context.period,
        context.before,
        made["opening"],
        tuple(sections),
        "; ".join(dict.fromkeys(c.text for f in shown for c in f.caveats if c.code == SCOPE)),
        tuple(_caveats(shown)),
        tuple({d.name: d for f in shown for d in f.definitions}.values()),
        tuple(dict.fromkeys(c for f in shown for c in f.citations)),
        tuple(dict.fromkeys(command for f in shown for command in commands_of(f.queries))),
        Grounding(counted.claims, counted.claims),
        highlights=leading,
    )


class _Counted:
    """How many clauses were shown; every one of them is bound, or nothing is shown."""

    def __init__(self) -> None:
        self.claims = 0

    def bound(self, text: str, place: Place, sources: Sequence[Finding], wording: Wording) -> str:
        """The text, borne out by one of the findings."""
        if not text:
            return ""
        tries: list[Bound] = []
        for finding in sources:
            tries.append(bind(text, finding, wording))
            if not tries[-1].grounding.unbound:
                break  # this one bears all of it out
        best = min(tries, key=lambda one: len(one.grounding.unbound), default=None)
        if best is not None and best.grounding.unbound:
            left = [s for s in best.grounding.unbound if all(s in one.grounding.unbound for one in tries)]
            if left:
                raise UnboundText(
                    f"{place.file}, line {place.line}: no fact bears out {left[0]!r}.",
                    "Say it with {{ fact(...) }} or {{ claims(...) }}, or leave the number out.",
                )
        self.claims += best.grounding.claims if best else 0
        return text


def _section(
    wanted: Wanted,
    title: str,
    extra: str,
    finding: Finding | None,
    wording: Wording,
    counted: _Counted,
    listed: Collection[str],
) -> Section | None:
    if finding is None:
        return Section(title, extra)
    tables: list[Table] = wanted.tables.of([t for t in finding.tables if t.columns and t.rows])
    charts: list[Chart] = wanted.charts.of(charts_for(finding, wording)) if wanted.charts.which != "none" else []
    told = _told(wanted, finding, tables, wording) if wanted.claims else []
    counted.claims += len(told)
    text = "\n\n".join(part for part in (extra, *_blocks(told, finding)) if part)
    actions = _actions(finding, wording) if wanted.actions else ()
    if wanted.when_empty and not (text or tables or actions):
        text = " ".join(escaped(c.text, LONGEST_CAVEAT) for c in finding.caveats if c.code != SCOPE)
    if not (wanted.when_empty or text or tables or charts or actions):
        return None
    shown: tuple[ShownTable, ...] = tuple(shown_table(table, finding, wording, listed) for table in tables)
    return Section(title, text, shown, tuple(charts), actions)


def _blocks(told: Sequence[Claim], finding: Finding) -> list[str]:
    """The first claim of the opening as a paragraph, every further claim as a bullet of its own: a report is skimmed, not read."""
    opening = [c.text for c in told if c.kind in OPENING]
    patterns = paragraphs([c for c in told if c.kind not in OPENING and c.kind in OF_PATTERNS], finding, [])
    others = [c.text for c in told if c.kind not in OPENING and c.kind not in OF_PATTERNS]
    bullets = [line for text in [*opening[1:], *patterns, *others] for line in _bulleted(text)]
    if len(bullets) == 1:
        bullets = [bullets[0].removeprefix("- ")]
    return [*opening[:1], "\n".join(bullets)]


def _bulleted(text: str) -> list[str]:
    return text.splitlines() if text.startswith("- ") else [f"- {text}"]


def _leading(
    of: tuple[str, Place] | None, findings: Mapping[str, Finding], wording: Wording, counted: _Counted
) -> tuple[Highlight, ...]:
    if of is None:
        return ()
    name, place = of
    made = highlights_of(findings[name], wording)
    for one in made:
        if one.text:
            counted.bound(f"{one.pattern}: {one.text}", place, [findings[name]], wording)
    return made


def _told(wanted: Wanted, finding: Finding, tables: Sequence[Table], wording: Wording) -> list[Claim]:
    claims = [c for c in claims_of(finding, wording) if c.kind not in wanted.leave_out]
    if wanted.say:
        claims = [c for c in claims if c.kind in wanted.say]
    is_beside = bool(tables) and bool(finding.tables) and tables[0] is finding.tables[0]
    return told_beside_tables(finding, claims) if is_beside else claims


def _actions(finding: Finding, wording: Wording) -> tuple[str, ...]:
    return tuple(
        f"**{escaped(pattern_label(one.pattern, finding, wording))}**: {action_text(one, finding, wording)}"
        for one in finding.recommendations
    )


def _caveats(findings: Sequence[Finding]) -> list[Caveat]:
    found = {c.text: c for f in findings for c in f.caveats if c.code != SCOPE}
    return list(found.values())
