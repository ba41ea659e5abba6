"""Read XML as it is found: libxml2 reads what is well-formed, one pass of our own what is not."""
