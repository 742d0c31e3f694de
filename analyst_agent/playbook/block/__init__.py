"""A playbook's Python step: the workspace owner's code, run in a contained process of its own, giving tables, facts and charts."""

from analyst_agent.playbook.block.containment import KERNEL, Mechanism, mechanisms, open_doors
from analyst_agent.playbook.block.finding import finding_of
from analyst_agent.playbook.block.frames import facts_frame, frames_of
from analyst_agent.playbook.block.records import Block, BlockResult, Limits
from analyst_agent.playbook.block.running import blocks_starting, run_block

__all__ = [
    "KERNEL",
    "Block",
    "BlockResult",
    "Limits",
    "Mechanism",
    "blocks_starting",
    "facts_frame",
    "finding_of",
    "frames_of",
    "mechanisms",
    "open_doors",
    "run_block",
]
