"""Pressmark reads the press for people who follow a country's affairs."""

__version__ = "0.1.0"
