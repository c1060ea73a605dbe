"""The command about claims: `check`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import click
from rich.console import Console
from rich.progress import Progress

import cdtref
from cdtref import Checked, Finding
from cdtref.cli.options import as_json_option, header_option
from cdtref.cli.printing import print_json_list, print_table, tell
from cdtref.safetext import printable

_LINES_A_STEP = 10_000


class _UnreadableError(click.ClickException):
    """A file that cannot be read, told apart from one whose claims have errors."""

    exit_code = 2


class _Found(NamedTuple):
    """A finding, and the line of the file that it is on."""

    on: Checked
    finding: Finding

    def to_dict(self) -> dict[str, Any]:
        return self.finding.to_dict() | {"file_line": self.on.number, "claim": self.on.claim}

    def to_row(self) -> tuple[Any, ...]:
        line, finding = self.on.line, self.finding
        code = None if line is None else line.code
        told = (finding.severity, finding.field, finding.message, finding.rule)
        return (self.on.number, code, *told, self.on.claim)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="FIELD=HEADER",
    help="The column of a field; repeatable.",
)
@header_option
@as_json_option("Print the findings as JSON.")
def check(file: str, columns: tuple[str, ...], *, header: bool, as_json: bool) -> None:
    """
    Check the claim lines of a csv or xlsx FILE ('-' for standard input). Exit 1 on errors, 2 if the
    file cannot be read.

    \b
    Columns, of which code and date are needed; others are passed over:
      code             procedure code, also as procedure_code
      date             date of service: 2026-03-02 or 3/2/2026; also as service_date
      tooth            tooth or teeth: 14, A, 6-11
      surfaces         surface letters: MOD
      area             area of the oral cavity: 10, 01, UR
      quantity         number of services
      modifiers        claim modifiers: KX 59
      fee              dollars
      prosthesis       initial or replacement (I, R)
      prior_placement  date of the prosthesis that is replaced
      birth_date       the patient's
      narrative        remarks
      medicare         yes or no
      claim            lines with the same text here, standing together, are checked as one claim
    """
    tally = _Tally()
    lines = _with_progress(cdtref.check_file(file, _mapping_of(columns), note=tell))
    found = tally.findings_of(lines)
    try:
        if as_json:
            print_json_list(one.to_dict() for one in found)
        else:
            head = ("line", "code", "severity", "field", "what to do", "rule", "claim")
            print_table(head, (one.to_row() for one in found), header=header, paged=False)
    except ValueError as error:  # a DataFormatError, or a field that there is not
        raise _UnreadableError(printable(str(error))) from error
    tell(tally.summary)
    sys.exit(1 if tally.severities["error"] else 0)


class _Tally:
    """
    What a file's lines came to, counted as they go by; no line and no finding is kept.

    Of a claim's name only its hash is kept, for a file may hold many and long ones.
    """

    def __init__(self) -> None:
        self.severities: Counter[str] = Counter()
        self._lines = 0
        self._seen: set[int] = set()
        self._claim = ""

    def findings_of(self, lines: Iterable[Checked]) -> Iterator[_Found]:
        for one in lines:
            self._lines += 1
            self._watch_order(one)
            for finding in one.findings:
                self.severities[finding.severity] += 1
                yield _Found(one, finding)

    def _watch_order(self, one: Checked) -> None:
        name = hash(one.claim)
        if one.claim and one.claim != self._claim and name in self._seen:
            told = f"line {one.number}: the claim {one.claim} comes again"
            why = "lines that do not stand together are not checked together"
            tell(f"{told}; {why}, so sort the file by claim")
        self._seen.add(name)
        self._claim = one.claim

    @property
    def summary(self) -> str:
        errors, warnings = self.severities["error"], self.severities["warning"]
        if not self.severities:
            return f"lines checked: {self._lines}, nothing to mend"
        return f"lines checked: {self._lines}; errors: {errors}, warnings: {warnings}"


def _mapping_of(columns: Iterable[str]) -> dict[str, str]:
    headers = {}
    for column in columns:
        field, _, header = column.partition("=")
        if not (field and header):
            problem = f"{column!r} is not FIELD=HEADER, such as code=ProcCode"
            raise click.BadParameter(problem, param_hint="--column")
        headers[field.strip()] = header.strip()
    return headers


def _with_progress(lines: Iterable[Checked]) -> Iterator[Checked]:
    """
    The lines as they come, with a bar on the error output from the 10,000th on, where a person
    watches.
    """
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = None
        for number, line in enumerate(lines, start=1):
            if number % _LINES_A_STEP == 0:
                if task is None:
                    task = bar.add_task("checking", total=None)
                bar.update(task, completed=number, description=f"{number} lines checked")
            yield line
