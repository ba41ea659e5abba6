"""Train, check and apply the model that labels articles; usable alone as `python -m classifier`."""
