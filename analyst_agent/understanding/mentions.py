"""Where the question names something: the longest phrases of the lexicon in it, each with every reading of its span."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from analyst_agent.understanding import cues
from analyst_agent.understanding.lexicon import Entry, Lexicon
from analyst_agent.understanding.words import Token, folded_words, is_english, word_set

# What is named by a noun is not meant by another form of it: "opened" is no state, "caused" no field.
_NOUNS = ("value", "dimension", "field")
# Everyday adjectives that say a state or urgency when they stand right before a thing counted: "open tickets", "high cases".
ADJECTIVES = word_set("open closed high low normal medium pending active waiting hold")
_LEADS_TO_NOUN = (
    cues.DETERMINERS
    | cues.PREPOSITIONS
    | cues.LIST
    | word_set("and or vs versus than did do does is are was were many much me us need want get compare count")
)
"""Words behind which a noun stands, and no verb."""
_ABOUT = word_set("about on in for regarding concerning around of with within from")


@dataclass(frozen=True, slots=True)
class Mention:
    """Tokens start..end (exclusive) and what they may name; `values` are (dimension, stored value), best dimension first.

    own: in the workspace's words, which mean all their values and nothing else.
    """

    start: int
    end: int
    metrics: tuple[str, ...] = ()
    weak: bool = False
    dimensions: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    revoked: tuple[str, ...] = ()
    exact: bool = True
    own: bool = False

    def overlaps(self, start: int, end: int) -> bool:
        """Whether the spans share a token."""
        return self.start < end and start < self.end


def find_mentions(tokens: Sequence[Token], lexicon: Lexicon, taken: Sequence[tuple[int, int]]) -> tuple[Mention, ...]:
    """The mentions in order, longest first where they overlap. taken: spans of periods, which only a longer phrase may claim."""
    spans: dict[tuple[int, int], list[tuple[Entry, bool]]] = {}
    for start, end, entry in _matches(tokens, lexicon):
        exact = all(t.word == w for t, w in zip(tokens[start:end], entry.words, strict=True))
        spans.setdefault((start, end), []).append((entry, exact))
    chosen: list[Mention] = []
    order = sorted(spans, key=lambda s: (s[0] - s[1], not any(x for _, x in spans[s]), _is_weak(spans[s]), s[0]))
    for start, end in order:
        if any(m.overlaps(start, end) for m in chosen):
            continue
        if any(s < end and start < e and not (start <= s and e <= end and end - start > e - s) for s, e in taken):
            continue
        mention = _mention(start, end, spans[start, end], tokens, lexicon)
        if mention is not None:
            chosen.append(mention)
    return tuple(sorted(chosen, key=lambda m: m.start))


def _is_weak(entries: Sequence[tuple[Entry, bool]]) -> bool:
    """Whether a span only names a thing counted, and so yields to a metric that overlaps it."""
    return all(e.weak for e, _ in entries)


def _matches(tokens: Sequence[Token], lexicon: Lexicon) -> Iterator[tuple[int, int, Entry]]:
    for i, token in enumerate(tokens):
        for entry in lexicon.entries.get(token.stem, ()):
            end = i + len(entry.key)
            if end > len(tokens) or tuple(t.stem for t in tokens[i:end]) != entry.key:
                continue
            if entry.capitals and (not (token.text.isupper() and len(token.text) > 1) or _is_code(tokens, end)):
                continue
            if _is_noun_for_verb(token, entry) or _is_adjective_for_noun(tokens, end, entry, lexicon):
                continue
            if entry.kind == "plural" and not token.word.endswith("s"):
                continue
            yield i, end, entry
        yield from _written_apart(tokens, i, lexicon)
        for entry in lexicon.names.get(token.word, ()):
            end = i + len(entry.words)
            if tuple(t.word for t in tokens[i:end]) == entry.words and (len(entry.words) > 1 or _stands_out(tokens, i)):
                yield i, end, entry


def _written_apart(tokens: Sequence[Token], i: int, lexicon: Lexicon) -> Iterator[tuple[int, int, Entry]]:
    """ "E-mail" and "e mail" for Email: two or three words that are one in the data."""
    written = tokens[i].word
    for end in range(i + 2, min(i + 3, len(tokens)) + 1):
        if tokens[end - 1].start - tokens[end - 2].end > 1:
            return
        written += tokens[end - 1].word
        for entry in lexicon.joined.get(written, ()):
            words = tuple(t.word for t in tokens[i:end])
            if words != entry.words:
                yield i, end, replace(entry, key=words, words=words)


def _is_noun_for_verb(token: Token, entry: Entry) -> bool:
    """Whether a noun stands where a phrase has a verb before more or less: "escalations more expensive" is not "escalate more"."""
    compares = len(entry.words) > 1 and entry.words[-1] in cues.MORE
    return compares and token.word.endswith(("ion", "ions")) and not entry.words[0].endswith(("ion", "ions"))


def _is_adjective_for_noun(tokens: Sequence[Token], end: int, entry: Entry, lexicon: Lexicon) -> bool:
    """Whether a phrase ends in a noun where the clause has an adjective: "until escalated tickets were" is not "until escalation"."""
    said = tokens[end - 1].word
    follows = end < len(tokens) and lexicon.is_entity((tokens[end].word,))
    return len(entry.words) > 1 and follows and said.endswith("ed") and entry.words[-1].endswith("ion")


def _is_code(tokens: Sequence[Token], end: int) -> bool:
    """Whether capitals carry a number ("KI-12") or say known issue: a code, not somebody's initials."""
    return tokens[end - 1].word == "ki" or (
        end < len(tokens) and tokens[end].is_number and tokens[end].start - tokens[end - 1].end <= 1
    )


