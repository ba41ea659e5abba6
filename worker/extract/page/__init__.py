"""Turn the bytes of a page into text, a tree, structured data and blocks."""
