"""What the commands have in common: options, output, and the files and lists that they read."""
