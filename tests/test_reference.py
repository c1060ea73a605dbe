"""The reference as tables: every backend and every file gives the answers of the doors, row by row."""

from __future__ import annotations

import csv
import errno
import functools
import json
import sqlite3
import stat
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import attrs
import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cdtref
import pinned
from cdtref import bundled, frame
from cdtref.cli import main
from cdtref.cli.export import FORMAT_NAMES, TABLE_NAMES, _print_lines
from cdtref.cli.formats import FORMATS
from cdtref.frame import ENGLISH, TABLES, ListOf, ReferenceTable
from cdtref.safetext import bare_cell
from streams import CliRunner

BACKENDS = ("pandas", "polars", "pyarrow", "duckdb")

# Ten frames and files are made of the same rows, which take longer to make than most of them.
make_rows = ReferenceTable.rows


@functools.cache
def rows_made_once(name):
    return tuple(make_rows(TABLES[name]))


def rows_of_table(table, on=None, *, catalog=None):
    is_of_the_bundle = catalog is None or catalog is cdtref.catalog()
    if on is None and is_of_the_bundle:
        return iter(rows_made_once(table.name))
    return make_rows(table, on, catalog=catalog)


@pytest.fixture(scope="module", autouse=True)
def shared_rows():
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ReferenceTable, "rows", rows_of_table)
        yield


# What the doors say, field by field: written apart from the columns that are tested


def plain(value):
    """A record of ours as dicts, lists and plain values, in which dates and decimals stay."""
    kind = type(value)
    if kind in PLAIN:  # as most are
        return value
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    if attrs.has(kind):
        return {name: plain(getattr(value, name)) for name in names_of(kind)}
    return getattr(value, "value", value)


PLAIN = {str, bool, int, Decimal, date, type(None)}


@functools.cache
def names_of(kind):
    return tuple(attrs.fields_dict(kind))


def fields_of(record, but=()):
    names = names_of(type(record))
    return {name: plain(getattr(record, name)) for name in names if name not in but}


def requirement_of(needed):
    told = {}
    for name in needed.confidence._fields:
        if name == "surface_count":
            least, most = needed.surface_count or (None, None)
            told |= {"surface_count_least": least, "surface_count_most": most}
        else:
            told[name] = plain(getattr(needed, name))
        told[f"{name}_confidence"] = getattr(needed.confidence, name)
    return told


def values_of(code):
    dental = cdtref.dental_rvu(code, default=None)
    row = cdtref.fee_schedule().get(code)
    return {
        "ihs_rvu": dental and dental.value,
        "ihs_level_of_care": dental and plain(dental.level_of_care),
        "work_rvu": row and row.work,
        "total_rvu_facility": row and row.total_facility,
        "total_rvu_nonfacility": row and row.total_nonfacility,
        "billable": cdtref.is_billable_with_rvu(code),
    }


def code_rows(procedures):
    apart = ("requirement", "earlier_requirements", "later_requirements")
    for procedure in procedures:
        yield {
            **fields_of(procedure, apart),
            **requirement_of(procedure.requirement),
            **values_of(procedure.code),
            "category_label": procedure.category.label,
            "effective": procedure.effective,
            "terminated": procedure.terminated,
            "in_edition": procedure.code in cdtref.catalog().codes_in_force(),
            "edition": cdtref.EDITION,
        }


def requirement_rows():
    for procedure in cdtref.catalog().values():
        known = procedure.requirements
        for place, needed in enumerate(known):
            after = known[place + 1].effective if place + 1 < len(known) else None
            told = {"code": procedure.code, "effective": needed.effective, "superseded": after}
            for name in needed.sources._fields:
                told[f"{name}_sources"] = list(getattr(needed.sources, name))
                told[f"{name}_reason"] = getattr(needed.reasons, name)
            yield told | requirement_of(needed)


def rvu_rows():
    for row in cdtref.fee_schedule():
        more = {"system": plain(row.system), "is_billable_with_rvu": row.is_billable_with_rvu}
        yield fields_of(row) | more


def dental_rows():
    for code in cdtref.catalog():
        value = cdtref.dental_rvu(code, default=None)
        if value is not None:
            yield fields_of(value)


conflicts = functools.cache(cdtref.conflicts)


def conflict_rows():
    for code in cdtref.catalog():
        for conflict in conflicts(code):
            yield fields_of(conflict) | {"claim": conflict.caption}


