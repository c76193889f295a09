"""What a contact is like, in words: drafts of plain values, each trait with what it rests on. `making` stores them."""
