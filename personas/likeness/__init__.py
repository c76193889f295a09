"""Who is like whom: how contacts behave and what they talk about, as vectors, and the groups that these form.

`features`, `joining`, `saying`, `reasons` and `grouping` are pure; `keeping` makes profiles, `similar` finds those that
are near, `patterns` keeps the groups of each owner.
"""
