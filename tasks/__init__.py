"""Facts in, `src/cdtref/data` out: `python -m tasks --facts DIR`. Running it twice writes the same bytes."""
