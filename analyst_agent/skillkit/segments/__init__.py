"""Segments against the rest: one by one, in combination, among like tickets."""
