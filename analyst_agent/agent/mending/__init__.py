"""Puts right what weak models get nearly right, before it is used; each mending is said in a sentence of `usage.mended`."""
