"""Say in words what reasons, states, labels and decisions mean, and what to do about them."""
