"""The words of the demo: subjects, letters, calls and notes put together from fragments, with people's slips."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from analyst_agent.demo.dice import Picker
from analyst_agent.demo.people import names

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SHORT = (
    ("please", "pls"), ("Please", "Pls"), ("because", "bc"), ("and", "&"), ("you", "u"),
    ("customer", "cust"), ("with", "w/"), ("does not", "doesnt"), ("cannot", "cant"), ("can't", "cant"),
    ("minutes", "min"), ("report", "rpt"), ("message", "msg"), ("the", "teh"), ("receive", "recieve"),
    ("until", "untill"), ("which", "wich"), ("their", "thier"),
)  # fmt: skip
# Numbers that regulators keep for fiction: 555-01xx, Ofcom's and the Bundesnetzagentur's drama ranges, ARCEP's.
_PHONES = (
    "+1 212 555 01{n:02d}",
    "(415) 555-01{n:02d}",
    "020 7946 00{n:02d}",
    "+44 7700 9001{n:02d}",
    "030 23125 1{n:02d}",
    "+33 1 99 00 12 {n:02d}",
)
_DOMAINS = ("example.com", "example.org", "mail.example.net", "example.net", "office.example.com")
PLAIN, LOWER, TERSE, FORMAL, ANGRY, SLOPPY, FOREIGN = range(7)
_STYLE_WEIGHT = (PLAIN,) * 7 + (LOWER,) * 4 + (TERSE,) * 3 + (FORMAL,) * 4 + (ANGRY,) + (SLOPPY,) * 3 + (FOREIGN,) * 2


@cache
def phrases() -> dict[str, Any]:
    """The fragments of phrases.toml."""
    with (Path(__file__).parent / "phrases.toml").open("rb") as file:
        return tomllib.load(file)


class Slots(Mapping[str, str]):
    """Fills `{word}` in a fragment with something that fits this ticket; each use draws anew."""

    def __init__(self, picker: Picker, created: date, company: str) -> None:
        self._picker = picker
        self._created = created
        self._company = company or "our company"
        self._choices: dict[str, list[str]] = phrases()["slots"]

    def __getitem__(self, key: str) -> str:
        pick = self._picker
        if key in self._choices:
            return pick.pick(self._choices[key])
        if key == "n":
            return str(2 + pick.below(28))
        if key == "date":
            return self._date(-pick.below(10))
        if key == "due":
            return self._date(1 + pick.below(14))
        if key == "time":
            return f"{7 + pick.below(12)}:{pick.below(6)}0"
        if key == "company":
            return self._company
        if key == "phone":
            return pick.pick(_PHONES).format(n=pick.below(100))
        if key == "person":
            return self.person() if pick.chance(60) else self.person().split()[0]
        if key == "mail":
            return f"{self.person().lower().replace(' ', '.')}@{pick.pick(_DOMAINS)}"
        raise KeyError(key)

    def __iter__(self) -> Any:
        return iter(self._choices)

    def __len__(self) -> int:
        return len(self._choices)

    def person(self) -> str:
        """A first and last name."""
        words = names()
        return f"{self._picker.pick(words['first'])} {self._picker.pick(words['last'])}"

    def _date(self, days: int) -> str:
        day = self._created + timedelta(days=days)
        month = _MONTHS[day.month - 1]
        forms = (
            f"{day.day} {month}",
            f"{month} {day.day}",
            f"{day.day:02d}/{day.month:02d}",
            f"{day.day}.{day.month}.",
            day.isoformat(),
        )
        return self._picker.pick(forms)


def subject_and_letter(
    picker: Picker, slots: Slots, topic: str, area: str, channel: str, language: str
) -> tuple[str, str]:
    """What a customer (or the agent on the phone) wrote, in one author's style and the form of the channel."""
    if language != "en":
        return _foreign(picker, slots, phrases()["languages"][language], topic, area)
    bank: dict[str, list[str]] = phrases()["topics"][topic]
    if channel == "api" and "machine" in bank and picker.chance(85):
        line = picker.pick(bank["machine"]).format_map(slots)
        return line[:60], line
    style = _STYLE_WEIGHT[picker.below(len(_STYLE_WEIGHT))]
    subject = _subject(picker, slots, bank["subjects"], style)
    body = _body(picker, slots, bank, style)
    if channel == "chat":
        letter = _chat(picker, slots, body)
    elif channel == "phone":
        letter = _call(picker, slots, body)
    else:
        letter = _letter(picker, slots, body, style)
    return subject, _habits(picker, letter, style)


def note(picker: Picker, slots: Slots, topic: str, *, full: bool, lasted: bool = True) -> str:
    """A resolution note; the long form is written on escalated tickets."""
    bank = phrases()
    start = picker.pick(bank["shared"]["note_start"])
    if not lasted and picker.chance(30):
        middle = picker.pick(bank["shared"]["reopened_notes"])
    elif full or picker.chance(55):
        middle = picker.pick(bank["topics"][topic]["notes"])
    else:
        middle = picker.pick(bank["shared"]["plain_notes"])
    if full and picker.chance(15):
        more = picker.pick(bank["topics"][topic]["notes"])
        middle = f"{middle.rstrip('.')}. {more}" if more != middle else middle
    end = picker.pick(bank["shared"]["note_end"]) if full or picker.chance(40) else ""
    if end and picker.chance(70):
        middle = middle.rstrip(".") + ("." if end[0].isupper() else ",")
    text = " ".join(part for part in (start, middle, end) if part).format_map(slots)
    return _habits(picker, text, (PLAIN, LOWER, SLOPPY, PLAIN)[picker.below(4)])


