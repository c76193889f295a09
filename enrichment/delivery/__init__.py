"""Carries announcements out to webhooks: signed, retried for three days, at least once, in no promised order."""
