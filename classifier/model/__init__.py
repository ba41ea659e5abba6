"""Hold the label model: linear models, stacking, thresholds, and the files that keep them."""
