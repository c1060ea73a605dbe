"""The command line prints what the library answers."""

from __future__ import annotations

import contextlib
import functools
import itertools
import json
import os
import shlex
import subprocess
import sys
import threading
from pathlib import Path
from typing import NamedTuple

import pytest

import cdtref
import pinned
from cdtref.cli import main
from cdtref.safetext import spreadsheet_cell
from cdtref.testing import interchange
from streams import CliRunner
from terminal import on_a_terminal

LAST, ENDED = pinned.LAST_DAY["D1352"], pinned.TERMINATED["D1352"]


class Done(NamedTuple):
    """What a command printed, and where."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def output(self):
        return self.stdout + self.stderr


def run(*arguments):
    done = CliRunner().invoke(main, arguments)
    return Done(done.exit_code, done.stdout, done.stderr)


def test_show_prints_the_page():
    done = run("show", "d-0389")
    assert done.exit_code == 0
    dates, values = f"from {pinned.STARTED['D0389']}", f"status R in {pinned.RELEASE}"
    for part in ("D0389", cdtref.get("D0389").title, "In plain language", values, dates):
        assert part in done.output


def test_show_json():
    assert json.loads(run("show", "D0389", "--json").output) == cdtref.get("D0389").to_dict()


@pytest.mark.parametrize("code", sorted(cdtref.catalog())[::37])
def test_show_of_any_code(code):
    assert run("show", code).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "0389"), "did you mean D0389?"),
        (("show", pinned.MISPRINT), "D0417"),
        (("show", "D1352", "--on", ENDED), f"until {LAST}"),
        (("show", "D1352", "--on", "tomorrow"), "not an ISO date"),
        (("rvu", "B4034"), "no row for B4034"),
        (("list", "--category", "surgery"), "the categories are"),
    ],
)
def test_errors_are_said_without_a_traceback(arguments, said):
    done = run(*arguments)
    assert done.exit_code == 1
    assert said in done.output
    assert "Traceback" not in done.output


def test_validate_gives_the_reason_for_each_and_fails_where_any_is_bad():
    done = run("validate", "d-0389", "0071T", "DO389")
    assert done.exit_code == 1
    assert done.output.splitlines() == [
        "d-0389\tyes\tD0389\tCDT\tyes\tyes\t",
        "0071T\tyes\t0071T\tCPT Category III\t\t\t",
        "DO389\tno\t\t\t\t\t'DO389' has the letter O at position 2 for a zero; did you mean D0389?",
    ]
    assert run("validate", "D0389").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "known", "in_force", "code"),
    [
        (("D0389",), True, True, 0),
        ((pinned.MISPRINT,), False, None, 1),
        (("D1352",), True, False, 0),
        (("D1352", "--on", ENDED), True, False, 1),
        (("D1352", "--on", LAST), True, True, 0),
        (("99213", "--on", LAST), None, None, 0),
        (("junk",), None, None, 1),
    ],
)
def test_validate_keeps_form_fact_and_date_apart(arguments, known, in_force, code):
    done = run("validate", "--json", *arguments)
    (verdict,) = json.loads(done.stdout)
    assert (verdict["known"], verdict["in_force"], done.exit_code) == (known, in_force, code)


def test_a_date_that_is_none_is_told_for_any_code():
    assert run("validate", "99213", "--on", "soon").exit_code == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_told_and_a_reader_that_has_enough_is_not():
    command = [sys.executable, "-m", "cdtref", "list"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "Error: cannot write: No space left on device\n")
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as piped:
        piped.stdout.readline()
        piped.stdout.close()
        assert piped.stderr.read() == ""


def test_list_in_a_pipe_is_a_line_a_code():
    lines = run("list", "--category", "sleep-apnea").output.splitlines()
    assert [line.split("\t")[0] for line in lines] == [
        p.code for p in cdtref.procedures(category="sleep-apnea")
    ]
    for day, count in pinned.IN_FORCE_ON.items():
        assert len(run("list", "--on", day).output.splitlines()) == count
    assert len(json.loads(run("list", "--json").output)) == pinned.IN_FORCE


def test_no_result_is_said_where_a_program_does_not_read():
    assert "near it are" in run("search", pinned.MISPRINT).stderr
    done = run("search", "oil change")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "no code found" in done.stderr


def test_rvu():
    *_, total, _ = pinned.VALUES["99213", ""]
    assert f"total nonfacility\t{total}" in run("rvu", "99213").output
    work, *_ = pinned.VALUES["86153", "26"]
    assert json.loads(run("rvu", "86153", "26", "--json").output)["work"] == work
    assert json.loads(run("rvu", "D0389", "--json").output)["is_billable_with_rvu"] is False


VALUE, SINCE, _ = pinned.DENTAL_VALUES["D0389", pinned.DENTAL_VALUE_BEGINS["D0389"][1]]


@pytest.mark.dental_values
def test_rvu_tells_the_dental_value_first_and_medicares_second_each_under_its_name():
    rows = [line.split("\t") for line in run("rvu", "D0389").stdout.splitlines()]
    dental, medicare = "Dental (Indian Health Service)", "Medicare (CMS)"
    scales = [scale for scale, _, _ in rows]
    assert scales == sorted(scales)
    assert set(scales) == {dental, medicare}
    for row in (
        [dental, "value", VALUE],
        [dental, "since", SINCE],
        [dental, "level of care", "5"],
        [medicare, "status", "R"],
        [medicare, "work", "0.00"],
    ):
        assert row in rows
    told = json.loads(run("rvu", "D0389", "--json").stdout)
    assert told["dental_rvu"] == cdtref.dental_rvu("D0389").to_dict()
    assert (told["work"], told["release"]) == ("0.00", pinned.RELEASE)
    assert {scale for scale, *_ in rvu_rows("99213")} == {medicare}
    assert run("rvu", "D0389", "--header").stdout.startswith("scale\tfield\tvalue\n")


def rvu_rows(*arguments):
    return [line.split("\t") for line in run("rvu", *arguments).stdout.splitlines()]


@pytest.mark.dental_values
def test_the_dental_value_of_a_day():
    day = pinned.OLDER_CROWN_DAY
    value = pinned.DENTAL_VALUES["D2740", day][0]
    assert ["Dental (Indian Health Service)", "value", value] in rvu_rows("D2740", "--on", day)
    eve = pinned.DENTAL_VALUE_BEGINS["D0389"][0]
    assert "IHS set the first on" in run("rvu", "D0389", "--on", eve).stdout
    assert run("rvu", "D0389", "--on", "soon").exit_code == 1


def test_a_misprint_is_told_by_both_scales():
    said = run("rvu", pinned.MISPRINT).stderr
    assert "no such code is known; near it are" in said
    assert f"{pinned.RELEASE} has no row for {pinned.MISPRINT}" in said


@pytest.mark.dental_values
def test_no_dental_value_and_a_dental_value_of_zero_are_told_apart():
    none, zero = (
        next(p.code for p in cdtref.procedures() if find(cdtref.dental_rvu(p.code, default=None)))
        for find in (lambda value: value is None, lambda value: value and not value.value)
    )
    assert ["Dental (Indian Health Service)", "value", "0.00"] in rvu_rows(zero)
    (told,) = (row for row in rvu_rows(none) if row[0].startswith("Dental"))
    assert "has no value on the dental scale" in told[2]
    assert json.loads(run("rvu", none, "--json").stdout)["dental_rvu"] is None


@pytest.mark.dental_values
def test_a_code_without_a_row_still_has_its_dental_value():
    *_, medicare = rvu_rows("D9940")
    assert "has no row for D9940" in medicare[2]
    told = json.loads(run("rvu", "D9940", "--json").stdout)
    assert told["dental_rvu"]["code"] == told["code"] == "D9940"
    assert told["is_billable_with_rvu"] is False
    assert run("rvu", "D9940", "26").exit_code == 1
    assert run("rvu", pinned.COMING).exit_code == 1


def test_rvu_with_a_locality_or_a_facility_tells_the_payment():
    paid = pinned.PAYMENTS["99213", "", "non-facility", "CA-18", pinned.FACTOR]
    assert ["Medicare (CMS)", "payment", paid] in rvu_rows("99213", "--locality", "ca-18")
    paid = pinned.PAYMENTS["99213", "", "facility", "", pinned.FACTOR]
    told = json.loads(run("rvu", "99213", "--facility", "--json").stdout)
    assert told["payment"]["amount"] == paid
    refused = run("rvu", "D0389", "--facility")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "no payment can be computed" in refused.stderr


@pytest.mark.parametrize("between", pinned.CHANGES)
def test_changes_tells_each_code_with_its_title(between):
    added, ended, revised, is_complete = pinned.CHANGES[between]
    done = run("changes", *between)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert sum(kind == "added" for kind, _, _ in rows) == added
    assert [code for kind, code, _ in rows if kind == "terminated"] == list(ended)
    assert set(revised) <= {code for kind, code, _ in rows if kind == "revised"}
    assert all(title == cdtref.get(code).title for _, code, title in rows)
    assert ("not every code that was revised" in done.stderr) == (not is_complete)
    told = json.loads(run("changes", *between, "--json").stdout)
    assert told["terminated"] == list(ended)
    assert [row["title"] for row in told["rows"]] == [title for _, _, title in rows]


def test_changes_between_editions_that_are_none():
    done = run("changes", pinned.EDITION, str(pinned.YEAR + 1))
    assert (done.exit_code, done.stdout) == (1, "")
    assert pinned.EDITION in done.stderr


@pytest.mark.parametrize("words", ["crown", "deep cleaning", "-- x; rm"])
def test_show_of_words_leads_to_the_search(words):
    done = run("show", "--", words)
    assert done.exit_code == 1
    assert f"to find codes by words: cdtref search {shlex.quote(words)}" in done.stderr
    assert "search" not in run("show", "DO389").stderr


@pytest.mark.parametrize("category", cdtref.Category)
def test_a_category_is_named_by_its_slug_or_its_label(category):
    by_slug = run("list", "--category", category.value).stdout
    assert by_slug == run("list", "--category", category.label).stdout
    assert by_slug == run("list", "--category", f" {category.label.upper()} ").stdout
    assert by_slug


@pytest.mark.parametrize(
    ("arguments", "head"),
    [
        (("validate", "D0120"), "text\twell-formed\tcode\tsystem\tknown\tin force\treason"),
        (("list",), "code\ttitle\tcategory"),
        (("search", "crown"), "code\ttitle\twhy"),
        (("rvu", "99213"), "scale\tfield\tvalue"),
    ],
)
def test_a_header_names_the_columns_where_it_is_asked_for(arguments, head):
    plain = run(*arguments).stdout
    assert run(*arguments, "--header").stdout == f"{head}\n{plain}"
    assert not plain.startswith(head)


def test_none_is_an_empty_cell():
    assert run("validate", "99213").stdout == "99213\tyes\t99213\tCPT Category I\t\t\t\n"
    assert not any("None" in cell for row in rvu_rows("99213") for cell in row)


def test_version_and_help():
    assert f"CDT {pinned.EDITION}" in run("--version").output
    assert "validate" in run("-h").output


@pytest.mark.parametrize(("arguments", "command"), [((), "validate"), (("worklog",), "report")])
def test_a_group_without_a_command_shows_its_help(arguments, command):
    shown = run(*arguments).output
    assert f"\n  {command} " in shown
    assert "Error" not in shown


MANY = 10_001  # lines, from which on a bar is drawn


@functools.cache  # two tests read it
def large_837():
    lines = [cdtref.ClaimLine("D0120", pinned.DAY, fee=60)]
    claim = cdtref.Claim(lines, "26-1", place_of_service="11")
    return interchange([claim] * MANY)


def large_csv():
    return "code,date\n" + f"D0120,{pinned.DAY}\n" * MANY


@pytest.mark.parametrize("made", [large_837, large_csv])
@pytest.mark.parametrize("is_piped", [False, True])
def test_a_terminal_is_told_how_much_of_a_large_file_is_checked(made, is_piped, tmp_path):
    """By the file's size; a pipe has none, so its lines are counted."""
    path = tmp_path / "claims"
    path.write_text(made(), "ascii")
    name = "-" if is_piped else str(path)
    shown = on_a_terminal("check", name, given=path, COLUMNS="200")
    assert "10,000 lines checked" in shown
    assert f"lines checked: {MANY}, nothing to mend" in shown
    assert ("100%" in shown, "%" in shown) == (not is_piped, not is_piped)


