"""Turn a document into numbers: terms, word vectors, lexicon matches, style and speakers."""
