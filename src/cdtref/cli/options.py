"""Options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import click

import cdtref
from cdtref.cli.printing import tell
from cdtref.errors import quoted_name
from cdtref.safetext import printable

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def _catalog_of(
    _context: click.Context, _option: click.Parameter, file: str | None
) -> cdtref.Catalog:
    """The bundled code set, with what a file lays over it."""
    if file is None:
        return cdtref.catalog()
    try:
        mine = cdtref.catalog().with_nomenclature(file)
    except (cdtref.CdtrefError, ValueError) as error:
        # `cdtref overlay` alone has the option that this error may advise.
        problem = re.sub(
            "name (it|the right one): columns=.*", "title it so in the file", str(error)
        )
        raise click.BadParameter(printable(problem)) from error
    report = mine.nomenclature_report
    if report is not None:
        for told in (*report.notes, *report.unmatched, *report.malformed):
            tell(f"{report.source}: {told}")
    return mine


catalog_option: Decorator = click.option(
    "--catalog",
    metavar="FILE",
    envvar="CDTREF_CATALOG",
    show_envvar=True,
    type=click.Path(exists=True, dir_okay=False),
    callback=_catalog_of,
    help="A code set of your own: codes and wording laid over the bundled one.",
)

header_option: Decorator = click.option(
    "--header", is_flag=True, help="In a pipe, print the names of the columns first."
)


def as_json_option(about: str) -> Decorator:
    """The flag `--json` of a command, with what it prints."""
    return click.option("--json", "as_json", is_flag=True, help=about)


def _day_of(_context: click.Context, _option: click.Parameter, text: str | None) -> str | None:
    """
    A day in ISO form; one as 3/2/2026 has the month first, which is told. What is no date is left
    to the library to refuse.
    """
    from cdtref.table import date_in_file

    if text is None:
        return None
    if text.strip().lower() == "today":
        return date.today().isoformat()  # noqa: DTZ011  # of the person who asks
    try:
        day = date_in_file(text).isoformat()
    except ValueError:
        return text
    if "/" in text:
        tell(f"{text} is read as {day}, the month first")
    return day


def on_option(about: str) -> Decorator:
    """A date of service, with what it narrows."""
    about = f"{about} Also as 3/2/2026, the month first, or 'today'."
    return click.option("--on", metavar="DATE", callback=_day_of, help=about)


in_force_option: Decorator = on_option(
    "In force on this date of service (YYYY-MM-DD); else in the pinned edition."
)


category_option: Decorator = click.option(
    "--category",
    help=f"Only this category, by its label or its slug: {', '.join(cdtref.Category)}.",
)


def mapping_of(columns: Iterable[str]) -> dict[str, str]:
    """The header of each field that `--column` names."""
    headers = {}
    for column in columns:
        field, _, header = column.partition("=")
        if not (field and header):
            problem = f"{quoted_name(column)} is not FIELD=HEADER, such as code=ProcCode"
            raise click.BadParameter(problem, param_hint="--column")
        headers[field.strip()] = header.strip()
    return headers
