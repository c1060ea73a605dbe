"""
CMS's own files: all forms of a release give the same schedule, and a damaged file gives its own
clear error.
"""

from __future__ import annotations

import csv
import functools
import io
import os
import re
import threading
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import attrs
import pytest

import cdtref
import pinned
from cdtref import DataFormatError, FeeSchedule
from cdtref.feeschedule import cmsfile, layout, sheet
from cdtref.feeschedule.packed import FIELDS

CMS = Path(os.environ.get("CDTREF_CMS_DIR", "."))
needs_cms = pytest.mark.skipif(
    "CDTREF_CMS_DIR" not in os.environ, reason="CDTREF_CMS_DIR is not set"
)

YEAR = str(pinned.OLDER_YEAR).encode()
NEXT = str(pinned.OLDER_YEAR + 1).encode()
TITLES = f"""\
,,{pinned.OLDER_YEAR} National Physician Fee Schedule Relative Value File October Release{{pad}}
,,CPT codes and descriptions only are copyright {pinned.OLDER_YEAR} American Medical Association.{{pad}}
,,RELEASED 09/11/{pinned.OLDER_YEAR}{{pad}}
"""
OLDER = pinned.OLDER_RELEASE, pinned.OLDER_YEAR, Decimal(pinned.OLDER_FACTOR)
LOWER, HIGHER = sorted(pinned.CONVERSION_FACTORS.values())
OLDER_WITHOUT_QUARTER = pinned.OLDER_RELEASE[:-1]
STACKED = [
    ("", "", "", "", "HCPCS"),
    ("", "", "", "", "MOD"),
    ("", "", "", "", "DESCRIPTION"),
    ("", "", "", "STATUS", "CODE"),
    ("", "NOT USED", "FOR", "MEDICARE ", "PAYMENT"),
    ("", "", "", "WORK", "RVU"),
    ("", "", "", "NON-FAC", "PE RVU"),
    ("", "", "NON-FAC", "NA", "INDICATOR"),
    ("", "", "", "FACILITY", "PE RVU"),
    ("", "", "FACILITY ", "NA", "INDICATOR"),
    ("", "", "", "MP", "RVU"),
    ("", "", "", "NON-FACILITY", "TOTAL"),
    ("", "", "", "FACILITY", "TOTAL"),
    ("", "", "", "PCTC", "IND"),
    ("", "", "", "GLOB", "DAYS"),
    ("", "", "", "PRE", "OP"),
    ("", "", "", "INTRA", "OP"),
    ("", "", "", "POST", "OP"),
    ("", "", "", "MULT", "PROC"),
    ("", "", "", "BILAT", "SURG"),
    ("", "", "", "ASST", "SURG"),
    ("", "", "", "CO-", "SURG"),
    ("", "", "", "TEAM", "SURG"),
    ("", "", "", "ENDO", "BASE"),
    ("", "", "", "CONV", "FACTOR"),
    ("", "PHYSICIAN", "SUPERVISION OF", "DIAGNOSTIC", "PROCEDURES"),
    ("", "", "", "CALCULATION", "FLAG"),
    ("", "DIAGNOSTIC", "IMAGING", "FAMILY", "INDICATOR"),
    ("NON-FACILITY", "PE USED", "FOR OPPS", "PAYMENT", "AMOUNT"),
    ("FACILITY", "PE USED", "FOR OPPS", "PAYMENT", "AMOUNT"),
    ("", "MP USED", "FOR OPPS", "PAYMENT", "AMOUNT"),
]
TAIL = f"{pinned.OLDER_FACTOR},09,0,99,0.00,0.00,0.00"
ZEROS = f"0.00,0.00,,0.00,,0.00,0.00,0.00,9,XXX,0.00,0.00,0.00,9,9,9,9,9,,{TAIL}"
ROWS = [
    f'86153,26,"Count, made up",A,,0.69,0.27,,0.27,,0.02,0.98,0.98,6,XXX,0.00,0.00,0.00,0,0,0,0,0,,{TAIL}',
    f"GXXX1,,Made up,X,,{ZEROS}",
    f"00170,,Made up,J,,{ZEROS}",
    f"27447,,Made up,A,,19.60,15.30,NA,15.30,,3.98,38.88,38.88,0,090,0.10,0.69,0.21,2,1,2,1,0,,{TAIL}",
]


