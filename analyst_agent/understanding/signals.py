"""The shape of a clause from its closed-class words: a cause, a comparison, a change, a norm, a definition, an action, a forecast."""

from __future__ import annotations

import re

from analyst_agent.understanding import cues
from analyst_agent.understanding.mentions import Mention
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.values import ASKS_SHARE
from analyst_agent.understanding.words import Token

_SHARE = r"(?:share|percentage|percent|proportion|fraction|portion|part|how much)"
_PATTERNS = {
    "count": r"^(?:(?:please|pls|plz|kindly|just|can you|could you|would you|now|and) )*(?:count|tally)\b|\bhow many\b|\bnumber of\b|\bcount of\b|\bcounts?$|\bhow much volume\b",
    "how_long": r"\bhow many (?:hours|minutes|days) (?:until|till|before|to|did|does|do|is|was|on average)\b|\bhow (?:long|fast|quickly|soon|slow|slowly)\b|\b(?:faster|slower|quicker|sooner|longer|fastest|quickest|slowest|longest)\b(?! than \d)",
    "norm": r"\b(?:must|shall|ought to|have to|has to|need to|needs to|(?:is|are|am|be) (?:\w+ ){0,3}(?:supposed|allowed|required|obliged|permitted|entitled|expected) to|mandatory|required)\b"
    r"|\b(?:may|can|should) (?:we|i|an?|agents?|the|our|my|they) (?!(?:also |please |quickly )?(?:get|have|see)\b)(?:\w+ )?(?!i|we)",
    "should": r"\bshould\b",
    "target": r"\b(?:(?:do|did|have) we promised?|(?:is|was|are|were|been) promised|promises?|targets?|deadline|commitment|obligations?|entitlements?)\b|\bslas?\b(?! (?:breach|miss|compliance|violation|fail|hit|met))",
    "injection": r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,60}\b(?:instructions?|rules?|prompts?|previous|above|guardrails?|restrictions?|scope)\b|\bsystem prompt\b|\bjailbreak|\bdeveloper mode\b|\byou are now\b|\bpretend (?:to|you|that)\b|\bact as\b|\broleplay\b",
    "secret": r"\b(?:passwords?|api keys?|access tokens?|credentials?|secrets?|salar(?:y|ies)|wages?|credit cards?|card numbers?|bank accounts?|private keys?|connection strings?|environment variables?|phone numbers?|e ?mail addresses|home address(?:es)?|personal data|date of birth|ssn)\b",
    "procedure": r"\bhow (?:do|should|can|must) (?:we|i|you|one|agents?|they) (?!compare|differ|perform|look|do\b|know|rank|stand)\w+|\bwhat (?:are|is) the (?:steps?|process|procedure|rules?)\b|\bwhat happens (?:when|if|to|after|once)\b|\bsteps (?:to|for)\b|\bhow to\b",
    "who_decides": r"\bwho (?:can |may |must |should |has to |needs to |is allowed to |is responsible|is in charge|is on call|approves?|decides?|signs?|owns?|authori[sz]es?|do (?:i|we) (?:contact|call|ask|notify|tell))",
    "known_issue": r"\bknown (?:issues?|bugs?|problems?|errors?|defects?|limitations?)\b|\b(?:documented|existing|open) (?:bugs?|issues?|problems?)\b|\bwork ?arounds?\b|\b(?:bugs?|issues?|problems?|errors?) (?:\w+ )?(?:been |already )+(?:reported|known|logged|documented|filed)\b|\b(?:anything|something|what) (?:is )?documented\b|\b(?:is|are|was) (?:\w+ ){0,5}documented\b|\b(?:the|a|any) (?:fix|solution|remedy) (?:for|to)\b|\bfix (?:planned|scheduled|coming)\b|\bwhen will .*\b(?:fixed|fix)\b|\bstatus of ki\b|\bki \d+",
    "coverage": r"\b(?:what|which) hours\b.*\b(?:work\w*|open|cover\w*|staffed|available|reachable|there|on duty|on call|in)\b|\b(?:opening|business|office|working) (?:hours|times)\b|\bwhen (?:is|are|does|do) .+ (?:open|staffed|reachable|available|on duty|on call)\b",
    "say": r"\b(?:polic\w+|procedure|rules?|guidelines?|playbook|runbook|handbook|documents?|documentation|docs|manual|article|agreement|sla)\b(?: \w+){0,3} (?:say|says|state|states|require|requires|tell|tells|mention|mentions|cover|covers|allow|allows|prescribe|prescribes|apply|applies)\b"
    r"|\b(?:say|says|state|states|require|requires|tell(?! me| us)|mention|cover|allow)\b(?: \w+){0,4} (?:about|on|regarding|for)\b|\baccording to\b|\b(?:is there|are there|do we have|have we|any|where is)(?: \w+){0,2} (?:documentation|documents?|docs|articles?|guidance|rules?|instructions)\b(?! gaps?)|\b(?:our|the|any|a|which|what|is there an?|have an?) (?:\w+ ){0,2}(?:polic(?:y|ies)|procedures?|guidelines?|guidance|playbooks?|runbooks?|handbook|manual|sop)\b",
    "mean": r"\bwhat (?:does|do|did) (?!our|the polic|your polic)(?:.+) (?:mean|stand for|measure|count|include|refer to)\b|\b(?:meaning|definition|formula)s? (?:of|for|behind)\b|\bhow (?:is|are|do you|was|were) (?:.+?)(?:calculated?|computed?|defined?|measured?|worked out|estimated?|determined?|derived?|counted)\b|^(?:please )?(?:define|explain)\b(?! why)|\bwhat is (?:an?|meant)\b|\bwhat (?:counts|qualifies) as\b",
    "values_of": r"\b(?:which|what) (?:values?|options?|entries|choices)\b|\bvalues? (?:does|do|of|for|are|exist)\b|\b(?:list|show|name|give)(?: me)?(?: all)?(?: of)?(?: the| our)?(?: possible| available| different)? \w+(?: \w+)?$|\b(?:which|what) (?:\w+ ){1,2}(?:are there|exist|do we have|do you have|do you know|can i choose|are available|are in the data)\b",
    "capability": r"\bwhat (?:can|could|do) you (?:do|answer|tell|help|know|offer|analy[sz]e)\b|\bwhat (?:else |all )?(?:can|could|should|may) (?:i|we|one) (?:ask|do with|query)\b|\b(?:which|what) questions (?:can|could|do|should|may) (?:you|i|we)\b|\bhow does this (?:thing |tool )?work\b|\bwhat (?:kind|kinds|sort|type|types) of (?:questions?|things)\b|\b(?:who|what) are you\b|^(?:/?help|\?)\W*(?:me)?$|\bhow (?:do|can) i use (?:this|you)\b|\bwhat is this\b$|\bhelp$|\byour (?:skills|capabilities|features|abilities)\b|\bwhich skills\b|\bwhat skills\b",
    "schema": r"\b(?:which|what|list|show|name|all|available)(?: \w+){0,4} (?:metrics?|measures?|kpis?|dimensions?|fields?|columns?|data|tables?|breakdowns?|filters?|attributes|splits)\b(?! (?:is|are|was|were) (?:worst|best|high|low))|\b(?:metrics?|measures?|kpis?|dimensions?|fields?)(?: \w+){0,2} (?:do|can|are)\b|\bwhat data\b|\bhow (?:fresh|recent|old|current|complete|up to date) (?:is|are) (?:the|your|our) data\b|\b(?:until|till|up to|since|from) (?:when|what date|which date)\b|\b(?:data|tickets)(?: \w+){0,4} (?:go back|reach|cover|loaded|start|end)\b",
    "predict": r"\bforecast\w*|\bpredict\w*|\bprojection|\bproject(?:ed)?\b(?= \w+ (?:for|next))|\bwill\b|\bgoing to (?:be|rise|fall|increase|happen|have|see|get|look|escalate)\b|\bexpect(?:ed)? (?:for|in|next)\b|\bby the end of (?:next|the year)\b.*\bwill\b",
    "rows": r"\b(?:show|list|display|see|give|print|export|open|pull up|get|fetch)(?: \w+){0,2}? (?:all |each |every |single |individual |raw |the |these |those |this |that |such |my |our )*(?:\w+ ){0,2}?(?:tickets?|cases?|incidents?|rows?|records?)\b(?! (?:volumes?|counts?|numbers?|trends?|rates?|totals?|by|per))|\bwhich (?:\w+ ){0,2}?(?:tickets?|cases?|incidents?)\b|\bticket (?:ids?|numbers?|list|details)\b|\bticket #?\d+",
    "share_of_escalated": rf"\b{_SHARE} of (?:(?!tickets?\b|cases?\b|incidents?\b|requests?\b|time\b|cost\w*\b)\w+ ){{0,6}}?(?:escalations?|escalated)\b|\b(?:out )?of (?:(?!tickets?\b)\w+ ){{0,6}}?(?:escalations?|escalated)\b.*\b(?:what|which) {_SHARE}\b",
    "share_of_tickets": rf"\b{_SHARE} of (?:(?!escalat)\w+ ){{0,6}}?(?:tickets?|cases?|incidents?|requests?)\b|\b(?:out )?of (?:(?!escalat)\w+ ){{0,6}}?(?:tickets?|cases?|incidents?|requests?)\b.*\b(?:what|which) {_SHARE}\b",
    "more": r"\b(?:more|less|fewer|higher|lower|greater|worse|better|disproportionately|unusually|oftener)\b|\bas (?:often|much|many|likely)\b|\bdo(?:es)? (?:better|worse)\b",
    "than": r"\bthan\b|\bversus\b|\bvs\b|\bcompared (?:to|with)\b|\bagainst\b|\brest\b|\bothers?\b|\belse\b",
    "over_time": r"\b(?:get|gets|getting|got|gotten|become|becomes|becoming|became)\b.*\b(?:better|worse|higher|lower|more|less|rarer)\b|\b(?:improv\w+|worsen\w*|deteriorat\w+)|\bthan (?:before|it was|they were|we were|it used to|earlier|previously|usual|normal|ever|in the past)\b",
    "matches_known": r"\b(?:match|matches|matching|related to|linked to|caused by|because of|due to|explained by)\b.*\b(?:known|ki \d+)\b|\bknown (?:issue|bug|problem)\b.*\b(?:behind|for|explain|match|cause)|\bki \d+\b.*\b(?:driv\w+|caus\w+|behind|hurt\w*|affect\w*)\b",
    "how_doing": r"\b(?:broken|systemic\w*|wrong|in trouble|deteriorat\w+)\b|\b(?:dashboard|everything about|(?:tell|show) (?:me|us) (?:\w+ )?about|insights?|findings|(?:monthly|weekly|quarterly|daily|full|escalation) report|report (?:for|on|about)|analy[sz]e|analysis of|deep dive)\b|\bhow (?:bad|serious|badly|good|healthy|well) (?:is|are|was|were|did|do)\b|\bwhat (?:has )?happened\b|\bhow (?:are|is|were|was|did|do|have|has) (?:we|things|it|everything|support|business|the (?:team|desk|helpdesk|situation|numbers?|month|week|quarter|year))\b|\bwhat is (?:new|up|happening|going on|the (?:situation|status|state|picture|story|latest|damage))\b|\b(?:overview|summary|summari[sz]e|status|recap|digest|briefing|snapshot)\b|\banything (?:\w+ ){0,3}(?:worry|concern|know|new|stand|alarming|unusual|wrong)|\bshould (?:i|we) (?:be )?(?:worr|concern|focus|look|prioriti|fix|tackle|do|improve|change|address|know|pay|care|start|invest)\w*",
    "remedy": r"\bwhat (?:should|can|could|must) (?:we|i|be) (?:\w+ )?(?:do|done|fix|improve|change|tackle|address|focus|prioriti[sz]e|work)\b|\bhow (?:can|could|do|should) we (?:reduce|lower|cut|prevent|avoid|fix|improve|bring down|decrease)\b|\brecommend\w*|\bwhat (?:is|are|was|were|has been)? ?(?:going|gone|went) wrong\b|\bwhat (?:is|are) broken\b|\b(?:biggest|main|top|key|major|recurring|systemic|underlying|common) (?:problems?|issues?|pain points?|complaints?|troubles?)\b",
}  # fmt: skip
COMMONEST = re.compile(
    r"\b(?:most|least) (?:common|frequent|popular|prevalent|numerous|usual)\b|\b(?:commonest|busiest)\b"
)
PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _PATTERNS.items()}
_NEEDS_TIME = re.compile(r"\bhow (?:long|much time) (?:do|did|does|will|would) (?:\w+ ){1,3}?need(?: to)?\b")
"""The time that was needed, which is no norm: "how long did we need to resolve"."""
_COURSE = re.compile(
    r"\b(?:over|through|throughout|during) the course of\b|\bthe course of (?:the |our )?(?:escalat|rate)"
)
_MORE_TICKETS = r"(?:more|fewer|less|higher|lower|bigger|larger|smaller|greater) (?:\w+ )?(?:volumes?|tickets|cases|incidents|inflow|traffic)"
_MORE_OF_THEM = (
    r"(?:(?:higher|lower|bigger|larger|smaller|greater) (?:\w+ )?(?:share|part|portion|proportion|percentage|fraction|rate)"
    r"|(?:rate|share) (?:\w+ )?(?:go|went|gone|rise|rose|risen|grow|grew|up|increase\w*|climb\w*|fell|fall|drop\w*)|more of (?:them|the|those))"
)
_VOLUME_OR_RATE = re.compile(
    rf"\b{_MORE_TICKETS}\b.*\bor\b.*\b{_MORE_OF_THEM}\b|\b{_MORE_OF_THEM}\b.*\bor\b.*\b{_MORE_TICKETS}\b"
)
"""Whether there were more tickets or more of them were escalated: the parts of a change."""
_MANY = re.compile(r"\b(?:how many (?!hours|minutes|days)|number of|count of)")
_STEM_SETS = {
    "rate": cues.RATE, "cause": cues.CAUSE, "change": cues.CHANGE, "compare": cues.COMPARE, "trend": cues.TREND, "document": cues.DOCUMENT,
}  # fmt: skip


