"""
How answers are printed: tables for a person, plain text split by tabs for a program, JSON where it
is asked for.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table


def said(value: Any) -> str:
    return "" if value is None else {"True": "yes", "False": "no"}.get(str(value), str(value))


def print_json(value: Any) -> None:
    click.echo(json_text(value))


def json_text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
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
    console().print(table)


def console() -> Console:
    """
    Rich keeps to plain text in pipes, and to no colors under NO_COLOR; in a pipe lines are not
    folded either.
    """
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=not sys.stdout.isatty())
