"""What sites write around their articles, in the languages of the press; data, and the code that reads it."""
