"""What is likely: whether somebody replies, whether a deal is won, when it closes; and whether that can be told at all.

Pure but for `training`, `renewing`, `foretelling` and `following`. A predictor is made of what one person may see,
tried on a later time than it was made of, and says nothing where it does no better there than the plain share.
"""
