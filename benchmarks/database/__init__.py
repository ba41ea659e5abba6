"""Load large databases, and measure what is asked of them."""
