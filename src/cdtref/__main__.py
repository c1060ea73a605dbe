"""
The command line: `cdtref show|validate|list|search|rvu|check`. It asks the library and prints; it decides nothing.

On a terminal it draws tables (NO_COLOR takes the colors away); in a pipe it prints plain text, split by tabs.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from typing import TYPE_CHECKING, Any

import cdtref
from cdtref.procedure import as_date

try:
    import click
    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table
except ImportError:  # the library needs neither
    sys.exit('the command line needs its extra: pip install "cdtref[cli]"')

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cdtref import CodePage, Finding, Match, RelativeValues
    from cdtref.claim.csvfile import Checked


_LINES_A_STEP = 10_000


class _Group(click.Group):
    """A command group that prints the library's errors as they are and exits with 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except (cdtref.CdtrefError, ValueError) as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            if error.errno == errno.EPIPE:  # the reader has enough, which click knows to leave in silence
                raise
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left would fail again at the end
            raise click.ClickException(f"cannot write: {error.strerror}") from error


class _UnreadableError(click.ClickException):
    """A file that cannot be read, told apart from one whose claims have errors."""

    exit_code = 2


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(
    cdtref.__version__,
    message=f"cdtref %(version)s (CDT {cdtref.EDITION}, {cdtref.FEE_SCHEDULE})",
)
def main() -> None:
    """The reference of US dental procedure codes (CDT), offline."""


@main.command()
@click.argument("code")
@click.option("--on", metavar="DATE", help="Only if it was in force on this date of service (YYYY-MM-DD).")
@click.option("--format", "form", type=click.Choice(["text", "md", "html", "json"]), default="text", show_default=True)
@click.option("--json", "form", flag_value="json", help="The record as JSON, as --format json.")
def show(code: str, on: str | None, form: str) -> None:
    """Show everything about one dental procedure CODE: its page, or with json its record."""
    page = cdtref.page(cdtref.get(code, on=on).code)
    if form == "text":
        _console().print(page)
    else:
        click.echo(_page_as(page, form))


@main.command()
@click.argument("text", nargs=-1, required=True)
@click.option("--on", metavar="DATE", help="In force on this date of service; else in the pinned edition.")
@click.option("--json", "as_json", is_flag=True, help="Print the answers as JSON.")
def validate(text: tuple[str, ...], on: str | None, *, as_json: bool) -> None:
    """
    Say of each TEXT whether it has the form of a procedure code, and of which system; of dental codes also whether they
    are known, and in force. Exit 1 if any is malformed or an unknown dental code, or with --on one not in force then.
    """
    verdicts = [_verdict(one, on) for one in text]
    if as_json:
        _print_json(verdicts)
    else:
        rows = [[_said(value) for value in verdict.values()] for verdict in verdicts]
        _print_table(("text", "well-formed", "code", "system or reason", "known", "in force"), rows)
    last = "known" if on is None else "in_force"
    sys.exit(0 if all(verdict["well_formed"] and verdict[last] is not False for verdict in verdicts) else 1)


@main.command(name="list")
@click.option("--category", help="Only this category, by its slug: " + ", ".join(cdtref.Category) + ".")
@click.option("--on", metavar="DATE", help="In force on this date of service; else in the pinned edition.")
@click.option("--json", "as_json", is_flag=True, help="Print the records as JSON.")
def list_(category: str | None, on: str | None, *, as_json: bool) -> None:
    """List the dental procedure codes in force."""
    found = cdtref.procedures(category=category, on=on)
    if as_json:
        _print_json([procedure.to_dict() for procedure in found])
    else:
        _print_table(("code", "title", "category"), [(p.code, p.title, p.category.label) for p in found])


@main.command()
@click.argument("text", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(min=1), default=10, show_default=True, help="At most so many codes.")
@click.option("--on", metavar="DATE", help="In force on this date of service; else in the pinned edition.")
@click.option("--category", help="Only this category, by its slug.")
@click.option("--json", "as_json", is_flag=True, help="Print the matches as JSON.")
def search(text: tuple[str, ...], limit: int, on: str | None, category: str | None, *, as_json: bool) -> None:
    """Find codes by what people type: TEXT is shorthand, lay or clinical words, or a piece of a code."""
    found = cdtref.search(" ".join(text), limit=limit, on=on, category=category)
    if as_json:
        _print_json([match.to_dict() for match in found])
    else:
        _print_table(("code", "title", "why"), [(m.procedure.code, m.procedure.title, _why(m)) for m in found])
    if not found:
        click.echo("no code found; try other words, or fewer", err=True)


