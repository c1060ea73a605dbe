"""`facts` in, `src/cdtref/data` out: `python -m tasks`. Running it twice writes the same bytes."""
