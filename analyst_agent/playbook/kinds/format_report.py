"""The step `format`: a report of sections, each of an input's claims, tables, charts and actions; its own words are checked like a model's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analyst_agent.playbook.kinds.kind import BUILT_IN_VALUES, StepContext, StepKind
from analyst_agent.playbook.page.composing import Chosen, Wanted, composed
from analyst_agent.playbook.page.pictures import draw_ahead
from analyst_agent.playbook.page.summary import with_summary
from analyst_agent.playbook.reading.options import Options
from analyst_agent.playbook.records import Place, Playbook, Report, Result, Step
from analyst_agent.playbook.running.settling import settled
from analyst_agent.playbook.templates import check
from analyst_agent.records import Finding
from analyst_agent.report import charts_for

FUNCTIONS = ("fact", "claims")
SHOWN = ("all", "first", "none")


@dataclass(frozen=True, slots=True)
class Format:
    """title, subject and opening are templates. highlights: the input whose leading patterns come first, "" for none. summary: the
    input whose claims a configured model may word the opening from, "" for none.
    """

    title: str
    subject: str
    opening: str
    highlights: str
    summary: str
    sections: tuple[Wanted, ...]
    places: Mapping[str, Place]


def _read(options: Options) -> Format:
    inside = options.under("format", f"the format of {options.what}")
    sections = [_section(one) for one in inside.listed("sections", "section")]
    if not sections:
        raise inside.place().wrong("a report has sections.", "Add `sections:` with a `title` and what to `show`.")
    made = Format(
        inside.text("title", "{{ playbook_title }}"),
        inside.text("subject"),
        inside.text("opening", ""),
        inside.text("highlights", ""),
        inside.text("summary", ""),
        tuple(sections),
        {
            key: inside.place().on(inside.first_line(key))
            for key in ("title", "subject", "opening", "highlights", "summary")
            if key in inside.keys
        },
    )
    inside.done()
    return made


def _section(options: Options) -> Wanted:
    made = Wanted(
        options.text("title"),
        options.text("show", ""),
        _chosen(options, "tables", "first"),
        _chosen(options, "charts", "all"),
        options.texts("say"),
        options.texts("leave_out"),
        options.flag("claims", True),
        options.flag("actions", False),
        options.text("text", ""),
        options.flag("when_empty", True),
        options.place().on(options.first_line("text")) if "text" in options.keys else options.place(),
    )
    options.done()
    return made


def _chosen(options: Options, key: str, default: str) -> Chosen:
    """`all`, `first`, `none`, or the beginnings of titles."""
    if not options.has(key):
        return Chosen(default)
    listed = options.texts(key)
    if len(listed) == 1 and listed[0] in SHOWN:
        return Chosen(listed[0])
    return Chosen("named", listed)


def _check(step: Step, playbook: Playbook) -> None:
    wanted: Format = step.options
    names = (*playbook.variables, *BUILT_IN_VALUES, *step.inputs, *FUNCTIONS, "playbook_title")
    for key, text in (("title", wanted.title), ("subject", wanted.subject), ("opening", wanted.opening)):
        check(text, names, wanted.places.get(key, step.place))
    for key, named in (("highlights", wanted.highlights), ("summary", wanted.summary)):
        if named and named not in step.inputs:
            raise wanted.places[key].wrong(
                f"`{key}` names {named!r}, which is no input of step {step.name!r}.",
                f"Its inputs are: {', '.join(step.inputs) or 'none'}.",
            )
    for section in wanted.sections:
        check(section.title, names, section.place)
        check(section.text, names, section.place)
        if section.show and section.show not in step.inputs:
            raise section.place.wrong(
                f"the section shows {section.show!r}, which is no input of step {step.name!r}.",
                f"Its inputs are: {', '.join(step.inputs) or 'none'}.",
            )
        if not section.show and not section.text:
            raise section.place.wrong("the section shows nothing.", "Give it `show: STEP` or a `text`.")


def _run(step: Step, context: StepContext) -> Result:
    wanted: Format = step.options
    texts: dict[str, tuple[str, Place]] = {
        key: (text, wanted.places.get(key, step.place))
        for key, text in (("title", wanted.title), ("subject", wanted.subject), ("opening", wanted.opening))
    }
    values: dict[str, Any] = {**context.values, "playbook_title": context.playbook.title}
    findings: Mapping[str, Finding] = context.findings()
    sections: Sequence[Wanted] = wanted.sections
    highlights = (wanted.highlights, wanted.places["highlights"]) if wanted.highlights in findings else None
    made = composed(texts, sections, findings, values, context, highlights)
    return with_summary(made, step.name, findings[wanted.summary], context) if wanted.summary in findings else made


def _ahead(step: Step, name: str, context: StepContext) -> None:
    """Begins to draw the charts of an input that the report will show."""
    wanted: Format = step.options
    finding = context.findings().get(name)
    shown = [one.charts for one in wanted.sections if one.show == name and one.charts.which != "none"]
    if finding is not None and shown:
        charts = charts_for(finding, context.desk.wording)
        # As the report will hold them, whose numbers are settled too.
        draw_ahead(settled(chart) for chosen in shown for chart in chosen.of(charts))


KIND = StepKind(_read, _run, takes=(Finding,), gives=Report, check=_check, ahead=_ahead)
