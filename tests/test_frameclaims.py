"""Claims in DataFrames: every engine tells of each line what `check_claim` does."""

from __future__ import annotations

import functools
import random
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import attrs
import duckdb
import pandas as pd
import polars as pl
import pytest

import cdtref
import pinned
from cdtref import CLAIM_RULES, ClaimLine, DataFormatError
from cdtref.fieldtext import as_date
from cdtref.frame import answers, check_claims, claimsinplan
from cdtref.frame.inputs import Opened
from cdtref.testing import varied_visits

CLAIMS = 700
DAY = as_date(pinned.DAY)
SITES = {"tooth": "tooth", "surfaces": "surfaces", "area": "area"}
ASKED = {"claim": "claim", "date": "service_date", "fee": "fee", **SITES}
SCHEMA = {
    "claim": pl.String,
    "procedure_code": pl.String,
    "service_date": pl.Date,
    "tooth": pl.String,
    "area": pl.String,
    "surfaces": pl.String,
    "fee": pl.Int64,
}
CONNECTION = duckdb.connect()
ENGINES = {
    "pandas": lambda df: df.to_pandas(),
    "pandas, arrow types": lambda df: df.to_arrow().to_pandas(types_mapper=pd.ArrowDtype),
    "pandas, objects": lambda df: pd.DataFrame(df.to_dict(as_series=False), dtype=object),
    "pyarrow": lambda df: df.to_arrow(),
    "pyarrow, dictionary": lambda df: df.with_columns(
        pl.col("claim", "procedure_code").cast(pl.Categorical)
    ).to_arrow(),
    "polars": lambda df: df,
    "polars, categorical": lambda df: df.with_columns(
        pl.col("claim", "procedure_code").cast(pl.Categorical)
    ),
    "polars, lazy": lambda df: df.lazy(),
    "duckdb": lambda df: CONNECTION.from_arrow(df.to_arrow()),
}
ORDERED = [name for name in ENGINES if name != "duckdb"]


def sloppy(text, dice):
    if text is None:
        return dice.choice((None, "", " "))
    return dice.choice((text, text, f" {text}", text.lower()))


def row_of(number, line, dice):
    """A line of a table, spelled as typists do, now and then without a charge or a date."""
    code = dice.choice((line.code, line.code, f"d-{line.code[1:]}"))
    day = dice.choice((line.date, line.date, line.date, line.date + timedelta(days=1), None))
    sites = [sloppy(text, dice) for text in (line.tooth, line.area, line.surfaces)]
    return (f"C{number}", code, day, *sites, dice.choice((60, 60, 0)))


def with_other_surfaces(line, dice):
    if line.surfaces is None:
        return line
    return attrs.evolve(line, surfaces=dice.choice("OBLM"))


def claims_of(seed, count):
    """Visits of the kit, of some two on one claim, lines repeated, and codes that are none."""
    dice = random.Random(seed)
    visits = [visit.lines for visit in varied_visits(seed, 300)]
    for number in range(count):
        lines = list(dice.choice(visits))
        if dice.random() < 0.4:
            lines += [attrs.evolve(line, date=lines[0].date) for line in dice.choice(visits)]
        if dice.random() < 0.4:
            lines.append(with_other_surfaces(dice.choice(lines), dice))
        rows = [row_of(number, line, dice) for line in lines]
        if dice.random() < 0.1:
            rows.append((f"C{number}", dice.choice(("99213", "junk", "")), DAY, *[None] * 4))
        yield rows


def table_of(claims):
    """The lines of claims in the order in which DuckDB has them within a claim, claims mixed."""
    rows = [row for claim in claims for row in claim]
    table = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    order = ["service_date", "procedure_code", "tooth", "area", "surfaces", "fee"]
    return table.sort(order, nulls_last=True, maintain_order=True)


def line_of(row):
    told = dict(zip(SCHEMA, row, strict=True))
    del told["claim"]
    day = told.pop("service_date")
    return ClaimLine(told.pop("procedure_code") or "", day, **told)


def expected_of(table, practice="usual"):
    """What `check_claim` says of the lines together, row by row."""
    places = {}
    rows = table.rows()
    for place, row in enumerate(rows):
        places.setdefault(row[0], []).append(place)
    told = [(None, None)] * len(rows)
    for claim in places.values():
        lines = [line_of(rows[place]) for place in claim]
        found = cdtref.check_claim(lines, rules=(), practice=practice)
        for at, place in enumerate(claim):
            told[place] = told_at(at, found)
    return told


