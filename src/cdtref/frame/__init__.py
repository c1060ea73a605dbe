"""
The answers about codes and claim lines as DataFrame columns: `annotate`, `validate` and `check`.

One call for pandas, Polars (eager and lazy), PyArrow, DuckDB relations and PySpark DataFrames; the
answers are those of the scalar doors. What comes in lazy goes out lazy, and nothing is collected.
Needs the extra `frames`.

Rows: their number stays, and in memory and in Polars their order; DuckDB and Spark promise no order
after a join.
Columns: every answer has a name that begins with `cdt_`; a column of that name is replaced, and no
answer of one call is read by another. Two columns of one name are refused, in DuckDB and Spark also
two that differ in capitals only. Texts, numbers and flags are null where there is no answer: in
pandas `string`, `Int64` and `boolean`, dates `datetime64[us]`, relative values `Float64`; elsewhere
the engine's own, with decimals of two places.
Nulls: a null code is malformed and unknown, and a null date leaves open whether a code was in
force.
Times count by their day: one with a zone by that of its zone, but in DuckDB and Spark by that of
the session.
"""

try:
    import narwhals.stable.v2 as _  # noqa: F401
except ImportError as _missing:  # the library needs none of them
    raise ImportError('DataFrames need their extra: pip install "cdtref[frames]"') from _missing

from cdtref.frame.answers import annotate, check, validate
from cdtref.frame.facts import FACTS
from cdtref.frame.inputs import FrameT
from cdtref.frame.rules import RULES

__all__ = ["FACTS", "RULES", "FrameT", "annotate", "check", "validate"]
