"""The command line: a thin surface over the workspace; it parses, calls and prints."""
