"""How personal data and secrets are written: the patterns, their check digits, and what stands in their place."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence

from analyst_agent.masking.text import one_line

# Fullwidth ASCII looks like ASCII and would otherwise carry an address past the patterns below.
_FULLWIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


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


Replace = str | Callable[[re.Match[str]], str]
_SECRET_LABEL = (
    r"(?P<label>(?<![\w-])(?:[\w-]{0,30}(?:(?:api|access|private|client|auth|session)[\s_-]?(?:key|token|secret|id)"
    r"|password|passwd|passphrase|passcode|passwort|contraseña|secret|token)|mot de passe|pwd|pw|bearer|otp"
    r"|one[- ]time code|verification code|pin|cvv|cvc))"
)
_DATE_AHEAD = r"(?!\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?!\d))"
RULES: tuple[tuple[re.Pattern[str], Replace], ...] = (
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
_OF_PERSONS = ("[email]", "[phone]", "[number]", r"\g<label>[phone]", _ip)
SECRETS = tuple((pattern, replace) for pattern, replace in RULES if replace not in _OF_PERSONS)
_MARKS = (
    "@", ":", "=", "(at", "[at", "{at", "-----begin", "pass", "secret", "token", "key", "session", "contraseña", "mot de", "pwd", "pw",
    "bearer", "basic", "otp", "one-time", "one time", "verification", "pin", "cvv", "cvc", "at )", "at ]",
)  # fmt: skip
_SHAPES = re.compile(r"\d\D{0,3}\d\D{0,3}\d\D{0,3}\d\D{0,3}\d|[\w+/-]{20}|\d\.\d{1,3}\.\d{1,3}\.\d")
_HINT = re.compile(
    rf"@|\d\.\d{{1,3}}\.\d{{1,3}}\.\d|\bat\s?[)\]}}]|://|\d(?:\D{{0,3}}\d){{5}}|[0-9a-f]:[0-9a-f:]*:|-----BEGIN|[\w+/-]{{24,}}|{_SECRET_LABEL}"
    r"|\b(?:sk|pk|rk)[-_]|\b(?:eyJ|AKIA|ASIA|AIza|ya29\.|SG\.|npm_|hf_|gh[pousr]_|github_pat_|glpat-|xox)|\b(?:bearer|basic)\s",
    re.IGNORECASE,
)


def without(line: str, rules: Sequence[tuple[re.Pattern[str], Replace]]) -> str:
    """The line with what the rules find replaced, and bank accounts."""
    result = _mask_ibans(line.translate(_FULLWIDTH))
    for pattern, replace in rules:
        result = pattern.sub(replace, result)
    return result


def may_be_personal(text: str) -> bool:
    """Whether any rule can match: cheap, since nearly every value and line has nothing of the kind."""
    plain = text if text.isascii() else one_line(text).translate(_FULLWIDTH)
    low = plain.lower()
    return (any(mark in low for mark in _MARKS) or bool(_SHAPES.search(low))) and bool(_HINT.search(plain))
