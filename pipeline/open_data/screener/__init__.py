"""Our own screener: the rules of the published standard, each with a name, applied to two files.

It is written from the text of the standard and shares nothing with DfE's `eesyscreener`, which
needs R.
"""
