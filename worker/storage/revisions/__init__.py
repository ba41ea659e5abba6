"""Look at stored articles again, and keep what they were before their pages changed."""
