"""Read dates from machine formats and from prose."""
