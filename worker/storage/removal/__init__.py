"""Take rows out: articles with their labels, what people ask to forget, and what is older than the settings keep it."""
