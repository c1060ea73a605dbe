"""
One door to claims in any format, told apart by content; tables as practices export them: titles,
dates, amounts, totals.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
import threading
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cdtref
from cdtref import Claim, ClaimLine, DataFormatError, check, check_file, read_claims
from cdtref.claim import PROFILES, Separators
from cdtref.cli import main
from cdtref.fhir import CDT
from cdtref.table import date_in_file, numbers_of_date
from cdtref.table.dates import EPOCH_1900, EPOCH_1904
from cdtref.testing import claims, interchange
from pinned import COMING, DAY, YEAR
from streams import CliRunner
from workbooks import workbook

EXAM = ClaimLine("D0120", DAY, fee=60)
FILLING = ClaimLine("D2391", DAY, "14", "O", fee=120)
BOTH = Claim([EXAM, FILLING], "26-1", DAY, place_of_service="11")
SLASHED = f"3/2/{YEAR}"


@pytest.fixture
def written(tmp_path):
    def write(content, name="claims.dat"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


# Formats


def parquet(columns):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow.parquet import write_table

    content = io.BytesIO()
    write_table(pyarrow.table(columns), content)
    return content.getvalue()


def resource(claim):
    items = []
    for number, line in enumerate(claim.lines, start=1):
        item = {
            "sequence": number,
            "productOrService": {"coding": [{"system": CDT, "code": line.code}]},
            "servicedDate": line.date.isoformat(),
            "unitPrice": {"value": float(line.fee)},
            "net": {"value": float(line.fee)},
        }
        if line.tooth:
            item["bodySite"] = cdtref.fhir.body_site(cdtref.parse_tooth(line.tooth))
            item["subSite"] = cdtref.fhir.sub_sites(line.surfaces)
        items.append(item)
    return {"resourceType": "Claim", "id": claim.id, "item": items}


TITLES = ["claim", "code", "date", "tooth", "surfaces", "fee"]
ROWS = [
    ["26-1", "D0120", DAY, "", "", "60"],
    ["26-1", "D2391", DAY, "14", "O", "120"],
]
CSV = "".join(",".join(row) + "\n" for row in (TITLES, *ROWS))
FORMATS = {
    "837D": interchange([BOTH]),
    "837D behind blanks": "\r\n  " + interchange([BOTH]),
    "837D with a mark of UTF-8": b"\xef\xbb\xbf" + interchange([BOTH]).encode(),
    "FHIR": json.dumps(resource(BOTH), indent=1),
    "FHIR in a Bundle": json.dumps(
        {"resourceType": "Bundle", "entry": [{"resource": resource(BOTH)}]}
    ),
    "NDJSON": json.dumps(resource(BOTH)) + "\n",
    "csv": CSV,
    "csv in UTF-16": CSV.encode("utf-16"),
    "csv with blank rows before": "\n\n" + CSV,
    "tabs": CSV.replace(",", "\t"),
    "xlsx": workbook(TITLES, *ROWS),
    "parquet": lambda: parquet(dict(zip(TITLES, zip(*ROWS, strict=True), strict=True))),
}


def content_of(form):
    content = FORMATS[form]
    return content() if callable(content) else content


def said(claim):
    """A claim as far as every format tells it."""
    return claim.id, [
        (line.code, line.date, line.tooth, line.surfaces, line.fee) for line in claim.lines
    ]


@pytest.mark.parametrize("name", ["claims.csv", "claims.xlsx", "claims.837", "claims"])
@pytest.mark.parametrize("form", FORMATS)
def test_a_format_is_told_by_the_content_and_not_by_the_name(written, form, name):
    (claim,) = read_claims(written(content_of(form), name))
    assert said(claim) == said(BOTH)


@pytest.mark.parametrize("form", FORMATS)
def test_standard_input_is_read_as_a_file_is(monkeypatch, form):
    content = content_of(form)
    stdin = io.BytesIO(content.encode() if isinstance(content, str) else content)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stdin))
    (claim,) = read_claims("-")
    assert said(claim) == said(BOTH)


@pytest.mark.parametrize("form", FORMATS)
def test_each_line_of_a_file_is_checked_whatever_the_format(written, form):
    checked = list(check_file(written(content_of(form))))
    assert [(one.claim, one.line.code, one.findings) for one in checked] == [
        ("26-1", "D0120", ()),
        ("26-1", "D2391", ()),
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"%PDF-1.7\n", "it is a PDF, whose tables cannot be read; export it as csv or xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an xls of old Excel; save it as xlsx or csv"),
        (b"\x1f\x8b\x08\x00", "it is packed by gzip; unpack it first"),
        (b"<html><table>", "it is XML or HTML; export it as csv, xlsx or 837D"),
        (b"PAR1 and no more", "it is no parquet file that can be read"),
        (b"PK\x03\x04 and no more", "begins like an xlsx and cannot be opened as one"),
        (b"ISA*00*", "its ISA has less than 16 elements"),
        (b"ST*837*0001~", "begins with no ISA segment"),
        (b'{"claims": []}', "no resourceType"),
        (b"[1, 2]", "resource"),
        (b"{", "no JSON"),
        (b"", "the file is empty"),
        (b"\0" * 100, "it is not text"),
        (b"only,words\n", "there is no column 'code'"),
    ],
)
def test_what_is_none_of_the_formats_is_told_what_it_is(written, content, told):
    path = written(content)
    with pytest.raises(DataFormatError, match=told) as caught:
        list(read_claims(path))
    assert len(str(caught.value)) < 600
    done = CliRunner().invoke(main, ["check", str(path)])
    assert done.exit_code == 2


@pytest.mark.parametrize("element", ["*", "|", ",", ";", "\x1d", "+"])
def test_an_837d_is_told_by_any_delimiter(written, element):
    path = written(interchange([BOTH], Separators(element, ">", "^", "\n")))
    assert list(read_claims(path)) == [BOTH]


def test_a_line_of_an_837d_stands_at_its_segment(written):
    wrong = ClaimLine("D2391", DAY, "14", fee=120)
    text = interchange([Claim([EXAM, wrong], "26-1", DAY, place_of_service="11"), BOTH])
    segments = text.splitlines()
    places = [place for place, one in enumerate(segments, 1) if one.startswith("LX*")]
    found = list(check_file(written(text)))
    assert [one.number for one in found] == places
    assert [one.line.code for one in found if one.findings] == ["D2391"]
    without = written(text.replace("SV3*AD:D0120*60", "SV3*AD:*60", 1))
    broken, *others = check_file(without)
    assert (broken.line, broken.findings[0].rule) == (None, "line.unreadable")
    assert [one.number for one in others] == places[1:]


@pytest.mark.parametrize("title", ["ISA", "ST", "GS", "isa"])
def test_a_title_of_a_column_is_no_segment(written, title):
    (claim,) = read_claims(written(f"{title},code,date\nx,D0120,{DAY}\n"))
    assert claim.lines[0].code == "D0120"


def test_rows_of_a_claim_are_one_and_others_each_their_own(written):
    rows = f"claim,code,date\na,D0120,{DAY}\na,D1110,{DAY}\nb,D0120,{DAY}\n,D0120,{DAY}\n,D1110,{DAY}\n"
    found = list(read_claims(written(rows)))
    assert [(claim.id, len(claim.lines)) for claim in found] == [
        ("a", 2),
        ("b", 1),
        (None, 1),
        (None, 1),
    ]
    assert [claim.place.segment for claim in found] == [2, 4, 5, 6]
    many = "claim,code,date\n" + f"a,D0120,{DAY}\n" * 1_200
    assert [len(claim.lines) for claim in read_claims(written(many))] == [500, 500, 200]


def test_a_cell_that_cannot_be_read_is_a_finding_of_its_claim(written):
    rows = f"claim,code,date,fee\na,D0120,{DAY},60\na,D1110,soon,90\na,D0274,{DAY},12,x\n"
    (claim,) = read_claims(written(rows))
    assert [line.code for line in claim.lines] == ["D0120"]
    assert [(one.rule, one.field, one.place.segment) for one in claim.findings] == [
        ("line.unreadable", "date", 3),
        ("line.unreadable", "", 4),
    ]


def test_a_catalog_of_ones_own_is_what_a_file_is_checked_by(written, tmp_path):
    wording = tmp_path / "mine.csv"
    wording.write_text(f"Code,Nomenclature,Effective\n{COMING},a coming service,{YEAR}-01-01\n")
    path = written(f"code,date\n{COMING},{DAY}\n")
    assert [f.rule for one in check_file(path) for f in one.findings] == ["code.unknown"]
    mine = cdtref.catalog().with_nomenclature(wording)
    assert [f.rule for one in check_file(path, catalog=mine) for f in one.findings] == []
    assert CliRunner().invoke(main, ["check", str(path)]).exit_code == 1
    done = CliRunner().invoke(main, ["check", str(path), "--catalog", str(wording)])
    assert (done.exit_code, done.stdout) == (0, "")
    done = CliRunner().invoke(main, ["check", str(path), "--catalog", str(path)])
    assert (done.exit_code, "--catalog" in done.stderr) == (2, True)


def test_without_pyarrow_a_parquet_names_what_is_missing(written, monkeypatch):
    path = written(content_of("parquet"))
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(DataFormatError, match=r'pip install "cdtref\[parquet\]"'):
        list(read_claims(path))


def test_values_of_a_parquet_are_text_as_a_csv_has_it(written):
    columns = {
        "code": ["D2391", "D0120", None],
        "date": [date.fromisoformat(DAY)] * 2 + [None],
        "tooth": [14.0, float("nan"), None],
        "fee": [Decimal("120.50"), None, None],
        "modifiers": [["KX", "59"], None, None],
        "medicare": [True, False, None],
    }
    first, second = read_claims(written(parquet(columns)))
    assert first.lines == (
        ClaimLine("D2391", DAY, "14", fee=Decimal("120.50"), modifiers=("KX", "59"), medicare=True),
    )
    assert second.lines == (ClaimLine("D0120", DAY),)


# Open Dental's own way with places

OPEN_DENTAL = "ProcDate,ProcCode,ToothNum,ToothRange,Surf\n"
PLACES = {
    "a quadrant": (",,UR", (None, None, "UR")),
    "a quadrant and its teeth": (',"2,3",UR', ("2,3", None, "UR")),
    "the upper arch": (",,U", (None, None, "01")),
    "the upper arch and its teeth": (',"2,3",U', ("2,3", None, "01")),
    "the lower arch": (",,L", (None, None, "02")),
    "the lingual surface": ("14,,L", ("14", "L", None)),
    "the first sextant": (",,1", (None, None, "03")),
    "the last sextant": (",,6", (None, None, "08")),
    "no sextant": (",,7", (None, "7", None)),
    "class V": ("14,,5", ("14", "5", None)),
    "a range of teeth": (",2-8,", ("2-8", None, None)),
}


@pytest.mark.parametrize(("cells", "place"), PLACES.values(), ids=PLACES)
def test_arches_and_sextants_are_read_as_open_dental_has_them(written, cells, place):
    path = written(f"{OPEN_DENTAL}{DAY},D2999,{cells}\n")
    (claim,) = read_claims(path, profile="open-dental")
    (line,) = claim.lines
    assert (line.tooth, line.surfaces, line.area) == place


@pytest.mark.parametrize(("sign", "area"), {"U": "01", "L": "02", "1": "03", "5": "07"}.items())
def test_what_may_be_of_open_dental_is_told_in_both_readings(written, sign, area):
    path = written(f"{OPEN_DENTAL}{DAY},D4341,,,{sign}\n")
    (checked,) = check_file(path)
    assert (checked.line.surfaces, checked.line.area) == (sign, None)
    told = " ".join(finding.message for finding in checked.findings)
    assert f"from Open Dental it is area {area}, the " in told
    assert "surface" in told
    (checked,) = check_file(written(f"{OPEN_DENTAL}{DAY},D2391,14,,{sign}\n"))
    assert "Open Dental" not in " ".join(finding.message for finding in checked.findings)


def test_the_whole_mouth_is_no_place_too_many():
    """Open Dental sends it (SV304) for all services of the mouth."""
    assert check(ClaimLine("D0120", DAY, area="00")) == ()
    (finding,) = check(ClaimLine("D0120", DAY, area="10"))
    assert finding.rule == "area.unwanted"


# Titles

EXPORTS = {
    "open-dental": (
        (
            "PatNum,ProcDate,ProcCode,ToothNum,ToothRange,Surf,ProcFee,UnitQty,Prosthesis,"
            "DateOriginalProsth,ClaimNum"
        ),
        [
            f"12,{DAY},D2391,14,,O,150.00,1,,0001-01-01,7",
            f"12,{DAY},D5213,,2-5,,1300.00,1,I,0001-01-01,7",
            f"12,{DAY},D4341,,,UR,240.00,1,,0001-01-01,7",
            f"12,{DAY},D5110,,,U,1800.00,1,R,{YEAR - 9}-01-02,7",
        ],
        [
            ClaimLine("D2391", DAY, "14", "O", fee="150.00"),
            ClaimLine("D5213", DAY, "2-5", fee="1300.00", prosthesis="I"),
            ClaimLine("D4341", DAY, area="UR", fee="240.00"),
            ClaimLine(
                "D5110",
                DAY,
                area="01",
                fee="1800.00",
                prosthesis="R",
                prior_placement=f"{YEAR - 9}-01-02",
            ),
        ],
    ),
    "dentrix": (
        "Name,Proc Date,ADA Code,Description,Tooth,Surface,Amount,Claim ID",
        [f'"Doe, J",{SLASHED},D2391,a filling,14,O,"$1,150.00",7'],
        [ClaimLine("D2391", DAY, "14", "O", fee="1150.00")],
    ),
    "eaglesoft": (
        "patient_id,tran_date,service_code,tooth,surface,fee,amount,claim_id",
        [f"12,{DAY} 00:00:00.000,D2391,14,O,150.00,120.00,7"],
        [ClaimLine("D2391", DAY, "14", "O", fee="150.00")],
    ),
    "warehouse": (
        (
            "claim_id,member_id,cdt_code,service_date,tooth_number,tooth_surface,quadrant,units,"
            "modifier_1,modifier_2,charge_amount"
        ),
        [
            f"7,12,D2391,{DAY.replace('-', '')},14,O,,1,KX,,150.00",
            f"7,12,D4341,{DAY.replace('-', '')},,,10,1,KX,59,240",
        ],
        [
            ClaimLine("D2391", DAY, "14", "O", modifiers=("KX",), fee="150.00"),
            ClaimLine("D4341", DAY, area="10", modifiers=("KX", "59"), fee=240),
        ],
    ),
}


@pytest.mark.parametrize("name", PROFILES)
def test_an_export_of_each_system_is_read_by_its_profile(written, name):
    header, rows, lines = EXPORTS[name]
    (claim,) = read_claims(written("\n".join([header, *rows])), profile=name)
    assert (claim.id, list(claim.lines), claim.findings) == ("7", lines, ())


@pytest.mark.parametrize("name", ["dentrix", "warehouse"])
def test_most_titles_are_known_without_a_profile(written, name):
    header, rows, lines = EXPORTS[name]
    (claim,) = read_claims(written("\n".join([header, *rows])))
    assert list(claim.lines) == lines


def test_every_title_of_a_profile_is_read_as_its_field(written):
    """The table is what is read: no title of it is passed over, and none is two fields."""
    for profile in PROFILES.values():
        for field, alternatives in profile.titles.items():
            for alternative in alternatives:
                title = alternative.split(" + ")[0]
                needed = {"code": "D0120", "date": DAY}
                header = [title, *(name for name in needed if name != field)]
                cells = [needed.get(field, "1"), *(v for n, v in needed.items() if n != field)]
                path = written(",".join(header) + "\n" + ",".join(cells))
                told = []
                try:
                    list(check_file(path, profile=profile.name, note=told.append, history=True))
                except DataFormatError as error:
                    raise AssertionError((profile.name, title)) from error
                assert not [note for note in told if "passed over" in note]


@pytest.mark.parametrize(
    ("header", "counts"),
    [
        ("code,date,Amount,fee", "fee"),
        ("code,date,Fee,Billed Amount", "Fee"),
        ("code,date,Member ID,Patient ID", "Patient ID"),
        ("code,date,Claim Number,claim", "claim"),
    ],
)
def test_of_two_columns_that_judge_nothing_the_first_known_counts(written, header, counts):
    told = []
    path = written(f"{header}\nD0120,{DAY},1,2\n")
    list(check_file(path, note=told.append, history="Patient" in header))
    note = next(note for note in told if "passed over" in note)
    assert counts not in note.split(": ")[1].split(", ")


OWN_TITLES = ["CDT,Svc Date", "ADA,Visit Date", "Treatment Code,Date Completed"]


@pytest.mark.parametrize("header", OWN_TITLES)
def test_what_people_call_their_columns_is_known(written, header):
    (claim,) = read_claims(written(f"{header}\nD0120,{DAY}\n"))
    assert claim.lines == (ClaimLine("D0120", DAY),)


@pytest.mark.parametrize("header", OWN_TITLES)
def test_it_counts_only_where_nothing_else_is_the_field(written, header):
    told = []
    path = written(f"{header},ADA Code,DOS\nx,x,D0120,{DAY}\n")
    (claim,) = read_claims(path, note=told.append)
    assert claim.lines == (ClaimLine("D0120", DAY),)
    assert told == [f"columns passed over: {header.replace(',', ', ')}"]


@pytest.mark.parametrize("header", ["code,date,ADA Code", "code,date,tooth,Tooth Number"])
def test_two_columns_of_what_was_done_are_refused_and_the_message_tells_how_to_map(written, header):
    path = written(f"{header}\n" + ",".join(["D0120", DAY, *"11"][: header.count(",") + 1]))
    with pytest.raises(DataFormatError, match=r"is there twice, as .*; name the one that counts"):
        list(read_claims(path))
    field = "code" if "ADA" in header else "tooth"
    list(read_claims(path, {field: header.split(",")[-1]}))


def test_a_column_that_is_not_found_tells_how_to_map(written):
    with pytest.raises(DataFormatError, match="no column 'code'") as caught:
        list(read_claims(written(f"Procedimiento,Fecha\nD0120,{DAY}\n")))
    message = str(caught.value)
    for told in ("'Procedimiento', 'Fecha'", "columns={'code': ...}", "--column", "--profile"):
        assert told in message
    with pytest.raises(DataFormatError, match="in the first 30 lines"):
        list(read_claims(written("a title\n" * 31 + CSV)))
    with pytest.raises(DataFormatError, match="--dates none"):
        list(read_claims(written("code,tooth\nD0120,3\n")))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"profile": "paper"}, "no profile 'paper'; the profiles are open-dental"),
        ({"dates": "ymd"}, "dates are the month first"),
        ({"columns": {"cdt": "x"}}, "no field 'cdt'"),
    ],
)
def test_what_is_asked_wrongly_is_refused_by_name(written, asked, told):
    with pytest.raises(ValueError, match=told):
        list(read_claims(written(CSV), **asked))


# Rows that are no lines


def test_titles_totals_and_repeated_headers_are_passed_over_and_told(written):
    book = workbook(
        ["Treatment plan of Example Dental"],
        [f"Printed {SLASHED}"],
        [],
        ["Code", "Date", "Tooth", "Surf", "Fee"],
        ["D2391", date.fromisoformat(DAY), 14, "O", 150.5],
        ["Code", "Date", "Tooth", "Surf", "Fee"],
        ["D0120", date.fromisoformat(DAY), None, None, 60],
        [None, None, None, "Total:", 210.5],
        ["Grand total", None, None, None, 210.5],
    )
    told = []
    found = list(check_file(written(book), note=told.append))
    assert [(one.number, one.line.code, one.findings) for one in found] == [
        (5, "D2391", ()),
        (7, "D0120", ()),
    ]
    assert told[0] == "rows above the header passed over: 2; the header is line 4"
    assert told[1].startswith("rows that are no lines passed over: 3, from line 6")


def test_payments_in_a_ledger_are_no_services(written):
    rows = f"Date,Code,Amount\n{SLASHED},D0120,60.00\n{SLASHED},Pay,-60.00\n{SLASHED},Ins,(5)\n"
    told = []
    checked = list(check_file(written(rows), profile="dentrix", note=told.append))
    assert [(one.number, one.findings) for one in checked] == [(2, ())]
    assert told[-1].startswith("rows that are no lines passed over: 2, from line 3")
    assert len([f for one in check_file(written(rows)) for f in one.findings]) > 2


def test_a_line_that_is_wrong_is_no_total(written):
    rows = f"code,date\nTotal,{DAY}\ncrown,\nD0120,\n"
    found = [
        (one.line and one.line.code, [f.rule for f in one.findings])
        for one in check_file(written(rows))
    ]
    assert found == [
        ("Total", ["code.malformed"]),
        (None, ["line.unreadable"]),
        (None, ["line.unreadable"]),
    ]


def test_blank_cells_beyond_the_header_are_no_fault(written):
    (claim,) = read_claims(written(f"code,date\nD0120,{DAY},, \n"))
    assert claim.lines == (ClaimLine("D0120", DAY),)


def test_an_area_in_the_column_of_another_place_is_the_area(written):
    rows = f"code,date,tooth,Surf\nD4341,{DAY},,ur\nD4341,{DAY},LL,\nD4341,{DAY},3,UR\n"
    told = []
    found = [claim.lines[0] for claim in read_claims(written(rows), note=told.append)]
    assert [(line.tooth, line.surfaces, line.area) for line in found] == [
        (None, None, "UR"),
        (None, None, "LL"),
        ("3", "UR", None),
    ]
    assert len(told) == 1


def test_a_plan_of_treatment_has_no_dates(written):
    rows = "Code,Tooth,Surf,Fee\nD2391,14,O,150\nD1351,3,,45\n"
    found = list(read_claims(written(rows), dates="none"))
    assert [(claim.predetermination, claim.lines[0].date) for claim in found] == [(True, None)] * 2
    checked = list(check_file(written(rows), dates="none"))
    assert [one.findings for one in checked] == [(), ()]


# Dates

COMPACT = DAY.replace("-", "")
ALIKE = (
    DAY,
    f"{YEAR}-3-2",
    f"{YEAR}/03/02",
    COMPACT,
    f"{DAY}T09:30",
    f"{DAY} 00:00:00.000",
    f"2-Mar-{YEAR}",
    f"02 March {YEAR}",
    f"Mar 2, {YEAR}",
    f"mar. 2 {YEAR}",
)
MONTH_FIRST = (
    SLASHED,
    f"03/02/{YEAR}",
    f"3-2-{YEAR}",
    f"{SLASHED} 12:00 AM",
    f"{SLASHED} 9:30:15",
)
NONE = (
    "3/2/26",
    "46083",
    f"{YEAR}",
    f"3.2.{YEAR}",
    "March 2",
    "2-Mar-26",
    f"2-Mars-{YEAR}",
    f"31-Feb-{YEAR}",
    "3/2",
    f"99/99/{YEAR}",
    f"{YEAR}1302",
    "",
)


@pytest.mark.parametrize("text", [*ALIKE, *MONTH_FIRST])
def test_dates_of_practices(written, text):
    (claim,) = read_claims(written(f"code;date\nD0120;{text}\n"))
    assert claim.lines[0].date == date.fromisoformat(DAY)


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_date_is_a_finding_and_never_another_day(written, text):
    (checked,) = check_file(written(f"code;date\nD0120;{text}\n"))
    assert [finding.rule for finding in checked.findings] == ["line.unreadable"]
    with pytest.raises(ValueError, match="is no date such as"):
        date_in_file(text)


@pytest.mark.parametrize(
    ("text", "advice"),
    [("3/2/26", "its year has two digits"), ("46083", "as Excel counts them")],
)
def test_a_date_that_is_refused_is_told_why(written, text, advice):
    (checked,) = check_file(written(f"code;date\nD0120;{text}\n"))
    assert advice in checked.findings[0].message


def test_the_order_is_told_once_a_file(written):
    told = []
    rows = "code,date,birth_date\n" + f"D0120,{SLASHED},3/4/{YEAR - 60}\n" * 50
    assert len(list(read_claims(written(rows), note=told.append))) == 50
    (note,) = told
    assert re.fullmatch(r"dates such as [\d/]+ are read with the month first; .*--dates.*", note)
    told.clear()
    list(read_claims(written(rows), dates="mdy", note=told.append))
    list(read_claims(written(rows.replace("/", "-")), dates="mdy", note=told.append))
    list(read_claims(written(f"code,date\nD0120,{DAY}\n"), note=told.append))
    assert told == []


DAY_FIRST = f"25/3/{YEAR}"


@pytest.mark.parametrize("place", [0, 1, 4_999])
@pytest.mark.parametrize("column", ["date", "birth_date"])
def test_a_date_with_the_day_first_anywhere_refuses_the_file_before_any_claim(
    written, place, column
):
    """No date of such a file is sure, so none is read before the order is told."""
    lines = [[f"4/3/{YEAR}", f"4/3/{YEAR - 40}"] for _ in range(5_000)]
    lines[place][column == "birth_date"] = f"25/3/{YEAR - 40 * (column == 'birth_date')}"
    rows = "code,date,birth_date\n" + "".join(f"D0120,{one},{two}\n" for one, two in lines)
    path = written(rows)
    with pytest.raises(DataFormatError, match=r"has the day first.*--dates dmy") as caught:
        next(iter(read_claims(path)))
    assert caught.value.line == place + 2
    last = list(read_claims(path, dates="dmy"))[-1].lines[0]
    assert {last.date.month, last.birth_date.month} == {3}
    done = CliRunner().invoke(main, ["check", str(path)])
    assert (done.exit_code, "--dates dmy" in done.stderr) == (2, True)
    assert CliRunner().invoke(main, ["check", str(path), "--dates", "dmy"]).exit_code == 0


def test_in_a_workbook_too(written):
    book = workbook(["code", "date"], ["D0120", f"4/3/{YEAR}"], ["D0120", DAY_FIRST])
    with pytest.raises(DataFormatError, match=r"line 3: .* has the day first"):
        next(iter(read_claims(written(book))))


def test_a_file_that_breaks_off_gives_what_stands_before(written):
    """It is looked over first, and the fault is told where it is met."""
    rows = "code,date\n" + f"D0120,{SLASHED}\n" * 3 + f'D0120,"{SLASHED}\n'
    checked = check_file(written(rows))
    assert [next(checked).number, next(checked).number] == [2, 3]
    with pytest.raises(DataFormatError, match="a quote is never closed"):
        next(checked)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_at_the_line_where_the_day_comes_first(tmp_path):
    """A pipe gives its lines once, so it cannot be looked over before."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    usual = f"D0120,4/3/{YEAR}\n"
    rows = f"code,date\n{usual}{usual}D0120,{DAY_FIRST}\n{usual}"
    writer = threading.Thread(target=pipe.write_text, args=(rows,))
    writer.start()
    found = read_claims(pipe)
    assert next(found).lines[0].date == date(YEAR, 4, 3)
    with pytest.raises(DataFormatError, match=r"line 4: .* has the day first"):
        next(found)
    writer.join()


