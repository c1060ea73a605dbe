"""A licensee's own wording laid over the catalog. All wording here is invented."""

from __future__ import annotations

import codecs
import json
import pickle
from decimal import Decimal

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cdtref
import pinned
from cdtref import DataFormatError

CATALOG = cdtref.catalog()
EDITIONS = pinned.FIRST_EDITION, pinned.EDITION
MISPRINT, NEW, (*FREE, OWN) = pinned.MISPRINT, pinned.COMING, pinned.FREE
FIRST, SECOND, THIRD = (f"{pinned.YEAR + years}-01-01" for years in (1, 2, 3))

FAULTY = f"""\
CDT Code,Nomenclature,Descriptor
D0120,invented wording one,invented descriptor one
D0140,invented wording two,
DO150,the letter O for a zero,
{MISPRINT},a code that nobody knows,
D0120,invented wording one,
D0140,another invented wording,
D0160,a wording, with a comma that is not quoted,
D0170,"a wording, quoted, over
two lines",
D0180,,

99213,a code of another system,
"""


@pytest.fixture
def write(tmp_path):
    def write(content, name="licensed.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def overlay_of(given, **columns):
    return CATALOG.with_nomenclature(given, **columns).nomenclature_report


# What is taken


def test_official_wording_is_filled_and_all_else_stays_ours(write):
    mine = CATALOG.with_nomenclature(write(FAULTY))
    p = mine["D0120"]
    assert (p.nomenclature, p.descriptor) == ("invented wording one", "invented descriptor one")
    ours = CATALOG["D0120"].to_dict()
    changed = {name for name, value in p.to_dict().items() if value != ours[name]}
    assert changed == {"nomenclature", "descriptor"}
    assert mine["D0170"].nomenclature == "a wording, quoted, over two lines"


def test_nothing_is_written_back(write):
    CATALOG.with_nomenclature(write(FAULTY))
    assert {p.nomenclature for p in CATALOG.values()} == {""}
    assert CATALOG.nomenclature_report is None


def test_the_result_is_a_catalog_with_the_same_doors(write):
    mine = CATALOG.with_nomenclature(write(FAULTY))
    assert list(mine) == list(CATALOG)
    assert mine.lookup(" d-0120 ").nomenclature == "invented wording one"
    assert [p.code for p in mine.procedures(category="endodontics")] == [
        p.code for p in CATALOG.procedures(category="endodontics")
    ]
    assert mine.editions() == CATALOG.editions()
    assert mine.changes(*EDITIONS) == CATALOG.changes(*EDITIONS)
    assert cdtref.page("D0120", catalog=mine).procedure is mine["D0120"]
    with pytest.raises(cdtref.NotInForceError):
        mine.lookup("D1352", on=pinned.TERMINATED["D1352"])
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        mine.nomenclature_report = None


def test_it_pickles(write):
    mine = CATALOG.with_nomenclature(write(FAULTY))
    again = pickle.loads(pickle.dumps(mine))
    assert again == mine
    assert again.nomenclature_report == mine.nomenclature_report
    assert again.lookup("D0120").nomenclature == "invented wording one"


# What is reported


def test_the_report_names_each_fault_with_its_line(write):
    overlay = overlay_of(write(FAULTY))
    assert overlay.matched == ("D0120", "D0140", "D0170")
    assert overlay.added == ()
    assert [(r.line, r.code) for r in overlay.unmatched] == [(5, MISPRINT)]
    assert [(r.line, r.code) for r in overlay.duplicates] == [(6, "D0120")]
    assert [(r.line, r.code) for r in overlay.changed] == [(7, "D0140")]
    assert [(r.line, r.code) for r in overlay.malformed] == [
        (4, "DO150"),
        (8, "D0160"),
        (11, "D0180"),
        (13, "99213"),
    ]
    for told, remark in zip(
        (
            "did you mean D0150",
            "4 fields, where the header has 3",
            "wording is empty",
            "CPT Category I",
        ),
        overlay.malformed,
        strict=True,
    ):
        assert told in remark.told


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("00120", "are expected: D0120, if this is the ADA's old form of five digits"),
        ("00100", "dental (CDT) codes are expected"),
        ("99213", "dental (CDT) codes are expected"),
    ],
)
def test_the_old_form_of_five_digits_is_hinted_at(code, told):
    (remark,) = overlay_of({code: "invented"}).malformed
    assert remark.told.endswith(told)


