"""Keep, load, train and compare models, and choose what people should review."""
