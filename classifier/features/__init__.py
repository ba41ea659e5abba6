"""Turn parsed texts into numbers: terms, word vectors, lexicon matches, clause roles, style and speakers."""
