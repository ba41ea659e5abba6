"""Turn the bytes of a page into text, a tree and blocks of text."""
