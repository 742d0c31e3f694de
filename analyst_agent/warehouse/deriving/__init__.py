"""What a source does not state: objects folded from events, names from reference files, escalations and resolutions from histories."""