def test_the_report_reads_as_text(write):
    text = str(overlay_of(write(FAULTY)))
    assert f"licensed.csv: 3 matched, 0 added, {pinned.IN_FORCE - 3} missing" in text
    assert (
        "changed: line 7, 'D0140': 'another invented wording', but 'invented wording two' came first"
        in text
    )
    assert len(text.splitlines()) == 8


def test_missing_are_the_codes_without_an_end_that_got_no_wording(write):
    overlay = overlay_of(write(FAULTY))
    assert "D0150" in overlay.missing
    assert not {"D0120", "D1352", "D9940"} & set(overlay.missing)
    assert set(overlay.missing) | set(overlay.matched) == {p.code for p in CATALOG.procedures()}
    assert overlay_of({p.code: "invented" for p in CATALOG.procedures()}).missing == ()


def test_a_later_wording_over_an_earlier_one_is_reported_and_counts():
    first = CATALOG.with_nomenclature({"D0120": "invented, earlier edition", "D0140": "same"})
    second = first.with_nomenclature({"D0120": "invented, later edition", "D0140": "same"})
    assert [(r.code, r.told) for r in second.nomenclature_report.changed] == [
        ("D0120", "'invented, later edition', where the catalog had 'invented, earlier edition'")
    ]
    assert second["D0120"].nomenclature == "invented, later edition"


@pytest.mark.parametrize(
    ("code", "again", "told"),
    [
        ("D0120", {}, ""),
        ("D0120", {"code": " d0120 ", "nomenclature": "wording  one"}, ""),
        ("D0120", {"descriptor": "", "effective": None}, ""),
        ("D0120", {"nomenclature": "two"}, "'two', but 'wording one' came first and counts"),
        ("D0120", {"descriptor": "other"}, "descriptor 'other', but 'told' came first and counts"),
        (NEW, {"effective": SECOND}, f"effective '{SECOND}', but '{FIRST}' came first and counts"),
        (NEW, {"terminated": THIRD}, f"terminated '{THIRD}', but '' came first and counts"),
        (NEW, {"category": "adjunctive"}, "category 'adjunctive', but '' came first and counts"),
        (
            NEW,
            {"nomenclature": "two", "descriptor": "x"},
            "'two', but 'wording one' came first and counts; descriptor",
        ),
    ],
)
def test_a_code_that_comes_again_is_compared_column_by_column(code, again, told):
    first = {"code": code, "nomenclature": "wording one", "descriptor": "told", "effective": FIRST}
    mine = CATALOG.with_nomenclature([first, first | again])
    remarks = mine.nomenclature_report.changed if told else mine.nomenclature_report.duplicates
    assert [remark.line for remark in remarks] == [2]
    assert remarks[0].told.startswith(told or "comes again and says the same")
    assert mine[code].nomenclature == "wording one"
    assert not (mine.nomenclature_report.changed and mine.nomenclature_report.duplicates)


def test_another_descriptor_than_an_earlier_overlay_gave_is_reported():
    first = CATALOG.with_nomenclature(
        [{"code": "D0120", "nomenclature": "same", "descriptor": "one"}]
    )
    second = first.with_nomenclature(
        [{"code": "D0120", "nomenclature": "same", "descriptor": "two"}]
    )
    assert [r.told for r in second.nomenclature_report.changed] == [
        "descriptor 'two', where the catalog had 'one'"
    ]


# A coming edition

COMING = f"""\
code;nomenclature;effective;terminated;category
D0426;invented, known already;{FIRST};;
{NEW};invented, new by its number;{FIRST};;
{OWN};invented, new with category;{FIRST};{THIRD};Restorative
{FREE[0]};invented, bad category;{FIRST};;carpentry
{FREE[1]};invented, bad date;1/1/{pinned.YEAR + 1};;
{FREE[2]};invented, ends first;{FIRST};{pinned.YEAR}-01-01;
D0001;invented, nothing before it;{FIRST};;
"""


