"""Texts that are embedded beside what else a skill does: the model lets go of the interpreter's lock while it computes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

AT_ONCE = 32
"""Texts that are waited for together, and finished although nobody wants them any more."""
Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]


@contextmanager
def embedded_ahead(embed: Embed, texts: Sequence[str]) -> Iterator[Embed]:
    """Within it the texts, which are different ones, are being embedded in their order. What it gives embeds like `embed`, waits for
    those of them that it is asked for and computes them no more; what `embed` raises it raises. At the end, what was not begun is left.
    """
    pool = ThreadPoolExecutor(1)
    try:
        parts = [texts[start : start + AT_ONCE] for start in range(0, len(texts), AT_ONCE)]
        begun = [pool.submit(embed, part) for part in parts]
        known = {text: (which, row) for which, part in enumerate(parts) for row, text in enumerate(part)}

        def embedded(wanted: Sequence[str]) -> Vectors:
            if not wanted or not all(text in known for text in wanted):
                return embed(wanted)
            places = (known[text] for text in wanted)
            return np.stack([begun[which].result()[row] for which, row in places])

        yield embedded
    finally:
        pool.shutdown(cancel_futures=True)
