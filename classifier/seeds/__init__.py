"""Read, check and split the labelled articles that a model learns from."""
