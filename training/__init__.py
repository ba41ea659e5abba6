"""Fit the models that the program is shipped with: extraction's forests and the classifier's word vectors. Not installed."""
