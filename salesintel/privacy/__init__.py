"""Personal data: which columns hold any, whose, why, and what becomes of it. Knows no app."""
