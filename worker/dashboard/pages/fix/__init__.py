"""Pages to mend what failed, waits or is paused."""