@main.command()
@click.argument("code")
@click.argument("modifier", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the row as JSON.")
def rvu(code: str, modifier: str | None, *, as_json: bool) -> None:
    """Show the fee schedule row of any procedure CODE, with an optional MODIFIER (26, TC, 53)."""
    row = cdtref.rvu(code, modifier)
    if as_json:
        _print_json(row.to_dict() | {"is_billable_with_rvu": row.is_billable_with_rvu, "explanation": row.explain()})
    else:
        _print_row(row)


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--column", "columns", multiple=True, metavar="FIELD=HEADER", help="The column of a field; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def check(file: str, columns: tuple[str, ...], *, as_json: bool) -> None:
    """
    Check the claim lines of a csv FILE ('-' for standard input). Exit 1 on errors, 2 if the file cannot be read.

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
        _print_json([f.to_dict() | {"file_line": one.number, "claim": one.claim} for one, f in checked.found])
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
        raise click.BadParameter(f"{wrong[0]!r} is not FIELD=HEADER, such as code=ProcCode", param_hint="--column")
    return {field.strip(): header.strip() for field, _, header in pairs}


def _print_findings(found: Sequence[tuple[Checked, Finding]]) -> None:
    rows = [
        (str(one.number), one.line.code if one.line else "", f.severity, f.field, f.message, f.rule, one.claim)
        for one, f in found
    ]
    width = 7 if any(row[6] for row in rows) else 6
    head = ("line", "code", "severity", "field", "what to do", "rule", "claim")
    _print_table(head[:width], [row[:width] for row in rows])


def _with_progress(lines: Iterable[Any]) -> Iterable[Any]:
    """The lines as they come, with a bar on the error output from the 10,000th on, where a person watches."""
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = None
        for number, line in enumerate(lines, start=1):
            if number % _LINES_A_STEP == 0:
                task = bar.add_task("checking", total=None) if task is None else task
                bar.update(task, completed=number, description=f"{number} lines checked")
            yield line


def _why(match: Match) -> str:
    """The words of the query by the field that they met, those that were not met as typed with the way."""
    ways = {"prefix": " (begun)", "typo": " (misspelt)"}
    by_field: dict[str, list[str]] = {}
    for hit in match.matched:
        by_field.setdefault(hit.field.replace("_", " "), []).append(hit.word + ways.get(hit.how, ""))
    return "; ".join(f"{field}: {', '.join(words)}" for field, words in by_field.items())


def _verdict(text: str, on: str | None) -> dict[str, Any]:
    """Form, fact and date apart; None where the question does not arise."""
    day = None if on is None else as_date(on)
    verdict: dict[str, Any] = dict.fromkeys(("text", "well_formed", "code", "system_or_reason", "known", "in_force"))
    try:
        code, system = cdtref.parse_code(text), cdtref.code_system(text)
    except cdtref.InvalidCodeError as error:
        return verdict | {"text": text, "well_formed": False, "system_or_reason": str(error)}
    verdict |= {"text": text, "well_formed": True, "code": code, "system_or_reason": system.label}
    if system is cdtref.CodeSystem.CDT:
        verdict["known"] = code in cdtref.catalog()
    if verdict["known"]:
        listed = cdtref.catalog().listed()
        verdict["in_force"] = code in listed if day is None else cdtref.get(code).in_force(day)
    return verdict


def _said(value: Any) -> str:
    return "" if value is None else {"True": "yes", "False": "no"}.get(str(value), str(value))


def _print_json(value: Any) -> None:
    click.echo(_json(value))


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A drawn table for a person; for a program a line a row, split by tabs, without the head."""
    if not sys.stdout.isatty():
        for row in rows:
            click.echo("\t".join(row))
        return
    if not rows:
        return
    table = Table(*head, header_style="bold")
    for row in rows:
        table.add_row(*row)
    _console().print(table)


def _page_as(page: CodePage, form: str) -> str:
    if form == "md":
        return page.to_markdown()
    return page.to_html(standalone=True) if form == "html" else _json(page.procedure.to_dict())


def _print_row(row: RelativeValues) -> None:
    """For a person what it means, for a program every figure."""
    figures = row.facts if sys.stdout.isatty() else row.to_dict().items()
    _print_table(("field", "value"), [(name.replace("_", " "), str(value)) for name, value in figures])
    _console().print(row.explain())


def _console() -> Console:
    """Rich keeps to plain text in pipes, and to no colors under NO_COLOR; in a pipe lines are not folded either."""
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=not sys.stdout.isatty())


if __name__ == "__main__":
    main()
