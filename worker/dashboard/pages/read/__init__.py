"""Pages to read articles and label them by hand."""
