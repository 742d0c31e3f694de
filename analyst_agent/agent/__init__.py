"""The analyst: a question, a plan, skills as tools, and an answer whose numbers are bound to facts."""
