"""Personas of many contacts at once: `choosing` and quoting, `steering`, `working` off, `telling` how far it is."""
