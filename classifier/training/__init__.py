"""Train, measure and compare models."""
