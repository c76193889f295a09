"""Comparisons of methods, writers and prompts: `assigning` ways to contacts, `steering`, and the stars by way."""
