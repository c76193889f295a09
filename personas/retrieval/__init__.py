"""Finding again: what was said on a subject, and who behaves alike. Vectors of texts and of behaviour.

`chunks`, `hashing` and `nearest` are pure; `providers` asks whoever makes vectors; `indexing` keeps them up with the
interactions; `searching` and `similar` answer questions.
"""
