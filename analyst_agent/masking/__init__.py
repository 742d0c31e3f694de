"""What may be shown of a text somebody else wrote: visible characters, personal data and secrets replaced."""

from analyst_agent.masking.masks import Masking, mask, mask_lines, mask_secrets, mask_value
from analyst_agent.masking.text import one_line, visible

__all__ = ["Masking", "mask", "mask_lines", "mask_secrets", "mask_value", "one_line", "visible"]
