"""Claims about what escalations cost: the whole, a group, where a change comes from, what is avoidable, what a reduction saves."""

from __future__ import annotations

from collections.abc import Mapping

from analyst_agent.claims import formats
from analyst_agent.claims.clauses import difference_of
from analyst_agent.claims.kinds.opening import period_opening
from analyst_agent.claims.records import Kind, Request
from analyst_agent.records import Fact


def cost_headline(request: Request) -> str:
    """ "**October 2026** (1 to 31 October, against September 2026). 412 escalated tickets cost an estimated 20,412 USD, ..." """
    cost, count, each = (
        request.of("estimated_cost"),
        request.of("escalated_ticket_count"),
        request.of("cost_per_escalated_ticket"),
    )
    if cost is None or count is None or not _known(cost) or not _known(count):
        return ""
    total = float(count.value or 0)
    text = (
        f"{formats.count(total)} escalated {formats.plural(total, 'ticket')} cost an estimated {_money(request, cost)}"
    )
    rate, daily = request.of("cost_per_hour"), request.of("cost_per_day")
    if each is not None and _known(each) and total > 1:
        text += f", {_money(request, each)} each"
    if rate is not None:
        text += f" at {_money(request, rate)} an hour"
    if daily is not None and _known(daily):
        text += f"; {_money(request, daily)} a day, {difference_of(daily, request.wording)}"
    opening = period_opening(request.finding, request.wording.filtered(cost.filters))
    return f"{opening} {text}" if opening else formats.sentence(text)


def cost_group(request: Request) -> str:
    """ "Product bug: 8,912 USD, 43.7 % of the cost, for 171 tickets (52 USD each)"."""
    cost, share, count, each = (
        request.of(name)
        for name in ("estimated_cost", "share_of_cost", "escalated_ticket_count", "cost_per_escalated_ticket")
    )
    if cost is None or share is None or count is None or each is None or not _known(cost) or not _known(share):
        return ""
    total = float(count.value or 0)
    name = request.name_of(cost, str(request.arguments.get("dimension", "")))
    return (
        f"{name}: {_money(request, cost)}, {request.wording.number(share)} of the cost, for {formats.count(total)} "
        f"{formats.plural(total, 'ticket')} ({_money(request, each)} each)"
    )


def cost_split(request: Request) -> str:
    """ "Of that, 40 USD a day more come from the number of escalated tickets and 20 USD a day more from the cost of each"."""
    volume, handling = request.of("cost_from_volume"), request.of("cost_from_handling")
    if volume is None or handling is None or not (_known(volume) and _known(handling)):
        return ""
    return (
        f"By its parts: {_signed(request, volume)} a day from the number of escalated tickets and "
        f"{_signed(request, handling)} a day from what each costs"
    )


def avoidable_strict(request: Request) -> str:
    """ "Of 412 escalated tickets 300 were reviewed; those marked as not necessary are 18.2 % of what the reviewed cost (...)"."""
    reviewed, share, cost = (
        request.of("reviewed_count"),
        request.of("unnecessary_share_of_cost"),
        request.of("avoidable_cost_strict"),
    )
    if reviewed is None or not _known(reviewed):
        return ""
    amount, total = float(reviewed.value or 0), float(reviewed.n or 0)
    verb = formats.plural(amount, "was", "were")
    head = (
        f"Of {formats.count(total)} escalated {formats.plural(total, 'ticket')} {formats.count(amount)} {verb} reviewed"
    )
    if share is None or not _known(share):
        return head
    span = formats.span(share.interval, "ratio")
    text = f"{head}; those marked as not necessary are {request.wording.number(share)} of what these cost"
    text += f" (95 % interval {span})" if span else ""
    if cost is None or not _known(cost):
        return f"{text}: too few to say it of all"
    span = formats.span(cost.interval, "currency", request.wording.currency)
    return f"{text}; if the others are like them, {_money(request, cost)} ({span}) could be avoided"


def avoidable_wide(request: Request) -> str:
    """ "At the widest 9,100 USD could be avoided: ..." """
    wide, strict = request.of("avoidable_cost_wide"), request.of("avoidable_cost_strict")
    if wide is None or not _known(wide):
        return ""
    removable, workaround = request.of("removable_cost"), request.of("workaround_cost")
    parts = []
    if removable is not None and _known(removable):
        parts.append(f"{_money(request, removable)} of training, documentation and process causes")
    if workaround is not None and _known(workaround):
        parts.append(f"{_money(request, workaround)} of tickets that match a known issue with a workaround")
    if strict is not None:
        parts.append("what the marks say of the rest")
    if not parts:
        return ""
    return f"At the widest {_money(request, wide)} could be avoided: {formats.listed(parts)}"


def saving(request: Request) -> str:
    """ "If 20 % of Product bug escalations were avoided, up to 1,780 USD a month (1,300 to 2,260 USD) would be saved ..." """
    part, most = request.of("reduction"), request.of("saved_per_month")
    net, ordinary = request.of("saved_net_per_month"), request.of("mean_ticket_handle_minutes")
    if part is None or most is None or not (_known(part) and _known(most)):
        return ""
    named = request.name_of(most) if most.dimensions else "all"
    span = formats.span(most.interval, most.unit, request.wording.currency)
    share = f"{100 * float(part.value or 0):g} %"
    text = f"If {share} of the {named} escalations were avoided, up to {_money(request, most)} a month"
    text += f" ({span})" if span else ""
    text += " would be saved, counting their whole handling"
    if net is not None and ordinary is not None and _known(net) and _known(ordinary):
        text += (
            f"; {_money(request, net)} if each still took the {request.wording.number(ordinary)} "
            "of a ticket that is not escalated"
        )
    return text


def _known(fact: Fact) -> bool:
    return formats.is_number(fact.value)


def _money(request: Request, fact: Fact) -> str:
    return request.wording.number(fact)


def _signed(request: Request, fact: Fact) -> str:
    value = float(fact.value or 0)
    shown = formats.size(value, fact.unit, request.wording.currency)
    return f"{shown} {'more' if value >= 0 else 'less'}"


KINDS: Mapping[str, Kind] = {
    "cost_headline": cost_headline,
    "cost_group": cost_group,
    "cost_split": cost_split,
    "avoidable_strict": avoidable_strict,
    "avoidable_wide": avoidable_wide,
    "saving": saving,
}
BESIDE_TABLE: Mapping[str, Kind] = {"cost_group": lambda _: ""}
OPENING = frozenset({"cost_headline"})
