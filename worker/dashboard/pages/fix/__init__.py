"""Pages about what failed, waits or is paused, and what can be done about it."""
