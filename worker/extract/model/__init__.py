"""The forests that say how likely a block or a line belongs to the article, and their features."""
