"""A guess for an unknown file: which table it is, which column is which, how sure that is, and what a trial load says."""
