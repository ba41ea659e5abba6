"""Choose the article from the blocks of a page or from the lines of a flat text."""
