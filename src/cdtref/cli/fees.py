"""The command about fees: `rvu`."""

from __future__ import annotations

import sys

import click

import cdtref
from cdtref import RelativeValues
from cdtref.cli.printing import console, print_json, print_table


@click.command()
@click.argument("code")
@click.argument("modifier", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the row as JSON.")
def rvu(code: str, modifier: str | None, *, as_json: bool) -> None:
    """Show the fee schedule row of any procedure CODE, with an optional MODIFIER (26, TC, 53)."""
    row = cdtref.rvu(code, modifier)
    if as_json:
        print_json(
            row.to_dict()
            | {"is_billable_with_rvu": row.is_billable_with_rvu, "explanation": row.explain()}
        )
    else:
        _print_row(row)


def _print_row(row: RelativeValues) -> None:
    """For a person what it means, for a program every figure."""
    figures = row.facts if sys.stdout.isatty() else row.to_dict().items()
    print_table(
        ("field", "value"), [(name.replace("_", " "), str(value)) for name, value in figures]
    )
    console().print(row.explain())
