"""Commands that only tests have."""
