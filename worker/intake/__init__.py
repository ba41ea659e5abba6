"""Canonicalise and check URLs; read feeds and sitemaps."""
