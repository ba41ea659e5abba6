"""Give Results to other programs and people: the public stream, the schema of a Result, feeds of a search, formats of news agencies."""
