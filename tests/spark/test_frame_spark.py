"""PySpark in local mode gives the answers of the scalar doors; run by `nox -s spark`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import narwhals.stable.v2 as nw
import polars as pl
import pytest

if shutil.which("java") is None:
    pytest.skip("PySpark needs Java 17", allow_module_level=True)
sql = pytest.importorskip("pyspark.sql", reason="PySpark is installed by `nox -s spark`")
sys.path.insert(0, str(Path(__file__).parents[1]))
import frame_lines as expected  # noqa: E402  # after the path is set
from cdtref import DataFormatError  # noqa: E402
from cdtref.frame import (  # noqa: E402
    TABLES,
    annotate,
    check,
    fields,
    sites,
    table,
    validate,
)
from cdtref.frame.inputs import opened  # noqa: E402
from cdtref.tooth import LONGEST_SITE  # noqa: E402

pytestmark = pytest.mark.filterwarnings("default")  # Spark's own
LINES = list(expected.mixed(20_000))
SCHEMA = (
    "row long, procedure_code string, service_date date, tooth string, surfaces string, area string"
)


@pytest.fixture(scope="module")
def lines():
    builder = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    session = builder.config("spark.sql.shuffle.partitions", "2").getOrCreate()
    yield session.createDataFrame(LINES, SCHEMA).cache()
    session.stop()


def rows_of(frame):
    answers = frame.select("row", *frame.columns[len(expected.NAMES) :])
    return [tuple(row)[1:] for row in sorted(answers.collect(), key=lambda row: row[0])]


def test_annotate_answers_as_get_does(lines):
    got = annotate(lines, date="service_date", columns=expected.FACTS)
    assert rows_of(got) == [expected.annotated(line) for line in LINES]


def test_validate_answers_as_parse_code_does(lines):
    assert rows_of(validate(lines, date="service_date")) == [
        expected.validated(line) for line in LINES
    ]


def test_check_answers_as_check_does(lines):
    got = rows_of(check(lines, date="service_date", **expected.SITES))
    dated = [place for place, line in enumerate(LINES) if line[2] is not None]
    assert [got[place] for place in dated] == [expected.checked(LINES[place]) for place in dated]


def test_sites_as_people_write_them_are_read_as_by_check(lines):
    spelled = list(expected.spelled())
    frame = lines.sparkSession.createDataFrame(spelled, SCHEMA)
    got = rows_of(check(frame, date="service_date", **expected.SITES))
    answers = zip(got, spelled, strict=True)
    assert [(line, told) for told, line in answers if told != expected.checked(line)] == []


def test_columns_with_dots_and_of_the_answers_name_in_capitals(lines):
    session = lines.sparkSession
    frame = session.createDataFrame(
        [("d-0120", 1, "old")], "procedure_code string, `o.p` long, CDT_TITLE string"
    )
    got = annotate(frame)
    assert got.columns == ["procedure_code", "o.p", "cdt_title", "cdt_category"]
    assert got.collect()[0]["cdt_category"] == "diagnostic"
    assert validate(frame).collect()[0]["o.p"] == 1
    with pytest.raises(DataFormatError, match="has a dot"):
        annotate(frame, code="o.p")
    assert annotate(frame.withColumnRenamed("CDT_TITLE", "cdt__code")).first()["cdt__code"] == "old"


def test_a_column_of_nulls_and_one_of_no_texts(lines):
    session = lines.sparkSession
    frame = session.sql("SELECT 'D7140' AS procedure_code, NULL AS tooth, INTERVAL 1 DAY AS other")
    assert check(frame, tooth="tooth").collect()[0]["cdt_errors"] == "tooth.missing"
    with pytest.raises(DataFormatError, match="where text is expected"):
        check(frame, tooth="other")


def test_the_plan_is_lazy_and_joins_by_broadcast(lines, capsys):
    annotate(lines).explain()
    plan = capsys.readouterr().out
    assert "BroadcastHashJoin" in plan
    assert "SortMergeJoin" not in plan
    assert "Python" not in plan


def test_names_that_stand_in_the_way(lines):
    session = lines.sparkSession
    frame = session.createDataFrame(
        [("D0120", "D9", "x")], "procedure_code string, c string, `*` string"
    )
    got = validate(validate(frame, "c"))
    assert got.columns == ["procedure_code", "c", "*", "cdt_code", "cdt_valid", "cdt_known"]
    assert got.first()["cdt_code"] == "D0120"
    with pytest.raises(DataFormatError, match="takes for all columns"):
        validate(frame, "*")
    twice = frame.join(frame, "procedure_code")
    with pytest.raises(DataFormatError, match="2 columns have one name: 'c' and 'c'"):
        annotate(twice)


@pytest.mark.parametrize("length", expected.LENGTHS)
def test_hostile_texts_are_read_as_by_the_scalar_doors(lines, length):
    """
    Java's engine goes back over every way to match, on a stack: '1,' a thousand times overflowed
    it and ended the job.
    """
    texts = list(expected.hostile(length))
    rows = [(row, "D2391", text) for row, text in enumerate(texts)]
    frame = lines.sparkSession.createDataFrame(rows, "row long, code string, t string")
    local = pl.DataFrame({"row": range(len(texts)), "code": "D2391", "t": texts})
    for field in expected.SITES:
        got = check(frame, "code", **{field: "t"}).orderBy("row").select("cdt_errors").collect()
        told = check(local, "code", **{field: "t"})["cdt_errors"].to_list()
        assert [row[0] for row in got] == told
    got = check(frame.select("row", "t"), "t").orderBy("row").select("cdt_errors").collect()
    assert [row[0] for row in got] == check(local, "t")["cdt_errors"].to_list()


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.usefixtures("lines")
def test_a_table_is_that_of_polars(name):
    """Spark gives the rows of a small table in the order in which it was given them."""
    native = table(name, "pyspark")
    told = [row.asDict(recursive=True) for row in native.collect()]
    assert told == table(name, "polars").to_dicts()
    types = dict(native.dtypes)
    for row in fields(name, "pyspark").collect():
        assert types[row["column"]] == row["type"].replace(", ", ",").replace(": ", ":")


def test_no_expression_of_a_site_reads_a_text_longer_than_one(lines):
    """Only what takes off outer space and counts characters sees a text of any length."""
    texts = [text for length in expected.LENGTHS for text in expected.hostile(length)]
    frame = lines.sparkSession.createDataFrame(
        [(text, text, None) for text in texts], "c string, t string, found string"
    )
    ready = opened(frame, [], ["c", "t"], None)
    read = sites._with_plain(ready, nw.from_native(frame), {"plain": "t"})
    column = [row["plain"] for row in read.to_native().select("plain").collect()]
    assert max(map(len, column)) == LONGEST_SITE
