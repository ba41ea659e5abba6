"""Hold what all routes for programs share: how they are added, described and refused."""
