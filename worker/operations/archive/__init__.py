"""What commands do with kept pages: read them again, and take them elsewhere."""
