"""DataFrames: every engine and the scalar doors give the same answers."""

from __future__ import annotations

import functools
import itertools
import pickle
import random
import re
import subprocess
import sys
from collections import Counter
from contextlib import nullcontext
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import duckdb
import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cdtref
import frame_lines as expected
import pinned
from backtracking import steps
from cdtref import DataFormatError
from cdtref.frame import FACTS, RULES, annotate, check, sites, validate
from cdtref.frame import patterns as pattern
from cdtref.frame.engines.base import is_older
from cdtref.frame.inputs import opened
from cdtref.frame.memory import Facts, Findings, Forms
from cdtref.frame.rules import LineColumns
from cdtref.tooth import (
    AREA_STEPS,
    GROUP_STEPS,
    LONGEST_SITE,
    SPACES,
    SPOKEN,
    SURFACE_STEPS,
    TEETH,
    TEETH_STEPS,
)

ROWS = 20_000
LAST, ENDED = pinned.LAST_DAY["D1352"], pinned.TERMINATED["D1352"]
as_day = date.fromisoformat
CONNECTION = duckdb.connect()  # not the default one: a relation must be joined within its own


def of_polars(lines):
    schema = {"row": pl.Int64, "service_date": pl.Date}
    schema = {name: schema.get(name, pl.String) for name in expected.NAMES}
    return pl.DataFrame(list(lines), schema=schema, orient="row")


ENGINES = {
    "pandas": lambda df: pd.DataFrame(
        df.to_dict(as_series=False), dtype=object if df.is_empty() else None
    ),
    "pandas, arrow types": lambda df: df.to_arrow().to_pandas(types_mapper=pd.ArrowDtype),
    "pandas, categorical": lambda df: ENGINES["pandas"](df).astype(
        {"procedure_code": "category", "tooth": "category"}
    ),
    "pyarrow": lambda df: df.to_arrow(),
    "pyarrow, dictionary": lambda df: df.with_columns(
        pl.col("procedure_code").cast(pl.Categorical)
    ).to_arrow(),
    "polars": lambda df: df,
    "polars, categorical": lambda df: df.with_columns(
        pl.col("procedure_code", "tooth").cast(pl.Categorical)
    ),
    "polars, enum": lambda df: df.with_columns(
        pl.col("tooth").cast(pl.Enum(sorted({"none has this", *df["tooth"].drop_nulls()})))
    ),
    "polars, lazy": lambda df: df.lazy(),
    "polars, lazy and categorical": lambda df: df.lazy().with_columns(
        pl.col("procedure_code").cast(pl.Categorical)
    ),
    "duckdb": lambda df: CONNECTION.from_arrow(df.to_arrow()),
}


def rows_of(frame, first):
    """The answers of a native frame, from column *first* on, in the order of `row`."""
    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    if isinstance(frame, duckdb.DuckDBPyRelation):
        frame = frame.to_arrow_table()
    if isinstance(frame, pd.DataFrame):
        columns = {name: plain(frame[name]) for name in ["row", *frame.columns[first:]]}
    else:
        frame = pl.from_arrow(frame) if isinstance(frame, pa.Table) else frame
        columns = frame.select("row", *frame.columns[first:]).to_dict(as_series=False)
    return [row[1:] for row in sorted(zip(*columns.values(), strict=True), key=lambda row: row[0])]


def plain(column):
    """A column of pandas as a list: at once, since to ask of each value takes ten times as long."""
    values = column.astype(object).where(column.notna(), None).tolist()
    if column.dtype.kind == "M":
        return [None if value is None else value.date() for value in values]
    return values


LINES = list(expected.mixed(ROWS))
FRAME = of_polars(LINES)


@functools.cache
def frame_of(engine):
    return ENGINES[engine](FRAME)


@functools.cache  # two tests look at the answers
def checked_by(engine):
    """What `check` says of each line."""
    got = check(frame_of(engine), date="service_date", **expected.SITES)
    return rows_of(got, len(expected.NAMES))


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


@pytest.fixture
def frame(engine):
    return frame_of(engine)


def test_annotate_answers_as_get_does(frame):
    got = annotate(frame, date="service_date", columns=expected.FACTS)
    assert rows_of(got, len(expected.NAMES)) == [expected.annotated(line) for line in LINES]


def test_validate_answers_as_parse_code_does(frame):
    got = validate(frame, date="service_date")
    assert rows_of(got, len(expected.NAMES)) == [expected.validated(line) for line in LINES]


def test_check_answers_as_check_does(engine):
    got = checked_by(engine)
    dated = [place for place, line in enumerate(LINES) if line[2] is not None]
    assert [got[place] for place in dated] == [expected.checked(LINES[place]) for place in dated]


@pytest.mark.parametrize("engine", ENGINES)
def test_sites_as_people_write_them_are_read_as_by_check(engine):
    lines = list(expected.spelled())
    got = check(ENGINES[engine](of_polars(lines)), date="service_date", **expected.SITES)
    answers = zip(rows_of(got, len(expected.NAMES)), lines, strict=True)
    assert [(line, told) for told, line in answers if told != expected.checked(line)] == []


def test_a_row_without_a_date_is_judged_as_one_without_on(engine, frame):
    on = checked_by(engine)
    off = rows_of(check(frame, **expected.SITES), len(expected.NAMES))
    undated = [place for place, line in enumerate(LINES) if line[2] is None]
    assert [on[place] for place in undated] == [off[place] for place in undated]
    assert all("not-in-force" not in (errors or "") for errors, _ in off)


