"""One ticket: its times, holders and the tickets like it."""
