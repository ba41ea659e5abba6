"""Write what people read about a model: its card with plots, and explained labels."""
