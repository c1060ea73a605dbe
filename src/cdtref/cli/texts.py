"""The command about codes in a text: `find`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import IO, Any, Final

import click

import cdtref
from cdtref import FoundCode
from cdtref.cli.options import as_json_option, catalog_option, header_option, in_force_option
from cdtref.cli.printing import print_json_list, print_table, tell

_MOST_BYTES: Final = 2**24  # a longer text is no letter, and is better given in parts
_FINE: Final = ("in force", "other system")


@click.command()
@click.argument("file", type=click.File("rb"))
@in_force_option
@catalog_option
@header_option
@as_json_option("Print the codes as JSON.")
def find(
    file: IO[bytes],
    on: str | None,
    catalog: cdtref.Catalog,
    *,
    header: bool,
    as_json: bool,
) -> None:
    """
    Find every procedure code in the text of FILE ('-' for standard input), and what looks like one:
    line and column, whether it holds, and what is meant or came after it. Exit 1 if one does not
    hold.
    """
    text = _text_of(file)
    found = cdtref.find_codes(text, on, catalog=catalog)
    if as_json:
        print_json_list(one.to_dict() for one in found)
    else:
        head = ("line", "column", "text", "code", "status", "instead")
        print_table(head, _rows_of(text, found), header=header)
    if not found:
        tell("no code found in this text")
    sys.exit(0 if all(one.status in _FINE for one in found) else 1)


def _text_of(file: IO[bytes]) -> str:
    content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise click.ClickException(f"more than {_MOST_BYTES} bytes; give the text in parts")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")  # as Windows has it; codes are ASCII anyway


def _rows_of(text: str, found: tuple[FoundCode, ...]) -> Iterator[tuple[Any, ...]]:
    line, begun = 1, 0
    for one in found:
        line += text.count("\n", begun, one.start)
        begun = one.start
        column = one.start - text.rfind("\n", 0, one.start)
        instead = one.suggestion or ", ".join(one.replaced_by)
        yield line, column, one.text, one.code, one.status, instead
