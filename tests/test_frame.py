"""DataFrames: every engine and the scalar doors give the same answers."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cdtref
from cdtref import pattern
from cdtref.frame import FACTS, RULES, annotate, check, validate
from cdtref.tooth import TEETH, parse_surfaces, parse_teeth, parse_tooth

sys.path.insert(0, str(Path(__file__).parent))
import frame_lines as expected

ROWS = 20_000
CONNECTION = duckdb.connect()  # not the default one: a relation must be joined within its own


def of_polars(lines):
    schema = {"row": pl.Int64, "service_date": pl.Date}
    schema = {name: schema.get(name, pl.String) for name in expected.NAMES}
    return pl.DataFrame(list(lines), schema=schema, orient="row")


ENGINES = {
    "pandas": lambda df: pd.DataFrame(df.to_dict(as_series=False), dtype=object if df.is_empty() else None),
    "pandas, arrow types": lambda df: df.to_arrow().to_pandas(types_mapper=pd.ArrowDtype),
    "pandas, categorical": lambda df: ENGINES["pandas"](df).astype({"procedure_code": "category", "tooth": "category"}),
    "pyarrow": lambda df: df.to_arrow(),
    "pyarrow, dictionary": lambda df: df.with_columns(pl.col("procedure_code").cast(pl.Categorical)).to_arrow(),
    "polars": lambda df: df,
    "polars, categorical": lambda df: df.with_columns(pl.col("procedure_code", "tooth").cast(pl.Categorical)),
    "polars, lazy": lambda df: df.lazy(),
    "polars, lazy and categorical": lambda df: df.lazy().with_columns(pl.col("procedure_code").cast(pl.Categorical)),
    "duckdb": lambda df: CONNECTION.from_arrow(df.to_arrow()),
}


def rows_of(frame, first):
    """The answers of a native frame, from column *first* on, in the order of `row`."""
    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    if isinstance(frame, duckdb.DuckDBPyRelation):
        frame = frame.to_arrow_table()
    if isinstance(frame, pd.DataFrame):
        columns = {name: [plain(value) for value in frame[name]] for name in ["row", *frame.columns[first:]]}
    else:
        frame = pl.from_arrow(frame) if isinstance(frame, pa.Table) else frame
        columns = frame.select("row", *frame.columns[first:]).to_dict(as_series=False)
    return [row[1:] for row in sorted(zip(*columns.values(), strict=True), key=lambda row: row[0])]


def plain(value):
    if pd.isna(value):
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value


LINES = list(expected.mixed(ROWS))
FRAME = of_polars(LINES)


@pytest.fixture(params=ENGINES)
def frame(request):
    return ENGINES[request.param](FRAME)


def test_annotate_answers_as_get_does(frame):
    got = annotate(frame, on="service_date", columns=expected.FACTS)
    assert rows_of(got, len(expected.NAMES)) == [expected.annotated(line) for line in LINES]


def test_validate_answers_as_parse_code_does(frame):
    got = validate(frame, on="service_date")
    assert rows_of(got, len(expected.NAMES)) == [expected.validated(line) for line in LINES]


def test_check_answers_as_check_does(frame):
    got = rows_of(check(frame, on="service_date", **expected.SITES), len(expected.NAMES))
    dated = [place for place, line in enumerate(LINES) if line[2] is not None]
    assert [got[place] for place in dated] == [expected.checked(LINES[place]) for place in dated]


def test_a_row_without_a_date_is_judged_as_one_without_on(frame):
    on = rows_of(check(frame, on="service_date", **expected.SITES), len(expected.NAMES))
    off = rows_of(check(frame, **expected.SITES), len(expected.NAMES))
    undated = [place for place, line in enumerate(LINES) if line[2] is None]
    assert [on[place] for place in undated] == [off[place] for place in undated]
    assert all("not-in-force" not in (errors or "") for errors, _ in off)


def test_the_lines_trip_every_rule_and_some_softly():
    answers = [expected.checked(line) for line in LINES if line[2] is not None]
    told = {rule for answer in answers for text in answer if text for rule in text.split()}
    assert told == {rule.id for rule in RULES}
    assert any(warnings for _, warnings in answers)


def test_every_fact_fits_in_a_column(frame):
    got = rows_of(annotate(frame, columns=FACTS), len(expected.NAMES))
    for line, row in zip(LINES[:500], got[:500], strict=True):
        known = cdtref.is_valid_code(line[1]) and cdtref.parse_code(line[1]) in cdtref.catalog()
        procedure = cdtref.get(line[1]) if known else None
        assert row == tuple(getattr(procedure, name, None) for name in FACTS)


@pytest.mark.parametrize("engine", ["polars, lazy", "duckdb"])
def test_what_is_lazy_stays_lazy(engine):
    lazy = ENGINES[engine](FRAME)
    for got in (annotate(lazy), validate(lazy), check(lazy)):
        assert type(got) is type(lazy)


def test_nothing_is_collected():
    def never(_):
        raise AssertionError("collected")

    lazy = FRAME.lazy().map_batches(never, schema=FRAME.schema, validate_output_schema=False)
    check(validate(annotate(lazy, on="service_date"), on="service_date"), on="service_date", **expected.SITES)


@pytest.mark.parametrize("engine", ["pandas", "pyarrow", "polars", "polars, lazy"])
def test_rows_keep_their_order(engine):
    got = annotate(ENGINES[engine](FRAME))
    got = got.collect() if isinstance(got, pl.LazyFrame) else got
    assert list(pl.DataFrame(got)["row"]) == list(range(ROWS))


def test_the_index_and_the_given_frame_stay_as_they_are():
    df = pd.DataFrame({"procedure_code": ["D0120", "D0140"]}, index=[7, 7])
    assert list(annotate(df).index) == [7, 7]
    assert list(df.columns) == ["procedure_code"]


def test_an_answer_replaces_the_one_before():
    once = validate(FRAME, on="service_date")
    assert validate(once, on="service_date").equals(once)


@pytest.mark.parametrize("engine", ENGINES)
def test_no_rows(engine):
    empty = ENGINES[engine](FRAME.head(0))
    assert rows_of(check(empty, on="service_date", **expected.SITES), len(expected.NAMES)) == []


NOTHING = {
    "pandas": pd.DataFrame({"row": [0, 1], "c": [None, None]}),
    "pyarrow": pa.table({"row": [0, 1], "c": pa.nulls(2)}),
    "polars": pl.DataFrame({"row": [0, 1], "c": [None, None]}),
    "polars, lazy": pl.LazyFrame({"row": [0, 1], "c": [None, None]}),
}


@pytest.mark.parametrize("engine", NOTHING)
def test_a_column_of_nulls(engine):
    got = check(NOTHING[engine], "c", tooth="c", surfaces="c", area="c")
    assert rows_of(got, 2) == [("code.malformed", None)] * 2


TIMES = [datetime(2025, 12, 31, 23, 59), datetime(2026, 1, 1)]  # noqa: DTZ001  # with and without a zone


@pytest.mark.parametrize("zone", [None, "America/New_York"])
@pytest.mark.parametrize("engine", ["pandas", "pandas, arrow types", "pyarrow", "polars", "polars, lazy"])
def test_a_time_counts_for_its_day(engine, zone):
    """`terminated` is the first day on which the code is no longer valid: D1352 ended with 2025."""
    lines = pl.DataFrame({"row": [0, 1], "c": ["D1352"] * 2, "d": TIMES}).with_columns(
        pl.col("d").dt.replace_time_zone(zone)
    )
    assert rows_of(annotate(ENGINES[engine](lines), "c", "d", ()), 3) == [(True,), (False,)]


WRONG = {
    "a missing column": (lambda: annotate(FRAME, "cdt"), "no column 'cdt'; the columns are row, procedure_code"),
    "a missing date": (lambda: annotate(FRAME, on="dos"), "no column 'dos'"),
    "numbers for codes": (lambda: validate(FRAME, "row"), "'row' is Int64, where text is expected"),
    "numbers for teeth": (lambda: check(FRAME, tooth="row"), "'row' is Int64, where text is expected"),
    "text for a date": (lambda: annotate(FRAME, on="tooth"), "'tooth' is String, where a date is expected"),
    "an answer over its question": (
        lambda: validate(FRAME.rename({"procedure_code": "cdt_code"}), "cdt_code"),
        "'cdt_code' is read and would be overwritten",
    ),
    "pandas text for a date": (
        lambda: annotate(pd.DataFrame({"procedure_code": ["D0120"], "d": pd.array(["x"], dtype="string")}), on="d"),
        "'d' holds string, where a date is expected",
    ),
    "pandas objects for a date": (
        lambda: annotate(
            pd.DataFrame({"procedure_code": ["D0120"] * 2, "d": pd.Series([date(2026, 1, 1), 5], dtype=object)}), on="d"
        ),
        "'d' holds mixed",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_column_is_told(case):
    call, message = WRONG[case]
    with pytest.raises(cdtref.DataFormatError, match=message):
        call()


@pytest.mark.parametrize(
    "value", [None, "D0120", ["D0120"], pd.Series(["D0120"]), pl.Series(["D0120"]), {"c": ["D0120"]}]
)
def test_what_is_no_frame_is_told(value):
    with pytest.raises(TypeError, match="a DataFrame of pandas, Polars, PyArrow, DuckDB or PySpark is expected"):
        annotate(value)


def test_a_fact_that_fits_in_no_column_is_told():
    with pytest.raises(ValueError, match="no fact 'synonyms' fits in a column; those that do are code, title"):
        annotate(FRAME, columns=["synonyms"])


def test_a_catalog_of_ones_own():
    mine = cdtref.Catalog({code: cdtref.get(code) for code in ("D0120",)})
    lines = pl.DataFrame({"procedure_code": ["D0120", "D0140"]})
    assert validate(lines, catalog=mine)["cdt_known"].to_list() == [True, False]
    assert validate(lines.lazy(), catalog=mine).collect()["cdt_known"].to_list() == [True, False]


def test_the_extra_is_named_where_it_is_missing():
    code = "import sys; sys.modules['narwhals.stable.v2'] = None\nimport cdtref.frame"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert 'pip install "cdtref[frames]"' in done.stderr


def reads(parse, *given):
    try:
        parse(*given)
    except cdtref.InvalidSiteError:
        return False
    return True


UNHURRIED = settings(deadline=None)  # the first search compiles the forms
TOOTH_TEXT = st.lists(st.sampled_from([*TEETH, *"0#-,; \t\xa0\u3000as", "33", "\u017f"]), max_size=6).map("".join)
SURFACE_TEXT = st.text("MOIDBFLVmoidbflv,/- \xa0X\u017f", max_size=6)


@UNHURRIED
@given(TOOTH_TEXT)
def test_the_forms_of_teeth_are_those_of_parse_tooth_and_parse_teeth(text):
    repeated = any(re.search(form, text) for form in pattern.repeated_teeth())
    assert bool(re.search(pattern.tooth(), text)) == reads(parse_tooth, text)
    assert (bool(re.search(pattern.teeth(), text)) and not repeated) == reads(parse_teeth, text)


@pytest.mark.parametrize(("of", "tooth"), [("anterior", "8"), ("posterior", "A"), ("unknown", None)])
@UNHURRIED
@given(text=SURFACE_TEXT)
def test_the_forms_of_surfaces_are_those_of_parse_surfaces(of, tooth, text):
    assert bool(re.search(pattern.surfaces(of), text)) == reads(parse_surfaces, text, tooth and TEETH[tooth])


@UNHURRIED
@given(st.text("DJ0123456789ATUd- \u3000\uff24\uff10\uff0d\u017f", max_size=8))
def test_the_forms_of_codes_are_those_of_parse_code(text):
    spelled = "".join(pattern.CODE_SIGNS.get(character, character) for character in text.strip())
    assert bool(re.search(pattern.CODE, spelled)) == cdtref.is_valid_code(text)


@UNHURRIED
@given(
    st.text("URLupper left quadrant arch01234 \xa0", max_size=12)
    | st.sampled_from([a.name.replace("_", " ") for a in cdtref.Area])
)
def test_the_forms_of_areas_are_those_of_parse_area(text):
    assert bool(re.search(pattern.area(), text)) == reads(cdtref.parse_area, text)


def test_spaces_are_those_of_strip():
    assert set(pattern.SPACES) == {chr(n) for n in range(sys.maxunicode + 1) if chr(n).isspace()}


def test_the_answer_on_a_date_is_a_nullable_boolean_in_pandas():
    lines = pd.DataFrame({"c": ["D0120", "D1352", "99213"], "d": pd.to_datetime(["2026-03-02"] * 3)})
    told = annotate(lines, "c", "d", ())["cdt_in_force"]
    assert str(told.dtype) == "boolean"
    assert told.tolist() == [True, False, pd.NA]
