"""The demonstration: a small press site of our own goes through the whole program, and every page must end as expected."""
