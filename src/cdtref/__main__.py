"""
The command line: `cdtref show|validate|list|search|rvu|check`. It asks the library and prints; it decides nothing.

On a terminal it draws tables; in a pipe, or with NO_COLOR, it prints plain text.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import cdtref

try:
    import click
    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table
except ImportError:  # the library needs neither
    sys.exit('the command line needs its extra: pip install "cdtref[cli]"')

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cdtref import CodePage, Match, RelativeValues


_LINES_A_STEP = 10_000


class _Group(click.Group):
    """A command group that prints the library's errors as they are and exits with 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (cdtref.CdtrefError, ValueError) as error:
            raise click.ClickException(str(error)) from error


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
def validate(text: tuple[str, ...]) -> None:
    """Say of each TEXT whether it has the form of a procedure code, and of which system. Exit 1 if any has not."""
    verdicts = [_verdict(one) for one in text]
    _print_table(("text", "well-formed", "code", "system or reason"), verdicts)
    sys.exit(0 if all(verdict[1] == "yes" for verdict in verdicts) else 1)


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
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def check(file: str, *, as_json: bool) -> None:
    """
    Check the claim lines of a csv FILE, whose columns are named as the fields of ClaimLine. Exit 1 on errors.

    Lines with the same text in a column `claim`, which stand together, are checked as one claim; others by themselves.
    """
    from cdtref.claimfile import check_file

    lines = 0
    found = []
    for one in _with_progress(check_file(file)):
        lines += 1
        found += [(one, finding) for finding in one.findings]
    if not found:
        click.echo(f"lines checked: {lines}, nothing to mend", err=True)
    if as_json:
        _print_json([finding.to_dict() | {"file_line": one.number, "claim": one.claim} for one, finding in found])
    else:
        rows = [
            (str(one.number), one.line.code if one.line else "", f.severity, f.field, f.message, f.rule)
            for one, f in found
        ]
        _print_table(("line", "code", "severity", "field", "what to do", "rule"), rows)
    sys.exit(1 if any(finding.severity == "error" for _, finding in found) else 0)


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
    """Each word of the query with the field that it met: 'pano = synonyms', with the way where it is not exact."""
    return ", ".join(
        f"{hit.word} = {hit.field.replace('_', ' ')}{'' if hit.how == 'exact' else f' ({hit.how})'}"
        for hit in match.matched
    )


def _verdict(text: str) -> tuple[str, str, str, str]:
    try:
        return text, "yes", cdtref.parse_code(text), cdtref.code_system(text).label
    except cdtref.InvalidCodeError as error:
        return text, "no", "", str(error)


def _print_json(value: Any) -> None:
    click.echo(_json(value))


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A drawn table for a person; for a program a line a row, split by tabs, without the head."""
    if not sys.stdout.isatty():
        for row in rows:
            click.echo("\t".join(row))
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
    figures = row.to_dict()
    _print_table(("field", "value"), [(name.replace("_", " "), str(value)) for name, value in figures.items()])
    _console().print(row.explain())


def _console() -> Console:
    """Rich keeps to plain text in pipes and under NO_COLOR; in a pipe lines are not folded either."""
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=not sys.stdout.isatty())


if __name__ == "__main__":
    main()