def table(rows=ROWS, stacked=STACKED, end="\r\n"):
    """A small relative value csv in CMS's layout, with no text of CMS in it."""
    header = [",".join(cells) for cells in zip(*stacked, strict=True)]
    return end.join(
        [*TITLES.format(pad="," * (len(stacked) - 3)).splitlines(), *header, *rows, ""]
    ).encode("latin-1")


def written(folder, content, name="any.csv"):
    path = folder / name
    path.write_bytes(content)
    return path


def quoted(content):
    """The same csv with every cell in quotes."""
    text = io.StringIO(newline="")
    rows = csv.reader(io.StringIO(content.decode("latin-1"), newline=""))
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue().encode()


def without_zeros(row):
    """A row as a spreadsheet saves it again."""
    for number, kept in {"00170": "170", "090": "90", ",09,": ",9,", "0.10": "0.1"}.items():
        row = row.replace(number, kept)
    return row


def zipped(**members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_csv", ".csv").replace("_txt", ".txt"), content)
    return packed.getvalue()


def read(folder, content, **options):
    return FeeSchedule.from_cms(written(folder, content), **options)


def test_packed_rows_have_the_fields_that_a_schedule_reads():
    names = [column.name for column in layout.COLUMNS]
    assert [
        name for name in names if name not in ("code", "modifier", "conversion_factor")
    ] == list(FIELDS)


def test_a_release_is_told_from_its_content(tmp_path):
    fee = read(tmp_path, table())
    assert (fee.release, fee.year, fee.conversion_factor) == OLDER
    assert len(fee) == 4
    assert fee.rvu("86153", "26").work == Decimal("0.69")
    assert fee.rvu("27447").na_nonfacility
    assert fee.get("86153") is None
    assert fee.get("GXXX1") is not None
    assert fee.localities == ()


@pytest.mark.parametrize(
    "variant",
    [
        table(end="\n"),
        table(ROWS[::-1]),
        table() + b"\x1a",
        b"\xef\xbb\xbf" + table(),
        table([row + ",,," for row in ROWS]),
        table(["", *ROWS, ",,,"]),
        table([row.replace(",0.00,", ",.00,").replace("0.69", ".69") for row in ROWS]),
        table([row.replace("Made up", "Mad\u00e9 up  ") for row in ROWS]),
        table(stacked=[*STACKED[:23], ("", "", "", "PRIC", "IND"), *STACKED[23:]], rows=[
            ",".join([*row.rsplit(",", 8)[:1], "9", *row.rsplit(",", 8)[1:]]) for row in ROWS
        ]),
        zipped(PPRRVU_OCT_csv=table(), readme_txt=b"HELLO"),
        table(end="\r"),
        table().replace(b'"Count, made up"', b"Count").replace(b",", b";"),
        table().replace(b'"Count, made up"', b"Count").replace(b",", b"\t"),
        table().decode("latin-1").encode("utf-16"),
        quoted(table()),
        table([*ROWS, "\x1a" + "," * 30]),
        table([without_zeros(row) for row in ROWS]),
        table([row.replace("27447,", " 27447 ,") for row in ROWS]),
    ],
    ids=[
        "lf", "any-order", "ctrl-z", "bom", "trailing", "blank", "points", "latin-1", "32-columns", "zip",
        "cr", "semicolons", "tabs", "utf-16", "all-quoted", "ctrl-z-row", "lost-zeros", "spaces",
    ],
)  # fmt: skip
def test_the_shapes_in_which_cms_publishes_it(tmp_path, variant):
    assert read(tmp_path, variant) == read(tmp_path, table())


def _mark(name, value):
    return {"na": "NA", "no": "+"}.get(name[:2], "") if value else ""


def test_fixed_width_text(tmp_path):
    places = {column.name: column.place for column in layout.COLUMNS}
    fee = read(tmp_path, table())

    def line(row):
        cells = [" "] * 172
        values = {name: getattr(row, name) for name in places if hasattr(row, name)}
        values["conversion_factor"] = pinned.OLDER_FACTOR
        for name, value in values.items():
            first, last = places[name]
            width = last - first + 1
            flag = _mark(name, value) if value is None or isinstance(value, bool) else str(value)
            text = flag if len(flag) <= width else flag.removeprefix("0")  # ".69"
            cells[first - 1 : last] = text.rjust(width)
        return "".join(cells)

    text = "\r\n".join(["HDR MADE UP", *(line(row) for row in fee)])
    fixed = read(tmp_path, text.encode())
    assert fixed == fee
    assert fixed.release == OLDER_WITHOUT_QUARTER
    _check_year_of_a_coming_factor(tmp_path, text.replace(pinned.OLDER_FACTOR, "99.9999"))


def _check_year_of_a_coming_factor(folder, text):
    """The year of a factor that nobody knows yet is given, or stands in the file's name."""
    coming = pinned.RELEASE_YEAR + 1
    path = written(folder, text.encode(), "any.txt")
    with pytest.raises(DataFormatError, match="tells the year; give it as year="):
        FeeSchedule.from_cms(path)
    assert FeeSchedule.from_cms(path, year=coming).year == coming
    for name in (f"PPRRVU{coming}_Jan.txt", f"PPRRVU{coming % 100}_JAN.txt"):
        assert FeeSchedule.from_cms(written(folder, text.encode(), name)).year == coming


def test_a_year_that_the_file_tells_is_not_to_be_given_otherwise(tmp_path):
    path = written(tmp_path, table())
    assert FeeSchedule.from_cms(path, year=pinned.OLDER_YEAR).year == pinned.OLDER_YEAR
    with pytest.raises(DataFormatError, match=f"it is of {pinned.OLDER_YEAR}, and year="):
        FeeSchedule.from_cms(path, year=pinned.OLDER_YEAR + 1)


def test_the_first_day_is_that_of_the_quarter_or_of_a_later_factor(tmp_path):
    assert read(tmp_path, table()).effective == date.fromisoformat(pinned.OLDER_EFFECTIVE)
    factor, year = pinned.CHANGED_FACTOR.encode(), str(pinned.CHANGED_YEAR).encode()
    changed = table().replace(pinned.OLDER_FACTOR.encode(), factor).replace(YEAR, year)
    winter = changed.replace(b"October", b"January")
    assert read(tmp_path, winter).effective == date.fromisoformat(pinned.CHANGED_ON)
    assert read(tmp_path, changed).effective > date.fromisoformat(pinned.CHANGED_ON)
    untitled = changed.replace(b"October Release", b"")
    assert read(tmp_path, untitled).effective == date.fromisoformat(pinned.CHANGED_ON)
    assert read(tmp_path, table().replace(b"October Release", b"")).effective is None


def _damaged(packed):
    at = packed.index(b"a.csv") + 5
    return packed[:at] + b"\xff" * 20 + packed[at + 20 :]


BAD = {
    "a letter in a number": (
        table([ROWS[3].replace("19.60", "19.6O")]),
        r"line 9, column WORK RVU: '19.6O', where a number",
    ),
    "an unknown status": (
        table([ROWS[3].replace(",A,", ",Z,")]),
        r"line 9, column STATUS CODE: 'Z'",
    ),
    "a column missing": (
        table(stacked=STACKED[:5] + STACKED[6:]),
        r"column WORK RVU: the header has 0 columns",
    ),
    "a row cut short": (table([ROWS[0], ROWS[1][:30]]), r"line 10: \d+ fields, where 31"),
    "a row too long": (table([ROWS[0] + ",x"]), r"line 9: 32 fields, where 31"),
    "a row twice": (table([ROWS[0], ROWS[0]]), r"line 10: 86153 26 is there a second time"),
    "two factors": (
        table([ROWS[0], ROWS[1].replace(pinned.OLDER_FACTOR, LOWER)]),
        "2 conversion factors",
    ),
    "no rows": (table([]), "0 conversion factors"),
    "another csv": (b"a,b\r\n1,2\r\n", "no relative value file"),
    "a csv without end of header": (
        b"HCPCS,MOD,DESCRIPTION,\n".replace(b"HCPCS", b" x\n" * 60 + b"HCPCS"),
        "no header line",
    ),
    "a header after too many lines": (
        b"HCPCS,MOD,DESCRIPTION,".join([b"x\n" * 50, b"\n"]),
        "no header line",
    ),
    "a control character": (table([ROWS[3].replace(",2,1,2", ",\x1f,1,2")]), "line 9"),
    "an end within the titles": (b'"x\nHCPCS,MOD,DESCRIPTION,"\n', "no header line"),
    "no title and an unknown factor": (
        table([row.replace(pinned.OLDER_FACTOR, "99.9999") for row in ROWS]).replace(
            b"National", b"Regional"
        ),
        "neither a title line",
    ),
    "a header of titles": (b"HCPCS,MOD,DESCRIPTION,copyright\n", "no column can be told"),
    "nothing": (b"", "no relative value file"),
    "binary": (b"HDR\x00\x01\x02", "NUL bytes"),
    "three decimals": (
        table([ROWS[3].replace("19.60", "19.605")]),
        r"line 9, column WORK RVU: '19.605', where a number",
    ),
    "fifty digits": (table([ROWS[3].replace("19.60", "1" * 50)]), "column WORK RVU"),
    "a figure that is none": (table([ROWS[3].replace("19.60", "NaN")]), "column WORK RVU"),
    "a total that is no sum": (
        table([ROWS[3].replace("38.88,38.88", "38.88,38.89")]),
        r"line 9, column FACILITY TOTAL: 38.89, where .* make 38.88",
    ),
    "zeros lost in one row of several": (
        table([*ROWS, ROWS[3].replace("27447", "2744").replace("090", "90")]),
        r"line 13, column HCPCS: a value is too short",
    ),
    "a factor of zero": (
        table([row.replace(pinned.OLDER_FACTOR, "0.0000") for row in ROWS]),
        "a conversion factor of 0",
    ),
    "a row behind the end": (table([*ROWS[:2], "\x1a", ROWS[2]]), "line 12: a row stands behind"),
    "commas for points in numbers": (
        table()
        .replace(b'"Count, made up"', b"Count")
        .replace(b",", b";")
        .replace(b"0.69", b"0,69"),
        "line 9, column WORK RVU: '0,69'",
    ),
    "an open quote": (table()[:-1] + b'\n"open', "not a csv"),
    "a broken zip": (zipped(a_csv=table())[:-30], "cannot be opened"),
    "a zip with damaged content": (_damaged(zipped(a_csv=table())), "cannot be unpacked"),
    "an empty zip": (zipped(), "no relative value file"),
    "a fixed file of no known year": (
        b"HDR X\r\n" + b"27447".ljust(57) + b"A".ljust(1) + b" " * 114,
        "line 2, column WORK RVU: ''",
    ),
}


@pytest.mark.parametrize(("content", "said"), BAD.values(), ids=BAD)
def test_a_damaged_file_names_line_and_column(tmp_path, content, said):
    with pytest.raises(DataFormatError, match=said) as caught:
        read(tmp_path, content)
    assert str(tmp_path / "any.csv") in caught.value.path


def test_indices_of_another_year_are_refused(tmp_path):
    said = f"are those of {pinned.OLDER_YEAR + 1}, and the release is of {pinned.OLDER_YEAR}"
    with pytest.raises(DataFormatError, match=said):
        read(tmp_path, table(), gpci=written(tmp_path, GPCI.replace(YEAR, NEXT), "gpci.csv"))
    assert cdtref.read_localities(written(tmp_path, GPCI.replace(YEAR, NEXT), "gpci.csv"))


def test_a_message_stays_short_whatever_the_file_says(tmp_path):
    packed = zipped(**{"x" * 60_000 + "_csv": b"HCPCS,MOD,DESCRIPTION,\n"})
    with pytest.raises(DataFormatError) as caught:
        read(tmp_path, packed)
    assert len(str(caught.value)) < 800


def test_a_zip_bomb_is_refused(tmp_path):
    bomb = zipped(PPRRVU_csv=b"0" * (cmsfile.MOST_BYTES + 1))
    assert len(bomb) < 100_000
    with pytest.raises(DataFormatError, match="more than 67108864 bytes when unpacked"):
        read(tmp_path, bomb)


def test_the_members_of_a_zip_share_one_budget(tmp_path):
    part = b"0" * (cmsfile.MOST_BYTES // 4)
    bomb = zipped(**{f"part{n}_csv": part for n in range(5)})
    with pytest.raises(DataFormatError, match="bytes when unpacked"):
        read(tmp_path, bomb)


def test_a_zip_of_many_members_is_refused(tmp_path):
    many = zipped(**{f"part{n}_csv": b"" for n in range(cmsfile.MOST_MEMBERS + 1)})
    with pytest.raises(DataFormatError, match="files are in it, where at most"):
        read(tmp_path, many)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no /dev/zero")
@pytest.mark.parametrize(
    "reader", [FeeSchedule.from_cms, cdtref.read_localities, cdtref.read_anesthesia_factors]
)
def test_a_device_without_end_is_refused(reader):
    with pytest.raises(DataFormatError, match="where at most"):
        reader("/dev/zero")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_is_opened_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(table(),))
    writer.start()
    assert len(FeeSchedule.from_cms(tmp_path / "pipe")) == len(ROWS)
    writer.join()


def test_a_zip_that_lies_about_its_size_is_refused(tmp_path):
    packed = bytearray(zipped(PPRRVU_csv=b"0" * 100_000))
    at = packed.rindex(b"PK\x01\x02")
    packed[at + 24 : at + 28] = (10 * 2**30 % 2**32).to_bytes(4, "little")  # its claimed size
    with pytest.raises(DataFormatError):
        read(tmp_path, bytes(packed))


def test_a_file_of_absurd_size_is_not_opened(tmp_path):
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(cmsfile.MOST_BYTES + 1)
    with pytest.raises(DataFormatError, match="where at most"):
        FeeSchedule.from_cms(path)


def test_a_missing_file_is_the_systems_own_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        FeeSchedule.from_cms(tmp_path / "none.csv")


def test_both_factors_in_one_zip_give_the_non_qualifying(tmp_path):
    rows = [row.replace(pinned.OLDER_FACTOR, "{}") for row in ROWS]
    both = {
        f"PPRRVU_{name}_csv": table([row.format(factor) for row in rows])
        for name, factor in {"QPP": HIGHER, "nonQPP": LOWER}.items()
    }
    assert read(tmp_path, zipped(**both)).conversion_factor == Decimal(LOWER)


def xlsx(cells, folder):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in cells:
        book.active.append(row)
    book.save(folder / "any.csv")
    return folder / "any.csv"


def cells_of(content):
    return [
        [_number(cell) for cell in line.split(",")]
        for line in content.decode().replace('"', "").split("\r\n")
        if line
    ]


def _number(cell):
    return (
        float(cell)
        if re.fullmatch(r"\d+(\.\d+)?", cell) and cell not in ("00170", "090", "09")
        else cell or None
    )


def test_a_workbook(tmp_path):
    pytest.importorskip("python_calamine")
    rows = [row.replace("Count, made", "made") for row in ROWS]
    assert FeeSchedule.from_cms(xlsx(cells_of(table(rows)), tmp_path)) == read(tmp_path, table())


def test_a_broken_workbook(tmp_path):
    words = b"<si>HCPCS</si><si>MOD</si><si>DESCRIPTION</si>"
    content = zipped(**{"xl/workbook.xml": b"<not xml", "xl/sharedStrings.xml": words})
    with pytest.raises(DataFormatError, match="it is no XML"):
        read(tmp_path, content)


def test_a_formula_in_a_workbook_is_refused(tmp_path):
    cells = cells_of(table())
    cells[-1][5] = "=1+1"
    with pytest.raises(DataFormatError, match="holds a formula"):
        FeeSchedule.from_cms(xlsx(cells, tmp_path))


def repacked(path, replaced):
    """A workbook with other bytes in its sheet, which keeps its size on the disk."""
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            for before, after in replaced.items():
                content = content.replace(before, after)
            new.writestr(info.filename, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("replaced", "said"),
    [
        ({b'r="C1"': b'r="XFD1048576"'}, "far outside of a table|beyond any table"),
        ({b'r="C1"': b"r = 'A1048576'"}, "far outside of a table|beyond any table"),
        ({b'<row r="2"': b'<row r="1048576"'}, "far outside of a table|beyond any table"),
        ({b"<v>": b"<f\n>1+1</f><v>"}, "a formula"),
    ],
)
def test_a_workbook_that_would_burst_is_not_given_to_its_parser(tmp_path, replaced, said):
    rows = [row.replace("Count, made", "made") for row in ROWS]
    packed = repacked(xlsx(cells_of(table(rows)), tmp_path), replaced)
    with pytest.raises(DataFormatError, match=said):
        read(tmp_path, packed)


def test_a_workbook_that_ends_as_old_tools_did(tmp_path):
    pytest.importorskip("python_calamine")
    rows = [row.replace("Count, made", "made") for row in ROWS]
    cells = [*cells_of(table(rows)), ["_x001A_"]]
    assert FeeSchedule.from_cms(xlsx(cells, tmp_path)) == read(tmp_path, table())


def test_a_workbook_whose_zeros_are_lost(tmp_path):
    pytest.importorskip("python_calamine")
    rows = [row.replace("Count, made", "made") for row in ROWS]
    cells = [[_as_number(cell) for cell in line] for line in cells_of(table(rows))]
    assert FeeSchedule.from_cms(xlsx(cells, tmp_path)) == read(tmp_path, table())


def _as_number(cell):
    return int(cell) if isinstance(cell, str) and cell.isdigit() else cell


def test_a_workbook_without_the_extra_says_what_to_install(tmp_path, monkeypatch):
    path = xlsx(cells_of(table()), tmp_path)
    monkeypatch.setitem(__import__("sys").modules, "python_calamine", None)
    with pytest.raises(DataFormatError, match=r"cdtref\[xlsx\]"):
        FeeSchedule.from_cms(path)


GPCI = (
    b"ADDENDUM E. MADE UP,,,,,,\r\n,,,,,,\r\n"
    b"Medicare Administrative Contractor (MAC),State,Locality Number,Locality Name,%b PW GPCI (with 1.0 Floor)***,"
    b"%b PE GPCI,%b MP GPCI\r\n"
    % (YEAR, YEAR, YEAR)
    + b'01112,CA,18,"SOMEWHERE (A, B)*",1.041,1.183,0.664\r\n02102,AK,01,ALASKA*,1.500,1.065,0.551\r\n'
    b"* a footnote,,,,,,\r\n"
)


def test_localities_beside_or_inside_the_zip(tmp_path):
    beside = read(tmp_path, table(), gpci=written(tmp_path, GPCI, "gpci.csv"))
    assert [place.key for place in beside.localities] == ["CA-18", "AK-01"]
    assert beside.locality("ca-18 ").name == "SOMEWHERE (A, B)"
    assert beside == read(tmp_path, zipped(PPRRVU_csv=table(), GPCI_csv=GPCI))


PRINTED = f"""\
ADDENDUM E. FINAL CY {pinned.OLDER_YEAR} MADE UP

Medicare Admi State  Locality           Locality Name       {pinned.OLDER_YEAR} PW GPCI{pinned.OLDER_YEAR} PE GPCI
01112           CA      18   SOMEWHERE (A, B)*                   1.041       1.183       0.664
02102           AK      01   ALASKA*                             1.500       1.065       0.551

*Note: from {pinned.OLDER_YEAR + 1} on another footnote.
"""


def lines_as_table(content):
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def as_workbook(content, folder):
    cells = [[_number(cell) for cell in line] for line in lines_as_table(content)]
    return xlsx(cells, folder).read_bytes()


@pytest.mark.parametrize(
    "variant",
    [
        GPCI.replace(b" (MAC)", b""),
        GPCI.replace(b"01112,", b"1112,").replace(b"AK,01", b"AK,1"),
        GPCI.replace(b"\r\n", b"\r"),
        quoted(GPCI),
        GPCI.replace(b"SOMEWHERE (A, B)", b"SOMEWHERE (A B)").replace(b",", b";"),
        GPCI.decode().encode("utf-16"),
        PRINTED.encode(),
        PRINTED.replace("   1.041", "0.999   1.041").replace("   1.500", "0.990   1.500").encode(),
    ],
    ids=["no-mac", "zeros", "cr", "all-quoted", "semicolons", "utf-16", "printed", "printed-floor"],
)
def test_the_shapes_in_which_cms_publishes_localities(tmp_path, variant):
    read = cdtref.read_localities(written(tmp_path, variant))
    wanted = cdtref.read_localities(written(tmp_path, GPCI))
    assert [attrs.evolve(place, name="") for place in read] == [
        attrs.evolve(place, name="") for place in wanted
    ]


def test_localities_in_a_workbook_and_in_a_zip_beside_the_others(tmp_path):
    pytest.importorskip("python_calamine")
    packed, wanted = as_workbook(GPCI, tmp_path), cdtref.read_localities(written(tmp_path, GPCI))
    assert cdtref.read_localities(written(tmp_path, packed)) == wanted
    for name, content in {"GPCI_xlsx": packed, "GPCI_txt": PRINTED.encode()}.items():
        together = zipped(PPRRVU_csv=table(), **{name.replace("_xlsx", ".xlsx"): content})
        assert [place.key for place in read(tmp_path, together).localities] == ["CA-18", "AK-01"]


def test_a_locality_is_found_by_its_contractor_too(tmp_path):
    fee = read(tmp_path, table(), gpci=written(tmp_path, GPCI, "gpci.csv"))
    assert fee.locality("01112-18") is fee.locality("CA-18") is fee.localities[0]
    assert fee.localities[0].contractor_key == "01112-18"
    whole = cdtref.fee_schedule()
    assert all(whole.locality(place.contractor_key) is place for place in whole.localities)


@pytest.mark.parametrize("broken", [GPCI.replace(b"1.183", b"NaN"), GPCI.replace(YEAR, NEXT)])
def test_broken_localities_in_a_zip_take_no_value_down(tmp_path, broken):
    fee = read(tmp_path, zipped(PPRRVU_csv=table(), GPCI_csv=broken))
    assert (fee.localities, len(fee)) == ((), len(ROWS))
    (note,) = fee.notes
    assert "no localities were read" in note
    assert "GPCI.csv, line" in note
    with pytest.raises(DataFormatError):
        read(tmp_path, table(), gpci=written(tmp_path, broken, "gpci.csv"))


def test_the_january_file_has_two_work_columns_and_the_floor_counts(tmp_path):
    january = GPCI.replace(b"PW GPCI (with", b"PW GPCI (without 1.0 Floor),%b PW GPCI (with" % YEAR)
    january = january.replace(b",1.041,", b",0.999,1.041,").replace(b",1.500,", b",0.990,1.500,")
    assert cdtref.read_localities(written(tmp_path, january))[0].work == Decimal("1.041")


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (b"x,y\r\n", "no header line"),
        (GPCI.replace(b"1.183", b"1.1B3"), "line 4: '1.1B3'"),
        (GPCI.replace(b"1.183", b"-1"), "line 4: '-1'"),
        (GPCI.replace(b"1.183", b"NaN"), "line 4: 'NaN'"),
        (GPCI + b"* note,,\r\n" * sheet.MOST_ROWS, "at most 99999 rows"),
        (GPCI + b"," * sheet.MOST_COLUMNS + b"x\r\n", "79 fields, where at most"),
        (GPCI.replace(b"1.183", b"0"), "line 4: '0'"),
        (GPCI.replace(b"1.183", b"1" * 50), "line 4: '1111"),
        (PRINTED.replace("1.065", "").encode(), "the row of a locality is broken"),
        (PRINTED.replace("1.065", "0.000").encode(), "'0.000', where an index"),
        (PRINTED[: PRINTED.index("01112")].encode(), "no header line"),
        (GPCI.replace(b"CA,18", b"California,18"), "no contractor, state and locality"),
        (GPCI.replace(b"AK,01", b"CA,18"), "2 localities under 1 keys"),
        (GPCI.replace(b" PE GPCI", b" PE"), "0 columns with 'PE GPCI'"),
    ],
)
def test_a_damaged_locality_file(tmp_path, broken, said):
    with pytest.raises(DataFormatError, match=said):
        cdtref.read_localities(written(tmp_path, broken))


