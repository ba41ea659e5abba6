"""Article extracted: bytes to text and metadata, pure."""
