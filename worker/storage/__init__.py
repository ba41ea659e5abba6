"""Row stored: the ledger and the articles; the only room with SQL."""
