"""The classifier: trains, checks and applies the label model; usable alone as `python -m classifier`."""
