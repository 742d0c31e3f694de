"""The fields of a document: front matter, meta tags or file properties, in one spelling, as lines that can be seen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from analyst_agent.knowledge.dates import iso_day
from analyst_agent.knowledge.sections import NotReadable
from analyst_agent.masking import one_line

_FIELD_NAMES = {
    "identifier": "id",
    "area": "product_area",
    "component": "product_area",
    "fix": "planned_fix",
    "fix_planned": "planned_fix",
    "fixed": "fixed_on",
    "effective_date": "effective",
    "effective_from": "effective",
    "error_code": "codes",
    "error_codes": "codes",
    "code": "codes",
    "valid_from": "effective",
    "in_force_from": "effective",
    "content_status": "status",
    "replaces": "supersedes",
    "replaced_by": "superseded_by",
}
# What the tags and properties of a web page or an office file may say of it. Nobody sees them when reading, so
# they give no words that an answer quotes, such as a workaround.
_OF_A_FILE = ("id", "title", "effective", "status", "product_area", "supersedes", "superseded_by", "type")


def front_matter(text: str) -> tuple[dict[str, Any], str]:
    """The YAML at the head of a text and the text below it. Raises NotReadable."""
    import frontmatter
    import yaml
    from frontmatter.default_handlers import YAMLHandler

    class WithoutAliases(yaml.SafeLoader):
        """A few aliases of aliases stand for billions of values."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                raise yaml.composer.ComposerError(problem="aliases (*name) are not accepted")
            return super().compose_node(parent, index)

    class Handler(YAMLHandler):
        def load(self, fm: str, **kwargs: object) -> Any:
            return super().load(fm, Loader=WithoutAliases)

    if not re.match(r"---[ \t]*\n", text):
        return {}, text
    try:
        fields, body = frontmatter.parse(text, handler=Handler())
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problem = " ".join(str(getattr(error, "problem", None) or error).split())
        raise NotReadable(f"its front matter is not valid YAML: {problem}") from error
    return (fields, body) if isinstance(fields, dict) else ({}, text)


def visible_fields(raw: Mapping[Any, Any], *, is_of_file: bool = False) -> Iterator[tuple[str, str]]:
    """Names in lower case with underscores, common other spellings brought to ours, values as one visible line."""
    seen: set[str] = set()
    for key, value in raw.items():
        name = re.sub(r"[\s-]+", "_", one_line(str(key)).lower())
        name = _FIELD_NAMES.get(name, name)
        text = _as_text(value)
        if name == "effective":
            text = iso_day(text) or text
        if text and name not in seen and (not is_of_file or name in _OF_A_FILE):
            seen.add(name)
            yield name, text


def _as_text(value: Any) -> str:
    if value is None or isinstance(value, Mapping):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple, set)):
        return ", ".join(filter(None, (_as_text(item) for item in value)))
    # A value may carry an HTML comment of its own; the reader of the Markdown would not see it.
    return one_line(re.sub(r"<!--.*?(?:-->|$)|</?[a-zA-Z][^<>]*>", "", str(value), flags=re.DOTALL))
