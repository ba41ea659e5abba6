"""Keep what is to be sent to a webhook: nothing leaves the database before it was delivered."""
