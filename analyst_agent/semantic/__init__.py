"""The semantic layer: what the words mean, and the one way to turn them into SQL."""