@pytest.fixture(scope="module")
def answers():
    rows = {
        "codes": code_rows(cdtref.catalog().values()),
        "rvu": rvu_rows(),
        "dental_rvu": dental_rows(),
        "conflicts": conflict_rows(),
        "requirements": requirement_rows(),
    }
    return {name: list(of_table) for name, of_table in rows.items()}


@pytest.fixture(scope="module")
def columns(answers):
    """The same by column, which are held against others at once."""
    return {
        name: {column: [row[column] for row in rows] for column in TABLES[name].names}
        for name, rows in answers.items()
    }


def test_the_columns_are_those_of_the_records_and_no_row_is_left_out(answers):
    assert answers.keys() == TABLES.keys()
    for name, rows in answers.items():
        assert all(row.keys() == set(TABLES[name].names) for row in rows)
    assert len(answers["codes"]) == pinned.CODES
    assert len(answers["rvu"]) == pinned.ROWS
    assert len(answers["dental_rvu"]) == len(bundled.dental_scale())


# Frames


def columns_of(native):
    """The columns of a frame as lists of plain values."""
    if isinstance(native, pd.DataFrame):
        return {name: from_pandas(native[name]) for name in native.columns}
    if isinstance(native, duckdb.DuckDBPyRelation):
        cells = zip(*native.fetchall(), strict=True)
        return {name: list(column) for name, column in zip(native.columns, cells, strict=True)}
    if isinstance(native, pyarrow.Table):
        return native.to_pydict()
    return native.to_dict(as_series=False)


def from_pandas(column):
    held = column.astype(object)
    values = held.where(column.notna(), None).tolist()
    if column.dtype == "Float64":
        return [None if value is None else as_decimal(value) for value in values]
    if column.dtype.kind == "M":
        return [None if value is None else value.date() for value in values]
    return values


@functools.cache  # a release has some hundred figures in each column of thousands
def as_decimal(value):
    return Decimal(str(value))


@functools.cache  # several tests look at each
def frame_of(name, backend):
    return frame.table(name, backend)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", TABLES)
def test_a_frame_has_the_answers_of_the_doors(name, backend, columns):
    assert_same(columns_of(frame_of(name, backend)), columns[name])


def assert_same(found, expected):
    """Columns are equal, in one order; what is not is told by its first row."""
    assert list(found) == list(expected)
    for name, values in found.items():
        if values != expected[name]:
            assert len(values) == len(expected[name])
            rows = enumerate(zip(values, expected[name], strict=True))
            raise AssertionError(
                name, next((row, *both) for row, both in rows if both[0] != both[1])
            )


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", TABLES)
def test_a_frame_has_the_types_that_the_dictionary_tells(name, backend):
    fields = columns_of(frame.fields(name, backend))
    told = dict(zip(fields["column"], fields["type"], strict=True))
    if backend == "duckdb":  # it leaves out the quotes that it does not need
        told = {column: kind.replace('"', "") for column, kind in told.items()}
    assert told == types_of(frame_of(name, backend), name)


DOORS = {
    "codes": frame.codes,
    "rvu": frame.rvus,
    "dental_rvu": frame.dental_rvus,
    "conflicts": frame.conflicts,
    "requirements": frame.requirements,
}


@pytest.mark.parametrize("name", TABLES)
def test_each_door_gives_its_table(name, monkeypatch):
    monkeypatch.setattr(ReferenceTable, "rows", make_rows)  # a second time, as a user may ask
    assert DOORS[name]("pyarrow").equals(frame_of(name, "pyarrow"))


def types_of(native, name):
    """The types that an engine tells of a frame of its own."""
    if isinstance(native, pyarrow.Table):
        return {field.name: str(field.type) for field in native.schema}
    if isinstance(native, pl.DataFrame):
        return {column: str(kind) for column, kind in native.schema.items()}
    if isinstance(native, duckdb.DuckDBPyRelation):
        kinds = (str(kind).replace('"', "") for kind in native.types)
        return dict(zip(native.columns, kinds, strict=True))
    nested = {column.name: column.kind for column in TABLES[name].columns if column.is_nested}
    kinds = {column: str(kind) for column, kind in native.dtypes.items()}
    return kinds | {column: f"object: {ENGLISH.name(kind)}" for column, kind in nested.items()}


