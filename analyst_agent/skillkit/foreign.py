"""The boundary to code that a workspace brings: whatever it raises becomes an error that names the skill and its line."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import TypeVar

from analyst_agent.errors import AnalystError, InvalidDefinition
from analyst_agent.masking import one_line

LONGEST_MESSAGE = 200
Result = TypeVar("Result")


def contained(work: Callable[[], Result], name: str, file: str) -> Result:
    """What the work returns. name: of the skill; file: its code. Raises InvalidDefinition for whatever else goes wrong in it."""
    try:
        return work()
    except AnalystError:
        raise
    except SyntaxError as error:
        raise InvalidDefinition(
            f"The skill {name}, line {error.lineno}: {error.msg}.", "Correct its code and trust it again."
        ) from error
    except Exception as error:  # somebody else's code may raise anything
        said = one_line(f"{type(error).__name__}: {error}")[:LONGEST_MESSAGE].rstrip(": .")
        own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
        where = f" in line {own[-1].lineno}" if own else ""
        raise InvalidDefinition(
            f"The skill {name} failed{where}: {said}.", "Correct its code and trust it again."
        ) from error