def told_at(at, found):
    ids = {"error": [], "warning": [], "info": []}
    for finding in found:
        if finding.line_index == at and finding.rule not in ids[finding.severity]:
            ids[finding.severity].append(finding.rule)
    return " ".join(ids["error"]) or None, " ".join(ids["warning"]) or None


def rows_of(frame):
    """The rows of a native frame, null as None."""
    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    if isinstance(frame, duckdb.DuckDBPyRelation):
        frame = frame.to_arrow_table()
    if isinstance(frame, pd.DataFrame):
        columns = [map(plain, frame[name]) for name in frame.columns]
        return list(zip(*columns, strict=True))
    if not isinstance(frame, pl.DataFrame):
        frame = pl.from_arrow(frame)
    return frame.rows()


def plain(value):
    if isinstance(value, str | bool):  # as most are; to ask pandas takes ten times as long
        return value
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    return value


def told_in(frame):
    return [row[-2:] for row in rows_of(frame)]


TABLE = table_of(claims_of(1, CLAIMS))


@functools.cache  # every engine asks again
def expected(practice="usual"):
    return expected_of(TABLE, practice)


def test_the_claims_break_every_rule_and_many_none():
    told = Counter(rule for pair in expected() for ids in pair for rule in (ids or "none").split())
    assert set(told) == {rule.id for rule in CLAIM_RULES} | {"none"}


@pytest.mark.parametrize("engine", ORDERED)
def test_each_line_is_told_what_check_claim_finds(engine):
    assert told_in(check_claims(ENGINES[engine](TABLE), **ASKED)) == expected()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("practice", ["usual", "all"])
def test_lines_in_no_order_are_told_the_same(engine, practice):
    """Of two lines that say the same in all, either may be the repeated one."""
    wanted = zip(TABLE.rows(), expected(practice), strict=True)
    wanted = Counter((*row, *told) for row, told in wanted)
    got = check_claims(ENGINES[engine](TABLE), practice=practice, **ASKED)
    assert Counter(map(tuple, rows_of(got))) == wanted


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_not_named_is_not_judged(engine):
    table = TABLE.head(300)
    others = list(SCHEMA.items())[3:]
    bare = table.with_columns(pl.lit(None, kind).alias(name) for name, kind in others)
    got = check_claims(ENGINES[engine](table), claim="claim", date="service_date")
    assert Counter(told_in(got)) == Counter(expected_of(bare))


def two_lines(claim):
    """Two lines of a claim that repeat each other."""
    return pl.DataFrame(
        {"claim": [claim] * 2, "procedure_code": ["D0120"] * 2, "service_date": [DAY] * 2},
        schema_overrides={"service_date": pl.Date},
    )


@pytest.mark.parametrize("engine", [name for name in ENGINES if "," not in name])
@pytest.mark.parametrize("claim", [7, 7.5, "7", DAY, True])
def test_a_claim_may_be_told_by_anything(engine, claim):
    got = check_claims(ENGINES[engine](two_lines(claim)), claim="claim", date="service_date")
    assert sorted(map(str, told_in(got))) == ["(None, 'line.duplicate')", "(None, None)"]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("claim", [None, "", " \t"])
def test_rows_without_a_claim_are_on_none(engine, claim):
    df = two_lines(claim).cast({"claim": pl.String})
    got = check_claims(ENGINES[engine](df), claim="claim", date="service_date")
    assert told_in(got) == [(None, None)] * 2


@pytest.mark.parametrize("engine", ENGINES)
def test_an_empty_table_and_one_line(engine):
    for table in (TABLE.head(0), TABLE.head(1)):
        got = rows_of(check_claims(ENGINES[engine](table), **ASKED))
        assert [row[:-2] for row in got] == table.rows()


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
def test_a_claim_of_more_lines_than_a_claim_has(engine):
    rows = [("C1", "D0230", DAY, str(1 + place % 32), None, None, 60) for place in range(80)]
    table = table_of([rows])
    got = check_claims(ENGINES[engine](table), **ASKED)
    assert Counter(told_in(got)) == Counter(expected_of(table))


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
@pytest.mark.parametrize("fee", [0, 0.0, Decimal("0.00")])
def test_a_line_without_a_charge_is_a_record(engine, fee):
    """A line with fee 0.00 is a record, not a charge: 'conflict.included' is info there."""
    table = pl.DataFrame(
        {
            "claim": [1, 1],
            "procedure_code": ["D0210", "D0274"],
            "service_date": [DAY] * 2,
            "fee": [type(fee)(90), fee],
        }
    )
    frame = ENGINES[engine](table)
    charged = check_claims(frame, claim="claim", date="service_date")
    recorded = check_claims(frame, claim="claim", date="service_date", fee="fee")
    assert any(errors or warnings for errors, warnings in told_in(charged))
    assert not any(errors or warnings for errors, warnings in told_in(recorded))


