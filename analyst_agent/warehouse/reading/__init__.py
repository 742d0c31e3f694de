"""Files of an export as raw rows: which file is what, and its fields as text, none lost."""
