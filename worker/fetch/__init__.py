"""Page fetched: the guard, the client, robots.txt and the pace of a host."""