def test_codes_of_a_coming_edition_are_added_with_their_dates(write):
    mine = CATALOG.with_nomenclature(write(COMING))
    assert mine.nomenclature_report.added == (OWN, NEW)
    assert mine.nomenclature_report.matched == ("D0426",)
    assert list(mine) == sorted({*CATALOG, OWN, NEW})
    new = mine[OWN]
    assert (new.title, new.category, new.requirement.confidence.treatment_area) == (
        "invented, new with category",
        "restorative",
        "none",
    )
    assert (str(new.effective), str(new.terminated)) == (FIRST, THIRD)
    assert mine[NEW].category is CATALOG["D9961"].category
    assert mine["D0426"].periods == CATALOG["D0426"].periods


def test_they_are_in_force_from_their_day(write):
    mine = CATALOG.with_nomenclature(write(COMING))
    assert {OWN, NEW} & {p.code for p in mine.procedures()} == set()
    assert {OWN, NEW} < {p.code for p in mine.procedures(on=FIRST)}
    assert OWN not in {p.code for p in mine.procedures(on=THIRD)}
    with pytest.raises(cdtref.NotInForceError, match=f"from {FIRST}"):
        mine.lookup(NEW, on=f"{pinned.YEAR}-12-31")
    assert len(cdtref.page(NEW, catalog=mine).faq) == 3


def test_the_records_of_added_codes_say_so(write):
    path = write(COMING)
    mine = CATALOG.with_nomenclature(path)
    assert {code for code, p in mine.items() if p.is_added} == set(mine.nomenclature_report.added)
    assert [source.address for source in mine[NEW].sources] == [str(path)]
    assert mine[NEW].to_dict()["sources"][0]["kind"] == "licensee"
    assert pickle.loads(pickle.dumps(mine[NEW])) == mine[NEW]


def test_a_later_file_gives_an_added_code_its_title_and_its_dates(write):
    first = CATALOG.with_nomenclature(write(COMING))
    second = first.with_nomenclature(
        [
            {"code": NEW, "nomenclature": "invented, revised", "effective": None},
            {"code": OWN, "nomenclature": "invented, new with category", "effective": SECOND},
        ]
    )
    assert second.nomenclature_report.matched == (OWN, NEW)
    assert (second[NEW].title, second[NEW].nomenclature) == ("invented, revised",) * 2
    assert second[NEW].periods == first[NEW].periods
    assert second[NEW].sources[0].address == first.nomenclature_report.source
    assert (str(second[OWN].effective), second[OWN].sources[0].address) == (SECOND, "rows")
    assert second[OWN].category is first[OWN].category
    assert [r.told for r in second.nomenclature_report.changed] == [
        "'invented, revised', where the catalog had 'invented, new by its number'",
        f"dates 'from {SECOND}', where the catalog had 'from {FIRST} until {pinned.YEAR + 2}-12-31'",
    ]


def test_a_code_whose_wording_is_our_title_is_not_taken_for_an_added_one():
    first = CATALOG.with_nomenclature({"D0120": CATALOG["D0120"].title})
    second = first.with_nomenclature({"D0120": "invented"})
    assert second["D0120"].title == CATALOG["D0120"].title


def test_bad_dates_and_categories_are_reported(write):
    told = {remark.code: remark.told for remark in overlay_of(write(COMING)).malformed}
    assert set(told) == {*FREE, "D0001"}
    assert "no category 'carpentry'; the categories are diagnostic" in told[FREE[0]]
    assert "not an ISO date" in told[FREE[1]]
    assert told[FREE[2]] == "it ends before it begins"
    assert "the known codes beside it are not of one category" in told["D0001"]


# Sources


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode(),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
        lambda text: text.encode("cp1252"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16", "utf-16 big-endian", "cp1252"],
)
def test_encodings_and_delimiters_are_told(write, encode, delimiter):
    text = f"Procedure Code{delimiter}Nomenclature\r\nD0120{delimiter}naïve – invented®\r\n"
    assert (
        CATALOG.with_nomenclature(write(encode(text)))["D0120"].nomenclature == "naïve – invented®"
    )


