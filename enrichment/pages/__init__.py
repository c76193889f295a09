"""The server-rendered pages: what a person sees of requests, briefs, plans and companies."""
