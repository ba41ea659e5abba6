"""Read, check, split and augment the labelled articles that a model is trained on."""
