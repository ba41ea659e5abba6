"""Options by which commands choose among what is stored."""
