"""Prospects' people as persons with rights: who somebody is, who is not to be known, what names them. Knows no source.

`marks` is pure; `digests` keys what is kept of them; `blocked` recognises them in whatever is collected or kept;
`optouts` is the list; `known` finds what is known of one of them.
"""
