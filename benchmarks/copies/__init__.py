"""Measure how copies are found: how many and how fast."""