def test_without_a_terminal_no_bar_is_drawn(tmp_path):
    path = tmp_path / "claims.csv"
    path.write_text(large_csv(), "ascii")
    done = run("check", str(path))
    assert done.stderr == f"lines checked: {MANY}, nothing to mend\n"


def test_a_terminal_gets_tables_and_bold_and_no_color_gets_none():
    assert "┃" in on_a_terminal("list", "--category", "sleep-apnea")
    assert "┃" not in on_a_terminal("search", "oil change")
    assert "Practice expense RVU, non-facility" in on_a_terminal("rvu", "99213")
    assert "\x1b[1m" in on_a_terminal("show", "D0389")
    assert "\x1b[" not in on_a_terminal("show", "D0389", NO_COLOR="1", TERM="dumb")


# What a user's text may hold: colors, a link (OSC 8), the clipboard (OSC 52), a title (OSC 0), the
# same in C1, a device control string, marks of direction, ends of lines, a tab, a bell.
ACTING = [
    "\x1b[31m",
    "\x1b]8;;https://example.org\x1b\\x",
    "\x1b]52;c;eA==\x07",
    "\x1b]0;title\x07",
    "\x9b31m",
    "\x9d0;title\x9c",
    "\x1bPq#0\x1b\\",
    "\u202eabc",
    "\u2066abc",
    "a\nD0120\tyes",
    "a\r\nb",
    "a\u2028b",
    "a\x85b",
    "\b\x7f",
    "\u200bD0120",
]


