"""A report put together and drawn: sections of claims, tables and charts, as HTML, as text, as pictures and CSV."""
