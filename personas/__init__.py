"""Contacts, their history with a rep, and what they are like."""
