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

category_option: Decorator = click.option(
    "--category", help="Only this category, by its slug: " + ", ".join(cdtref.Category) + "."
)
