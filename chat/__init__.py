"""The guided conversation: a question in, an answer with its evidence out, while research goes on beside it.

`understanding` tells what is asked, `answering` what is said, `conversation` who says it when; `api` and the pages
carry it. Into the engine it goes by `enrichment.door` alone.
"""
