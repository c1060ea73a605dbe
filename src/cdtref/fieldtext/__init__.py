"""What the text of a field says: dates and amounts."""

from cdtref.fieldtext.dates import as_date, years_between

__all__ = ["as_date", "years_between"]
