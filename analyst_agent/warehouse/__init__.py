"""The embedded warehouse: canonical tables, loading with every row accounted for, sources, generations. The only home of DuckDB."""
