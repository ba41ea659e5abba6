"""Fetch pages: guard, robots.txt, pace of a host, limits on time and size."""
