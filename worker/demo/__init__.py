"""Run a small press site of our own through the whole program; every page must end as expected."""
