"""Train models, measure them, and compare one with another."""
