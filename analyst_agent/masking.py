"""What may be shown of a text somebody else wrote: visible characters, personal data and secrets replaced."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Collection
from functools import lru_cache

_LINE_BREAKS = re.compile(r"[\r\n\u0085\u2028\u2029\v\f]")
# Fullwidth ASCII looks like ASCII and would otherwise carry an address past the patterns below.
_FULLWIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn"}
# Letters and marks that render as nothing although Unicode does not call them format characters.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800\u180b\u180c\u180d\u180f") | {
    chr(c) for c in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
}


def visible(text: str) -> str:
    """NFC text without control, zero-width, bidirectional and other invisible characters, line breaks and tabs kept.

    >>> visible("pay\\u200bment \\u202eok")
    'payment ok'
    """
    text = _LINE_BREAKS.sub("\n", text.replace("\r\n", "\n"))
    kept = (c for c in text if c in "\n\t" or (c not in _BLANK and unicodedata.category(c) not in _INVISIBLE))
    return unicodedata.normalize("NFC", "".join(kept))


def one_line(text: str) -> str:
    """`visible` with every run of white space as one space."""
    return " ".join(visible(text).split())


def mask(text: str, names: Collection[str] = (), organisations: Collection[str] = ()) -> str:
    """One clean line of `text` with personal data and secrets replaced: [email], [phone], [card], [iban], [ip],
    [link], [secret], [number] (nine digits and more), [name].

    names: people; each is masked whole and, where capitalised, by its single words of three letters and more.
    organisations: masked whole only, since their words are often ordinary ones.

    >>> mask("Call Ana Lopez on +44 20 7946 0958, password: hunter2", names=["Ana Lopez"])
    'Call [name] on [phone], password: [secret]'
    """
    result = _mask_ibans(one_line(text).translate(_FULLWIDTH))
    for pattern, replace in _RULES:
        result = pattern.sub(replace, result)
    people = frozenset(n for n in names if n.strip())
    others = frozenset(n for n in organisations if n.strip())
    for pattern in _name_patterns(people, others):
        result = pattern.sub("[name]", result)
    return result


@lru_cache(maxsize=16)
def _name_patterns(people: frozenset[str], organisations: frozenset[str]) -> tuple[re.Pattern[str], ...]:
    whole = {
        spelling for name in people | organisations for spelling in _spellings(one_line(name)) if len(spelling) > 1
    }
    parts = {word for name in people for spelling in _spellings(one_line(name)) for word in spelling.split()}
    patterns = []
    if whole:
        patterns.append(re.compile(rf"(?<!\w)(?:{_any_of(whole)})(?!\w)", re.IGNORECASE))
    if single := {
        f"{p[0].upper()}{p[1:]}" for p in parts if len(p) >= 3 and p.replace("-", "").replace("'", "").isalpha()
    }:
        patterns.append(re.compile(rf"(?<!\w)(?:{_any_of(single | {p.upper() for p in single})})(?!\w)"))
    return tuple(patterns)


def _any_of(words: Collection[str]) -> str:
    longest_first = sorted(words, key=lambda w: (-len(w), w))
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in longest_first)


def _spellings(name: str) -> set[str]:
    plain = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    return {name, plain}


def _luhn(digits: str) -> bool:
    """The check of ISO/IEC 7812-1, annex B."""
    numbers = [int(d) for d in reversed(digits)]
    return (sum(numbers[::2]) + sum(sum(divmod(2 * d, 10)) for d in numbers[1::2])) % 10 == 0


def _card(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match.group())
    return "[card]" if 13 <= len(digits) <= 19 and len(set(digits)) > 1 and _luhn(digits) else match.group()


_IBAN_START = re.compile(r"(?i)\b[A-Z]{2}\d{2}")


def _mask_ibans(text: str) -> str:
    """ISO 13616: a number is masked where its check digits hold (mod 97 = 1); the words after it stay."""
    pieces: list[str] = []
    done = 0
    for start in _IBAN_START.finditer(text):
        if start.start() >= done and (end := _iban_end(text, start.start())):
            pieces += [text[done : start.start()], "[iban]"]
            done = end
    return "".join([*pieces, text[done:]])


def _iban_end(text: str, start: int) -> int | None:
    compact = ""
    end = None
    for position in range(start, min(len(text), start + 45)):
        character = text[position]
        if not character.isascii() or not (character.isalnum() or character in " -"):
            break
        if character.isalnum():
            compact += character.upper()
        word_ends = position + 1 == len(text) or not text[position + 1].isalnum()
        if character.isalnum() and word_ends and 15 <= len(compact) <= 34 and _mod97(compact):
            end = position + 1
    return end


def _mod97(compact: str) -> bool:
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def _ip(match: re.Match[str]) -> str:
    try:
        ipaddress.ip_address(match.group())
    except ValueError:
        return match.group()
    return "[ip]"


_PLAIN_WORDS = """
a an and are as at be been being but by can cannot change changed changes code codes correct did does email emails
error expire expired expires expiring expiry fails failed field for form from had has have if in incorrect invalid
is issue it link locked mail manager missing needs never no not now of ok on or out page policy problem protected
rejected required reset resets rotated rotation rules same sent set should still that the then there they this to
unknown update updated usage valid validation was were when which will with works working wrong you your
"""
_NOT_SECRET = frozenset(_PLAIN_WORDS.split())


def _labelled(match: re.Match[str]) -> str:
    """A value after "password:" and the like; after "=" it always counts, else not where it is an ordinary word."""
    value = match["value"].strip("\"'`.,;")
    if not value or (match["sep"].strip() != "=" and value.lower() in _NOT_SECRET):
        return match.group()
    return f"{match['label']}{match['sep']}[secret]"


def _beside(match: re.Match[str]) -> str:
    """A value right after its label, without a separator, counts only where letters and digits or signs are mixed."""
    value = match["value"]
    mixed = bool(re.search(r"\d", value)) and bool(re.search(r"[^\W\d]|[!@#$%^&*]", value))
    return f"{match['label']}{match['sep']}[secret]" if mixed else match.group()


def _random(match: re.Match[str]) -> str:
    value = match.group()
    classes = sum(bool(re.search(p, value)) for p in (r"[a-z]", r"[A-Z]", r"\d"))
    return "[secret]" if classes == 3 or re.fullmatch(r"(?=.*\d)[0-9a-fA-F]{24,}", value) else value


def _link(match: re.Match[str]) -> str:
    """A link keeps its host and path; one with a login, a query, a fragment or a long random part is masked whole."""
    url = match.group()
    trailing = url[len(url.rstrip(".,;:!?)]}'\"")) :]
    url = url[: len(url) - len(trailing)] if trailing else url
    risky = bool(re.search(r"[?#@]|%40", url)) or bool(
        re.search(r"[\w-]{20,}", url.split("://", 1)[1].partition("/")[2])
    )
    return ("[link]" if risky else url) + trailing


_Replace = str | Callable[[re.Match[str]], str]
_SECRET_LABEL = (
    r"(?P<label>(?<![\w-])(?:[\w-]{0,30}(?:(?:api|access|private|client|auth|session)[\s_-]?(?:key|token|secret|id)"
    r"|password|passwd|passphrase|passcode|passwort|contraseña|secret|token)|mot de passe|pwd|pw|bearer|otp"
    r"|one[- ]time code|verification code|pin|cvv|cvc))"
)
_DATE_AHEAD = r"(?!\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?!\d))"
_RULES: tuple[tuple[re.Pattern[str], _Replace], ...] = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)"), "[secret]"),
    (re.compile(r"(?i)\b(?:https?|ftp|wss?|postgres(?:ql)?|mysql|mongodb(?:\+srv)?|redis|amqp)://[^\s<>]+"), _link),
    (
        re.compile(
            r"(?i)[\w.+%'-]{1,64}(?:@|\s?[(\[{]\s?at\s?[)\]}]\s?)[\w-]{1,63}(?:(?:\.|\s?[(\[{]\s?dot\s?[)\]}]\s?)[\w-]{1,63}){1,8}"
        ),
        "[email]",
    ),
    (re.compile(r"\beyJ[\w-]{8,}(?:\.[\w-]*){1,2}"), "[secret]"),
    (
        re.compile(
            r"\b(?:sk|pk|rk)[-_][\w-]{16,}|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}|\bxox[a-z]-[\w-]{10,}"
            r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[\w-]{30,}|\bya29\.[\w-]+|\bSG\.[\w-]{16,}\.[\w-]+|\bnpm_\w{30,}|\bhf_\w{20,}"
        ),
        "[secret]",
    ),
    (
        re.compile(r"(?i)(?P<label>(?<!\w)(?:bearer|basic))(?P<sep>\s+)(?P<value>[\w+/=.~-]{12,})"),
        r"\g<label>\g<sep>[secret]",
    ),
    (re.compile(rf"(?i){_SECRET_LABEL}(?P<sep>\s*(?:=>|->|[:=])\s*|\s+(?:is|was)\s+)(?P<value>\S+)"), _labelled),
    (re.compile(rf"(?i){_SECRET_LABEL}(?P<sep>\s+)(?P<value>[^\s\[]{{6,}})"), _beside),
    (re.compile(r"(?i)(?P<label>\b(?:otp|pin|cvv|cvc))(?P<sep>\s+)\d{3,8}\b"), r"\g<label>\g<sep>[secret]"),
    (re.compile(r"(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "[secret]"),
    (re.compile(r"(?<![\w+/-])[A-Za-z0-9+/_-]{24,}={0,2}(?![\w+/-])"), _random),
    (re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w])"), _card),
    (re.compile(r"(?<![\w.])\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}(?!\w)"), "[card]"),
    (re.compile(r"(?<![\w.])(?<!v )(?<!version )(?<!build )(?<!release )\d{1,3}(?:\.\d{1,3}){3}(?!\.?\w)"), _ip),
    (re.compile(r"(?i)(?<![\w:])(?=[0-9a-f:]*:[0-9a-f:]*:)[0-9a-f:]+(?:\d{1,3}(?:\.\d{1,3}){3})?(?![\w:])"), _ip),
    (
        re.compile(
            r"(?i)(?P<label>(?<!\w)(?:phone|telephone|tel|mobile|cell|fax|whatsapp|call(?: me| us)?(?: at| on)?)"
            r"[\s.:#]{1,3})\d[\d\s().-]{5,}\d"
        ),
        r"\g<label>[phone]",
    ),
    (re.compile(r"(?<![\w+])(?:\+|00)[1-9](?:[\s()./-]{0,2}\d){6,14}(?!\w)"), "[phone]"),
    (re.compile(r"(?<![\w.-])(?:1[\s.-])?(?:\(\d{3}\)\s?|\d{3}[\s.-])\d{3}[\s.-]\d{4}(?![\w-])"), "[phone]"),
    (
        re.compile(rf"(?<![\w.,/-]){_DATE_AHEAD}\(?0\d{{1,4}}\)?[\s/-]?\d{{2,4}}(?:[\s.-]?\d{{2,5}}){{1,4}}(?![\w-])"),
        "[phone]",
    ),
    (re.compile(r"(?<![\w.-])[6-9]\d{4}\s\d{5}(?![\w-])"), "[phone]"),
    (re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])"), "[number]"),
    (re.compile(r"(?<![\w.,])\d{9,}(?![\w.,]\d)"), "[number]"),
)
