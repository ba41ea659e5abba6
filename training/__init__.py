"""Fit what the program ships with, from material that is not part of it: extraction forests and word vectors. Not installed."""