def test_anesthesia_factors(tmp_path):
    text = b"Contractor,Locality,Locality Name,National Anes CF of 20.3178\r\n10112 ,00 ,ALABAMA,19.31 \r\n"
    national, alabama = cdtref.read_anesthesia_factors(written(tmp_path, text))
    assert (national.name, national.factor) == ("NATIONAL", Decimal("20.3178"))
    assert (alabama.contractor, alabama.number, alabama.factor) == ("10112", "00", Decimal("19.31"))
    with pytest.raises(DataFormatError, match="national factor"):
        cdtref.read_anesthesia_factors(written(tmp_path, text.replace(b"Anes CF of", b"")))
    with pytest.raises(DataFormatError, match="no header line"):
        cdtref.read_anesthesia_factors(written(tmp_path, b"x"))
    for broken in (b"NaN", b"0", b"1" * 50, b"1e1"):
        with pytest.raises(DataFormatError, match=r"line 2: .*, where dollars"):
            cdtref.read_anesthesia_factors(written(tmp_path, text.replace(b"19.31", broken)))


def test_anesthesia_factors_as_printed_and_in_a_workbook(tmp_path):
    text = b"Contractor,Locality,Locality Name,National Anes CF of 20.3178\r\n10112,00,ALABAMA,19.31\r\n"
    wanted = cdtref.read_anesthesia_factors(written(tmp_path, text))
    printed = b"10112       00    ALABAMA                     1931\r\n"
    assert cdtref.read_anesthesia_factors(written(tmp_path, printed)) == wanted[1:]
    with pytest.raises(DataFormatError, match="line 2: the row of a locality is broken"):
        cdtref.read_anesthesia_factors(written(tmp_path, printed + printed[:40]))
    pytest.importorskip("python_calamine")
    packed = as_workbook(text, tmp_path)
    assert cdtref.read_anesthesia_factors(written(tmp_path, packed)) == wanted


