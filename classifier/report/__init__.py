"""Write what people read about a model: the card, its plots, explained labels."""
