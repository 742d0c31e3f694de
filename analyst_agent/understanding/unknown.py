"""Words that should name something and do not: they are asked about, never passed over."""

from __future__ import annotations

from analyst_agent.understanding import cues
from analyst_agent.understanding.lexicon import Lexicon
from analyst_agent.understanding.purposes import is_purpose
from analyst_agent.understanding.reading import Reading, Unknown
from analyst_agent.understanding.words import Token, word_set

_MEASURES = word_set("time times rate rates score scores size count counts number value values level percentage volume")


_SPOKEN_IN_CAPITALS = word_set("ok ceo cto coo vp usd eur faq id ki kis")
_LEADS_TO_VALUE = word_set("for in from at within among on only just via outside called named as")
_FOLLOWS_VALUE = word_set("customers clients team tickets region tier segment plan department office")


def unexplained_runs(reading: Reading) -> list[tuple[int, int]]:
    """Stretches of neighbouring words that are neither mentioned, nor a time, nor shape a question."""
    covered = set(reading.used) | {i for m in reading.mentions for i in range(m.start, m.end)}
    covered |= {i for s, e in reading.period_spans() for i in range(s, e)}
    runs: list[tuple[int, int]] = []
    for i, token in enumerate(reading.tokens):
        if i in covered or (cues.is_generic(token.word) and not _names_itself(reading, i) and not _is_acronym(token)):
            continue
        if runs and runs[-1][1] == i and not reading.gap(i).strip(" -'&"):
            runs[-1] = (runs[-1][0], i + 1)
        else:
            runs.append((i, i + 1))
    return runs


def _is_acronym(token: Token) -> bool:
    """An everyday word in capitals is none: "the US" is not "us"."""
    return token.capital and token.text.isupper() and len(token.text) > 1 and token.word not in _SPOKEN_IN_CAPITALS


def _names_itself(reading: Reading, i: int) -> bool:
    """An everyday word that is capitalised beside another unexplained capital ("Blue Sky") or quoted is part of a name."""
    token = reading.tokens[i]
    if token.quoted:
        return not token.is_number
    if not token.capital or len(token.word) == 1:
        return False
    beside = [reading.tokens[j] for j in (i - 1, i + 1) if 0 <= j < len(reading.tokens)]
    return any(
        t.capital and not cues.is_generic(t.word) and reading.mention_at(reading.tokens.index(t)) is None
        for t in beside
    )


def read_unknown(reading: Reading) -> None:
    """Sort the unexplained runs: those in the place of a dimension, value or metric are unknown names, the others are loose words."""
    loose: list[str] = []
    for start, end in unexplained_runs(reading):
        if is_purpose(reading, start, end):
            reading.use(start, end)
            continue
        place = _place(reading, start, end)
        following = reading.mention_at(end)
        quoted = _quoted(reading, start)
        last = following.end if place == "dimension" and following is not None and following.dimensions else end
        if place == "metric":
            last += next((n for n in range(3) if reading.word(end + n) not in _MEASURES), 0)
        said = reading.text[reading.tokens[start].start : reading.tokens[last - 1].end]
        said = quoted or said
        if place is None:
            loose.append(said)
        else:
            reading.unknown.append(Unknown(said, place, start, end))
    reading.loose = tuple(loose)


def _quoted(reading: Reading, i: int) -> str | None:
    """The whole quotation that a quoted token stands in."""
    token = reading.tokens[i]
    if not token.quoted:
        return None
    inside = [t for t in reading.tokens if t.quoted]
    return reading.text[inside[0].start : inside[-1].end]


def _place(reading: Reading, start: int, end: int) -> str | None:
    before = _before(reading, start)
    tokens = reading.tokens[start:end]
    if before in ("by", "per", "across"):
        return "value" if any(t.capital or t.quoted for t in tokens) else "dimension"
    if all(t.is_number for t in tokens):
        return "value" if before in ("for", "in", "from") and reading.mention_at(end) is None else None
    following = reading.mention_at(end)
    weak_noun = following is not None and (
        following.weak or (following.dimensions and reading.lexicon.is_entity(reading.words(end, following.end)))
    )
    if any(t.capital or t.quoted for t in tokens):
        acronym = (
            all(t.text.isupper() for t in tokens)
            and not reading.metrics
            and before not in ("for", "in", "from", "at", "with")
        )
        return "metric" if acronym else "value"
    if before in cues.WHICH and len(tokens) == 1 and following is not None:
        # "What pushed escalations up": a verb.
        return None
    if reading.word(end) in ("rate", "rates") and reading.mention_at(end) is None and not _is_adjective(tokens[-1]):
        # "Churn rate": a rate of its own, whatever else is named.
        return "metric"
    if before in cues.NEGATIONS or before in _LEADS_TO_VALUE:
        return "value"
    if weak_noun or reading.word(end) in _FOLLOWS_VALUE:
        return "value"
    if following is not None and following.metrics:
        return "value"
    if (
        before in ("of", "our", "the", "is", "many", "much", "average", "mean", "median", "total")
        or start == 0
        or not before
        or reading.word(end) in ("rate", "rates", "score", "count")
    ):
        return None if reading.metrics or reading.weak_metrics else "metric"
    return None


def _is_adjective(token: Token) -> bool:
    """ "Recent rates", "blended rate": said of our rate, and no name of another."""
    return token.word.endswith(("al", "ed", "ent", "ive", "er", "est", "ic", "ous", "ly", "ary", "able"))


def _before(reading: Reading, start: int) -> str:
    """The nearest word before a run that is no determiner or adjective of everyday use."""
    i = start - 1
    while i >= 0 and (
        reading.word(i) in cues.DETERMINERS
        or reading.word(i) in ("new", "old", "big", "small", "large", "specific", "certain", "customer", "account")
    ):
        i -= 1
    return reading.word(i)


def known_share(reading: Reading) -> float:
    """The share of words in the clause that are explained or everyday English; gibberish and other languages score low."""
    if not reading.tokens:
        return 0.0
    covered = set(reading.used) | {i for m in reading.mentions for i in range(m.start, m.end)}
    covered |= {i for s, e in reading.period_spans() for i in range(s, e)}
    fine = sum(1 for i, t in enumerate(reading.tokens) if i in covered or cues.is_generic(t.word))
    return fine / len(reading.tokens)


def nearest_values(lexicon: Lexicon, said: str, most: int = 3) -> list[str]:
    """Stored values of small dimensions and names of dimensions that are spelt most like what was said."""
    from difflib import SequenceMatcher

    def likeness(candidate: str) -> float:
        return SequenceMatcher(None, candidate.casefold(), said.casefold()).ratio()

    pool: dict[str, str] = {}
    for name, stored in lexicon.values.items():
        if name in ("agent", "account", "csm"):
            continue
        for value in stored[:400]:
            pool.setdefault(value, name)
    ranked = sorted(pool, key=lambda v: (-likeness(v), v))
    return [v for v in ranked[:most] if likeness(v) >= 0.55]
