"""Measure extraction on page sets outside the project: against other extractors, against truths, and against floors."""