def test_the_lines_trip_every_rule_and_some_softly():
    answers = [expected.checked(line) for line in LINES if line[2] is not None]
    told = {rule for answer in answers for text in answer if text for rule in text.split()}
    assert told == {rule.id for rule in RULES}
    assert any(warnings for _, warnings in answers)


def test_every_fact_fits_in_a_column(engine):
    texts = [*cdtref.catalog(), *dict.fromkeys(line[1] for line in LINES[:500])]
    lines = [(row, text, None, None, None, None) for row, text in enumerate(texts)]
    got = rows_of(annotate(ENGINES[engine](of_polars(lines)), columns=FACTS), len(expected.NAMES))
    for text, row in zip(texts, got, strict=True):
        assert tuple(map(as_float, row)) == facts_of(text)


@functools.cache  # every engine asks again
def facts_of(text):
    known = cdtref.is_valid_code(text) and cdtref.parse_code(text) in cdtref.catalog()
    procedure = cdtref.get(text) if known else None
    return tuple(fact(procedure, name) for name in FACTS)


def as_float(value):
    """Without the type of a decimal, which pandas has not."""
    return float(value) if isinstance(value, Decimal) else value


VALUES = {
    "ihs_rvu": lambda code: as_float(getattr(cdtref.dental_rvu(code, default=None), "value", None)),
    "ihs_level_of_care": lambda code: getattr(
        cdtref.dental_rvu(code, default=None), "level_of_care", None
    ),
    "work_rvu": lambda code: cms_value(code, "work"),
    "total_rvu_facility": lambda code: cms_value(code, "total_facility"),
    "total_rvu_nonfacility": lambda code: cms_value(code, "total_nonfacility"),
    "billable": cdtref.is_billable_with_rvu,
    "category_label": lambda code: cdtref.get(code).category.label,
    "in_edition": lambda code: code in cdtref.catalog().codes_in_force(),
    "edition": lambda _: cdtref.EDITION,
    "surface_count_least": lambda code: surface_bound(code, 0),
    "surface_count_most": lambda code: surface_bound(code, 1),
}


def surface_bound(code, place):
    counted = cdtref.get(code).requirement.surface_count
    return None if counted is None else counted[place]


def cms_value(code, field):
    row = cdtref.fee_schedule().get(code)
    return None if row is None else float(getattr(row, field))


def fact(procedure, name):
    """A field of the record, of its requirement, how sure one of the latter is, or a value."""
    if procedure is None:
        return None
    if name in VALUES:
        return VALUES[name](procedure.code)
    sure, of_field = procedure.requirement.confidence, name.removesuffix("_confidence")
    if name != of_field and hasattr(sure, of_field):
        return getattr(sure, of_field)
    return getattr(procedure, name, getattr(procedure.requirement, name, None))


@pytest.mark.parametrize("engine", ["polars, lazy", "duckdb"])
def test_what_is_lazy_stays_lazy(engine):
    lazy = ENGINES[engine](FRAME)
    for got in (annotate(lazy), validate(lazy), check(lazy)):
        assert type(got) is type(lazy)


COLUMNS = LineColumns("procedure_code", "service_date", "tooth", "surfaces", "area")
TOLD = {
    "facts": lambda: Facts(
        "procedure_code", "service_date", ("title", "category"), cdtref.catalog()
    ),
    "forms": lambda: Forms("procedure_code", "service_date", cdtref.catalog()),
    "findings": lambda: Findings(COLUMNS, cdtref.catalog()),
}


@pytest.mark.parametrize("name", TOLD)
def test_what_a_plan_of_polars_holds_can_be_sent_elsewhere(name):
    """`LazyFrame.serialize` pickles the Python in a plan; what was kept until then stays behind."""
    told = TOLD[name]()
    ready = opened(frame_of("polars"), [], texts=["procedure_code"], day="service_date")
    answered = told.added_to(ready)
    again = pickle.loads(pickle.dumps(told)).added_to(ready)
    assert again.columns != ready.native.columns
    assert again.equals(answered)


def test_nothing_is_collected():
    def never(_):
        raise AssertionError("collected")

    lazy = FRAME.lazy().map_batches(never, schema=FRAME.schema, validate_output_schema=False)
    check(
        validate(annotate(lazy, date="service_date"), date="service_date"),
        date="service_date",
        **expected.SITES,
    )


@pytest.mark.parametrize("engine", ["pandas", "pyarrow", "polars", "polars, lazy"])
def test_rows_keep_their_order(engine):
    got = annotate(ENGINES[engine](FRAME))
    got = got.collect() if isinstance(got, pl.LazyFrame) else got
    assert list(pl.DataFrame(got)["row"]) == list(range(ROWS))


def test_the_index_and_the_given_frame_stay_as_they_are():
    df = pd.DataFrame({"procedure_code": ["D0120", "D0140"]}, index=[7, 7])
    assert list(annotate(df).index) == [7, 7]
    assert list(df.columns) == ["procedure_code"]


def test_nothing_is_asked_for():
    """`columns=()` without a date adds nothing, and so a plan has nothing to work out."""
    for got in (annotate(FRAME, columns=()), annotate(FRAME.lazy(), columns=()).collect()):
        assert got.equals(FRAME)


def test_an_answer_replaces_the_one_before():
    once = validate(FRAME, date="service_date")
    assert validate(once, date="service_date").equals(once)


@pytest.mark.parametrize("engine", ENGINES)
def test_no_rows(engine):
    empty = ENGINES[engine](FRAME.head(0))
    assert rows_of(check(empty, date="service_date", **expected.SITES), len(expected.NAMES)) == []


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


TIMES = [datetime.fromisoformat(f"{LAST}T23:59"), datetime.fromisoformat(ENDED)]


