"""YAML whose mappings and lists remember the lines they were written on."""

from __future__ import annotations

from typing import Any

import yaml

from analyst_agent.playbook.records import Place

MOST_CHARACTERS = 256_000


class Lined(dict[str, Any]):
    """A mapping with the line of each key, and the line on which the text of each value begins."""

    __slots__ = ("line", "lines", "starts")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}
        self.starts: dict[str, int] = {}


class LinedList(list[Any]):
    """A list with the line of each entry."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []


def parse(text: str, file: str) -> Lined:
    """The file's mapping. Raises InvalidDefinition with the line of what is no YAML, no mapping, written twice or an alias."""
    if len(text) > MOST_CHARACTERS:
        raise Place(file, 1).wrong(f"the file has {len(text):,} characters.", f"Up to {MOST_CHARACTERS:,} are read.")
    try:
        loader = yaml.SafeLoader(text)
        try:
            node = loader.get_single_node()
            if not isinstance(node, yaml.MappingNode):
                raise Place(file, 1).wrong("a playbook is a mapping.", "Begin with `name: my_report`.")
            found = _mapping(node, loader, file, set())
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise Place(file, line).wrong(
            f"this is no YAML: {error.problem}.", "Check the indentation and quotes."
        ) from error
    except yaml.YAMLError as error:
        raise Place(file, 1).wrong("this is no YAML.", "Check for characters that cannot be printed.") from error
    return found


def _value(node: yaml.Node, loader: yaml.SafeLoader, file: str, seen: set[int], line: int) -> Any:
    """line: of the key or the list it belongs to; an alias has none of its own."""
    if id(node) in seen:
        raise Place(file, line).wrong("an alias (*name) repeats something.", "Write it out; a playbook has no aliases.")
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, loader, file, seen)
    if isinstance(node, yaml.SequenceNode):
        found = LinedList()
        for one in node.value:
            found.append(_value(one, loader, file, seen, node.start_mark.line + 1))
            found.lines.append(one.start_mark.line + 1)
        return found
    return _scalar(node, loader, file)


def _scalar(node: yaml.Node, loader: yaml.SafeLoader, file: str) -> Any:
    try:
        return loader.construct_object(node, deep=True)
    except (yaml.YAMLError, ValueError) as error:
        raise Place(file, node.start_mark.line + 1).wrong(
            f"{node.value!r} cannot be read.", "Put it between quotes."
        ) from error


def _mapping(node: yaml.MappingNode, loader: yaml.SafeLoader, file: str, seen: set[int]) -> Lined:
    found = Lined(node.start_mark.line + 1)
    for key_node, value_node in node.value:
        place = Place(file, key_node.start_mark.line + 1)
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
        if not isinstance(key, str) or key == "<<":
            raise place.wrong("this key is no name.", "Write it as `name: value`.")
        if key in found:
            raise place.wrong(f"{key!r} stands here a second time.", "Keep one of the two.")
        found[key] = _value(value_node, loader, file, seen, place.line)
        found.lines[key] = place.line
        is_block = isinstance(value_node, yaml.ScalarNode) and value_node.style in ("|", ">")
        found.starts[key] = value_node.start_mark.line + (2 if is_block else 1)
    return found
