"""One function for each kind of claim, a file for a few kinds; the table of them is in `claims/registry.py`."""
