"""Known issues: tickets of each over time, use of the workaround, and whether a fix holds."""
