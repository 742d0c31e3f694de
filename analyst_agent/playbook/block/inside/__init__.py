"""What runs inside a block's own process: stdlib, numpy and pandas only, so that it starts without the rest of the package."""