def test_in_pandas_a_relative_value_is_a_float_and_elsewhere_a_decimal():
    assert str(frame_of("rvu", "pandas").dtypes["work"]) == "Float64"
    assert str(frame_of("rvu", "pyarrow").schema.field("work").type) == "decimal128(9, 2)"


@pytest.mark.parametrize("day", [pinned.DAY, pinned.OLDER_CROWN_DAY])
def test_a_day_narrows_each_table(day):
    then = cdtref.procedures(on=day)
    assert frame.codes("pyarrow", on=day).to_pylist() == list(code_rows(then))
    needed = frame.requirements("pyarrow", on=day)
    areas = [procedure.requirement_on(day).treatment_area.value for procedure in then]
    assert needed["treatment_area"].to_pylist() == areas
    conflicting = [found.reason for p in then for found in conflicts(p.code)]
    assert frame.conflicts("pyarrow", on=day)["reason"].to_pylist() == conflicting
    values = dict(frame.dental_rvus("polars", on=day).select("code", "value").rows())
    for code in cdtref.catalog():
        known = value_on(code, day)
        assert values.get(code) == known


def value_on(code, day):
    found = cdtref.dental_rvu(code, on=day, default=None)
    return None if found is None else found.value


def test_a_catalog_and_a_release_of_ones_own():
    mine = cdtref.catalog().with_nomenclature({"D0120": "my wording"})
    row = frame.codes("polars", catalog=mine).filter(code="D0120").to_dicts()[0]
    assert row["nomenclature"] == "my wording"
    one = cdtref.Catalog({"D0120": cdtref.get("D0120")})
    assert frame.requirements("polars", catalog=one)["code"].to_list() == ["D0120"]
    few = cdtref.FeeSchedule(
        release="mine", year=pinned.YEAR, conversion_factor=pinned.FACTOR, rows={}
    )
    assert frame.rvus("polars", schedule=few).height == 0


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda: frame.codes("excel"), ValueError, "no backend 'excel'; there are pandas, polars"),
        (lambda: frame.codes(on="soon"), ValueError, "not an ISO date"),
        (lambda: frame.codes(on=5), TypeError, "date"),
        (lambda: frame.fields("fees"), ValueError, "no table 'fees'; there are codes, rvu"),
        (lambda: frame.table("rvu", on=pinned.DAY), ValueError, "rvu is of one release"),
        (lambda: frame.nothing, AttributeError, "no attribute 'nothing'"),
    ],
)
def test_what_is_not_there_is_told(ask, error, message):
    with pytest.raises(error, match=message):
        ask()


@pytest.mark.parametrize("package", ["polars", "pandas", "duckdb"])
def test_a_library_that_is_missing_is_named(package, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=f"{package} is not installed: pip install {package}"):
        frame.engines.engine_named(package)


# Dictionaries


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_column_is_told_once_in_a_sentence_with_its_source(table):
    assert len(set(table.names)) == len(table.columns)
    for column in table.columns:
        assert column.meaning.endswith(".")
        assert len(column.source) > 3


def test_facts_are_the_columns_of_codes_that_are_no_lists():
    flat = [
        column.name for column in TABLES["codes"].columns if not isinstance(column.kind, ListOf)
    ]
    assert list(frame.FACTS) == flat


# Files


def export(*arguments):
    return CliRunner().invoke(main, ["export", *map(str, arguments)])


