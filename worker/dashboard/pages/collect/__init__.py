"""Pages to add URLs and follow what becomes of them."""
