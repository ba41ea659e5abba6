"""Keep the hand-written lists of words and phrases, and find them in a sentence."""
