"""What escalations cost, which part could be avoided, and what less of them would save."""
