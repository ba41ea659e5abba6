"""Count what a search by words finds, at a bounded cost: exactly where that is quick, else by a sample, and it is said which."""
