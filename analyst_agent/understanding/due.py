"""What is due soon: "will breach SLA today", "due tomorrow", "about to breach". The time of an SLA is in the data, so this foretells nothing."""

from __future__ import annotations

import re

from analyst_agent.understanding.reading import Reading

_WILL = r"(?:will|shall|ll|going to|gonna|about to|set to|bound to|likely to|on the verge of|close to)"
_FAILS = r"(?:breach(?:ing)?|be (?:due|overdue|late|breached|missed)|miss(?:ing)?|run(?:ning)? (?:out|over|past)|expir(?:e|ing)|exceed(?:ing)?|violate|blow|fall due|go over|become (?:due|overdue))"
_SLA = r"(?:slas?|deadlines?|targets?|due (?:times?|dates?)|time limits?|clocks?)"
_SOON = (
    r"(?:today|tonight|tomorrow|soon|shortly|by noon|by midnight|this (?:morning|afternoon|evening|shift)|tomorrow (?:morning|noon)|before (?:tonight|tomorrow|the day ends|close of business)"
    r"|(?:by|before|until) (?:the )?(?:eod|cob|end of (?:the )?(?:day|shift))|(?:in|within|over|during) (?:the )?(?:next |coming )?(?:few |couple of |\d+ |two |three |four |six |eight )?(?:hours?|minutes))"
)
_DUE = re.compile(
    rf"\b(?:about to|on the verge of|close to) {_FAILS}\b"
    rf"|\b{_WILL} (?:\w+ ){{0,2}}?{_FAILS}\b(?:.{{0,40}}?)\b{_SOON}\b"
    rf"|\b{_SOON}\b.{{0,40}}?\b{_WILL} (?:\w+ ){{0,2}}?{_FAILS}\b"
    rf"|\b(?:due|overdue|run out of (?:their |its |the )?{_SLA}|breach(?:es|ing)? (?:their |its |the |an )?{_SLA}) {_SOON}\b"
)


def read_due(reading: Reading) -> None:
    """Marks the words that say so; those that only tell when ("by tonight") name nothing else."""
    said = reading.said
    match = _DUE.search(said)
    if match is None:
        return
    reading.due_soon = True
    for soon in re.finditer(rf"\b{_SOON}\b", said):
        inside = reading.tokens_in(soon.span())
        reading.use(inside[0], inside[-1] + 1)
