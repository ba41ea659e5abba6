"""Find the title, authors, dates, language and other metadata of an article."""