def read_signals(reading: Reading) -> None:
    """The cues of a clause. Words inside values and of metrics with several words do not count: "policy gap" asks for no policy."""
    inside = {
        i for m in reading.mentions for i in range(m.start, m.end)
        if (m.values and m.end - m.start > 1) or _names_field_of_value(m, reading) or (m.dimensions and not m.metrics and _is_about_fields(m.dimensions, reading, m.start, m.end))
    }  # fmt: skip
    inside |= reading.clock_words
    words = [t for i, t in enumerate(reading.tokens) if i not in inside]
    text = _NEEDS_TIME.sub("how long did it take", _with_issues_named(reading, inside))
    found = {name for name, pattern in PATTERNS.items() if pattern.search(text)}
    # "Them" has the stem of "theme".
    stem_list = [t.stem for t in words if t.word not in cues.PRONOUNS and not _is_rating(reading, t)]
    found |= {name for name, known in _STEM_SETS.items() if any(s in known for s in stem_list)}
    if re.search(
        r"\b(?:go|goes|going|went|gone|up|moving|heading|creep\w*|trending) (?:up|down)\b|\b(?:are|is|were|was) (?:\w+ ){0,4}(?:up|down)\b|\b(?:get|gets|getting|got|become|becoming) (?:\w+ )?(?:worse|better|higher|lower|more|less)\b(?! than (?:\d|once|twice|one|two|three))|\bon the rise\b|\b(?:more and more|ever more|increasingly)\b",
        text,
    ):
        found.add("change")
    if "how_long" in found and re.search(r"\bhow many (?:hours|minutes|days)\b", text) and not _MANY.search(text):
        found.discard("count")
    if _VOLUME_OR_RATE.search(text) is not None:
        found.add("volume_or_rate")
    if _COURSE.search(text) is not None:
        found.add("course")
    if re.search(
        r"\b(?:does|do|did|is|are) (?:.+ )?(?:matter|depend|influence|affect|correlate|make (?:a|any) difference|play (?:a|any) role|have an? (?:effect|impact|influence|bearing))\b"
        r"|\b(?:effects?|impact|influence) of .+ on (?:escalat|the (?:rate|escalat))|\b(?:stands? out|outliers?)\b"
        r"|\b(?:is|are|was|were|do|does) .+ (?:the same|equal|alike|identical|similar|uniform)\b|\b(?:side by side|next to each other|head to head|like (?:with|for) like)\b",
        text,
    ):
        found.add("compare")
    if COMMONEST.search(text) is not None:
        # "Most frequent" counts; only "most often per ticket" is a likelihood.
        found.add("commonest")
        found -= {"rate"} if not any(s in cues.RATE and not s.startswith("frequent") for s in stem_list) else set()
    if "%" in reading.text:
        found.add("rate")
    counted = any(m.metrics and not m.values for m in reading.mentions)
    if not counted and ASKS_SHARE.search(reading.text) and any(g.dimension == "root_cause" for g in reading.groups):
        # "The share due to policy gaps": of escalations, as only they have a cause.
        found.add("share_of_escalated")
    if reading.due_soon:
        found.discard("predict")
    reading.cues = frozenset(found)


