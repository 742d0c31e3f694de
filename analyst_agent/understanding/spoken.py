"""How people say coded values: "second line" for L2, "P1" and "sev 1" for 1 - Critical, "APAC" for Asia-Pacific. Only for such columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_ORDINALS = {"1": ("first", "1st"), "2": ("second", "2nd"), "3": ("third", "3rd"), "4": ("fourth", "4th")}
_SCALES = {
    "priority": re.compile(r"(?:p|prio|priority|sev|severity)?[\s_-]*0*(\d)(?:\b.*)?", re.IGNORECASE),
    "support_level": re.compile(r"(?:l|level|line|tier)?[\s_-]*0*(\d)(?:\b.*)?", re.IGNORECASE),
}

_REGIONS = {
    "apac": ("asia pacific", "asia and pacific", "asia pac"),
    "emea": ("europe middle east africa", "europe middle east and africa", "europe the middle east and africa"),
    "latam": ("latin america", "latin america and caribbean"),
    "na": ("north america", "northern america"),
    "noram": ("north america", "northern america"),
    "amer": ("americas", "the americas"),
    "anz": ("australia new zealand", "australia and new zealand"),
    "dach": ("germany austria switzerland", "germany austria and switzerland"),
    "uk": ("united kingdom", "great britain"),
    "us": ("united states", "united states of america"),
    "usa": ("united states", "united states of america"),
}
"""What regions are called for short, and what is written out: each stands for the other."""


def spoken_forms(values: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str, str]]:
    """Phrase, dimension and stored value; none for a number that two values carry."""
    for name, scale in _SCALES.items():
        numbered: dict[str, list[str]] = {}
        for value in values.get(name, ()):
            match = scale.fullmatch(value.strip())
            if match is not None:
                numbered.setdefault(match[1], []).append(value)
        for number, carrying in numbered.items():
            if len(carrying) == 1:
                levels = bool(values.get("level"))
                for phrase in _priority(number) if name == "priority" else _line(number, levels):
                    yield phrase, name, carrying[0]
    for value in values.get("region", ()):
        said = " ".join(re.findall(r"[a-z]+", value.casefold()))
        for short, long in _REGIONS.items():
            others = (short.upper(),) if said in long else long if said == short else ()
            for phrase in others:
                yield phrase, "region", value


def _priority(number: str) -> Iterator[str]:
    yield from (f"p{number}", f"p {number}", f"prio{number}", f"prio {number}", f"sev{number}", f"sev {number}")


def _line(number: str, has_levels: bool) -> Iterator[str]:
    """ "Level 2" means the level of an escalation where the data have such a column."""
    kinds = ("line", "tier") if has_levels else ("line", "tier", "level")
    for kind in kinds:
        yield from (f"{kind} {number}", *(f"{ordinal} {kind}" for ordinal in _ORDINALS.get(number, ())))
    yield f"l{number}"
