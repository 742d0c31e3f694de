"""The page and the API: a thin surface of HTTP over a workspace; nothing here computes."""
