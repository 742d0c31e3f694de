"""Teams and agents against what their mix of tickets explains, hand-offs and workload."""
