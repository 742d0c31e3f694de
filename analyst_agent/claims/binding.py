"""A text that a model wrote, bound to facts: references filled in, its own words checked, what no fact bears out marked."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analyst_agent.claims import cues
from analyst_agent.claims.context import Names, Place, names, places
from analyst_agent.claims.figures import Figure
from analyst_agent.claims.judging import wrong_judgements
from analyst_agent.claims.lexicon import Lexicon, lexicon_of, squeezed
from analyst_agent.claims.matching import facts_of_number, facts_of_range
from analyst_agent.claims.mentions import Mention, Number
from analyst_agent.claims.reading import Sentence, read
from analyst_agent.claims.records import Claim
from analyst_agent.claims.registry import claims_of, claims_of_facts
from analyst_agent.claims.wording import Wording
from analyst_agent.masking import visible
from analyst_agent.records import Fact, Finding, Grounding

MARK = "[unverified: {}]"
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”*_)]*\s+(?=[\"“*_(\[{A-Z0-9])|\n+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:approx|ca|vs|e\.g|i\.e|etc|incl|excl|no|Dr|Mr|Ms|St|Inc|Ltd|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec))\.\s*$"
)
_LIST_MARK = re.compile(r"^\s*(?:[-*+>]|#{1,6}|\d{1,2}[.)])\s+")
_UNESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_PRONOUN = re.compile(r"^\W*(?:they|it|its|their|these|those|this|both)\b", re.IGNORECASE)
_SEGMENT_NOUN = re.compile(rf"\b([a-z][\w-]+)\s+(?:{cues.GROUP_NOUNS})\b")
_OBJECT = re.compile(r"\b(?:for|from|in|among|at|within|by)\s+(?:the\s+|our\s+|all\s+|these\s+|those\s+)?([a-z][\w-]+)")
_LINK = re.compile(r"!?\[[^\]]*\]\s*(?:\([^)]*\)|\[[^\]]*\])|<[^>\s][^>]*>|https?:|www\.", re.IGNORECASE)
_AROUND = ' ."“”*_'
FEWEST_QUOTED = 4
"""Words from which on repeated ones are somebody's sentence and no phrase of the language."""
_MARK_AND_COPY = re.compile(r"\[(c\d+)\][.:]?\s*\{\{\1\}\}")
_RULE = re.compile(r"^[\s|:\-]*$")


@dataclass(frozen=True, slots=True)
class Bound:
    """text: what may be shown, references filled in and unbound sentences marked. rendered: ids of the claims it used."""

    text: str
    grounding: Grounding
    rendered: tuple[str, ...] = ()


@dataclass(slots=True)
class _Tally:
    claims: int = 0
    unbound: list[str] | None = None


def bind(text: str, source: Finding | Sequence[Fact], wording: Wording, claims: Sequence[Claim] = ()) -> Bound:
    """The text with [c3] or {{c3}} replaced by that claim, every other sentence checked against the facts.

    source: a finding, or bare facts. claims: those the model was shown; the finding's own without them. Facts can be
    referred to by their ids as well. A sentence with anything that is not a fact's is wrapped in "[unverified: ...]" and
    listed; in doubt it counts as unbound. Sentences that state nothing checkable are left alone and not counted.
    """
    finding = source if isinstance(source, Finding) else _finding_of(source)
    stated = tuple(claims) or claims_of(finding, wording)
    known = {c.id: c for c in (*claims_of_facts(finding, wording), *stated)}
    lexicon = lexicon_of(finding, wording, [c.text for c in known.values()])
    tally = _Tally(unbound=[])
    used: list[str] = []
    lines = [_line(line, known, lexicon, tally, used) for line in _referenced(visible(text), known).splitlines()]
    unbound = tuple(tally.unbound or ())
    grounding = Grounding(tally.claims, tally.claims - len(unbound), unbound)
    return Bound("\n".join(lines).strip(), grounding, tuple(used))


def _finding_of(facts: Sequence[Fact]) -> Finding:
    period = facts[0].period if facts else None
    other = next((f.reference_period for f in facts if f.reference_period), None)
    return Finding("", "", period, other, facts=tuple(facts))


def _referenced(text: str, known: dict[str, Claim]) -> str:
    """The text with every verbatim copy of a claim put back as a reference to it; one behind the claim's own mark adds nothing."""
    for claim in sorted(known.values(), key=lambda c: len(c.text), reverse=True):
        stem = claim.text.rstrip(".")
        if len(stem) < 12 or stem not in text:
            continue
        pattern = re.compile(r"(?<![\w*])" + re.escape(stem) + r"(?:\.(?=\s|$)|(?=[.;,)\n]|$|\s[|]))")
        text = pattern.sub(_reference_to(claim), text)
    return _MARK_AND_COPY.sub(r"[\1]", text)


