"""Records that come in files: tables of contacts, interactions and deals, and mailboxes.

A file is read once, cut into pieces and kept encrypted; a dry run tells what it would do; a worker then writes it piece
by piece, and all of it can be taken back.
"""
