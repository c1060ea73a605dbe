"""
The command line: `cdtref show|validate|list|rvu`. It asks the library and prints; it decides nothing.

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
    from rich.table import Table
except ImportError:  # the library needs neither
    sys.exit('the command line needs its extra: pip install "cdtref[cli]"')

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cdtref import Procedure, RelativeValues


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
@click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")
def show(code: str, on: str | None, *, as_json: bool) -> None:
    """Show everything about one dental procedure CODE."""
    procedure = cdtref.get(code, on=on)
    if as_json:
        _print_json(procedure.to_dict())
    else:
        _print_page(procedure)


@main.command()
@click.argument("text", nargs=-1, required=True)
def validate(text: tuple[str, ...]) -> None:
    """Say of each TEXT whether it has the form of a procedure code, and of which system. Exit 1 if any has not."""
    verdicts = [_verdict(one) for one in text]
    _print_table(("text", "valid", "code", "system or reason"), verdicts)
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


def _verdict(text: str) -> tuple[str, str, str, str]:
    try:
        return text, "yes", cdtref.parse_code(text), cdtref.code_system(text).label
    except cdtref.InvalidCodeError as error:
        return text, "no", "", str(error)


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


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


def _print_page(procedure: Procedure) -> None:
    console = _console()
    console.print(f"{procedure.code}  {procedure.title}", style="bold")
    for heading, text in _sections(procedure):
        if text:
            console.print(f"\n{heading}", style="bold")
            console.print(text)


def _sections(p: Procedure) -> Iterable[tuple[str, str]]:
    yield "Category", f"{p.category.label}: {p.subcategory}"
    yield "Also known as", ", ".join(p.synonyms)
    yield "Description", p.description
    yield "In plain language", p.plain_language
    yield "Clinical context", p.clinical_context
    yield "On the claim", f"{_area(p)} (confidence: {p.confidence})"
    yield "Documentation", "\n".join(f"- {item}" for item in p.documentation)
    yield "Who performs it", ", ".join(specialty.label for specialty in p.specialties)
    yield "Related codes", "\n".join(f"- {r.relation.replace('_', ' ')} {r.code}" for r in p.related)
    yield "In force", "; ".join(map(str, p.periods)) + (f"; {p.dates_note}" if p.dates_note else "")
    yield "Replaced by", ", ".join(p.replaced_by)
    yield "Medicare RVUs", _medicare(p)


def _area(p: Procedure) -> str:
    needed = "nothing beyond the code" if p.area == "none" else p.area
    return f"names {needed}" if p.area != "unknown" else "not on record"


def _medicare(p: Procedure) -> str:
    try:
        return cdtref.rvu(p.code).explain()
    except cdtref.UnknownCodeError as error:
        return str(error)


def _print_row(row: RelativeValues) -> None:
    figures = row.to_dict()
    _print_table(("field", "value"), [(name.replace("_", " "), str(value)) for name, value in figures.items()])
    _console().print(row.explain())


def _console() -> Console:
    """Rich keeps to plain text in pipes and under NO_COLOR; in a pipe lines are not folded either."""
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=not sys.stdout.isatty())


if __name__ == "__main__":
    main()
