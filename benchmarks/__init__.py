"""Speed and memory against hand-written SQL and DuckDB's bare reading, as ratios within one run; `python -m benchmarks`."""
