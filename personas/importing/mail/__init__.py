"""Mailboxes: what is in them, who wrote to whom, and what answers what. Pure: nothing is fetched, nothing is run."""
