"""Turn the bytes of a page into an article; reads and writes nothing else."""
