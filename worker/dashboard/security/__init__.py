"""Decide who may ask for what, and within which limits, before anything else sees a request."""
