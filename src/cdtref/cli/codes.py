"""The commands about codes: `show`, `validate`, `list`, `search` and `conflicts`."""

from __future__ import annotations

import itertools
import shlex
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import click

import cdtref
from cdtref import Conflict, Match, Procedure, Verdict
from cdtref.cli.options import (
    as_json_option,
    catalog_option,
    category_option,
    header_option,
    in_force_option,
    on_option,
)
from cdtref.cli.printing import print_json, print_json_list, print_paged, print_table, tell
from cdtref.fieldtext import as_date
from cdtref.safetext import printable


@click.command()
@click.argument("code")
@on_option("Only if it was in force on this date of service (YYYY-MM-DD).")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "md", "html", "json"]),
    default="text",
    show_default=True,
)
@click.option("--short", is_flag=True, help="Only what it is and what a claim line must carry.")
@catalog_option
@as_json_option("The record as JSON, as --format json.")
def show(  # noqa: PLR0913  # an argument an option
    code: str, on: str | None, form: str, catalog: cdtref.Catalog, *, short: bool, as_json: bool
) -> None:
    """Show everything about one dental procedure CODE: its page, or with json its record."""
    page = cdtref.page(_procedure_of(code, on, catalog).code, catalog=catalog)
    if short:
        page = page.short()
    if as_json or form == "json":
        print_json(page.procedure.to_dict())
    elif form == "text":
        print_paged(page)
    else:
        text = page.to_markdown() if form == "md" else page.to_html(standalone=True)
        # Files of these kinds are UTF-8, as the page says of itself, whatever the terminal's is.
        click.echo(text.encode())


def _procedure_of(code: str, on: str | None, catalog: cdtref.Catalog) -> Procedure:
    try:
        return catalog.lookup(code, on=on)
    except cdtref.InvalidCodeError as error:
        if any(map(str.isdigit, code)):
            raise
        # Words are no slip in a code: what is wanted is the search.
        advice = f"to find codes by words: cdtref search {shlex.quote(code)}"
        raise click.ClickException(printable(f"{error}; {advice}")) from error


@click.command()
@click.argument("text", nargs=-1, required=True)
@in_force_option
@catalog_option
@header_option
@as_json_option("Print the answers as JSON.")
def validate(
    text: tuple[str, ...],
    on: str | None,
    catalog: cdtref.Catalog,
    *,
    header: bool,
    as_json: bool,
) -> None:
    """
    Say of each TEXT whether it has the form of a procedure code, and of which system; of dental
    codes also whether they are known, and in force. '-' stands for the lines of standard input.
    Exit 1 if any is malformed or an unknown dental code, or with --on one not in force then.
    """
    verdicts = [cdtref.verdict(one, on, catalog=catalog) for one in _texts_of(text)]
    if as_json:
        print_json_list(verdict.to_dict() for verdict in verdicts)
    else:
        head = ("text", "well-formed", "code", "system", "known", "in force", "reason")
        print_table(head, map(_verdict_row, verdicts), header=header)
    sys.exit(0 if all(_is_fine(verdict, dated=on is not None) for verdict in verdicts) else 1)


def _texts_of(given: tuple[str, ...]) -> Iterator[str]:
    for one in given:
        if one == "-":
            for line in sys.stdin:
                if line.strip():
                    yield line.strip()
        else:
            yield one


def _verdict_row(verdict: Verdict) -> tuple[Any, ...]:
    system = None if verdict.system is None else verdict.system.label
    form = (verdict.text, verdict.is_well_formed, verdict.code, system)
    return (*form, verdict.known, verdict.in_force, verdict.reason)


def _is_fine(verdict: Verdict, *, dated: bool) -> bool:
    """Without a date a code that is retired by now is no reason to complain."""
    if not verdict.is_well_formed or verdict.known is False:
        return False
    return not (dated and verdict.in_force is False)


@click.command(name="list")
@category_option
@in_force_option
@catalog_option
@header_option
@as_json_option("Print the records as JSON.")
def list_(
    category: str | None,
    on: str | None,
    catalog: cdtref.Catalog,
    *,
    header: bool,
    as_json: bool,
) -> None:
    """List the dental procedure codes in force."""
    found = catalog.procedures(category=category, on=on)
    if as_json:
        print_json_list(procedure.to_dict() for procedure in found)
    else:
        rows = ((p.code, p.title, p.category.label) for p in found)
        print_table(("code", "title", "category"), rows, header=header)


