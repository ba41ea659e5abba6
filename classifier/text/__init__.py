"""Read a text: its sentences, words, language and headline. Knows nothing of labels or models."""
