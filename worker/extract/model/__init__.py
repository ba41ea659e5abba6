"""Estimate how likely each block or line of a page belongs to its article: features, forests and the forests' arrays."""
