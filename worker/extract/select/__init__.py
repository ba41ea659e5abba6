"""Select the article's text from the blocks of a page or the lines of a plain text."""