def test_where_the_order_is_told_another_one_is_a_finding(written):
    rows = f"code,date\nD0120,{DAY_FIRST}\nD0120,3/25/{YEAR}\n"
    for order, unreadable in (("dmy", [3]), ("mdy", [2])):
        found = list(check_file(written(rows), dates=order))
        assert [one.number for one in found if one.line is None] == unreadable


@given(st.dates(date(1800, 1, 1), date(2199, 12, 31)))
def test_a_day_is_read_back_from_every_form(day):
    """Y-M-D with and without zeros, YMD, M/D/Y and D/M/Y are one day to who knows the order."""
    forms = [day.isoformat(), f"{day.year}-{day.month}-{day.day}", f"{day:%Y%m%d}"]
    for text in forms:
        assert date_in_file(text) == date_in_file(text, "dmy") == day
    month_first = f"{day.month}/{day.day}/{day.year}"
    day_first = f"{day.day}/{day.month}/{day.year}"
    assert date_in_file(month_first) == date_in_file(day_first, "dmy") == day
    assert numbers_of_date(month_first).order == ("mdy" if day.day > 12 else None)
    assert numbers_of_date(day_first).order == ("dmy" if day.day > 12 else None)


@pytest.mark.parametrize("is_mac", [False, True])
def test_the_bare_number_of_a_day_is_read_in_a_workbook_alone(written, is_mac):
    book = openpyxl.Workbook()
    if is_mac:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    epoch = EPOCH_1904 if is_mac else EPOCH_1900
    number = (date.fromisoformat(DAY) - epoch).days
    for row in (["code", "date"], ["D0120", number], ["D0120", number + 0.5], ["D0120", YEAR]):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    found = [one.line and one.line.date for one in check_file(written(content.getvalue()))]
    assert found == [date.fromisoformat(DAY)] * 2 + [None]
    assert [one.line for one in check_file(written(f"code,date\nD0120,{number}\n"))] == [None]


