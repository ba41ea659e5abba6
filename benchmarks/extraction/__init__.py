"""Extraction measured and its model fitted, on pages that lie beside the project."""