def printed_by(done):
    """What was printed, on either output."""
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The file of a table in a format, written when it is first asked for."""
    place = tmp_path_factory.mktemp("exported")

    def file_of(name, form):
        path = place / f"{name}.{form}"
        if not path.exists():
            done = export(name, "-o", path)
            assert done.exit_code == 0, printed_by(done)
        return path

    return file_of


def kinds_of(name):
    return {column.name: column.kind for column in TABLES[name].columns}


def restored(value, kind):
    """A value of a file as the dictionary tells its type."""
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return None
    if isinstance(kind, ListOf):
        items = json.loads(value) if isinstance(value, str) else value
        return [restored_item(item, kind.item) for item in items]
    if kind is Decimal:
        return as_cents(value)
    if kind is date:
        return value if isinstance(value, date) else date.fromisoformat(value)
    if kind is bool:
        return {"true": True, "false": False}.get(value, value) not in (False, 0)
    return kind(value)


@functools.cache
def as_cents(value):
    return Decimal(str(value)).quantize(Decimal("0.01"))


def restored_item(item, kind):
    if kind is str:
        return item
    return {name: restored(item[name], inner) for name, inner in kind.kinds.items()}


def assert_read(found, expected, name):
    """The columns of a file hold those that the doors say, each value as its kind tells."""
    for column, kind in kinds_of(name).items():
        if found[column] != expected[column]:  # many are equal without it
            found[column] = restored_column(found[column], kind)
    assert_same(found, expected)


def restored_column(values, kind):
    """Each distinct value once: most rows share their lists of sources."""
    texts = [value if isinstance(value, str) else repr(value) for value in values]
    distinct = dict(zip(texts, values, strict=True))
    known = {text: restored(value, kind) for text, value in distinct.items()}
    return [known[text] for text in texts]


def read_columns(cursor):
    names = [column[0] for column in cursor.description]
    cells = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(names)
    return {name: list(column) for name, column in zip(names, cells, strict=True)}


@pytest.mark.parametrize("name", TABLE_NAMES)
def test_sqlite_reads_its_file(name, files, columns):
    table = name.replace("-", "_")
    assert_read(sqlite_columns(files(name, "sqlite"), table), columns[table], table)


@pytest.mark.parametrize("name", TABLE_NAMES)
def test_pandas_reads_csv(name, files, columns):
    table = name.replace("-", "_")
    # an empty text and a null are one to pandas: a text that may be null has none that is empty
    found = pd.read_csv(files(name, "csv"), dtype="string", keep_default_na=False, encoding="utf-8")
    read = {}
    for column, answers in columns[table].items():
        both = zip(found[column].tolist(), answers, strict=True)
        read[column] = [None if (value, answer) == ("", None) else value for value, answer in both]
    assert list(found) == list(read)
    assert_read(read, columns[table], table)


READERS = {
    "csv": "read_csv(?, all_varchar = true, allow_quoted_nulls = false)",
    "json": "read_json(?)",
    "ndjson": "read_json(?, format = 'newline_delimited')",
    "parquet": "read_parquet(?)",
}


@pytest.mark.parametrize("name", TABLE_NAMES)
@pytest.mark.parametrize("form", READERS)
def test_duckdb_reads_what_is_no_database(name, form, files, columns):
    table = name.replace("-", "_")
    with closing(duckdb.connect()) as connection:
        found = read_columns(connection.execute(f"FROM {READERS[form]}", [str(files(name, form))]))
    assert_read(found, columns[table], table)


@pytest.mark.parametrize("name", ["codes", "dental-rvu"])  # DuckDB reads the others
@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_json_is_a_record_a_line(name, form, files, columns):
    table = name.replace("-", "_")
    text = files(name, form).read_text("utf-8")
    rows = json.loads(text) if form == "json" else list(map(json.loads, text.splitlines()))
    names = TABLES[table].names
    assert all(tuple(row) == names for row in rows)
    read = {column: [row[column] for row in rows] for column in names}
    assert_read(read, columns[table], table)


@pytest.mark.parametrize("name", TABLE_NAMES)
def test_pandas_polars_and_pyarrow_read_parquet_as_the_frame_is(name, files):
    table, path = name.replace("-", "_"), files(name, "parquet")
    assert pyarrow.parquet.read_table(path).equals(frame_of(table, "pyarrow"))
    assert pl.read_parquet(path).equals(frame_of(table, "polars"))
    assert len(pd.read_parquet(path)) == len(frame_of(table, "pandas"))


@pytest.mark.parametrize("name", TABLE_NAMES)
@pytest.mark.parametrize("form", FORMAT_NAMES)
def test_the_dictionary_beside_a_file_tells_every_column(name, form, files):
    beside = f"{files(name, form)}.fields.csv"
    with Path(beside).open(encoding="utf-8", newline="") as file:
        told = list(csv.DictReader(file))
    columns = TABLES[name.replace("-", "_")].columns
    assert [row["column"] for row in told] == [column.name for column in columns]
    for row, column in zip(told, columns, strict=True):
        assert (row["meaning"], row["source"]) == (column.meaning, column.source)
        assert row["type"].removeprefix("JSON ").startswith(ENGLISH.name(column.kind)[:4])
    if form in ("json", "ndjson", "sqlite"):
        floats = [row for row in told if row["type"].startswith("decimal")]
        assert all(" as " in row["type"] for row in floats)


def test_the_names_of_the_command_are_those_of_tables_and_formats():
    assert list(TABLES) == [name.replace("-", "_") for name in TABLE_NAMES]
    assert tuple(FORMATS) == FORMAT_NAMES


def test_csv_tells_an_empty_text_from_a_null_as_postgres_reads_it(files):
    first = files("codes", "csv").read_text("utf-8").splitlines()[1]
    kinds = list(kinds_of("codes"))
    cells = next(csv.reader([first]))
    assert cells[kinds.index("nomenclature")] == cells[kinds.index("terminated")] == ""
    assert '"",' in first
    assert ",," in first


def test_the_text_formats_go_to_standard_output_too(files):
    for form in ("csv", "json", "ndjson"):
        done = export("dental-rvu", "--format", form)
        assert done.stdout_bytes == files("dental-rvu", form).read_bytes()
    assert export("dental-rvu").stdout_bytes == files("dental-rvu", "csv").read_bytes()
    for form in ("parquet", "sqlite"):
        done = export("codes", "--format", form)
        assert done.exit_code == 2
        assert "name a file with -o FILE" in printed_by(done)


def test_the_ending_tells_the_format_where_none_is_named(tmp_path):
    export("requirements", "-o", tmp_path / "a.NDJSON")
    export("requirements", "-o", tmp_path / "b.csv")
    export("requirements", "--format", "json", "-o", tmp_path / "c.csv")
    export("requirements", "-o", tmp_path / "c")  # no ending: csv
    for name in ("codes.xlsx", "codes.db", "codes.csv.bak"):
        done = export("codes", "-o", tmp_path / name)
        assert done.exit_code == 2
        assert f"no format has the ending of '{name}'; there are csv, json, ndjson" in done.stderr
        assert not (tmp_path / name).exists()
    firsts = [
        path.read_text("utf-8")[:1]
        for path in sorted(tmp_path.glob("[abc].*"))
        if "fields" not in path.name
    ]
    assert firsts == ["{", '"', "["]
    assert (tmp_path / "c").read_text("utf-8").startswith('"')


def test_files_that_are_there_stay_without_force(tmp_path):
    for taken in ("rvus.csv", "rvus.csv.fields.csv"):
        path = tmp_path / taken
        path.write_text("mine")
        done = export("dental-rvu", "-o", tmp_path / "rvus.csv")
        assert done.exit_code == 1
        assert f"{taken} is there; --force writes over it" in printed_by(done)
        assert path.read_text() == "mine"
        assert [file.name for file in tmp_path.iterdir()] == [taken]
        done = export("dental-rvu", "-o", tmp_path / "rvus.csv", "--force")
        assert done.exit_code == 0
        assert path.read_text("utf-8") != "mine"
        for file in tmp_path.iterdir():
            file.unlink()


def test_a_file_that_was_broken_off_is_not_there(tmp_path, monkeypatch):
    """What was there before stays, and no part is left."""
    path = tmp_path / "codes.ndjson"
    path.write_text("mine")

    def write(part, *_):
        part.write_text("{}")
        raise OSError(errno.ENOSPC, "No space left on device")

    full = FORMATS["ndjson"]._replace(write=write)
    monkeypatch.setattr("cdtref.cli.formats.FORMATS", {**FORMATS, "ndjson": full})
    done = export("codes", "-o", path, "--force")
    assert done.exit_code == 1
    assert "No space left" in printed_by(done)
    assert path.read_text() == "mine"
    assert [file.name for file in tmp_path.iterdir()] == ["codes.ndjson"]


def test_a_link_stays_a_link_and_the_rights_are_the_usual_ones(tmp_path):
    target, link = tmp_path / "real.csv", tmp_path / "link.csv"
    link.symlink_to(target)
    assert export("dental-rvu", "-o", link).exit_code == 0
    assert link.is_symlink()
    assert target.stat().st_size > 0
    usual = tmp_path / "usual"
    usual.touch()
    assert stat.S_IMODE(target.stat().st_mode) == stat.S_IMODE(usual.stat().st_mode)


@pytest.mark.parametrize(
    ("output", "message"),
    [("no/such/folder.csv", "there is no folder"), ("/dev/null", "is no plain file")],
)
def test_where_nothing_can_be_written_that_is_told(output, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = export("dental-rvu", "-o", output, "--force")
    assert done.exit_code == 1
    assert message in printed_by(done)


def test_parquet_without_its_library_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    done = export("codes", "-o", tmp_path / "codes.parquet")
    assert 'pip install "cdtref[parquet]"' in printed_by(done)
    assert list(tmp_path.iterdir()) == []


def test_the_other_formats_need_no_library_of_frames(tmp_path):
    code = """
