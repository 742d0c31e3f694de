"""Fits and measures which kind of question a clause is: a built-in skill, a plain number, a document, or none of these."""