BROKEN = "code,nomenclature\nD0120,naïve – invented®\nD0140,plain\n".encode()


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (BROKEN.replace(b"plain", b"pl\xffain"), 3),
        (BROKEN.replace(b"plain", b"caf\xe9"), 3),
        (BROKEN.replace(b"\n", b"\r").replace(b"plain", b"caf\xe9"), 3),
        (BROKEN[: BROKEN.index(b"\xc2\xae") + 1], 2),
        (b"code,nomenclature\nD0120,x \xe2\x80", 2),
        (b"code,nomenclature\nD0120,x \xf0\x9f\xa6", 2),
        (codecs.BOM_UTF8 + b"code,nomenclature\nD0120,caf\xe9\n", 2),
        (codecs.BOM_UTF8 + b"\n\xe9", 2),
        (codecs.BOM_UTF8 + b"code,nomenclature\nD0120,x\xc2", 2),
    ],
)
def test_utf_8_with_a_broken_character_is_refused_and_not_taken_for_windows_1252(write, data, line):
    with pytest.raises(DataFormatError, match="its encoding is unclear: read as utf-8") as caught:
        CATALOG.with_nomenclature(write(data))
    assert caught.value.line == line


@given(
    st.text(st.characters(codec="cp1252", categories=("L", "S")), min_size=1, max_size=40),
    st.integers(0, 9),
)
def test_utf_8_cut_anywhere_is_never_read_as_other_signs(tmp_path_factory, text, cut):
    """
    Unicode 23.8: an initial byte order mark 'serves as a signature' of UTF-8; a file with it is
    never another.
    """
    data = f'code,nomenclature\nD0120,"a {text}'.encode("utf-8-sig")
    cut = max(0, min(cut, len(data) - 30))
    path = tmp_path_factory.mktemp("cut") / "licensed.csv"
    path.write_bytes(data[: len(data) - cut] + b'"')
    try:
        words = CATALOG.with_nomenclature(path)["D0120"].nomenclature
    except DataFormatError:
        return
    assert f"a {text}".replace('""', '"').startswith(words)


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\r\nCode;Nomenclature\r\nD0120;first, second",
        '"sep=|"\nCode|Nomenclature\nD0120|first, second',
        "SEP=\t\nCode\tNomenclature\nD0120\tfirst, second",
        "sep=:\nCode:Nomenclature\nD0120:first, second",
        "\n\nsep=;\n\nCode;Nomenclature;of, a, b\nD0120;first, second;",
        "Code;Nomenclature\rD0120;first, second\rD0140;a, b, c, d\r",
        '"Code; CDT","Nomenclature;;;"\nD0120,"first, second"',
        '"Code";"Nomenclature";"Notes, many, of, them"\n"D0120";"first, second";',
        "Code\tNomenclature\tNotes, many, of, them\nD0120\tfirst, second\t",
        "\nCode\tNomenclature\tNotes, many, of, them\nD0120\tfirst, second\t",
        "Code|Nomenclature|a,b|c,d|e;f;g;h;i\nD0120|first, second|||",
    ],
)
def test_the_delimiter_is_the_one_under_which_the_columns_are_found(write, text):
    columns = {"code": "Code; CDT"} if "CDT" in text else None
    assert (
        CATALOG.with_nomenclature(write(text), columns=columns)["D0120"].nomenclature
        == "first, second"
    )


def test_lines_are_counted_as_in_the_file_below_a_line_that_names_the_delimiter(write):
    with pytest.raises(
        DataFormatError, match="no column for the nomenclature is found among 'Code', 'Text'"
    ) as caught:
        CATALOG.with_nomenclature(write("sep=;\nCode;Text\nD0120;x"))
    assert caught.value.line == 2
    assert overlay_of(write(f"sep=;\nCode;Nomenclature\n{MISPRINT};x")).unmatched[0].line == 3