@pytest.mark.parametrize("zone", [None, "America/New_York"])
@pytest.mark.parametrize(
    "engine", ["pandas", "pandas, arrow types", "pyarrow", "polars", "polars, lazy"]
)
def test_a_time_counts_for_its_day(engine, zone):
    """
    `terminated` is the first day on which the code is no longer valid: D1352 ended with a year.
    """
    lines = pl.DataFrame({"row": [0, 1], "c": ["D1352"] * 2, "d": TIMES}).with_columns(
        pl.col("d").dt.replace_time_zone(zone)
    )
    assert rows_of(annotate(ENGINES[engine](lines), "c", "d", ()), 3) == [(True,), (False,)]


MIXED = pd.Series([date.max, 5], dtype=object)
WRONG = {
    "a missing column": (
        lambda: annotate(FRAME, "cdt"),
        "no column 'cdt'; the columns are row, procedure_code",
    ),
    "a missing date": (lambda: annotate(FRAME, date="dos"), "no column 'dos'"),
    "numbers for codes": (lambda: validate(FRAME, "row"), "'row' is Int64, where text is expected"),
    "numbers for surfaces": (
        lambda: check(FRAME, surfaces="row"),
        "'row' is Int64, where text is expected",
    ),
    "text for a date": (
        lambda: annotate(
            pl.DataFrame({"procedure_code": ["D0120"], "d": [f"3/2/{pinned.YEAR}"]}), date="d"
        ),
        rf"'d' holds '3/2/{pinned.YEAR}', which is no ISO date",
    ),
    "an answer over its question": (
        lambda: validate(FRAME.rename({"procedure_code": "cdt_code"}), "cdt_code"),
        "'cdt_code' is read and would be overwritten",
    ),
    "pandas text for a date": (
        lambda: annotate(
            pd.DataFrame({"procedure_code": ["D0120"], "d": pd.array(["x"], dtype="string")}),
            date="d",
        ),
        "'d' holds 'x', which is no ISO date",
    ),
    "pandas objects for a date": (
        lambda: annotate(
            pd.DataFrame(
                {
                    "procedure_code": ["D0120"] * 2,
                    "d": pd.Series([date.fromisoformat(pinned.DAY), 5], dtype=object),
                }
            ),
            date="d",
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
    "value",
    [None, "D0120", ["D0120"], pd.Series(["D0120"]), pl.Series(["D0120"]), {"c": ["D0120"]}],
)
def test_what_is_no_frame_is_told(value):
    with pytest.raises(
        TypeError, match="a DataFrame of pandas, Polars, PyArrow, DuckDB or PySpark is expected"
    ):
        annotate(value)


def test_a_fact_that_fits_in_no_column_is_told():
    with pytest.raises(
        ValueError, match="no fact 'synonyms' fits in a column; those that do are code, title"
    ):
        annotate(FRAME, columns=["synonyms"])


@pytest.mark.parametrize("engine", ["pandas", "pyarrow", "polars"])
def test_a_code_is_not_asked_about_for_each_row(engine, monkeypatch):
    """A day counts by its era: a table ten times as long asks no more of a code."""
    asked = Counter()
    truly = cdtref.Procedure.in_force

    def counted(procedure, on):
        asked[rows] += 1
        return truly(procedure, on)

    monkeypatch.setattr(cdtref.Procedure, "in_force", counted)
    for rows in (400, 4_000):
        lines = of_polars(LINES[:400] * (rows // 400))
        annotate(ENGINES[engine](lines), date="service_date", columns=())
    assert asked[4_000] == asked[400] > 0


def test_a_catalog_of_ones_own():
    mine = cdtref.Catalog({code: cdtref.get(code) for code in ("D0120",)})
    lines = pl.DataFrame({"procedure_code": ["D0120", "D0140"]})
    assert validate(lines, catalog=mine)["cdt_known"].to_list() == [True, False]
    assert validate(lines.lazy(), catalog=mine).collect()["cdt_known"].to_list() == [True, False]


@pytest.mark.parametrize("door", ["annotate", "codes"])
def test_the_extra_is_named_where_it_is_missing(door):
    code = f"import sys; sys.modules['narwhals.stable.v2'] = None\nfrom cdtref.frame import {door}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert 'pip install "cdtref[frames]"' in done.stderr


UNHURRIED = settings(deadline=None)  # the first search compiles the forms


def told_by(engine, lines, **sites):
    """What an engine tells of lines of teeth, surfaces and areas, a list each."""
    frame = pl.DataFrame({"row": range(len(lines["code"])), **lines})
    return rows_of(check(ENGINES[engine](frame), "code", **sites), 1 + len(lines))


def drawn(pieces, rows, seed):
    """Texts of up to six pieces."""
    draw = random.Random(seed)
    return ["".join(draw.choices(pieces, k=draw.randrange(7))) for _ in range(rows)]


PIECES = {
    "tooth": [*TEETH, *"0#-,; \t\xa0\u3000as-,", "33", "\u017f", " and ", " thru ", " to ", "Tooth ", ".0",
              "\u2013", "no. ", " & ", "UL", "Ur "],
    "surfaces": [*"MOIDBFLVmoidbflv5,/- \xa0X\u017f:().\u2013", "mesial", "class ", " and ", "LV", "L5"],
    "area": [*SPOKEN, *"UR012 -\xa0,", " quadrant", " ARCH", " side", " quad", "q1", "Max", " and ",
             " & ", "/", ".0", "10", "20", "ur "],
}  # fmt: skip


@pytest.mark.parametrize("engine", ["polars, lazy", "duckdb"])
def test_plans_read_sites_as_the_scalar_doors(engine):
    """Tables in memory ask `parse_teeth`, `parse_surfaces` and `parse_areas`."""
    for seed, field in enumerate(PIECES):
        texts = drawn(PIECES[field], 5_000, seed)
        lines = {"code": ["D2391"] * 5_000, "t": texts}
        planned = told_by(engine, lines, **{field: "t"})
        read = told_by("polars", lines, **{field: "t"})
        answers = zip(texts, planned, read, strict=True)
        assert [text for text, one, other in answers if one != other] == []


@pytest.mark.skipif(is_older(duckdb, 2), reason="it planned some look-ups otherwise")
def test_a_look_up_is_a_join_to_duckdb():
    """One that is not would keep all rows of the table beside their distinct texts."""
    plan = check(frame_of("duckdb"), date="service_date", **expected.SITES).explain().upper()
    assert "SINGLE" in plan
    assert "DELIM" not in plan


SIGNS = {"tooth": "AGLRST0123#", "surfaces": "MODBLIFVX5", "area": "ULRQFMA0123"}


@pytest.mark.parametrize("field", SIGNS)
def test_a_plan_reads_every_short_site_as_the_scalar_doors(field):
    """What is short is looked up alone: LV, 5, FM and 03 must not be lost for it."""
    texts = [
        "".join(signs) for n in (1, 2, 3) for signs in itertools.product(SIGNS[field], repeat=n)
    ]
    lines = {"code": ["D2391"] * len(texts), "t": texts}
    assert told_by("duckdb", lines, **{field: "t"}) == told_by("polars", lines, **{field: "t"})


BESIDE = ("", "8", "14", "#14", "6-11", "6, 11", "99")


@pytest.mark.parametrize("field", sites._FIELDS)
def test_a_plan_reads_all_that_it_looks_up_as_the_scalar_doors(field):
    """A text that is looked up alone has the answer of the slow way, whatever stands beside it."""
    pairs = list(itertools.product(sites._FIELDS[field].written(), BESIDE))
    texts, beside = map(list, zip(*pairs, strict=True))
    if field == "surfaces":
        lines = {"code": ["D2391"] * len(pairs), "s": texts, "t": beside}
        asked = {"surfaces": "s", "tooth": "t"}
    else:
        lines = {"code": ["D4341"] * len(pairs), "t": texts, "s": beside}
        asked = {"tooth": "t", "area": "t", "surfaces": "s"}
    answers = zip(
        pairs, told_by("duckdb", lines, **asked), told_by("polars", lines, **asked), strict=True
    )
    assert [pair for pair, one, other in answers if one != other] == []


@pytest.mark.parametrize("engine", ["polars, lazy", "duckdb"])
def test_plans_read_surfaces_tooth_by_tooth_as_the_scalar_doors(engine):
    """The first answer to 'M,MO' beside '9,13' took them for one tooth's and called M twice."""
    draw = random.Random(4)
    teeth, surfaces = [], []
    for _ in range(3_000):
        count = draw.randrange(1, 5)
        teeth.append(draw.choice(", ;& ").join(draw.sample(list(TEETH), count)))
        groups = drawn([*"MOIDBFLV5 "], draw.choice((count, count, 1, 2)), draw.random())
        surfaces.append(draw.choice(",;").join(groups))
    teeth += [f"{low}-{high}" for low in range(1, 30) for high in range(low, low + 3)]
    surfaces += drawn([*"MODFI,,"], len(teeth) - len(surfaces), seed=5)
    lines = {"code": ["D2391"] * len(teeth), "t": teeth, "s": surfaces}
    planned = told_by(engine, lines, tooth="t", surfaces="s")
    read = told_by("polars", lines, tooth="t", surfaces="s")
    answers = zip(teeth, surfaces, planned, read, strict=True)
    assert [row for row in answers if row[2] != row[3]] == []
    assert len(set(read)) == 3  # fitting, impossible, and missing on one tooth


@UNHURRIED
@given(st.text("DJ0123456789ATUd- \u3000\uff24\uff10\uff0d\u017f", max_size=8))
def test_the_forms_of_codes_are_those_of_parse_code(text):
    spelled = "".join(pattern.CODE_SIGNS.get(character, character) for character in text.strip())
    assert bool(re.search(pattern.CODE, spelled)) == cdtref.is_valid_code(text)


def test_spaces_are_those_of_strip():
    assert set(SPACES) == {chr(n) for n in range(sys.maxunicode + 1) if chr(n).isspace()}


def test_the_answer_on_a_date_is_a_nullable_boolean_in_pandas():
    lines = pd.DataFrame({"c": ["D0120", "D1352", "99213"], "d": pd.to_datetime([ENDED] * 3)})
    told = annotate(lines, "c", "d", ())["cdt_in_force"]
    assert str(told.dtype) == "boolean"
    assert told.tolist() == [True, False, pd.NA]


# Columns that stand in the way, and values that are not what they seem


def duck(pandas_frame):
    return duckdb.connect().from_df(pandas_frame)


FROM_PANDAS = {
    "pandas": lambda df: df,
    "polars": pl.from_pandas,
    "lazy": lambda df: pl.from_pandas(df).lazy(),
    "pyarrow": lambda df: pa.Table.from_pandas(df, preserve_index=False),
    "duckdb": duck,
}


def every_door(frame, **given):
    return annotate(frame, **given), validate(frame, **given), check(frame, **given)


def plain_frame(frame):
    """A native frame as one of pandas."""
    frame = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    frame = frame.df() if isinstance(frame, duckdb.DuckDBPyRelation) else frame
    return frame if isinstance(frame, pd.DataFrame) else frame.to_pandas()


def fault_of_name(engine, name, *, is_read):
    """For what an engine, or an old version of it, would take the name of a column."""
    if engine == "duckdb" and name == "*":
        return "is what DuckDB takes for all columns"
    if engine == "duckdb" and is_older(duckdb, 2) and ("." in name or '"' in name):
        return "has a dot or a quote, which DuckDB before 2.0 takes for a table's name"
    if engine == "lazy" and is_read and name in ("*", "^c.*$") and is_older(pl, 1, 38):
        return "is what Polars before 1.38 takes for a pattern"
    return None


PASSIVE = ["cdt__code", "cdt__known", "CDT___tooth", "*", "^c.*$", "o.p", 'a"b', "a`b", "cdt_"]


@pytest.mark.parametrize("engine", FROM_PANDAS)
@pytest.mark.parametrize("name", PASSIVE)
def test_a_column_that_is_not_read_may_have_any_name(engine, name):
    frame = FROM_PANDAS[engine](pd.DataFrame({"procedure_code": ["D2391"], name: ["kept"]}))
    fault = fault_of_name(engine, name, is_read=False)
    if fault is not None:
        with pytest.raises(DataFormatError, match=fault) as caught:
            every_door(frame)
        assert caught.value.column == name
        return
    for answer in every_door(frame):
        got = plain_frame(answer)
        assert list(got)[:2] == ["procedure_code", name]
        assert got[name].tolist() == ["kept"]
        assert all(column.startswith("cdt_") for column in list(got)[2:])


@pytest.mark.parametrize("engine", FROM_PANDAS)
@pytest.mark.parametrize("name", ["*", "^c.*$", "o.p", 'a"b', "cdt__code"])
def test_a_column_that_is_read_may_have_any_name_that_the_engine_can_read(engine, name):
    lines = pd.DataFrame({name: ["d2391"], "c": ["D0120"], "cdt_x": ["D9"]})
    frame = FROM_PANDAS[engine](lines)
    fault = fault_of_name(engine, name, is_read=True)
    if fault is not None:
        with pytest.raises(DataFormatError, match=f"the column .* {fault}"):
            validate(frame, name)
        return
    assert plain_frame(validate(frame, name))["cdt_code"].tolist() == ["D2391"]
    told = check(frame, "c", tooth=name, surfaces=name, area=name)
    errors = plain_frame(told)["cdt_errors"].tolist()
    assert errors == ["tooth.unknown surface.impossible area.unknown"]


@pytest.mark.parametrize("engine", FROM_PANDAS)
def test_no_answer_is_read_by_another_call(engine):
    """`check` judges the code it is given, whatever stands in the columns of `validate`."""
    lines = pd.DataFrame({"primary": ["D0120"], "secondary": ["D9"], "cdt_in_force": ["mine"]})
    validated = validate(FROM_PANDAS[engine](lines), code="secondary")
    got = plain_frame(check(validated, code="primary"))
    assert got["cdt_errors"].isna().all()
    assert got["cdt_valid"].tolist() == [False]
    dated = pd.DataFrame({**lines, "day": pd.to_datetime([pinned.DAY])})
    kept = plain_frame(check(FROM_PANDAS[engine](dated), "primary", "day"))
    assert kept["cdt_in_force"].tolist() == ["mine"]


TWICE = {
    "pandas": lambda: pd.DataFrame([["D0120", "D9", 1]], columns=["id", "c", "id"]),
    "pyarrow": lambda: pa.table([["D0120"], ["D9"], [1]], names=["id", "c", "id"]),
    "duckdb": lambda: CONNECTION.sql(
        "SELECT * FROM (SELECT 1 AS id, 'D0120' AS c) JOIN (SELECT 1 AS id, 2 AS paid) ON true"
    ),
    "duckdb, capitals": lambda: CONNECTION.sql("SELECT 'D0120' AS id, 'D2391' AS \"ID\", 'x' AS c"),
}


@pytest.mark.parametrize("engine", TWICE)
def test_two_columns_of_one_name_are_refused(engine):
    message = r"2 columns have one name: 'id' and '(id|ID)'; rename them first"
    for door in (annotate, validate, check):
        with pytest.raises(DataFormatError, match=message) as caught:
            door(TWICE[engine](), "c")
        assert caught.value.column == "id"


@pytest.mark.parametrize("values", [[14, "3"], [14.0, None], [b"14", "3"]])
def test_what_is_no_text_among_objects_of_pandas_is_refused(values):
    """14 read as the text '14.0' is no tooth."""
    frame = pd.DataFrame({"c": ["D7140"] * 2, "t": pd.Series(values, dtype=object)})
    with pytest.raises(DataFormatError, match=r"'t' holds a value of type .*, where text is expe"):
        check(frame, "c", tooth="t")
    with pytest.raises(DataFormatError, match="where text is expected"):
        validate(frame, "t")


# what a column may hold, and the form in which it is read
OTHER_FORMS = {
    "teeth that pandas made floats": ("tooth", [14.0, None, 33.0], ["14", None, "33"]),
    "teeth with what is no number": ("tooth", [14.0, float("nan"), 33.0], ["14", None, "33"]),
    "teeth as whole numbers": ("tooth", [14, 3, 33], ["14", "3", "33"]),
    "days as ISO text": ("date", [LAST, f" {ENDED} ", ""], [*map(as_day, (LAST, ENDED)), None]),
}


@pytest.mark.parametrize("held", OTHER_FORMS)
@pytest.mark.parametrize("engine", ["pandas", "pyarrow", "polars", "polars, lazy", "duckdb"])
def test_a_column_in_another_form_is_read_as_in_its_own(engine, held):
    """14 and 14.0 are tooth 14 to a line, and ISO text is a day: to a table as well."""
    field, values, own_form = OTHER_FORMS[held]
    codes = ["D7140", "D1352", "D7140"]
    other, own = (
        told_by(engine, {"code": codes, "held": column}, **{field: "held"})
        for column in (values, own_form)
    )
    assert other == own
    assert any(errors for errors, _ in own)
    columns = {"row": [1], "code": codes[:1], "held": values[:1]}
    answer = check(ENGINES[engine](pl.DataFrame(columns)), "code", **{field: "held"})
    assert list(nw.from_native(answer).collect_schema())[:3] == list(columns)


@pytest.mark.parametrize("kind", [pa.date32(), pa.date64()])
def test_arrow_has_two_types_of_dates(kind):
    days = [date.fromisoformat(LAST), date.fromisoformat(ENDED), None]
    table = pa.table({"c": ["D1352"] * 3, "day": pa.array(days, kind)})
    assert annotate(table, "c", "day", ())["cdt_in_force"].to_pylist() == [True, False, None]
    with pytest.raises(DataFormatError, match="where text is expected"):
        validate(table, "day")


def test_an_engine_that_is_not_known_is_told_by_name():
    other = type("DataFrame", (), {"__module__": "dask.dataframe"})()
    with pytest.raises(TypeError, match="or PySpark is expected, not dask DataFrame"):
        annotate(other)


MOST = LONGEST_SITE
LONG = {
    "a tooth of many zeros": ("tooth", "0" * (MOST - 2) + "14", True),
    "one zero more": ("tooth", "0" * (MOST - 1) + "14", False),
    "teeth far apart": ("tooth", "3" + " " * (MOST - 3) + "14", True),
    "teeth too far apart": ("tooth", "3" + " " * MOST + "14", False),
    "outer space": ("tooth", "\u3000" * 10_000 + "14" + " " * 10_000, True),
    "many teeth": ("tooth", "1," * 10_000 + "2", False),
    "surfaces far apart": ("surfaces", "M" + "-" * (MOST - 2) + "O", True),
    "surfaces too far apart": ("surfaces", "M" + "-" * MOST + "O", False),
    "an area": ("area", "1" * 100_000, False),
}


@pytest.mark.parametrize("case", LONG)
@pytest.mark.parametrize("engine", ["pandas", "pyarrow", "polars", "polars, lazy", "duckdb"])
def test_a_text_that_is_longer_than_any_site_is_none(engine, case):
    field, text, is_site = LONG[case]
    told = told_by(engine, {"code": ["D0120"], "t": [text]}, **{field: "t"})
    assert told == [(None if is_site else f"{RULE_OF[field]}", None)]


RULE_OF = {"tooth": "tooth.unknown", "surfaces": "surface.impossible", "area": "area.unknown"}


def test_in_sql_a_column_of_the_answers_name_in_capitals_is_replaced():
    frame = duck(
        pd.DataFrame({"procedure_code": ["d-0120"], "CDT_CODE": ["old"], "CDT_TITLE": ["old"]})
    )
    assert validate(frame).columns == [
        "procedure_code",
        "CDT_TITLE",
        "cdt_code",
        "cdt_valid",
        "cdt_known",
    ]
    assert annotate(frame).fetchall()[0][-1] == "diagnostic"
    with pytest.raises(DataFormatError, match="is read and would be overwritten"):
        validate(frame, code="CDT_CODE")
    kept = validate(pd.DataFrame({"procedure_code": ["d-0120"], "CDT_CODE": ["old"]}))
    assert list(kept) == ["procedure_code", "CDT_CODE", "cdt_code", "cdt_valid", "cdt_known"]


@pytest.mark.parametrize("name", [None, 5, ["procedure_code"]])
def test_the_name_of_a_column_is_text(name):
    with (
        pytest.raises(TypeError, match="the name of a column is expected")
        if name is not None
        else nullcontext()
    ):
        check(pd.DataFrame({"procedure_code": ["D0120"]}), tooth=name)
    with pytest.raises(TypeError, match="the name of a column is expected"):
        annotate(pd.DataFrame({"procedure_code": ["D0120"]}), name)


def test_an_empty_name_is_a_name():
    frame = pd.DataFrame({"procedure_code": ["D2391"], "": [14]})
    with pytest.raises(DataFormatError, match="the column '' is Int64, where text is expected"):
        check(frame, surfaces="")


def test_one_text_is_not_several_columns():
    with pytest.raises(TypeError, match=r"columns are several names, such as \('title',\)"):
        annotate(pd.DataFrame({"procedure_code": ["D0120"]}), columns="title")


def test_columns_of_pandas_that_are_named_by_numbers_stay():
    got = annotate(pd.DataFrame({"procedure_code": ["D0120"], 1: [2]}), columns=["category"])
    assert list(got) == ["procedure_code", 1, "cdt_category"]
    with pytest.raises(DataFormatError, match="the columns are procedure_code, 1"):
        annotate(pd.DataFrame({"procedure_code": ["D0120"], 1: [2]}), code="cdt")
    several = pd.DataFrame(
        [["D0120", "x"]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")])
    )
    with pytest.raises(DataFormatError, match="several levels"):
        annotate(several)


def test_official_wording_is_a_fact():
    mine = cdtref.catalog().with_nomenclature({"D0120": "wording of a licensee"})
    got = annotate(
        pl.DataFrame({"procedure_code": ["D0120", "D0140"]}), columns=["nomenclature"], catalog=mine
    )
    assert got["cdt_nomenclature"].to_list() == ["wording of a licensee", ""]


DECIMALS = {
    "pandas": lambda got: str(got["cdt_ihs_rvu"].dtype) == "Float64",
    "pyarrow": lambda got: pa.types.is_decimal(got["cdt_ihs_rvu"].type),
    "polars": lambda got: got.schema["cdt_ihs_rvu"] == pl.Decimal(9, 2),
    "lazy": lambda got: got.collect_schema()["cdt_ihs_rvu"] == pl.Decimal(9, 2),
    "duckdb": lambda got: str(got.types[1]) == "DECIMAL(9,2)",
}


@pytest.mark.dental_values
@pytest.mark.parametrize("engine", DECIMALS)
def test_relative_values_are_decimals_where_the_engine_has_them(engine):
    lines = FROM_PANDAS[engine](pd.DataFrame({"procedure_code": ["D0150"]}))
    got = annotate(lines, columns=["ihs_rvu"])
    assert DECIMALS[engine](got)
    assert float(plain_frame(got)["cdt_ihs_rvu"].iloc[0]) == 1  # the unit of the scale


DICTIONARY = pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string()))
NULLED = [
    DICTIONARY,
    pd.ArrowDtype(pa.string_view()),
    pd.ArrowDtype(pa.string()),
    "string",
    "object",
    "category",
]


@pytest.mark.parametrize("dtype", NULLED, ids=str)
def test_a_null_of_pandas_is_a_null_in_every_type_of_text(dtype):
    teeth = pd.Series(["14", None, "99"]).astype(dtype)
    frame = pd.DataFrame({"procedure_code": ["D7140"] * 3, "tooth": teeth})
    assert check(frame, tooth="tooth")["cdt_errors"].tolist() == [
        pd.NA,
        "tooth.missing",
        "tooth.unknown",
    ]


@pytest.mark.parametrize(
    "values",
    [
        pd.Series([14, 3], dtype="category"),
        pd.Series([["14"], {}], dtype=object),
        pd.Series([1, 2], dtype="Sparse[int]"),
    ],
    ids=["categories of numbers", "lists", "sparse"],
)
def test_what_is_no_text_in_pandas_is_refused(values):
    frame = pd.DataFrame({"procedure_code": ["D7140"] * 2, "tooth": values})
    with pytest.raises(DataFormatError, match="tooth"):
        check(frame, tooth="tooth")


def test_what_is_no_text_elsewhere_is_refused():
    numbers = pa.table({"procedure_code": ["D7140"], "tooth": pa.array([14]).dictionary_encode()})
    with pytest.raises(DataFormatError, match="where text is expected"):
        check(numbers, tooth="tooth")
    runs = pa.RunEndEncodedArray.from_arrays([1], ["14"])
    with pytest.raises(DataFormatError, match="where text is expected"):
        check(pa.table({"procedure_code": ["D7140"], "tooth": runs}), tooth="tooth")
    uuids = duckdb.connect().sql("SELECT 'D7140' AS procedure_code, uuid() AS tooth")
    with pytest.raises(DataFormatError, match="where text is expected"):
        check(uuids, tooth="tooth")
    nulls = [
        pl.DataFrame({"procedure_code": ["D7140"], "tooth": [None]}),
        pa.table({"procedure_code": ["D7140"], "tooth": pa.nulls(1)}),
        pd.DataFrame(
            {
                "procedure_code": ["D7140"],
                "tooth": pd.Series([None], dtype=pd.ArrowDtype(pa.null())),
            }
        ),
    ]
    for frame in nulls:
        assert next(iter(check(frame, tooth="tooth")["cdt_errors"])) in (
            "tooth.missing",
            pa.scalar("tooth.missing"),
        )


def test_a_column_without_anything_is_blank_in_pandas_too():
    """`read_csv` and an empty list make one of floats; to other engines it is one of texts."""
    empty = float("nan")
    frame = pd.DataFrame(
        {"procedure_code": ["D7140", "D0120"], "tooth": [empty] * 2, "day": [empty] * 2}
    )
    found = check(frame, tooth="tooth", date="day")
    assert found["cdt_errors"].tolist() == ["tooth.missing", pd.NA]
    assert len(check(pd.DataFrame({"procedure_code": []}))) == 0


TOKYO = ZoneInfo("Asia/Tokyo")
LATE = datetime.fromisoformat(f"{LAST}T23:30").replace(tzinfo=TOKYO)
EARLY = datetime.fromisoformat(f"{ENDED}T00:30").replace(tzinfo=TOKYO)


@pytest.mark.parametrize(
    "days",
    [
        pd.Series([LATE, EARLY]),
        pd.Series([LATE, EARLY], dtype=object),
        pd.Series([LATE, EARLY.replace(tzinfo=None)], dtype=object),
        pd.Series([LATE, EARLY.replace(tzinfo=ZoneInfo("Europe/Paris"))], dtype=object),
        pd.Series([np.datetime64(LAST), np.datetime64(ENDED)], dtype=object),
        pd.Series([LATE.date(), EARLY.date()]),
        pd.Series([LATE, EARLY]).astype(pd.ArrowDtype(pa.timestamp("us", "Asia/Tokyo"))),
    ],
    ids=["zone", "objects", "zone and none", "two zones", "numpy", "dates", "arrow"],
)
def test_the_day_of_a_time_is_the_local_one(days):
    """D1352 was in force until the last day of a year."""
    frame = pd.DataFrame({"procedure_code": ["D1352", "D1352"], "day": days})
    assert annotate(frame, date="day")["cdt_in_force"].tolist() == [True, False]


@pytest.mark.parametrize(
    "days",
    [
        pd.Series(["x"], dtype=pd.ArrowDtype(pa.large_string())),
        pd.Series([f"{pinned.DAY} or so"]),
        pd.Series([f"{pinned.DAY}T10:00"]),
        pd.Series([pd.Interval(0, 1)]),
        pd.Series([0], dtype="Sparse[int]"),
        pd.Series([1.5]),
        pd.Series([LATE, 5], dtype=object),
    ],
    ids=["large text", "text", "time of a day", "interval", "sparse", "number", "mixed"],
)
def test_what_is_no_date_in_pandas_is_refused(days):
    with pytest.raises(
        DataFormatError,
        match=r"the column 'day' holds .*, (where a date is expected|which is no ISO date)",
    ):
        annotate(pd.DataFrame({"procedure_code": ["D1352"] * len(days), "day": days}), date="day")


def test_tables_without_rows_or_chunks_are_answered():
    empty = pa.chunked_array([], pa.string())
    got = annotate(pa.table({"procedure_code": empty}), columns=["title"])
    assert (got.num_rows, got.column_names) == (0, ["procedure_code", "cdt_title"])
    assert check(pd.DataFrame({"procedure_code": pd.Series([], dtype=str)})).empty
    assert (
        validate(pl.DataFrame({"procedure_code": []}, schema={"procedure_code": pl.String})).height
        == 0
    )


FOLDED = [
    "\u017f",
    "\u212a",
    " \u017f ",
    "#\u017f",
    "A-\u017f",
    "k",
    "S",
    "#k",
    "A - s",
    "AS",
    "as",
]


@pytest.mark.parametrize("engine", FROM_PANDAS)
def test_signs_that_only_unicode_folds_to_letters_are_no_teeth(engine):
    """Only ASCII has an upper case that stays itself: U+017F is no S, and U+212A no K."""
    frame = pd.DataFrame({"procedure_code": ["D7140"] * len(FOLDED), "tooth": FOLDED})
    got = check(FROM_PANDAS[engine](frame), tooth="tooth")
    found = got.collect() if engine == "lazy" else got.df() if engine == "duckdb" else got
    rows = found.to_pandas() if hasattr(found, "to_pandas") else found
    told = dict(zip(rows["tooth"], rows["cdt_errors"], strict=True))
    for text in FOLDED:
        try:
            known = bool(cdtref.parse_teeth(text))
        except cdtref.InvalidSiteError:
            known = False
        assert ("tooth.unknown" in str(told[text])) == (not known), text


LAZY = ["polars, lazy", "duckdb"]


HOSTILE = {length: list(expected.hostile(length)) for length in expected.LENGTHS}


@functools.cache  # a plan takes longer to make than to read the texts of all lengths
def told_of_hostile(engine, field):
    """The answers for texts of a field, or of the code where it is None."""
    texts = [*itertools.chain(*HOSTILE.values())]
    if field is None:
        answers = told_by(engine, {"code": texts})
    else:
        answers = told_by(engine, {"code": ["D2391"] * len(texts), "t": texts}, **{field: "t"})
    return dict(zip(texts, answers, strict=True))


@pytest.mark.parametrize("engine", LAZY)
@pytest.mark.parametrize("length", expected.LENGTHS)
def test_hostile_texts_are_read_as_by_the_scalar_doors(engine, length):
    for field in (None, *expected.SITES):
        told, read = (told_of_hostile(one, field) for one in (engine, "polars"))
        differing = [text for text in HOSTILE[length] if told[text] != read[text]]
        assert [text[:40] for text in differing] == []


@pytest.mark.parametrize("engine", ["duckdb"])
def test_no_expression_of_a_site_reads_a_text_longer_than_one(engine):
    """Only what takes off outer space and counts characters sees a text of any length."""
    texts = [text for length in expected.LENGTHS for text in expected.hostile(length)]
    nothing = pl.Series([None] * len(texts), dtype=pl.String)
    frame = ENGINES[engine](pl.DataFrame({"c": texts, "t": texts, "found": nothing}))
    ready = opened(frame, [], ["c", "t"], None)
    read = sites._with_plain(ready, nw.from_native(frame), {"plain": "t"})
    column = plain_frame(read.to_native())["plain"].tolist()
    assert max(map(len, column)) == LONGEST_SITE


STEPS = [
    *[*TEETH_STEPS, *AREA_STEPS, *SURFACE_STEPS, *GROUP_STEPS],
    *[*pattern.WITHOUT_ZEROS, *pattern.positions(), *pattern.DEMANDS],
]
EXPRESSIONS = {
    "a code": pattern.CODE,
    "a dental code": pattern.DENTAL_CODE,
    "another code": pattern.OTHER_CODE,
    "the gap of a code": pattern.DENTAL_GAP,
    "space": pattern.SPACE_RUN,
    "class V twice": pattern.TWICE_V,
    "no groups of surfaces": pattern.NO_GROUPS,
    "areas": pattern.areas(),
    "teeth": pattern.teeth(),
    **{f"a step, {form}": form for form, _ in STEPS},
    **{f"teeth twice, {n}": form for n, form in enumerate(pattern.repeated_teeth())},
}


def most_steps(expression, length):
    return max(steps(expression, text) for text in expected.hostile(length))


@pytest.mark.parametrize("expression", EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_the_steps_of_an_expression_grow_as_its_text(expression):
    """Four times the text takes four times the steps, where what is quadratic takes sixteen."""
    assert most_steps(expression, 80) < 6 * most_steps(expression, 20)


@pytest.mark.parametrize("careless", ["^1 * *2$", " +$", "(?: ?1?)+2"])
def test_the_count_of_steps_tells_a_careless_expression(careless):
    few, many = (steps(careless, f"1{' ' * length}3") for length in (32, 128))
    assert many > 10 * few
