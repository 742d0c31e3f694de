"""How people can be reached: numbers and addresses of persons, in whatever short form, asked for as things to list."""

from __future__ import annotations

import re

from analyst_agent.understanding.options import names_ticket
from analyst_agent.understanding.reading import Reading

_NUMBERS = r"(?:numbers?|nos?|nrs?|nums?|nbrs?|#s?)"
_BY_LINE = (
    r"(?:tele)?phone|telephones?|tel|cell(?: ?phone)?|mobile phone|fax|whatsapp|sms|landline|dial[ -]?in|direct dial"
)
_MAIL = r"e ?-?mails?|mails?"
_WHO = r"(?:customers?|clients?|accounts?|people|persons?|users?|requesters?|contacts?|agents?|callers?|everyone|everybody|anyone|they|them|those|who)"
_OF_WHOM = rf"(?:of|for|from) (?:\w+ ){{0,3}}?{_WHO}\b"
_ALWAYS = re.compile(
    rf"\b(?:{_BY_LINE}) {_NUMBERS}(?=\W|$)|\b(?:{_BY_LINE})s?[.]? ?#"
    rf"|\b(?:{_MAIL}|street|postal|home|mailing|private|billing|delivery|contact|residential) (?:addresse?s?|addr)\b"
    rf"|\b(?:contact|personal|private) (?:details?|data|infos?|information|numbers?|nos?|particulars)\b"
)
_WITH_OWNER = re.compile(
    rf"\b(?:their|his|her|{_WHO}) (?:(?:own|private|personal|work|business|direct|all) )*(?:{_MAIL}|phones?|cells?|mobiles?|telephones?|mobile {_NUMBERS}|handys?|addresse?s?)\b"
    rf"|\b(?:{_MAIL}|phones?|cells?|mobiles?|telephones?|mobile {_NUMBERS}|addresse?s?) {_OF_WHOM}"
)
_HANDS_OVER = re.compile(
    r"\b(?:give|get|list|show|send|export|print|pull|fetch|need|want|have|find|provide|share|name|what (?:is|are)|tell|look up|dig out|and|with|plus)\b"
)
_COUNTED = re.compile(
    r"\b(?:how many|number of|count|rate|share|percentage|per (?:day|week|month|quarter)|by (?:day|week|month|quarter)|versus|vs)\b"
)


def asks_for_contacts(reading: Reading) -> bool:
    """Whether phone numbers, addresses or the like of people are asked for: "their phone nos", not "tickets by phone", and not what the
    documents or one ticket, masked as it is told, say of them."""
    if reading.cues & {"say", "procedure", "norm", "document", "who_decides"} or names_ticket(reading):
        return False
    said = " ".join(reading.words(0, len(reading.tokens)))
    if _ALWAYS.search(said):
        return True
    return bool(_WITH_OWNER.search(said) and _HANDS_OVER.search(said) and not _COUNTED.search(said))
