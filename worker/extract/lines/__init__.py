"""Judge lines of text: prose or boilerplate, and what stands near the article."""
