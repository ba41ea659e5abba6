"""Hand-written lists of telling words, and the matcher that finds them in a sentence."""