import sys
for name in ("narwhals", "narwhals.stable.v2", "pandas", "polars", "pyarrow", "duckdb"):
    sys.modules[name] = None
from cdtref.cli import main
main(["export", "dental-rvu", "-o", sys.argv[1]])
"""
    path = tmp_path / "values.sqlite"
    subprocess.run([sys.executable, "-c", code, str(path)], check=True, capture_output=True)
    assert path.stat().st_size > 0


def test_on_a_terminal_nothing_acts(monkeypatch, capsys):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    _print_lines(['"a\x1b[2J","b"\n', "\n"])
    assert capsys.readouterr().out == '"a\\x1b[2J","b"\n\n'


def test_a_database_that_cannot_be_written_is_told_as_a_file(tmp_path):
    with pytest.raises(OSError, match="unable to open"):
        FORMATS["sqlite"].write(tmp_path, TABLES["rvu"], ())


@pytest.mark.parametrize("form", FORMAT_NAMES)
def test_a_table_without_rows_is_one_of_its_format(form, tmp_path):
    path = tmp_path / f"none.{form}"
    FORMATS[form].write(path, TABLES["rvu"], ())
    readers = {
        "csv": lambda: pd.read_csv(path).to_dict("records"),
        "json": lambda: json.loads(path.read_text("utf-8")),
        "ndjson": lambda: path.read_text("utf-8").splitlines(),
        "parquet": lambda: pl.read_parquet(path).rows(),
        "sqlite": lambda: sqlite_columns(path, "rvu")["code"],
    }
    assert readers[form]() == []


def sqlite_columns(path, table):
    with closing(sqlite3.connect(path)) as database:
        return read_columns(database.execute(f'SELECT * FROM "{table}" ORDER BY rowid'))


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@settings(max_examples=25)  # each example makes a database
@given(TEXTS, TEXTS)
def test_any_text_comes_back_from_every_text_format_and_sqlite(title, note):
    """
    Quotes, ends of lines and formulas of a licensee's wording stay in their cell; csv guards
    formulas by an apostrophe, which `bare_cell` takes away.
    """
    row = attrs.evolve(cdtref.get("D0120"), nomenclature=title, synonyms=(title, note))
    rows = list(TABLES["codes"].rows_of([row]))
    place = TABLES["codes"].names.index("nomenclature")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text"
        FORMATS["csv"].write(path.with_suffix(".csv"), TABLES["codes"], rows)
        with path.with_suffix(".csv").open(encoding="utf-8", newline="") as file:
            _, cells = csv.reader(file)
        FORMATS["sqlite"].write(path.with_suffix(".db"), TABLES["codes"], rows)
        held = sqlite_columns(path.with_suffix(".db"), "codes")
        FORMATS["ndjson"].write(path, TABLES["codes"], rows)
        (line,) = path.read_text("utf-8").rstrip("\n").split("\n")
    assert bare_cell(cells[place]) == title
    assert held["nomenclature"] == [title]
    (synonyms,) = held["synonyms"]
    for found in (json.loads(synonyms), json.loads(line)["synonyms"]):
        assert found == [title, note]


def test_a_cell_of_a_licensee_is_no_formula_and_comes_back(tmp_path):
    wording = '=HYPERLINK("https://example.org")'
    mine = cdtref.catalog().with_nomenclature({"D0120": wording})
    path = tmp_path / "mine.csv"
    FORMATS["csv"].write(path, TABLES["codes"], TABLES["codes"].rows(catalog=mine))
    with path.open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    assert row["nomenclature"] == f"'{wording}"
    assert bare_cell(row["nomenclature"]) == wording


def test_a_day_narrows_a_file():
    done = export("codes", "--on", pinned.DAY, "--format", "ndjson")
    assert len(done.stdout.splitlines()) == len(cdtref.procedures(on=pinned.DAY))
    assert "of one release" in printed_by(export("rvu", "--on", pinned.DAY))
    assert "not an ISO date" in printed_by(export("codes", "--on", "soon"))
