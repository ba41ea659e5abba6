"""Fetch pages over HTTP: within limits, at the pace of each host, and as robots.txt allows."""
