"""The renderer's own process: lines of JSON in, pictures out. Run by its path; it imports nothing of ours."""

from __future__ import annotations

import json
import os
import struct
import sys

HEAD = struct.Struct(">?I")
"""Before each answer: whether it is a picture, and how many bytes follow; of a chart that cannot be drawn none do."""


def main() -> None:
    """Draws a chart for each line `{spec, scale}`, in their order, until there are no more."""
    import vl_convert

    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever the library prints is no answer
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        try:
            picture = vl_convert.vegalite_to_png(asked["spec"], scale=asked["scale"], allowed_base_urls=[])
        except ValueError:  # who asked draws it once more in its own process, and is told why it cannot be
            picture = b""
        answers.write(HEAD.pack(bool(picture), len(picture)) + picture)
        answers.flush()


if __name__ == "__main__":
    main()
