"""The label model: linear models, stacking, thresholds, and the file that keeps them."""