@click.command()
@click.argument("text", nargs=-1, required=True)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="At most so many codes.",
)
@in_force_option
@category_option
@catalog_option
@header_option
@as_json_option("Print the matches as JSON.")
def search(  # noqa: PLR0913  # an argument an option
    text: tuple[str, ...],
    limit: int,
    on: str | None,
    category: str | None,
    catalog: cdtref.Catalog,
    *,
    header: bool,
    as_json: bool,
) -> None:
    """
    Find codes by what people type: TEXT is shorthand, lay or clinical words, or a piece of a code.
    """
    found = catalog.search(" ".join(text), limit=limit, on=on, category=category)
    if as_json:
        print_json_list(match.to_dict() for match in found)
    else:
        last = catalog.last_day if on is None else as_date(on)
        rows = (
            (match.procedure.code, _title_on(match.procedure, last), _why(match)) for match in found
        )
        print_table(("code", "title", "why"), rows, header=header)
    if not found:
        tell(_reason_for_nothing(" ".join(text), catalog))


def _title_on(procedure: Procedure, day: date) -> str:
    """With its life, where it is not in force: `search` finds coming and retired codes, too."""
    if procedure.in_force(day):
        return procedure.title
    return f"{procedure.title} (valid {'; '.join(map(str, procedure.periods))})"


def _reason_for_nothing(text: str, catalog: cdtref.Catalog) -> str:
    """What is near the unknown codes of a query, else what to try."""
    found = cdtref.find_codes(text, catalog=catalog)
    unknown = [one.code for one in found if one.status == "unknown" and one.code]
    if unknown:
        return "; ".join(cdtref.verdict(code, catalog=catalog).reason for code in unknown)
    return "no code found; try other words, or fewer"


@click.command()
@click.argument("code", nargs=-1, required=True)
@as_json_option("Print the records as JSON.")
@header_option
def conflicts(code: tuple[str, ...], *, as_json: bool, header: bool) -> None:
    """
    What CODE may not stand beside on a claim, or not without: the surest first, with whose rule it
    is. Of two codes or more, what stands between each two of them. A question to ask before a claim
    goes out, not a verdict.
    """
    codes = _known_codes(code)
    found = _conflicts_among(codes)
    if as_json:
        print_json_list(conflict.to_dict() for conflict in found)
    else:
        head = ("confidence", "what", "why", "whose")
        print_table(head, map(_conflict_row, found), header=header)
    if not found:
        tell(_silence_on(codes))


def _known_codes(texts: Sequence[str]) -> list[cdtref.Code]:
    """All that are none are told at once, each with the codes near it."""
    unknown = [one for one in map(cdtref.verdict, texts) if not one.known]
    if unknown:
        problems = map(printable, map(_why_unknown, unknown))
        raise click.ClickException("\n       ".join(problems))
    return [cdtref.get(text).code for text in texts]


def _why_unknown(verdict: Verdict) -> str:
    return verdict.reason or f"{verdict.code} is no dental (CDT) code"


def _conflicts_among(codes: Sequence[cdtref.Code]) -> tuple[Conflict, ...]:
    if len(codes) == 1:
        return cdtref.conflicts(codes[0])
    found: list[Conflict] = []
    for first, second in dict.fromkeys(itertools.combinations(codes, 2)):
        found += cdtref.conflicts(first, beside=second)
    return tuple(found)


def _silence_on(codes: Sequence[cdtref.Code]) -> str:
    if len(codes) == 1:
        return f"nothing is known that {codes[0]} conflicts with"
    told = f"{', '.join(codes[:-1])} and {codes[-1]}"
    return f"nothing is known that stands between {told}"


def _conflict_row(conflict: Conflict) -> tuple[str, ...]:
    return conflict.confidence, conflict.caption, conflict.reason, ", ".join(conflict.whose)


_WAYS = {"prefix": " (begun)", "typo": " (misspelt)"}


def _why(match: Match) -> str:
    """
    The words of the query by the field that they met, those that were not met as typed with the
    way.
    """
    by_field: dict[str, list[str]] = {}
    for hit in match.hits:
        words = by_field.setdefault(hit.field.replace("_", " "), [])
        words.append(hit.word + _WAYS.get(hit.how, ""))
    return "; ".join(f"{field}: {', '.join(words)}" for field, words in by_field.items())