@pytest.mark.parametrize(
    ("cell", "fee"), [("$1,250.00", "1250.00"), ("(50.00)", "-50.00"), ("($50)", "-50")]
)
def test_money_of_practices(written, cell, fee):
    (claim,) = read_claims(written(f"code;date;fee\nD0120;{DAY};{cell}\n"))
    assert claim.lines[0].fee == Decimal(fee)


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("diagnosis_pointers", "1,2", (1, 2)),
        ("diagnosis_pointers", "AB", (1, 2)),
        ("appliance_placed", SLASHED, date.fromisoformat(DAY)),
        ("place_of_service", "11", "11"),
        ("prior_placement", "0001-01-01", None),
        ("birth_date", "0000-00-00", None),
    ],
)
def test_every_field_has_a_reader(written, field, cell, value):
    (claim,) = read_claims(written(f"code;date;{field}\nD0120;{DAY};{cell}\n"))
    assert getattr(claim.lines[0], field) == value


# Any claim in any profile


def table_of(claim, profile):
    """The lines of a claim as a system of this profile would export them."""
    columns = {}
    for field in ClaimLine.__attrs_attrs__:
        titles = profile.titles.get(field.name, (field.name,))[0].split(" + ")
        cells = [cells_of(field.name, getattr(line, field.name), titles) for line in claim.lines]
        columns.update(zip(titles, zip(*cells, strict=True), strict=True))
    columns[profile.titles["claim"][0]] = [claim.id] * len(claim.lines)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue()


def cells_of(field, value, titles):
    if isinstance(value, date):
        value = f"{value.month}/{value.day}/{value.year}"
    if field == "fee" and value is not None:
        value = f"${value:,.2f}"
    if isinstance(value, tuple) and len(titles) > 1 and len(value) <= len(titles):
        return [*value, *[""] * (len(titles) - len(value))]
    if isinstance(value, tuple):
        value = " ".join(map(str, value))
    return ["" if value is None else value, *[""] * (len(titles) - 1)]


def is_dated(claim):
    """A row of a table has a day, which a plan has not."""
    return all(line.date for line in claim.lines)


@given(claims().filter(is_dated), st.sampled_from(list(PROFILES)))
def test_any_claim_written_in_any_profile_is_read_as_the_same(tmp_path_factory, claim, name):
    """A profile says where each field stands, so what is written by it is what is read."""
    path = tmp_path_factory.mktemp("export") / "export.csv"
    path.write_text(table_of(claim, PROFILES[name]), encoding="utf-8")
    (found,) = read_claims(path, profile=name)
    assert (found.id, found.lines, found.findings) == (claim.id, claim.lines, ())
