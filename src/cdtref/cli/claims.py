"""The command about claims: `check`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

import cdtref
from cdtref import Checked, Finding
from cdtref.cli.printing import print_json, print_table

_LINES_A_STEP = 10_000


class _UnreadableError(click.ClickException):
    """A file that cannot be read, told apart from one whose claims have errors."""

    exit_code = 2


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="FIELD=HEADER",
    help="The column of a field; repeatable.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def check(file: str, columns: tuple[str, ...], *, as_json: bool) -> None:
    """
    Check the claim lines of a csv FILE ('-' for standard input). Exit 1 on errors, 2 if the file
    cannot be read.

    \b
    Columns, of which code and date are needed; others are passed over:
      code             procedure code, also as procedure_code
      date             date of service, such as 2026-03-02; also as service_date
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
    checked = _Tally()
    try:
        for one in _with_progress(cdtref.check_file(file, _mapping(columns), note=_tell)):
            checked.take(one)
    except ValueError as error:  # a DataFormatError, or a field that there is not
        raise _UnreadableError(str(error)) from error
    if as_json:
        print_json(
            [
                f.to_dict() | {"file_line": one.number, "claim": one.claim}
                for one, f in checked.found
            ]
        )
    else:
        _print_findings(checked.found)
    click.echo(checked.summary, err=True)
    sys.exit(1 if checked.count("error") else 0)


def _tell(message: str) -> None:
    click.echo(message, err=True)


class _Tally:
    """What a file's lines came to, line by line."""

    def __init__(self) -> None:
        self.found: list[tuple[Checked, Finding]] = []
        self.lines = 0
        self._claims: set[str] = set()
        self._claim = ""

    def take(self, one: Checked) -> None:
        self.lines += 1
        self.found += [(one, finding) for finding in one.findings]
        if one.claim and one.claim != self._claim and one.claim in self._claims:
            told = f"line {one.number}: the claim {one.claim} comes again; lines that do not stand together are not"
            click.echo(f"{told} checked together, so sort the file by claim", err=True)
        self._claims.add(one.claim)
        self._claim = one.claim

    def count(self, severity: str) -> int:
        return sum(finding.severity == severity for _, finding in self.found)

    @property
    def summary(self) -> str:
        if not self.found:
            return f"lines checked: {self.lines}, nothing to mend"
        return f"lines checked: {self.lines}; errors: {self.count('error')}, warnings: {self.count('warning')}"


def _mapping(columns: Iterable[str]) -> dict[str, str]:
    pairs = [column.partition("=") for column in columns]
    wrong = [field for field, sign, header in pairs if not (field and sign and header)]
    if wrong:
        raise click.BadParameter(
            f"{wrong[0]!r} is not FIELD=HEADER, such as code=ProcCode", param_hint="--column"
        )
    return {field.strip(): header.strip() for field, _, header in pairs}


def _print_findings(found: Sequence[tuple[Checked, Finding]]) -> None:
    rows = [
        (
            str(one.number),
            one.line.code if one.line else "",
            f.severity,
            f.field,
            f.message,
            f.rule,
            one.claim,
        )
        for one, f in found
    ]
    width = 7 if any(row[6] for row in rows) else 6
    head = ("line", "code", "severity", "field", "what to do", "rule", "claim")
    print_table(head[:width], [row[:width] for row in rows])


def _with_progress(lines: Iterable[Any]) -> Iterable[Any]:
    """
    The lines as they come, with a bar on the error output from the 10,000th on, where a person
    watches.
    """
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = None
        for number, line in enumerate(lines, start=1):
            if number % _LINES_A_STEP == 0:
                task = bar.add_task("checking", total=None) if task is None else task
                bar.update(task, completed=number, description=f"{number} lines checked")
            yield line
