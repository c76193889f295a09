"""A real HTTP server that stands in for every provider, over one invented and consistent world.

A request for `https://api.snov.io/v2/…` arrives as `http://127.0.0.1:8100/api.snov.io/v2/…`. What is true in the world,
and what each source gets wrong about it, is written down in `world/companies/`, so that a test can compare.
Nothing here imports the rest of the project: the sandbox must not share a mistake with the code that it tries.
"""
