"""
The answers about codes, claim lines and claims as DataFrame columns (`annotate`, `validate`,
`check`, `check_claims`), and the reference itself as tables (`codes`, `requirements`, `rvus`,
`dental_rvus`, `conflicts`).

One call for pandas, Polars (eager and lazy), PyArrow, DuckDB relations and, but for `check_claims`,
PySpark DataFrames; the answers are those of the scalar doors. What comes in lazy goes out lazy, and
nothing is collected: DuckDB and Spark get joins and expressions, and a plan of Polars hands its
rows to Python when it runs, some at a time. Needs the extra `frames`.

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
Tables: columns of the same types, and of lists; in pandas these are lists of Python. A DuckDB
relation is one of the default connection, a DataFrame of PySpark of the active session.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cdtref.frame.answers import annotate, check, check_claims, validate
    from cdtref.frame.building import (
        Backend,
        codes,
        conflicts,
        dental_rvus,
        fields,
        frame_of,
        requirements,
        rvus,
        table,
    )
    from cdtref.frame.columns import Column
    from cdtref.frame.facts import FACTS
    from cdtref.frame.inputs import FrameT
    from cdtref.frame.kinds import ENGLISH, Dialect, Fields, ListOf
    from cdtref.frame.reference import TABLES, ReferenceTable
    from cdtref.frame.rules import RULES

_HOMES = {
    **dict.fromkeys(("annotate", "check", "check_claims", "validate"), "answers"),
    **dict.fromkeys(("Backend", "codes", "conflicts", "dental_rvus"), "building"),
    **dict.fromkeys(("fields", "frame_of", "requirements", "rvus", "table"), "building"),
    **dict.fromkeys(("ENGLISH", "Dialect", "Fields", "ListOf"), "kinds"),
    **dict.fromkeys(("TABLES", "ReferenceTable"), "reference"),
    "Column": "columns",
    "FACTS": "facts",
    "FrameT": "inputs",
    "RULES": "rules",
}
_BY_NARWHALS = ("answers", "building", "inputs")

__all__ = [
    "ENGLISH",
    "FACTS",
    "RULES",
    "TABLES",
    "Backend",
    "Column",
    "Dialect",
    "Fields",
    "FrameT",
    "ListOf",
    "ReferenceTable",
    "annotate",
    "check",
    "check_claims",
    "codes",
    "conflicts",
    "dental_rvus",
    "fields",
    "frame_of",
    "requirements",
    "rvus",
    "table",
    "validate",
]


if not TYPE_CHECKING:  # to a type checker it would promise any name, a misspelt one too
    # PEP 562: the tables are written to files where no DataFrame library is.
    def __getattr__(name: str) -> Any:
        home = _HOMES.get(name)
        if home is None:
            raise AttributeError(f"module 'cdtref.frame' has no attribute {name!r}")
        if home in _BY_NARWHALS:
            _require_narwhals()
        return getattr(importlib.import_module(f"cdtref.frame.{home}"), name)


def _require_narwhals() -> None:
    try:
        importlib.import_module("narwhals.stable.v2")
    except ImportError as error:  # the library needs none of them
        raise ImportError('DataFrames need their extra: pip install "cdtref[frames]"') from error


def __dir__() -> list[str]:
    return sorted(__all__)
