"""The commands about codes: `show`, `validate`, `list` and `search`."""

from __future__ import annotations

import sys

import click

import cdtref
from cdtref import CodePage, Match, Verdict
from cdtref.cli.printing import console, json_text, print_json, print_table, said


@click.command()
@click.argument("code")
@click.option(
    "--on", metavar="DATE", help="Only if it was in force on this date of service (YYYY-MM-DD)."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "md", "html", "json"]),
    default="text",
    show_default=True,
)
@click.option("--json", "form", flag_value="json", help="The record as JSON, as --format json.")
def show(code: str, on: str | None, form: str) -> None:
    """Show everything about one dental procedure CODE: its page, or with json its record."""
    page = cdtref.page(cdtref.get(code, on=on).code)
    if form == "text":
        console().print(page)
    else:
        click.echo(_page_as(page, form))


@click.command()
@click.argument("text", nargs=-1, required=True)
@click.option(
    "--on", metavar="DATE", help="In force on this date of service; else in the pinned edition."
)
@click.option("--json", "as_json", is_flag=True, help="Print the answers as JSON.")
def validate(text: tuple[str, ...], on: str | None, *, as_json: bool) -> None:
    """
    Say of each TEXT whether it has the form of a procedure code, and of which system; of dental
    codes also whether they are known, and in force. Exit 1 if any is malformed or an unknown dental
    code, or with --on one not in force then.
    """
    verdicts = [cdtref.verdict(one, on) for one in text]
    if as_json:
        print_json([verdict.to_dict() for verdict in verdicts])
    else:
        head = ("text", "well-formed", "code", "system", "known", "in force", "reason")
        print_table(head, [_verdict_row(verdict) for verdict in verdicts])
    sys.exit(0 if all(_is_fine(verdict, dated=on is not None) for verdict in verdicts) else 1)


def _verdict_row(verdict: Verdict) -> tuple[str, ...]:
    system = "" if verdict.system is None else verdict.system.label
    answers = map(said, (verdict.known, verdict.in_force))
    well_formed = said(verdict.is_well_formed)
    return (verdict.text, well_formed, verdict.code or "", system, *answers, verdict.reason)


def _is_fine(verdict: Verdict, *, dated: bool) -> bool:
    """Without a date a code that is retired by now is no reason to complain."""
    if not verdict.is_well_formed or verdict.known is False:
        return False
    return not (dated and verdict.in_force is False)


@click.command(name="list")
@click.option(
    "--category", help="Only this category, by its slug: " + ", ".join(cdtref.Category) + "."
)
@click.option(
    "--on", metavar="DATE", help="In force on this date of service; else in the pinned edition."
)
@click.option("--json", "as_json", is_flag=True, help="Print the records as JSON.")
def list_(category: str | None, on: str | None, *, as_json: bool) -> None:
    """List the dental procedure codes in force."""
    found = cdtref.procedures(category=category, on=on)
    if as_json:
        print_json([procedure.to_dict() for procedure in found])
    else:
        print_table(
            ("code", "title", "category"), [(p.code, p.title, p.category.label) for p in found]
        )


@click.command()
@click.argument("text", nargs=-1, required=True)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="At most so many codes.",
)
@click.option(
    "--on", metavar="DATE", help="In force on this date of service; else in the pinned edition."
)
@click.option("--category", help="Only this category, by its slug.")
@click.option("--json", "as_json", is_flag=True, help="Print the matches as JSON.")
def search(
    text: tuple[str, ...], limit: int, on: str | None, category: str | None, *, as_json: bool
) -> None:
    """
    Find codes by what people type: TEXT is shorthand, lay or clinical words, or a piece of a code.
    """
    found = cdtref.search(" ".join(text), limit=limit, on=on, category=category)
    if as_json:
        print_json([match.to_dict() for match in found])
    else:
        print_table(
            ("code", "title", "why"),
            [(m.procedure.code, m.procedure.title, _why(m)) for m in found],
        )
    if not found:
        click.echo("no code found; try other words, or fewer", err=True)


def _page_as(page: CodePage, form: str) -> str:
    if form == "md":
        return page.to_markdown()
    return page.to_html(standalone=True) if form == "html" else json_text(page.procedure.to_dict())


def _why(match: Match) -> str:
    """
    The words of the query by the field that they met, those that were not met as typed with the
    way.
    """
    ways = {"prefix": " (begun)", "typo": " (misspelt)"}
    by_field: dict[str, list[str]] = {}
    for hit in match.hits:
        by_field.setdefault(hit.field.replace("_", " "), []).append(
            hit.word + ways.get(hit.how, "")
        )
    return "; ".join(f"{field}: {', '.join(words)}" for field, words in by_field.items())
