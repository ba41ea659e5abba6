"""Pages of models, settings and the log."""