@pytest.mark.parametrize(
    ("header", "columns", "both"),
    [
        (
            ["code", "code", "nomenclature"],
            None,
            r"columns 1 \('code'\) and 2 \('code'\) both stand for the code",
        ),
        (
            ["Code", "nomenclature", "CODE"],
            None,
            r"columns 1 \('Code'\) and 3 \('CODE'\) both stand for the code",
        ),
        (
            ["code", "Descr.", "Descr."],
            {"nomenclature": "Descr."},
            "both stand for the nomenclature",
        ),
        (["code", "name", "date", "Category", "category"], None, "both stand for the category"),
    ],
)
def test_two_columns_for_one_are_refused_by_name(write, header, columns, both):
    with pytest.raises(DataFormatError, match=both) as caught:
        CATALOG.with_nomenclature(write(",".join(header) + "\nD0120,D0140,x,,\n"), columns=columns)
    assert (caught.value.line, caught.value.column in header) == (1, True)


def test_of_two_columns_the_one_that_is_named_counts_and_others_may_repeat(write):
    path = write("Code,code,Nomenclature,Notes,Notes\nD0120,x,invented,a,b\n")
    assert (
        CATALOG.with_nomenclature(path, columns={"code": "Code"})["D0120"].nomenclature
        == "invented"
    )


@pytest.mark.parametrize(
    "missing", [None, float("nan"), pd.NA, pd.NaT, np.nan, np.float32("nan"), Decimal("nan"), "  "]
)
def test_a_missing_value_of_a_data_frame_is_empty(missing):
    rows = [
        {"code": "D0120", "nomenclature": "invented", "descriptor": missing, "effective": missing},
        {"code": "D0140", "nomenclature": missing},
        {"code": missing, "nomenclature": "invented"},
    ]
    mine = CATALOG.with_nomenclature(rows)
    assert (mine["D0120"].nomenclature, mine["D0120"].descriptor) == ("invented", "")
    assert [remark.line for remark in mine.nomenclature_report.malformed] == [2, 3]
    assert mine["D0140"].nomenclature == ""


def test_rows_of_a_data_frame_are_read_as_they_are():
    frame = pd.DataFrame(
        {"code": ["D0120", NEW], "nomenclature": ["a", "b"], "effective": [pd.NaT, FIRST]}
    )
    frame["effective"] = pd.to_datetime(frame["effective"])
    mine = CATALOG.with_nomenclature(frame.to_dict("records"))
    assert (mine.nomenclature_report.matched, mine.nomenclature_report.added) == (
        ("D0120",),
        (NEW,),
    )
    with pytest.raises(
        DataFormatError, match=r"not str; a DataFrame's are df.to_dict\('records'\)"
    ):
        CATALOG.with_nomenclature(frame)


def kind(value):
    return type(value).__name__


@pytest.mark.parametrize(
    "value", [True, False, np.True_, ["x"], {"a": 1}, np.array([1, 2]), b"x", object()], ids=kind
)
def test_a_value_that_is_no_text_is_refused_where_it_is_asked_for(value):
    with pytest.raises(
        DataFormatError, match="the value of 'nomenclature' is no single one"
    ) as caught:
        CATALOG.with_nomenclature(
            [{"code": "D0120", "nomenclature": "x"}, {"code": "D0140", "nomenclature": value}]
        )
    assert (caught.value.line, caught.value.column) == (2, "nomenclature")
    assert overlay_of([{"code": "D0120", "nomenclature": "x", "active": value}]).matched == (
        "D0120",
    )


@pytest.mark.parametrize("source", [None, 5, 1.5, b"code,nomenclature", True])
def test_a_source_of_a_wrong_type(source):
    with pytest.raises(
        TypeError, match=f"a source is a path, rows, or a mapping .* not {type(source).__name__}"
    ):
        CATALOG.with_nomenclature(source)


@pytest.mark.parametrize(
    ("header", "nomenclature", "descriptor"),
    [
        (["code", "nomenclature", "descriptor"], "first", "second"),
        (["CDT_Code", "Description", "Category"], "first", ""),
        (["ADA Code", "Name", "Description"], "first", "second"),
        (["D-Code", "Long Description", "Short Description"], "second", "first"),
        (["code", "Nomenclature", "Notes"], "first", ""),
    ],
)
def test_common_headers_are_known(header, nomenclature, descriptor):
    last = "" if header[2] == "Category" else "second"
    p = CATALOG.with_nomenclature([dict(zip(header, ("D0120", "first", last), strict=True))])[
        "D0120"
    ]
    assert (p.nomenclature, p.descriptor) == (nomenclature, descriptor)


