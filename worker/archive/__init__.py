"""Keep pages as they were received, so that they can be read again without fetching them."""
