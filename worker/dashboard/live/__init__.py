"""Keep open pages up to date: one stream a page, each part rendered once for all who watch it."""
