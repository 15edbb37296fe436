"""Records in, documents out: briefs and comparisons that somebody can print, cite and hand on.

Nothing here looks at a clock: a document is dated by its data, and the same data give the same bytes.
"""
