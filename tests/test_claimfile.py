"""
Claim lines from a csv: read as they are written, checked claim by claim, and a clear word on what
cannot be read.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import threading
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from cdtref import ClaimLine, DataFormatError, check_file, read_claim_lines
from cdtref.cli import main
from pinned import DAY, YEAR
from streams import CliRunner

HEAD = (
    "claim,code,date,tooth,surfaces,area,quantity,modifiers,fee,prosthesis,"
    "prior_placement,birth_date,medicare\n"
)
GOOD = HEAD + (
    f'a1,D2391,{DAY},14,O,,,"KX, 59","$1,250.50",,,,yes\n'
    f"a1,D7140,{DAY},14,,,1,,,,,,\n"
    f"a2,D2740,{DAY},3,,,,,,replacement,{YEAR - 11}-01-01,{YEAR - 46}-05-05,no\n"
    f",D0120,{DAY},,,,,,,,,,\n"
    f",D0140,{DAY},,,,,,,,,,\n"
)


@pytest.fixture
def written(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "lines.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_lines_as_they_are_written(written):
    rows = list(read_claim_lines(written(GOOD)))
    assert [row.number for row in rows] == [2, 3, 4, 5, 6]
    assert rows[0].line == ClaimLine(
        "D2391", DAY, "14", "O", modifiers=("KX", "59"), fee=Decimal("1250.50"), medicare=True
    )
    assert [row.claim for row in rows] == ["a1", "a1", "a2", "", ""]


def test_lines_of_one_claim_are_checked_together_and_others_alone(written):
    found = [
        [finding.rule for finding in checked.findings] for checked in check_file(written(GOOD))
    ]
    assert found == [["conflict.exclusive"], [], [], [], []]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code\nD0120\n", "line 1, column date: there is no column 'date'; the columns are 'code'"),
        ("", "line 1: the file is empty"),
        ("\n \n", "line 1: the file is empty"),
        ("\n\ncode,date\nD0120,soon\n", "line 4, column date: 'soon'"),
        (
            "code,date,tooth,teeth\n",
            "line 1, column teeth: the column 'teeth' is there twice, as tooth",
        ),
        ("code,date\nD0120,soon\n", "line 2, column date: 'soon', where a date"),
        (
            f"code,date,quantity\nD0120,{DAY},two\n",
            "line 2, column quantity: 'two', where a whole number",
        ),
        (f"code,date,fee\nD0120,{DAY},NaN\n", "line 2, column fee: 'NaN', where an amount"),
        (
            f"code,date,medicare\nD0120,{DAY},maybe\n",
            "line 2, column medicare: 'maybe', where yes or no",
        ),
        (
            f"code,date,code\nD0120,{DAY},x\n",
            "line 1, column code: the column 'code' is there twice",
        ),
        ("code,date\nD0120\n", "line 2: it has 1 fields, where the header has 2"),
        ("tooth,code,date\n3,D0120\n", "line 2: it has 2 fields, where the header has 3"),
        (f"code,date\nD0120,{DAY},x\n", "line 2: it has 3 fields, where the header has 2"),
        (f'code,date\n"D0120,{DAY}\n', "line 2: it is not csv .a quote is never closed"),
    ],
)
def test_what_cannot_be_read_is_named_by_line_and_column(written, text, said):
    with pytest.raises(DataFormatError, match=said):
        list(read_claim_lines(written(text)))


def test_a_line_that_cannot_be_read_is_a_finding_and_the_others_are_checked(written):
    text = f"claim,code,date,tooth\na,D7140,{DAY},3\na,D2740,soon,3\na,D7210,{DAY},3\n,D0120\n"
    found = [
        (one.number, one.line and one.line.code, [f.rule for f in one.findings])
        for one in check_file(written(text))
    ]
    assert found == [
        (2, "D7140", []),
        (3, None, ["line.unreadable"]),
        (4, "D7210", ["conflict.exclusive"]),
        (5, None, ["line.unreadable"]),
    ]
    done = CliRunner().invoke(main, ["check", str(written(text))])
    assert done.exit_code == 1
    said = r"D2740: 'soon', where a date such as [-\d]{10} or [\d/]+ is expected"
    assert re.fullmatch(
        rf"3\t\terror\tdate\t{said}\tline\.unreadable\ta", done.stdout.splitlines()[0]
    )
    assert done.stderr.lstrip("\n") == "lines checked: 4; errors: 3, warnings: 0\n"


def test_a_practice_systems_own_columns_are_mapped_and_others_passed_over(written):
    text = f"Claim No;Proc;service_date;teeth;Patient\n7;D7140;{DAY};3;x\n;;;;\n7;D7210;{DAY};3;y\n"
    columns = {"code": "Proc", "claim": "Claim No"}
    rows = list(read_claim_lines(written(text), columns))
    assert [(row.number, row.claim, row.line.code, row.line.tooth) for row in rows] == [
        (2, "7", "D7140", "3"),
        (4, "7", "D7210", "3"),
    ]
    asked = ["check", str(written(text)), "--column", "code=Proc", "--column", "claim=Claim No"]
    assert "conflict.exclusive" in CliRunner().invoke(main, asked).stdout
    with pytest.raises(ValueError, match="no field 'cdt'"):
        list(read_claim_lines(written(text), {"cdt": "ProcCode"}))
    with pytest.raises(
        DataFormatError, match="there is no column 'Code'; the columns are 'Claim No', 'Proc'"
    ):
        list(check_file(written(text), {"code": "Code"}))
    both = written(f"code,procedure_code,date\nx,D0120,{DAY}\n")
    assert next(read_claim_lines(both, {"code": "procedure_code"})).line.code == "D0120"


def test_columns_that_are_passed_over_are_told(written):
    text = f"Procedure Code,Date of Service,Tooth #,Surfs,Patient,code2\nD7140,{DAY},3,O,x,\n"
    told = []
    (row,) = read_claim_lines(written(text), note=told.append)
    assert (row.line.code, row.line.tooth) == ("D7140", "3")
    assert told == ["columns passed over: Surfs (did you mean surfaces?), Patient, code2"]
    assert told[0] in CliRunner().invoke(main, ["check", str(written(text))]).stderr


def test_lines_of_a_claim_that_stand_apart_are_told(written):
    text = f"claim,code,date\na,D0150,{DAY}\nb,D0120,{DAY}\na,D0140,{DAY}\n"
    done = CliRunner().invoke(main, ["check", str(written(text))])
    assert "line 4: the claim a comes again" in done.stderr


def test_standard_input():
    text = f"code,date\nD7140,{DAY}\n"
    done = CliRunner().invoke(main, ["check", "-"], input=text)
    assert (done.exit_code, done.stdout.split("\t")[5]) == (1, "tooth.missing")
    assert (
        CliRunner().invoke(main, ["check", "-"], input=b"\xef\xbb\xbf" + text.encode()).exit_code
        == 1
    )
    command = [sys.executable, "-m", "cdtref", "check", "-"]
    done = subprocess.run(
        command,
        input=f"code,date\n\xe9\xc3\xa9,{DAY}\n".encode("latin-1"),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, b"its encoding is unclear" in done.stderr) == (2, True)


def test_a_file_that_cannot_be_read_is_another_exit_than_errors_of_claims(written):
    done = CliRunner().invoke(main, ["check", str(written("code\nD0120\n"))])
    assert (done.exit_code, "no column 'date'" in done.stderr) == (2, True)
    for column in ("code", "cdt=x"):
        assert (
            CliRunner()
            .invoke(main, ["check", str(written("code\n")), "--column", column])
            .exit_code
            == 2
        )


def test_another_encoding_is_told(written):
    text = f"code,date,narrative\nD0120,{DAY},x\nD0120,{DAY},caf\u00e9\n"
    told = []
    rows = list(read_claim_lines(written(text, "cp1252"), note=told.append))
    assert rows[1].line.narrative == "caf\u00e9"
    assert [note.partition(",")[0] for note in told] == ["read as Windows-1252"]


def test_standard_input_stays_open(monkeypatch):
    stdin = io.TextIOWrapper(io.BytesIO(f"code,date\nD7140,{DAY}\n".encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert [row.line.code for row in read_claim_lines("-")] == ["D7140"]
    assert not stdin.closed
    assert stdin.read() == ""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_opened_once(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    text = f"code,date\n\xe9,{DAY}\nD0120,{DAY}\n".encode("latin-1")
    writer = threading.Thread(target=pipe.write_bytes, args=(text,))
    writer.start()
    assert [row.line.code for row in read_claim_lines(pipe)] == ["\xe9", "D0120"]
    writer.join()


@pytest.mark.parametrize("fee", ["12,50", "1_0", "$$5", "1e3", "1.250,00"])
def test_what_is_no_amount_is_a_finding_and_never_another_amount(written, fee):
    text = f"code;date;fee\nD0120;{DAY};{fee}\n"
    with pytest.raises(DataFormatError, match=r"line 2, column fee: .* an amount of dollars"):
        list(read_claim_lines(written(text)))


def test_more_lines_of_a_claim_than_any_has_are_checked_in_parts(written):
    text = "claim,code,date,tooth\n" + f"a,D7140,{DAY},3\n" * 1_200
    found = list(check_file(written(text)))
    assert len(found) == 1_200
    clean = [one.number for one in found if not one.findings]
    assert clean == [2, 502, 1002]  # the first line of each part repeats none


def test_cells_that_a_row_lacks_at_its_end_are_blank(written):
    told = []
    rows = f"code,date,tooth,fee,narrative\nD0120,{DAY}\nD2740,{DAY},14,900\nD0140,{DAY},,,\n"
    lines = [row.line for row in read_claim_lines(written(rows), note=told.append)]
    assert [(line.code, line.tooth, line.fee) for line in lines] == [
        ("D0120", None, None),
        ("D2740", "14", 900),
        ("D0140", None, None),
    ]
    (note,) = [note for note in told if "shorter" in note]
    assert note.startswith("rows shorter than the header: 2, from line 2; the cells that they lack")


@pytest.mark.parametrize(
    ("code", "told"), [("d-0120", "D0120: 'soon'"), ("?", "'soon'"), ("", "'soon'")]
)
def test_a_line_that_cannot_be_read_tells_its_code(written, code, told):
    (checked,) = check_file(written(f"code,date\n{code},soon\n"))
    assert checked.findings[0].rule == "line.unreadable"
    assert checked.findings[0].message.startswith(told)


def test_a_sheet_of_a_workbook_is_read_as_a_csv_is(tmp_path):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.append(["Treatment plan"])
    sheet.append(["Code", "Date", "Tooth", "Fee", "Medicare"])
    sheet.append(["D2740", date.fromisoformat(DAY), 3, 1250.5, True])
    workbook.save(tmp_path / "lines.xlsx")
    (row,) = read_claim_lines(tmp_path / "lines.xlsx")
    assert row.number == 3
    assert row.line == ClaimLine("D2740", DAY, "3", fee=Decimal("1250.5"), medicare=True)


def test_the_command_prints_a_finding_a_line_and_fails_on_errors(written):
    path = str(written(f"claim,code,date,tooth\na1,D7140,{DAY},14\na1,D7210,{DAY},14\n"))
    done = CliRunner().invoke(main, ["check", path])
    assert done.exit_code == 1
    assert done.stdout.split("\t")[:4] == ["3", "D7210", "error", "code"]
    finding = json.loads(CliRunner().invoke(main, ["check", path, "--json"]).stdout)
    assert (finding["rule"], finding["file_line"], finding["claim"]) == (
        "conflict.exclusive",
        3,
        "a1",
    )


def test_warnings_alone_do_not_fail(written):
    done = CliRunner().invoke(main, ["check", str(written(f"code,date\nD0160,{DAY}\n"))])
    assert (done.exit_code, "narrative.missing" in done.output) == (0, True)


def test_a_large_file_is_read_to_its_end(written):
    done = CliRunner().invoke(
        main, ["check", str(written("code,date\n" + f"D0120,{DAY}\n" * 20_001))]
    )
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.lstrip("\n") == "lines checked: 20001, nothing to mend\n"


def test_a_file_without_a_column_for_the_prosthesis_code_is_told_so_once(written):
    crowns = "".join(f"D2740,{DAY},{tooth}\n" for tooth in (3, 14, 19))
    without = [one.findings for one in check_file(written(f"code,date,tooth\n{crowns}"))]
    assert [[finding.rule for finding in found] for found in without] == [
        ["prosthesis.missing"],
        [],
        [],
    ]
    assert without[0][0].message.endswith("the file has no column for it, so this is said once")
    blank = crowns.replace("\n", ",\n")
    with_column = [
        one.findings for one in check_file(written(f"code,date,tooth,prosthesis\n{blank}"))
    ]
    assert [finding.rule for found in with_column for finding in found] == 3 * [
        "prosthesis.missing"
    ]