def is_of_first(row):
    return TABLE["claim"][row] == TABLE["claim"][0]


def test_a_plan_stays_a_plan_and_is_not_narrowed_before_it_is_answered():
    plan = check_claims(TABLE.lazy(), **ASKED)
    assert isinstance(plan, pl.LazyFrame)
    columns = ["cdt_claim_errors", "cdt_claim_warnings"]
    assert plan.select(columns).collect().rows() == expected()
    of_one = plan.filter(pl.col("claim") == TABLE["claim"][0]).select(columns).collect()
    assert of_one.rows() == [expected()[row] for row in range(len(expected())) if is_of_first(row)]
    got = plan.with_row_index().filter(pl.col("index") % 2 == 1).select(columns).collect()
    assert got.rows() == expected()[1::2]
    assert plan.head(5).select(columns).collect().rows() == expected()[:5]


def test_a_relation_stays_a_relation_of_its_connection():
    got = check_claims(ENGINES["duckdb"](TABLE), **ASKED)
    assert isinstance(got, duckdb.DuckDBPyRelation)
    assert got.filter("claim = 'C7'").join(got.set_alias("other"), "claim").fetchall()


def test_many_claims_that_say_the_same_are_asked_about_as_one(monkeypatch):
    """DuckDB takes few rows of Python at a time: thousands of claims are one of them."""
    asked = []
    truly = claimsinplan._Clerk.is_asked

    def counted(clerk, *said):
        asked.append(said)
        return truly(clerk, *said)

    monkeypatch.setattr(claimsinplan._Clerk, "is_asked", counted)
    claims = [two_lines(f'"\\{number}\x1d') for number in range(5_000)]
    got = check_claims(ENGINES["duckdb"](pl.concat(claims)), claim="claim", date="service_date")
    assert Counter(told_in(got)) == {(None, None): 5_000, (None, "line.duplicate"): 5_000}
    assert asked[0] == ([["D0120"]] * 2, True)
    assert len(asked) < 5  # DuckDB may work out a part of a plan once for each that reads it


HIDDEN = {
    "a cell": (("14\x1f", "\x1e14"), 2),
    "a row": (("14\x1eD0120\x1f14", "14"), 1),
    "a group": (('14\x1d["8"]', '14\x1d["8"]'), 2),
}


@pytest.mark.parametrize(("teeth", "repeats"), HIDDEN.values(), ids=HIDDEN)
def test_a_separator_in_a_cell_hides_no_line(teeth, repeats):
    """A claim whose texts cannot be told apart is judged line by line."""
    table = pl.concat([two_lines("7"), two_lines("8")]).with_columns(
        tooth=pl.Series([*teeth, "14", "14"])
    )
    asked = {"claim": "claim", "date": "service_date", "tooth": "tooth"}
    got, read = (check_claims(ENGINES[name](table), **asked) for name in ("duckdb", "polars"))
    assert Counter(told_in(got)) == Counter(told_in(read))
    assert Counter(told_in(read))[None, "line.duplicate"] == repeats


def test_separators_in_a_cell_of_duckdb_are_white_space():
    table = two_lines("1").with_columns(tooth=pl.Series(["14\x1f", "\x1e14"]))
    got = check_claims(ENGINES["duckdb"](table), claim="claim", date="service_date", tooth="tooth")
    assert sorted(map(str, told_in(got))) == ["(None, 'line.duplicate')", "(None, None)"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"claim": "number"}, "there is no column 'number'"),
        ({"date": "fee", "fee": None}, "where a date is expected"),
        ({"fee": "tooth"}, "where a number is expected"),
        ({"surfaces": "fee", "fee": None}, "where text is expected"),
    ],
)
@pytest.mark.parametrize("engine", ["pyarrow", "polars", "polars, lazy", "duckdb"])
def test_columns_of_another_kind_are_refused(engine, change, told):
    with pytest.raises(DataFormatError, match=told):
        check_claims(ENGINES[engine](TABLE), **(ASKED | change))


def test_a_practice_that_is_none_and_an_engine_without_groups():
    with pytest.raises(ValueError, match="practice is 'usual' or 'all'"):
        check_claims(TABLE, **ASKED, practice="some")
    with pytest.raises(TypeError, match="PySpark"):
        answers._way_of_claims(Opened(object(), None, ""))


def test_answers_of_an_earlier_call_are_replaced():
    once = check_claims(TABLE, **ASKED)
    assert check_claims(once, **ASKED).equals(once)
