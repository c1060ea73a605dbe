"""The command about editions: `changes`."""

from __future__ import annotations

import click

import cdtref
from cdtref.cli.options import as_json_option, header_option
from cdtref.cli.printing import print_json, print_table, tell
from cdtref.record import plain


@click.command()
@click.argument("old")
@click.argument("new")
@header_option
@as_json_option("Print the changes as JSON.")
def changes(old: str, new: str, *, header: bool, as_json: bool) -> None:
    """
    Show what changed from the edition OLD to the later edition NEW, each named by its year: codes
    added, terminated and, as far as known, revised, with their titles.
    """
    found = cdtref.changes(old, new)
    if as_json:
        print_json(plain(found))
    else:
        print_table(("change", "code", "title"), map(tuple, found.rows), header=header)
    if not found.revised_complete:
        tell(f"not every code that was revised between {found.old} and {found.new} is known")