def _is_rating(reading: Reading, token: Token) -> bool:
    """Whether "rate" is what people do to a ticket ("who rates their tickets"), and no number."""
    behind = reading.word(reading.tokens.index(token) + 1)
    return token.word in ("rate", "rates", "rated") and behind in ("their", "our", "us", "my", "them", "it", "your")


def _names_field_of_value(mention: Mention, reading: Reading) -> bool:
    """Whether a mention said no more than what the value beside it is of: "triggered by the customer" asks for no cause."""
    named = mention.metrics or mention.dimensions or mention.fields or mention.values or mention.revoked
    return not named and mention.start in reading.used


def _with_issues_named(reading: Reading, inside: set[int]) -> str:
    """The words that count as cues, the id of a known issue written as "ki 0" whatever it is called here."""
    begins = {start for start, _ in reading.issue_spans}
    within = {i for start, end in reading.issue_spans for i in range(start, end)}
    said = [
        "ki 0" if i in begins else t.word
        for i, t in enumerate(reading.tokens)
        if i in begins or i not in inside | within
    ]
    return " ".join(said)


def _is_about_fields(names: tuple[str, ...], reading: Reading, start: int, end: int) -> bool:
    """Whether a dimension's mention is a field's own name such as "reason code", not a single loose word such as "cause" or "why"."""
    return end - start > 1 and "root_cause" not in names and reading.words(start, end)[0] != "what"
