"""Companies that are watched: `schedule` says when, `checks` looks, `differing` tells changes, `digest` mails them."""