def _reference_to(claim: Claim) -> Callable[[re.Match[str]], str]:
    return lambda match: "{{" + claim.id + "}}" + ("." if match[0].endswith(".") else "")


def _line(line: str, known: dict[str, Claim], lexicon: Lexicon, tally: _Tally, used: list[str]) -> str:
    if not line.strip() or _RULE.match(line):
        return line
    mark = _LIST_MARK.match(line)
    head = mark[0] if mark else ""
    parts = _sentences(line[len(head) :])
    shown: list[str] = []
    topic: Names = ()
    for part in parts:
        text, topic = _part(part, known, lexicon, topic, tally, used)
        shown.append(text)
    return head + " ".join(shown)


def _sentences(line: str) -> list[str]:
    if "|" in line:
        return [line]
    pieces: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(line):
        if not _ABBREVIATION.search(line[start : match.start() + 1]):
            pieces.append(line[start : match.start() + len(match[0].rstrip())].strip())
            start = match.end()
    pieces.append(line[start:].strip())
    return [p for p in pieces if p]


def _part(
    part: str, known: dict[str, Claim], lexicon: Lexicon, topic: Names, tally: _Tally, used: list[str]
) -> tuple[str, Names]:
    sentence = read(_UNESCAPE.sub(r"\1", part), lexicon)
    references = [str(m.payload) for m in sentence.of("reference")]
    carried = topic if _PRONOUN.match(part) else ()
    problems = _problems(sentence, lexicon, carried)
    if any(r not in known for r in references):
        problems.append("a reference to no claim")
    filled = _as_quotation(_filled(part, known), sentence, lexicon)
    tally.claims += len(references) or int(_is_checkable(sentence) or bool(problems))
    if references and _is_checkable(sentence):
        tally.claims += 1
    if problems:
        tally.unbound = [*(tally.unbound or []), filled]
        return MARK.format(filled), ()
    used.extend(references)
    own = names(sentence.of("name"))
    return filled, own if len(set(own)) == 1 else ()


def _as_quotation(part: str, sentence: Sentence, lexicon: Lexicon) -> str:
    """A sentence that only repeats what a document or a field says, in quotation marks: it is not the analyst's own."""
    whole = squeezed(sentence.text).strip(_AROUND)
    if len(whole.split()) < FEWEST_QUOTED or part.lstrip("*_ ").startswith(('"', "“", ">")):
        return part
    if any(whole in own for own in lexicon.quotable if own not in lexicon.foreign):
        return part
    return f'"{part.strip()}"' if any(whole in other for other in lexicon.foreign) else part


def _filled(part: str, known: dict[str, Claim]) -> str:
    def fill(match: re.Match[str]) -> str:
        claim = known.get(match[1] or match[2])
        if claim is None:
            return match[0]
        inside = re.match(r"\s*[,;:).]|\s+[a-z]", match.string[match.end() :])
        return claim.text.rstrip(".") if inside else claim.text

    return re.sub(r"\[(c\d+|f\d+)\]|\{\{\s*([\w-]+)\s*\}\}", fill, part)


def _is_checkable(sentence: Sentence) -> bool:
    kinds = ("number", "range", "quote", "badtime", "identifier")
    return any(sentence.of(k) for k in kinds) or any(  # type: ignore[arg-type]
        p.search(sentence.own_words)
        for p in (
            cues.UP,
            cues.DOWN,
            cues.HIGHEST,
            cues.LOWEST,
            cues.MAJORITY,
            cues.SIGNIFICANT,
            cues.UNCHANGED,
            cues.VAGUE,
        )
    )