def nothing_acts(text):
    return all(sign.isprintable() or sign in "\n\t" for sign in text)


@pytest.mark.parametrize("acting", ACTING, ids=ascii)
def test_nothing_that_was_given_acts_on_a_terminal_or_forges_a_row(acting, tmp_path):
    done = run("validate", f"D0120{acting}", "D0140")
    assert nothing_acts(done.output)
    assert len(done.stdout.splitlines()) == 2
    assert all(line.count("\t") == 6 for line in done.stdout.splitlines())
    (tmp_path / "claims.csv").write_text(
        f'code,date,"x{acting}",claim\n"D0120{acting}",{pinned.DAY},,"c{acting}"\n', "utf-8"
    )
    for arguments in (
        ("check", str(tmp_path / "claims.csv")),
        ("check", str(tmp_path / "claims.csv"), "--column", f"x{acting}"),
        ("check", str(tmp_path / f"none{acting[:20]}")),
        ("show", acting),
        ("show", f"--{acting}"),
        ("rvu", acting),
        ("search", acting),
        ("list", "--category", acting),
        ("list", "--on", acting),
        ("list", acting),
    ):
        done = run(*arguments)
        assert nothing_acts(done.output), arguments
        assert all(line.count("\t") in (1, 2, 6) for line in done.stdout.splitlines())


