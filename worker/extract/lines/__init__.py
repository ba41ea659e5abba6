"""Classify lines of text: running text, boilerplate, titles, and the lines near an article's text."""