def _stands_out(tokens: Sequence[Token], i: int) -> bool:
    """Whether a single word can be a name among thousands: capitalised, quoted, or where a name belongs and no everyday word."""
    token = tokens[i]
    before = tokens[i - 1].word if i else ""
    if i == 0 and token.text[0].isupper() and not cues.is_generic(token.word) and not is_english(token.word):
        # Capital as any first word, but none of English.
        return True
    return token.capital or token.quoted or (before in cues.PREPOSITIONS and not cues.is_generic(token.word))


def _mention(
    start: int, end: int, entries: Sequence[tuple[Entry, bool]], tokens: Sequence[Token], lexicon: Lexicon
) -> Mention | None:
    exact = any(x for _, x in entries)
    # Where the exact spelling names something, a mere shared stem ("report" for Reports) does not compete.
    use = [e for e, x in entries if (x or not exact) and (e.kind not in _NOUNS or _same_word(e, tokens[start:end]))]
    own = [e for e in use if e.own]
    use = own or use
    metrics = tuple(dict.fromkeys(e.name for e in use if e.kind in ("metric", "plural")))
    values = sorted((e for e in use if e.kind == "value"), key=lambda e: e.rank)
    if (
        values
        and not own
        and _is_plain_word(tokens[start:end])
        and not _may_be_value(start, end, tokens, lexicon, {e.name for e in values})
    ):
        values = []
    mention = Mention(
        start, end, metrics, bool(metrics) and all(e.weak for e in use if e.kind in ("metric", "plural")),
        tuple(dict.fromkeys(e.name for e in sorted((e for e in use if e.kind == "dimension"), key=lambda e: e.rank))),
        tuple(dict.fromkeys(e.name for e in use if e.kind == "field")), tuple(dict.fromkeys((e.name, e.value) for e in values)),
        tuple(e.name for e in use if e.kind == "revoked"), exact, bool(own),
    )  # fmt: skip
    return (
        mention
        if mention.metrics or mention.dimensions or mention.fields or mention.values or mention.revoked
        else None
    )


def _same_word(entry: Entry, span: Sequence[Token]) -> bool:
    """Whether a value of one word is meant: spelt the same but for its plural. "Solve" is not the status solved."""
    if len(span) > 1:
        return True
    said, stored = span[0].word, entry.words[0]
    pairs = ((said, stored), (stored, said))
    return any(a + ending == b or a.removesuffix("y") + "ies" == b for a, b in pairs for ending in ("", "s", "es"))


def _is_plain_word(span: Sequence[Token]) -> bool:
    return len(span) == 1 and cues.is_generic(span[0].word)


def _is_set_off(start: int, end: int, tokens: Sequence[Token], lexicon: Lexicon, names: set[str]) -> bool:
    """ "Oct 2026, reports: how many": spelt as stored and alone between marks, before something that is asked."""
    led = start == 1 and tokens[0].word in ("for", "in")
    begins = start == 0 or led or tokens[start].start - tokens[start - 1].end > 1
    ends = end < len(tokens) and tokens[end].start - tokens[end - 1].end > 1
    stored = {folded_words(value) for name in names for value in lexicon.values[name]}
    return begins and ends and (tokens[start].word,) in stored