def reason(picker: Picker, cause: str) -> str:
    """The few words an agent writes beside the reason code; `cause` is a root cause or `unclassified`."""
    text = picker.pick(phrases()["reasons"][cause])
    return text.capitalize() if picker.chance(30) else text


def attack(picker: Picker, slots: Slots) -> str:
    """Text that tries to instruct a machine that reads the ticket."""
    return picker.pick(phrases()["shared"]["attacks"]).format_map(slots)


def _subject(picker: Picker, slots: Slots, choices: Sequence[str], style: int) -> str:
    subject = picker.pick(choices).format_map(slots)
    if style == LOWER:
        subject = subject.lower()
    elif style == ANGRY:
        subject = subject.upper() if picker.chance(40) else subject + "!!"
    elif style == SLOPPY:
        subject = _slip(picker, subject)
    prefix = ("Re: ", "Fwd: ", "AW: ", "[urgent] ")[picker.below(4)] if picker.chance(9) else ""
    return prefix + subject


def _body(picker: Picker, slots: Slots, bank: dict[str, list[str]], style: int) -> list[str]:
    """The sentences about the matter itself: one or two problems, perhaps a detail, an impact and a question."""
    shared: dict[str, list[str]] = phrases()["shared"]
    sentences = [picker.pick(bank["problems"])]
    if style == TERSE:
        return [sentences[0].format_map(slots)]
    if picker.chance(14):
        extra = picker.pick(bank["problems"])
        if extra != sentences[0]:
            sentences.append(extra)
    if style == FOREIGN:
        sentences.append(picker.pick(shared["foreign_english"]))
    if picker.chance(62):
        sentences.append(picker.pick(bank["details"]))
    if style == ANGRY:
        sentences.insert(picker.below(2), picker.pick(shared["angry"]))
    sentences += [picker.pick(shared["impacts"]), picker.pick(shared["asks"])]
    if picker.chance(18):
        sentences[0], sentences[-2] = sentences[-2] or sentences[0], sentences[0] if sentences[-2] else ""
    return [sentence.format_map(slots) for sentence in sentences if sentence]


def _letter(picker: Picker, slots: Slots, body: list[str], style: int) -> str:
    shared: dict[str, list[str]] = phrases()["shared"]
    text = " ".join(body)
    if style in (TERSE, LOWER) and picker.chance(70):
        return text
    opener = picker.pick(shared["openers"]).format_map(slots)
    greeting = picker.pick(shared["greetings"]) if picker.chance(75) else ""
    name = slots.person()
    closing = picker.pick(shared["closings"]) if picker.chance(65) else ""
    gap = "\n\n" if style == FORMAL else " "
    start = " ".join(part for part in (opener, text) if part)
    if style == FORMAL:
        post = slots["job"] if picker.chance(50) else ""
        reach = (slots["mail"], slots["phone"], f"{slots['phone']} / {slots['mail']}", "", "")[picker.below(5)]
        closing = "\n".join(part for part in (closing or "Best regards", name, post, slots["company"], reach) if part)
    elif closing:
        closing = f"{closing}, {name.split()[0]}" if picker.chance(70) else closing
    return gap.join(part for part in (greeting, start, closing) if part)


def _chat(picker: Picker, slots: Slots, body: list[str]) -> str:
    shared: dict[str, list[str]] = phrases()["shared"]
    lines = [picker.pick(shared["chat_start"]), *body[:2], picker.pick(shared["chat_end"]).format_map(slots)]
    joint = "\n" if picker.chance(35) else " "
    return joint.join(line for line in lines if line)


def _call(picker: Picker, slots: Slots, body: list[str]) -> str:
    shared: dict[str, list[str]] = phrases()["shared"]
    start, end = picker.pick(shared["caller"]), picker.pick(shared["caller_end"])
    return " ".join(part for part in (start.format_map(slots), " ".join(body[:2]), end.format_map(slots)) if part)


def _foreign(picker: Picker, slots: Slots, bank: dict[str, list[str]], topic: str, area: str) -> tuple[str, str]:
    subject, _, problem = picker.pick(bank.get(topic, bank[area])).format_map(slots).partition("|")
    parts = [
        picker.pick(bank["greetings"]) if picker.chance(70) else "",
        problem,
        picker.pick(bank["extras"]).format_map(slots),
        f"{picker.pick(bank['closings'])}, {slots.person()}" if picker.chance(60) else "",
    ]
    letter = " ".join(part for part in parts if part)
    return (subject.lower(), letter.lower()) if picker.chance(20) else (subject, letter)


def _habits(picker: Picker, text: str, style: int) -> str:
    if style == LOWER:
        text = text.lower()
        return text.replace(".", "") if picker.chance(25) and "@" not in text else text
    if style == SLOPPY:
        for word, short in _SHORT:
            if f" {word} " in text and picker.chance(45):
                text = text.replace(f" {word} ", f" {short} ", 1)
        return _slip(picker, _slip(picker, text))
    return _slip(picker, text) if picker.chance(8) else text


def _slip(picker: Picker, text: str) -> str:
    """Swaps, drops or doubles one letter, as fingers do; digits, codes and addresses keep their letters."""
    if len(text) < 12:
        return text
    place = 1 + picker.below(len(text) - 3)
    pair = text[place : place + 2]
    word_start = text.rfind(" ", 0, place) + 1
    word_end = text.find(" ", place)
    word = text[word_start : word_end if word_end > 0 else len(text)]
    if not pair.isalpha() or not word.islower() or not word.isalpha():
        return text
    slip = (pair[::-1], pair[0], pair[0] + pair)[picker.below(3)]
    return text[:place] + slip + text[place + 2 :]
