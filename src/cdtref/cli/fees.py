"""The command about fees: `rvu`."""

from __future__ import annotations

import sys

import click

import cdtref
from cdtref import RelativeValues
from cdtref.cli.options import as_json_option, header_option
from cdtref.cli.printing import print_json, print_line, print_table


@click.command()
@click.argument("code")
@click.argument("modifier", required=False)
@header_option
@as_json_option("Print the row as JSON.")
def rvu(code: str, modifier: str | None, *, header: bool, as_json: bool) -> None:
    """Show the fee schedule row of any procedure CODE, with an optional MODIFIER (26, TC, 53)."""
    row = cdtref.rvu(code, modifier)
    if as_json:
        answers = {"is_billable_with_rvu": row.is_billable_with_rvu, "explanation": row.explain()}
        print_json(row.to_dict() | answers)
    else:
        _print_row(row, header=header)


def _print_row(row: RelativeValues, *, header: bool) -> None:
    """For a person what it means, for a program every figure."""
    figures = row.facts if sys.stdout.isatty() else row.to_dict().items()
    cells = ((name.replace("_", " "), value) for name, value in figures)
    print_table(("field", "value"), cells, header=header)
    print_line(row.explain())
