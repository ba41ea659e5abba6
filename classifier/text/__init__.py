"""Split an article into sentences, words and headline, and recognise its language; know nothing of labels or models."""