def _is_listed(start: int, end: int, tokens: Sequence[Token], lexicon: Lexicon, names: set[str]) -> bool:
    """ "Billing and reports": beside "and" or "or", a value of the same dimension that is no everyday word."""
    beside = []
    if start >= 2 and tokens[start - 1].word in ("and", "or"):
        beside.append(tokens[start - 2])
    if end + 1 < len(tokens) and tokens[end].word in ("and", "or"):
        beside.append(tokens[end + 1])
    return any(
        e.kind == "value" and e.name in names and e.words == (token.word,) and not e.capitals
        for token in beside
        if not cues.is_generic(token.word)
        for e in lexicon.entries.get(token.stem, ())
    )


def _names_its_thing(tokens: Sequence[Token], names: set[str]) -> bool:
    """ "How many resolutions were just a workaround": what a field is of ("resolution type") is what is counted."""
    said = {token.word.removesuffix("s") for token in tokens}
    return any(name.split("_")[0] in said for name in names if "_" in name)


def _is_beside_its_field(start: int, end: int, tokens: Sequence[Token], lexicon: Lexicon, names: set[str]) -> bool:
    """Whether a name of the value's own dimension stands next to it: "channel web", "triggered by the customer"."""
    last = start
    while last > 0 and tokens[last - 1].word in cues.DETERMINERS:
        last -= 1
    places = [i for i in (start - 2, start - 1, last - 2, last - 1, end) if 0 <= i < len(tokens)]
    single = [e for i in places for e in lexicon.entries.get(tokens[i].stem, ()) if len(e.key) == 1]
    before = [
        e
        for first in range(max(0, last - 3), last - 1)
        for e in lexicon.entries.get(tokens[first].stem, ())
        if tuple(t.stem for t in tokens[first:last]) == e.key
    ]
    return any(e.kind == "dimension" and e.name in names for e in (*single, *before))


def _names_what_is_measured(start: int, end: int, tokens: Sequence[Token], lexicon: Lexicon, names: set[str]) -> bool:
    """ "The reports esc rate": a noun spelt as stored, right before a measure and behind no noun that it could be the verb of."""
    word, before = tokens[start].word, tokens[start - 1].word if start else ""
    stored = {folded_words(value) for name in names for value in lexicon.values[name]}
    if (word,) not in stored or word in cues.OFFICE | ADJECTIVES or word.endswith("ed") or lexicon.is_entity((word,)):
        return False
    measured = end < len(tokens) and any(
        e.kind == "metric" and e.key == tuple(t.stem for t in tokens[end : end + len(e.key)])
        for e in lexicon.entries.get(tokens[end].stem, ())
    )
    return measured and tokens[end].start - tokens[start].end <= 1 and (not before or before in _LEADS_TO_NOUN)


def _is_topic(start: int, tokens: Sequence[Token], lexicon: Lexicon, names: set[str]) -> bool:
    """ "Tickets about reports": spelt as stored, and what things counted are about."""
    word = tokens[start].word
    stored = {folded_words(value) for name in names for value in lexicon.values[name]}
    led = start >= 2 and tokens[start - 1].word in _ABOUT and lexicon.is_entity((tokens[start - 2].word,))
    return led and (word,) in stored and word not in cues.OFFICE and not lexicon.is_entity((word,))


def _may_be_value(start: int, end: int, tokens: Sequence[Token], lexicon: Lexicon, names: set[str]) -> bool:
    """Whether an everyday word ("open", "high", "policy") is a value: beside its dimension's name, capitalised, quoted, before a
    thing counted, or after via or by."""
    token = tokens[start]
    if token.capital or token.quoted:
        return True
    if (
        start == 0
        and token.text[0].isupper()
        and end < len(tokens)
        and tokens[end].word in ("in", "and", "vs", "versus", "or")
    ):
        # "Reports in EMEA": a heading, not a verb.
        return token.text in {v for n in names for v in lexicon.values[n]}
    if _is_set_off(start, end, tokens, lexicon, names) or _is_listed(start, end, tokens, lexicon, names):
        return True
    if _is_beside_its_field(start, end, tokens, lexicon, names):
        return True
    before = tokens[start - 1].word if start else ""
    following = lexicon.entries.get(tokens[end].stem, ()) if end < len(tokens) else ()
    counted = any(e.kind == "metric" and e.weak and len(e.key) == 1 for e in following)
    if counted and (token.word in ADJECTIVES or cues.only_shapes(token.word)):
        return True
    if _names_what_is_measured(start, end, tokens, lexicon, names) or _is_topic(start, tokens, lexicon, names):
        return True
    if cues.only_shapes(token.word) and before in ("to", "of", "with"):
        return True
    if cues.only_shapes(token.word) and _names_its_thing(tokens, names):
        return True
    return before in ("via", "through", "by", "as") and not lexicon.is_entity((token.word,))
