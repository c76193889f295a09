"""Who a company is: names and domains of any spelling to one company, locally and free.

`names` and `domains` are pure; `lookup` finds candidates; `identity` decides, creates, learns and merges; `listing` loads
many at once.
"""
