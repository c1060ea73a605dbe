"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

import cdtref

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

header_option: Decorator = click.option(
    "--header", is_flag=True, help="In a pipe, print the names of the columns first."
)


def as_json_option(about: str) -> Decorator:
    """The flag `--json` of a command, with what it prints."""
    return click.option("--json", "as_json", is_flag=True, help=about)


def on_option(about: str) -> Decorator:
    """A date of service, with what it narrows."""
    return click.option("--on", metavar="DATE", help=about)


in_force_option: Decorator = on_option(
    "In force on this date of service (YYYY-MM-DD); else in the pinned edition."
)


def _category_of(_context: click.Context, _option: click.Parameter, text: str | None) -> str | None:
    """A category by its slug or its label; what is neither is left to the library to refuse."""
    for category in cdtref.Category:
        if text is not None and text.strip().casefold() == category.label.casefold():
            return category.value
    return text


category_option: Decorator = click.option(
    "--category",
    callback=_category_of,
    help=f"Only this category, by its label or its slug: {', '.join(cdtref.Category)}.",
)
