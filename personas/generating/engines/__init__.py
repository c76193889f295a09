"""Personas that an engine writes: what it is shown of a contact, and how what it says is laid over the built-in one."""
