"""Root causes: the change split into volume, mix and rate, causes read from text, and what ends them."""
