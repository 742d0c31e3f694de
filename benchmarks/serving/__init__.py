"""How the server bears many people at once: conversations with time to think between questions, and its memory meanwhile."""