LETTER = f"Dear Sir,\nthe crown D2740,\r\n  not DO140 nor {pinned.MISPRINT}. D1352\nCall 555-0120."


def test_codes_in_a_text_are_found_with_their_place(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_bytes(b"\xef\xbb\xbf" + LETTER.encode())
    done = run("find", str(path), "--header")
    assert [row.split("\t") for row in done.stdout.splitlines()] == [
        ["line", "column", "text", "code", "status", "instead"],
        ["2", "11", "D2740", "D2740", "in force", ""],
        ["3", "7", "DO140", "", "malformed", "D0140"],
        ["3", "17", pinned.MISPRINT, pinned.MISPRINT, "unknown", ""],
        ["3", "24", "D1352", "D1352", "not in force", "D2391"],
    ]
    assert done.exit_code == 1
    told = run("find", str(path), "--json")
    assert json.loads(told.stdout)[1]["suggestion"] == "D0140"


@pytest.mark.parametrize(
    ("text", "codes", "exit_code"),
    [
        ("D2740 and CPT 99213", ["D2740", "99213"], 0),
        ("r\xe9sum\xe9 D2740", ["D2740"], 0),
        ("nothing here", [], 0),
        ("D1352", ["D1352"], 0),
    ],
)
def test_codes_in_standard_input(text, codes, exit_code):
    last = str(pinned.LAST_DAY["D1352"])
    done = CliRunner().invoke(main, ["find", "-", "--on", last], input=text.encode("cp1252"))
    assert [row.split("\t")[3] for row in done.stdout.splitlines()] == codes
    assert done.exit_code == exit_code
    assert ("no code found" in done.stderr) is (not codes)


def test_localities_are_listed_by_key_and_name():
    rows = [row.split("\t") for row in run("localities").stdout.splitlines()]
    assert [key for key, *_ in rows] == sorted(
        place.key for place in cdtref.fee_schedule().localities
    )
    ((key, name, *_),) = [row.split("\t") for row in run("localities", "Los").stdout.splitlines()]
    assert (key, "LOS ANGELES" in name) == ("CA-18", True)
    (place,) = json.loads(run("localities", "ca-18", "--json").stdout)
    assert place["work"] == str(cdtref.fee_schedule().locality("CA-18").work)
    assert "no locality has 'Atlantis'" in run("localities", "Atlantis").stderr


def test_a_day_is_named_as_people_write_it():
    year, month, day = str(pinned.LAST_DAY["D1352"]).split("-")
    done = run("validate", "D1352", "--on", f"{int(month)}/{int(day)}/{year}")
    assert done.exit_code == 0
    assert f"is read as {year}-{month}-{day}, the month first" in done.stderr
    assert run("validate", "D1352", "--on", "today").stdout.count("was not in force on") == 1
    done = run("validate", "D1352", "--on", "soon")
    assert (done.exit_code, "'soon'" in done.stderr) == (1, True)


def test_messages_speak_of_options_and_not_of_python(tmp_path):
    path = tmp_path / "odd.csv"
    path.write_text("Teeth,Code,Code\n3,D0120,D0140\n")
    for arguments in (
        ("check", str(path)),
        ("check", str(path), "--history"),
        ("overlay", str(path)),
        ("worklog", "report", str(path)),
        ("list", "--catalog", str(path)),
    ):
        done = run(*arguments)
        assert done.exit_code
        assert "columns=" not in done.stderr, arguments
        assert "dates=" not in done.stderr, arguments
        assert ("--column " in done.stderr) is (arguments[0] != "list"), done.stderr
    assert "or --column" not in run("check", str(path)).stderr


def test_a_search_tells_of_codes_that_are_not_in_force(tmp_path):
    path = tmp_path / "next.csv"
    path.write_text(
        f"code,nomenclature,effective\n{pinned.MISPRINT},crown of ice,{pinned.YEAR + 1}-01-01\n"
    )
    (row, *_) = run("search", "crown of ice", "--catalog", str(path)).stdout.splitlines()
    assert row.split("\t")[1] == f"crown of ice (valid from {pinned.YEAR + 1}-01-01)"
    (row, *_) = run("search", "D1352").stdout.splitlines()
    assert row.split("\t")[1].endswith(f"until {pinned.LAST_DAY['D1352']})")
    for row in run("search", "crown").stdout.splitlines():
        assert "(valid " not in row


def test_the_lines_of_standard_input_are_validated():
    done = CliRunner().invoke(main, ["validate", "-", "D0140"], input="D0120\n\n 0389 \n")
    assert [row.split("\t")[0] for row in done.stdout.splitlines()] == ["D0120", "0389", "D0140"]
    assert done.exit_code == 1


@pytest.mark.parametrize("acting", ACTING, ids=ascii)
def test_json_is_exact(acting):
    assert json.loads(run("validate", "--json", f"x{acting}").stdout)[0]["text"] == f"x{acting}"


def test_json_on_a_terminal_is_exact_and_acts_as_little():
    given = [f"x{acting}" for acting in ACTING]
    shown = on_a_terminal("validate", "--json", *given, NO_COLOR="1")
    assert [verdict["text"] for verdict in json.loads(shown)] == given
    assert nothing_acts(shown.replace("\r\n", "\n"))


def test_a_table_on_a_terminal_shows_escapes_as_text():
    shown = on_a_terminal("validate", *(f"x{acting}" for acting in ACTING), NO_COLOR="1")
    assert nothing_acts(shown.replace("\r\n", "\n").replace("\x1b[1m", "").replace("\x1b[0m", ""))


@pytest.mark.parametrize(
    "formula",
    [
        '=HYPERLINK("https://example.org";"x")',
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        '"=1+1"',
        "\uff1d1+1",
        "x,=1+1",
        "x;@A1",
    ],
)
def test_no_cell_of_a_row_is_a_formula(formula):
    (row,) = run("validate", "--", formula).stdout.splitlines()
    cell, *_ = row.split("\t")
    assert cell.replace("'", "") == formula.replace("'", "")
    quote = cell.index("'", 0 if cell.startswith("'") else 1)
    assert quote == 0 or cell[quote - 1] in ",;"
    told = run("validate", "--json", "--", formula)
    assert json.loads(told.stdout)[0]["text"] == formula


def test_no_text_of_ours_is_changed_on_its_way_to_a_row():
    for p in cdtref.catalog().values():
        for text in (p.code, p.title, p.category.label, *map(str, p.periods)):
            assert spreadsheet_cell(text) == text


NARROW = """
import sys
from cdtref.cli import main
for arguments in (["show", "D0389"], ["show", "D0389", "--json"], ["search", sys.argv[1]]):
    main(arguments, standalone_mode=False)
    print("====", flush=True)
"""


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437", "utf-8"])
def test_a_narrow_terminal_gets_every_line(encoding):
    query = "caf\u00e9 \u201ccrown\u201d"
    env = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    command = [sys.executable, "-X", "utf8=0", "-c", NARROW, query]
    done = subprocess.run(command, capture_output=True, env=env, check=True)
    page, record, found, _ = done.stdout.decode(encoding).split("====\n")
    assert json.loads(record) == cdtref.get("D0389").to_dict()
    assert page.count("\n") == run("show", "D0389").stdout.count("\n")
    assert found.count("\n") == run("search", query).stdout.count("\n")
    assert f"{cdtref.get('D0389').compared_with} is " in page


def test_pages_for_files_are_utf_8_whatever_the_terminal():
    env = os.environ | {"PYTHONIOENCODING": "latin-1"}
    for form, text in (
        ("md", cdtref.page("D0389").to_markdown()),
        ("html", cdtref.page("D0389").to_html(standalone=True)),
    ):
        command = [sys.executable, "-m", "cdtref", "show", "D0389", "--format", form]
        done = subprocess.run(command, capture_output=True, env=env, check=True)
        assert done.stdout.decode("utf-8").replace("\r\n", "\n") == f"{text}\n"


def test_a_json_list_is_printed_item_by_item_as_it_is_as_a_whole():
    whole = [match.to_dict() for match in cdtref.search("crown")]
    printed = run("search", "crown", "--json").stdout
    assert printed == json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
    assert run("search", "oil change", "--json").stdout == "[]\n"


@pytest.mark.parametrize(
    ("arguments", "is_long"),
    [(("list",), True), (("show", "D0389"), True), (("show", "D0389", "--short"), False)],
)
def test_what_is_longer_than_the_screen_opens_in_the_pager(arguments, is_long, tmp_path):
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho IN THE PAGER\ncat\n", "utf-8")
    pager.chmod(0o755)
    env = {"PAGER": str(pager), "LINES": "24", "COLUMNS": "100"}
    shown = on_a_terminal(*arguments, sits_there=True, **env)
    assert ("IN THE PAGER" in shown) == is_long
    assert "D0389" in shown
    assert "IN THE PAGER" not in on_a_terminal(*arguments, **env)


def test_the_shell_completes_commands():
    command = [sys.executable, "-c", "import cdtref.cli as c; c.main(prog_name='cdtref')"]
    env = {"_CDTREF_COMPLETE": "bash_complete", "COMP_WORDS": "cdtref ch", "COMP_CWORD": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | env)
    assert done.stdout.split() == ["plain,changes", "plain,check"]


MANUAL = Path(__file__).parents[1] / "docs" / "howto" / "command-line.md"


@pytest.mark.skipif(not MANUAL.exists(), reason="the manual lies beside a checkout alone")
def test_the_manual_names_every_command():
    text = MANUAL.read_text("utf-8")
    assert all(f"cdtref {name} " in text for name in main.commands)


def feed_without_end(stdin):
    """Lines of claims until the reader is gone."""
    with contextlib.suppress(BrokenPipeError):
        stdin.write("code,date,claim\n")
        for number in itertools.count():
            stdin.write(f"D2391,{pinned.DAY},{number}\n")
    with contextlib.suppress(BrokenPipeError):
        stdin.close()


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_findings_of_a_file_without_end_are_printed_as_it_is_read(form):
    command = [sys.executable, "-m", "cdtref", "check", "-", *form]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        feeder = threading.Thread(target=feed_without_end, args=(process.stdin,), daemon=True)
        feeder.start()
        printed = [process.stdout.readline() for _ in range(2_000)]
        process.kill()
        feeder.join()
    assert all(printed)
    assert sum("tooth.missing" in line for line in printed) > 50


def test_without_its_extra_the_command_says_what_to_install():
    code = "import sys; sys.modules['click'] = None; import cdtref.cli"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert 'pip install "cdtref[cli]"' in done.stderr


# Files of claim lines -----------------------------------------------------------------------------

FAULTY = ("D2391", "14", "")  # no surface: an error
ODD = ("D9999", "", "")  # by report, without a narrative: a warning
CLEAN = ("D0120", "", "")


def claims_file(folder, *lines, name="claims.csv"):
    rows = [f"{code},{pinned.DAY},{tooth},{surfaces}" for code, tooth, surfaces in lines]
    path = folder / name
    path.write_text("\n".join(["code,date,tooth,surfaces", *rows]) + "\n", "utf-8")
    return str(path)


def rules_printed(*arguments):
    done = run("check", *arguments)
    return [json.loads(line)["rule"] for line in done.stdout.splitlines()], done.exit_code


@pytest.mark.parametrize(
    ("options", "rules", "code"),
    [
        ((), ["surface.missing", "narrative.missing"], 1),
        (("--severity", "warning"), ["surface.missing", "narrative.missing"], 1),
        (("--severity", "error"), ["surface.missing"], 1),
        (("--ignore", "narrative.missing"), ["surface.missing"], 1),
        (("--ignore", "surface.missing"), ["narrative.missing"], 0),
        (("--ignore", "surface.missing", "--ignore", "narrative.missing"), [], 0),
        (("--ignore", "surface.missing", "--severity", "error"), [], 0),
    ],
)
def test_what_is_ignored_counts_for_nothing_and_what_weighs_less_is_not_printed(
    options, rules, code, tmp_path
):
    file = claims_file(tmp_path, CLEAN, FAULTY, ODD)
    assert rules_printed(file, "--json", *options) == (rules, code)


def test_a_warning_that_is_not_printed_is_counted_all_the_same(tmp_path):
    done = run("check", claims_file(tmp_path, FAULTY, ODD), "--severity", "error")
    assert done.stderr == "lines checked: 2; errors: 1, warnings: 1\n"


@pytest.mark.parametrize(
    ("given", "advice"), [("surface.mising", "surface.missing"), ("wording", "cdtref rules")]
)
def test_a_rule_that_there_is_not_is_not_ignored_in_silence(given, advice, tmp_path):
    done = run("check", claims_file(tmp_path, CLEAN), "--ignore", given)
    assert done.exit_code == 2
    assert repr(given) in done.stderr
    assert advice in done.stderr


def test_the_summary_tells_what_is_said_once_a_file(tmp_path):
    path = tmp_path / "crowns.csv"
    path.write_text(f"code,date,tooth\nD2740,{pinned.DAY},3\nD2740,{pinned.DAY},14\n")
    done = run("check", str(path), "--summary")
    assert done.stdout == "prosthesis.missing\terror\t1\n"
    assert "prosthesis.missing is said once a file, not of each line" in done.stderr


def test_the_summary_counts_by_rule_the_most_frequent_first(tmp_path):
    file = claims_file(tmp_path, ODD, FAULTY, FAULTY)
    done = run("check", file, "--summary", "--header")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert rows[0] == ["rule", "severity", "count"]
    assert rows[1:] == [
        ["surface.missing", "error", "2"],
        ["narrative.missing", "warning", "1"],
    ]
    first, *_ = run("check", file, "--summary", "--json").stdout.splitlines()
    assert json.loads(first) == {"rule": "surface.missing", "severity": "error", "count": 2}
    assert done.exit_code == 1


def test_of_several_files_each_row_names_its_own(tmp_path):
    one = claims_file(tmp_path, FAULTY, name="one.csv")
    two = claims_file(tmp_path, CLEAN, ODD, name="two.csv")
    done = run("check", one, two)
    assert [line.split("\t")[:3] for line in done.stdout.splitlines()] == [
        [one, "2", "D2391"],
        [two, "3", "D9999"],
    ]
    told = [
        json.loads(line)["file"] for line in run("check", one, two, "--json").stdout.splitlines()
    ]
    assert told == [one, two]
    assert done.stderr == "lines checked: 3; errors: 1, warnings: 1\n"


def test_a_file_that_cannot_be_read_does_not_keep_the_others_from_being_checked(tmp_path):
    broken = tmp_path / "broken.csv"
    broken.write_text("nothing\n", "utf-8")
    done = run("check", str(broken), claims_file(tmp_path, FAULTY))
    assert done.exit_code == 2
    assert "Error: " in done.stderr
    assert "surface.missing" in done.stdout


def test_on_a_terminal_the_message_has_a_line_of_its_own(tmp_path):
    file = claims_file(tmp_path, FAULTY)
    (finding,) = cdtref.check(cdtref.ClaimLine("D2391", pinned.DAY, tooth="14"))
    shown = on_a_terminal("check", file, NO_COLOR="1", COLUMNS="200")
    lines = [line.strip() for line in shown.splitlines()]
    place = lines.index(finding.message)
    assert "error  D2391  surface.missing" in lines[place - 1]


def test_a_terminal_is_told_the_claim_and_the_segment_of_its_line(tmp_path):
    filling = cdtref.ClaimLine("D2391", pinned.DAY, tooth="14", fee=120)
    text = interchange([cdtref.Claim([filling], "26-1", place_of_service="11")])
    place = text.splitlines().index("LX*1~") + 1
    path = tmp_path / "claims.837"
    path.write_text(text, "ascii")
    shown = on_a_terminal("check", str(path), NO_COLOR="1", COLUMNS="300")
    assert f"{path}:{place}  error  D2391  surface.missing  claim 26-1" in shown


def test_the_rules_are_listed_with_what_they_weigh_and_where_they_come_from():
    listed = json.loads(run("rules", "--json").stdout)
    assert [rule["rule"] for rule in listed] == [rule.id for rule in cdtref.RULES]
    assert all(rule["source"] for rule in listed)
    rows = run("rules").stdout.splitlines()
    assert len(rows) == len(listed)
    assert all(row.count("\t") == 5 for row in rows)
