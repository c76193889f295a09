"""What a model says of a contact: what it is asked, what it answers, and what of that may stand."""
