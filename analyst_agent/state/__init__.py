"""What people said and were answered, kept in one database (SQLite in the workspace, or Postgres by URL)."""
