"""Evals: questions with independently computed expectations, and how far the answers can be trusted."""
