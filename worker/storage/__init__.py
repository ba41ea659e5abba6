"""Keep the ledger and the articles in the database; no other package contains SQL."""
