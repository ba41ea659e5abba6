"""Measure what the program costs and how well it works: fetching, intake, the engine, extraction and labels. Not installed."""
