"""Who is sent events, by webhook or by mail: whether their settings can be used, and whether they take what is sent."""
