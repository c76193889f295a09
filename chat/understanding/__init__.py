"""What a question asks for: an intent, what it is about, how certain that is. Plain words, no model, no database."""
