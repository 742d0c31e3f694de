"""Semantic queries on an engine: checked, run, compared, shaped into rows with what must be said about them."""
