"""The command line prints what the library answers."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import cdtref
import pinned
from cdtref.cli import main

LAST, ENDED = pinned.LAST_DAY["D1352"], pinned.TERMINATED["D1352"]


def run(*arguments):
    return CliRunner().invoke(main, arguments)


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
    done = run("search", "oil change")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "no code found" in done.stderr


def test_rvu():
    *_, total, _ = pinned.VALUES["99213", ""]
    assert f"total nonfacility\t{total}" in run("rvu", "99213").output
    work, *_ = pinned.VALUES["86153", "26"]
    assert json.loads(run("rvu", "86153", "26", "--json").output)["work"] == work
    assert json.loads(run("rvu", "D0389", "--json").output)["is_billable_with_rvu"] is False


def test_version_and_help():
    assert f"CDT {pinned.EDITION}" in run("--version").output
    assert "validate" in run("-h").output


def on_a_terminal(*arguments, **env):
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "cdtref", *arguments]
    process = subprocess.Popen(
        command, stdout=slave, stderr=slave, env=os.environ | {"TERM": "xterm-256color"} | env
    )
    os.close(slave)
    output = b""
    try:
        while piece := os.read(master, 65536):
            output += piece
    except OSError:  # Linux ends a pty so
        pass
    os.close(master)
    process.wait()
    return output.decode()


def test_a_terminal_gets_tables_and_bold_and_no_color_gets_none():
    assert "┃" in on_a_terminal("list", "--category", "sleep-apnea")
    assert "┃" not in on_a_terminal("search", "oil change")
    assert "Practice expense RVU, non-facility" in on_a_terminal("rvu", "99213")
    assert "\x1b[1m" in on_a_terminal("show", "D0389")
    assert "\x1b[" not in on_a_terminal("show", "D0389", NO_COLOR="1", TERM="dumb")


def test_without_its_extra_the_command_says_what_to_install():
    code = "import sys; sys.modules['click'] = None; import cdtref.cli"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert 'pip install "cdtref[cli]"' in done.stderr
