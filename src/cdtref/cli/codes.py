"""The commands about codes: `show`, `validate`, `list` and `search`."""

from __future__ import annotations

import sys
from typing import Any

import click

import cdtref
from cdtref import CodePage, Match
from cdtref.cli.printing import console, json_text, print_json, print_table, said
from cdtref.procedure import as_date


@click.command()
@click.argument("code")
@click.option("--on", metavar="DATE", help="Only if it was in force on this date of service (YYYY-MM-DD).")
@click.option("--format", "form", type=click.Choice(["text", "md", "html", "json"]), default="text", show_default=True)
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
@click.option("--on", metavar="DATE", help="In force on this date of service; else in the pinned edition.")
@click.option("--json", "as_json", is_flag=True, help="Print the answers as JSON.")
def validate(text: tuple[str, ...], on: str | None, *, as_json: bool) -> None:
    """
    Say of each TEXT whether it has the form of a procedure code, and of which system; of dental codes also whether they
    are known, and in force. Exit 1 if any is malformed or an unknown dental code, or with --on one not in force then.
    """
    verdicts = [_verdict(one, on) for one in text]
    if as_json:
        print_json(verdicts)
    else:
        rows = [[said(value) for value in verdict.values()] for verdict in verdicts]
        print_table(("text", "well-formed", "code", "system or reason", "known", "in force"), rows)
    last = "known" if on is None else "in_force"
    sys.exit(0 if all(verdict["well_formed"] and verdict[last] is not False for verdict in verdicts) else 1)


@click.command(name="list")
@click.option("--category", help="Only this category, by its slug: " + ", ".join(cdtref.Category) + ".")
@click.option("--on", metavar="DATE", help="In force on this date of service; else in the pinned edition.")
@click.option("--json", "as_json", is_flag=True, help="Print the records as JSON.")
def list_(category: str | None, on: str | None, *, as_json: bool) -> None:
    """List the dental procedure codes in force."""
    found = cdtref.procedures(category=category, on=on)
    if as_json:
        print_json([procedure.to_dict() for procedure in found])
    else:
        print_table(("code", "title", "category"), [(p.code, p.title, p.category.label) for p in found])


@click.command()
@click.argument("text", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(min=1), default=10, show_default=True, help="At most so many codes.")
@click.option("--on", metavar="DATE", help="In force on this date of service; else in the pinned edition.")
@click.option("--category", help="Only this category, by its slug.")
@click.option("--json", "as_json", is_flag=True, help="Print the matches as JSON.")
def search(text: tuple[str, ...], limit: int, on: str | None, category: str | None, *, as_json: bool) -> None:
    """Find codes by what people type: TEXT is shorthand, lay or clinical words, or a piece of a code."""
    found = cdtref.search(" ".join(text), limit=limit, on=on, category=category)
    if as_json:
        print_json([match.to_dict() for match in found])
    else:
        print_table(("code", "title", "why"), [(m.procedure.code, m.procedure.title, _why(m)) for m in found])
    if not found:
        click.echo("no code found; try other words, or fewer", err=True)


def _page_as(page: CodePage, form: str) -> str:
    if form == "md":
        return page.to_markdown()
    return page.to_html(standalone=True) if form == "html" else json_text(page.procedure.to_dict())


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
