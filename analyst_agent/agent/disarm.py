"""What a model writes as Markdown that loads, links and runs nothing: a text it has read may have told it what to write."""

from __future__ import annotations

import re

_LIVE = re.compile(
    r"(?P<escape>\\[\s\S])"
    r"|(?P<sign><(?=[A-Za-z/!?])|\](?=[(\[:])|!(?=\[)|&(?=#?\w{1,32};)|@)"
    r"|\b(?P<scheme>https?|ftps?|mailto|javascript|data|file|xmpp|tel)(?=:)"
    r"|\b(?P<host>www)(?=\.)",
    re.IGNORECASE,
)


def disarmed(markdown: str) -> str:
    """The text with its emphasis, lists and tables, but no link, image, HTML or address that a page would act on.

    What is escaped already stays as it is, so that doing it twice changes nothing.

    >>> disarmed("**12** ![i](http://x.io) <b>")
    '**12** \\\\![i\\\\](http\\\\://x.io) \\\\<b>'
    """
    return _LIVE.sub(_made_plain, markdown)


def _made_plain(found: re.Match[str]) -> str:
    if found["escape"]:
        return found[0]
    return f"\\{found[0]}" if found["sign"] else f"{found[0]}\\"
