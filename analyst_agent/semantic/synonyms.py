"""A workspace's own words: what each of `[synonyms]` stands for, read once, with precise complaints about columns that do not exist."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from analyst_agent.errors import InvalidDefinition, UnknownName, nearest
from analyst_agent.semantic.definitions import Model

_FORMS = (
    re.compile(r"^(?P<column>[^=:]+?)\s*=\s*(?P<value>.+)$"),
    re.compile(r"^(?P<column>[^=:]+?)\s*:\s*(?P<value>.+)$"),
    re.compile(r"^(?P<column>[\w' ]+?)\s+in\s+(?P<values>.+)$"),
)


@dataclass(frozen=True, slots=True)
class Synonym:
    """A word and its meaning: a metric or dimension by `name`, or `values` of the category `field` ("": of any)."""

    word: str
    name: str = ""
    field: str = ""
    values: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What it stands for, in words."""
        if self.name:
            return self.name
        return f"{self.field} {' or '.join(self.values)}".strip()


def parse_synonyms(given: Mapping[str, str], model: Model) -> tuple[Synonym, ...]:
    """The words that mean something here; those for a column or metric that is not granted are left out.

    A meaning is a metric, a dimension, a value, `column=value`, `column: value`, or `column in value, value`.
    Raises UnknownName for a column that does not exist, with the nearest, and InvalidDefinition for one that is no category.
    """
    found = (_synonym(word, meaning.strip(), model) for word, meaning in given.items())
    return tuple(one for one in found if one is not None)


def same_value(said: str, stored: str) -> bool:
    """Whether a value is meant, whatever its case, spaces, hyphens, underscores and accents.

    >>> same_value("mid market", "Mid-Market"), same_value("e-mail", "Email"), same_value("C", "C++")
    (True, True, False)
    """
    return compact(said) == compact(stored)


def compact(text: str) -> str:
    """A value without case, accents, spaces, hyphens and underscores; other signs tell values apart and stay."""
    import unicodedata

    folded = text.casefold()
    if not folded.isascii():
        folded = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return re.sub(r"[\s_\-\u2010-\u2015]+", "", folded)


def _synonym(word: str, meaning: str, model: Model) -> Synonym | None:
    place = f"[synonyms] {word!r}"
    if not word.strip() or not meaning:
        raise InvalidDefinition(f"{place} means nothing.", 'Write for example "telephone" = "channel=phone".')
    if meaning in model.metrics or meaning in model.dimensions():
        return Synonym(word, name=meaning)
    if meaning in model.revoked:
        return None
    for number, form in enumerate(_FORMS):
        match = form.match(meaning)
        if match is None:
            continue
        column = _column(match["column"], model)
        if column in model.revoked:
            return None
        if column:
            listed = match["values"].split(",") if number == 2 else [match["value"]]
            return Synonym(word, field=column, values=tuple(v.strip().strip("'\"") for v in listed if v.strip()))
        _refuse_column(place, match["column"], model, surely=number == 0)
    return Synonym(word, values=(meaning,))


def _column(said: str, model: Model) -> str:
    """The category of that name or label, or the name of one that is not granted; "" for none."""
    wanted = said.strip().lower()
    for one in model.dimensions().values():
        if wanted in (one.name, one.name.replace("_", " "), one.label.lower()):
            return one.name
    return next((name for name in model.revoked if wanted in (name, name.replace("_", " "))), "")


def _refuse_column(place: str, said: str, model: Model, *, surely: bool) -> None:
    """Complains of a column that does not exist; of what merely could be one only where it is spelt like one."""
    said = said.strip()
    known = model.dimensions()
    if said in model.filterable():
        raise InvalidDefinition(
            f"{place}: {said} is no category.", f"Categories are {', '.join(list(known)[:8])} and so on."
        )
    if surely or nearest(said, known):
        raise UnknownName(f"column of {place}", said, known)
