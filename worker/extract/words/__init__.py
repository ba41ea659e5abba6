"""Hold what sites write around their articles, in the languages of the press, and match lines against it."""
