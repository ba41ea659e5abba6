"""URL in: canonicalise and judge an address; read feeds and sitemaps."""