def test_columns_name_unusual_headers():
    rows = [{"Nr": "D0120", "Texte": "invented", "name": "not this one"}]
    mine = CATALOG.with_nomenclature(rows, columns={"code": "Nr", "nomenclature": "Texte"})
    assert mine["D0120"].nomenclature == "invented"


@pytest.mark.parametrize(
    "data",
    [
        [{"code": "D0120", "nomenclature": "invented"}],
        [
            {"code": "D0120", "nomenclature": "invented", "effective": None},
            {"code": "", "nomenclature": float("nan")},
        ],
        {"D0120": "invented"},
    ],
    ids=["objects", "objects with gaps", "code to wording"],
)
def test_json_and_rows_are_read_alike(write, data):
    path = write(json.dumps(data), "licensed.json")
    assert CATALOG.with_nomenclature(path)["D0120"].nomenclature == "invented"
    assert CATALOG.with_nomenclature(str(path))["D0120"].nomenclature == "invented"
    assert CATALOG.with_nomenclature(data)["D0120"].nomenclature == "invented"


@given(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=80),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_any_printable_wording_comes_through_a_csv(tmp_path_factory, text, encoding):
    """RFC 4180: fields with line breaks, quotes and commas are enclosed in quotes."""
    enclosed = text.replace('"', '""')  # by hand: the csv module of Python 3.10 writes no NUL
    path = tmp_path_factory.mktemp("csv") / "licensed.csv"
    path.write_bytes(f'code,nomenclature\r\nD0120,"{enclosed}"\r\n'.encode(encoding))
    words = " ".join(text.split())
    if "\0" in text:
        with pytest.raises(DataFormatError, match="not text"):
            CATALOG.with_nomenclature(path)
    elif words and words.isprintable() and "\ufffd" not in words:
        assert CATALOG.with_nomenclature(path)["D0120"].nomenclature == words
    else:
        assert overlay_of(path).malformed[0].line == 2


@pytest.mark.parametrize(
    ("content", "line", "column", "said"),
    [
        (b"PK\x03\x04\0\0", None, None, "cannot be opened as one"),
        (b"code,nomenclature\nD0120,\x81", 2, None, "encoding"),
        (b"\xff\xfec\0o", None, None, "encoding|no column"),
        (b'code,nomenclature\nD0120,"open', 2, None, "not csv"),
        (b'code,nomenclature\nD0120,a\nD0140,"a"b\n', 3, None, "not csv"),
        (b"", 1, "code", "no headers"),
        (b"code\nD0120\n", 1, "nomenclature", "no column for the nomenclature"),
        (b"a,b\nD0120,x\n", 1, "code", "columns={'code'"),
        (b"[1]", 1, None, "not int"),
        (b'[{"code": "D0120",\n oops}]', 2, None, "not JSON"),
        (b'[{"code": "D0120", "nomenclature": ["x"]}]', 1, "nomenclature", "no single one"),
        (b'{"codes": [{"code": "D0120"}]}', 1, "nomenclature", "no single one"),
        (b"[" * 100_000, None, None, "JSON"),
        (b'[{"code": ' + b"1" * 5000 + b"}]", None, None, "not JSON"),
    ],
)
def test_a_source_that_cannot_be_read_says_where(write, content, line, column, said):
    with pytest.raises(DataFormatError, match=said) as caught:
        CATALOG.with_nomenclature(write(content))
    assert caught.value.path.endswith("licensed.csv")
    assert column == caught.value.column
    assert line is None or line == caught.value.line


def test_columns_that_are_not_there():
    rows = [{"code": "D0120", "nomenclature": "x"}]
    with pytest.raises(DataFormatError, match="no column 'Texte'") as caught:
        CATALOG.with_nomenclature(rows, columns={"nomenclature": "Texte"})
    assert caught.value.column == "Texte"
    with pytest.raises(ValueError, match="no column 'wording'; the columns are code"):
        CATALOG.with_nomenclature(rows, columns={"wording": "nomenclature"})


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        CATALOG.with_nomenclature(tmp_path / "nothing.csv")
