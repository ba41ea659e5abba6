"""Find title, authors, dates, language and other metadata."""
