"""Parse dates in machine formats and in prose."""
