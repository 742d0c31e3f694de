"""Groups of similar escalations that are new or growing."""
