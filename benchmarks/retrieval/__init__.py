"""How well the documents are searched, and whether their contradictions are found."""