def _problems(sentence: Sentence, lexicon: Lexicon, topic: Names) -> list[str]:
    """Why the sentence is not borne out, in words; empty where it is."""
    if _is_quotable(sentence.text, lexicon):
        return []
    problems = [f"the time {m.text!r}" for m in sentence.of("badtime")]
    problems += [f"the identifier {m.text!r}" for m in sentence.of("identifier")]
    problems += [f"the quotation {m.text!r}" for m in sentence.of("quote") if not _is_quoted(str(m.payload), lexicon)]
    if _LINK.search(sentence.masked):
        problems.append("a link or HTML")
    problems += [f"the name {word!r}" for word in _unknown_names(sentence, lexicon)]
    bound: dict[int, list[Figure]] = {}
    for index, mention, place in places(sentence, topic):
        if _is_checked_otherwise(mention, place):
            continue
        found = _figures(mention, place, lexicon)
        if not found:
            problems.append(f"the number {mention.text!r}")
        bound.setdefault(index, []).extend(found)
    problems += wrong_judgements(sentence, bound, lexicon, topic)
    if cues.AMOUNTS.search(sentence.masked):
        problems.append("an amount without a number")
    if _is_negated(sentence, bound):
        problems.append("a negation of what the facts say")
    if cues.VAGUE.search(re.sub(r"^\W*(?:First|Second|Third),", " ", sentence.own_words)) and not _is_ordinal(sentence):
        problems.append("a vague number")
    return problems


def _is_checked_otherwise(mention: Mention, place: Place) -> bool:
    """The number of "top three", and the half of "more than half", which is checked as a majority."""
    is_half = (
        isinstance(mention.payload, Number) and mention.payload.unit == "fraction" and mention.payload.value == 0.5
    )
    bound = re.search(r"\b(?:more than|over)\s*$", place.before, re.IGNORECASE)
    return bool(re.search(r"\btop\s*$", place.before, re.IGNORECASE) or (is_half and bound))


def _figures(mention: Mention, place: Place, lexicon: Lexicon) -> list[Figure]:
    if isinstance(mention.payload, Number):
        return facts_of_number(mention.payload, place, lexicon)
    if isinstance(mention.payload, tuple):
        return facts_of_range(mention.payload, place, lexicon)
    return []


def _is_negated(sentence: Sentence, bound: dict[int, list[Figure]]) -> bool:
    for index, clause in enumerate(sentence.clauses):
        text = clause.masked
        for pattern in (cues.HARMLESS_NEGATION, cues.NOTHING_SHOWN, cues.NOT_SIGNIFICANT, cues.NOT_TESTED):
            text = pattern.sub(" ", text)
        if cues.NEGATION.search(text) and (
            bound.get(index)
            or clause.of("reference")
            or any(p.search(text) for p in (cues.HIGHEST, cues.LOWEST, cues.MAJORITY))
        ):
            return True
    return False


def _is_ordinal(sentence: Sentence) -> bool:
    return bool(re.search(r"\b(?:second|third|fourth|fifth)[ -]\w*(?:est|most|worst)\b", sentence.own_words))


def _is_quotable(text: str, lexicon: Lexicon) -> bool:
    whole = squeezed(text).strip(_AROUND)
    return len(whole.split()) >= FEWEST_QUOTED and any(whole in source for source in lexicon.quotable)


def _is_quoted(quote: str, lexicon: Lexicon) -> bool:
    whole = squeezed(quote).strip(" .…")
    if not whole or any(whole in source for source in lexicon.quotable):
        return True
    return not re.search(r"\d", whole) and len(whole.split()) < 4


def _unknown_names(sentence: Sentence, lexicon: Lexicon) -> list[str]:
    found = []
    own = sentence.masked
    stated = _is_checkable(sentence)
    for position, match in enumerate(_WORD.finditer(own)):
        word = match[0].rstrip("'’")
        lowered = re.sub(r"['’]s$", "", word.lower())
        if lowered in lexicon.vocabulary or lowered.rstrip("s") in lexicon.vocabulary:
            continue
        begins = position == 0 or re.search(r"[:.!?|]\W*$", own[: match.start()])
        if word[0].isupper() and (not begins or stated) and not _is_function_word(lowered):
            found.append(word)
    if stated:
        for pattern in (_SEGMENT_NOUN, _OBJECT):
            found += [
                m[1] for m in pattern.finditer(own) if m[1] not in lexicon.vocabulary and not _is_function_word(m[1])
            ]
    return found


def _is_function_word(word: str) -> bool:
    stems = {word, word.rstrip("s"), re.sub(r"(?:ed|ing|ly|er)$", "", word), re.sub(r"(?:ed|ing|ly)$", "e", word)}
    return any(
        s in cues.ORDINARY or p.fullmatch(s)
        for s in stems
        for p in (
            cues.UP,
            cues.DOWN,
            cues.HIGHEST,
            cues.LOWEST,
            cues.SIGNIFICANT,
            cues.APPROXIMATE,
            cues.TOGETHER,
            cues.NEGATION,
        )
    )