@functools.cache  # to read a release of fifteen thousand rows takes most of a second
def release_in(name):
    return FeeSchedule.from_cms(CMS / name)


@needs_cms
def test_csv_txt_and_xlsx_of_a_release_give_equal_schedules_row_for_row():
    pytest.importorskip("python_calamine")
    by_csv, by_txt, by_xlsx = (
        release_in(pinned.OLDER_PPRRVU[form]) for form in ("csv", "txt", "xlsx")
    )
    assert len(by_csv) == pinned.OLDER_ROWS
    assert by_csv == by_txt == by_xlsx
    assert by_csv.release == by_xlsx.release == pinned.OLDER_RELEASE
    assert by_txt.release == OLDER_WITHOUT_QUARTER


@needs_cms
def test_the_bundled_schedule_is_the_file():
    assert (
        FeeSchedule.from_cms(CMS / pinned.PPRRVU, gpci=CMS / pinned.GPCI) == cdtref.fee_schedule()
    )
    assert len(cdtref.fee_schedule().localities) == pinned.LOCALITIES


@needs_cms
@pytest.mark.parametrize("name", [pinned.PPRRVU, pinned.OLDER_PPRRVU["csv"]])
def test_totals_recomputed_equal_cms_on_every_row(name):
    for row in release_in(name):
        assert row.work + row.pe_nonfacility + row.mp == row.total_nonfacility
        assert row.work + row.pe_facility + row.mp == row.total_facility


@needs_cms
def test_real_localities_and_anesthesia_factors():
    assert len(cdtref.read_localities(CMS / pinned.OLDER_GPCI)) == pinned.OLDER_LOCALITIES
    factors = cdtref.read_anesthesia_factors(CMS / pinned.OLDER_ANESTHESIA)
    assert factors[0].factor == Decimal(pinned.OLDER_ANESTHESIA_FACTOR)
    assert len(factors) == pinned.OLDER_LOCALITIES + 1


@needs_cms
@pytest.mark.parametrize("keep", [0.1, 0.5, 0.999])
@pytest.mark.parametrize("name", pinned.OLDER_PPRRVU.values())
def test_a_truncated_real_file(tmp_path, name, keep):
    content = (CMS / name).read_bytes()
    cut = content[: int(len(content) * keep)]
    with pytest.raises(DataFormatError):
        FeeSchedule.from_cms(written(tmp_path, cut.rstrip(b"\r\n")[:-9]))


@needs_cms
def test_a_locality_file_cut_within_a_line(tmp_path):
    cut = (CMS / pinned.GPCI).read_bytes().partition(b"CALIFORNIA")[0]
    with pytest.raises(DataFormatError):
        cdtref.read_localities(written(tmp_path, cut))
