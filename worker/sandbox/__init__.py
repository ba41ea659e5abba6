"""Read pages in child processes with limits of CPU, memory and time, so that a page can harm only its child."""
