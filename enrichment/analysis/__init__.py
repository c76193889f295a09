"""Analysis: facts and evidence in, a grounded report out."""
