"""Carry an item from the ledger through fetch and label to storage."""
