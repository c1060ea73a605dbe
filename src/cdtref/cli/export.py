"""The command that writes the reference as files: `export`."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

import cdtref
from cdtref.cli.options import catalog_option, on_option
from cdtref.cli.printing import tell
from cdtref.safetext import printable

if TYPE_CHECKING:
    from cdtref.cli.formats import Format, Rows
    from cdtref.frame import ReferenceTable

# By name, since to load the tables and the formats takes longer than most commands do.
TABLE_NAMES: Final = ("codes", "rvu", "dental-rvu", "conflicts", "requirements")
FORMAT_NAMES: Final = ("csv", "json", "ndjson", "parquet", "sqlite")


@click.command()
@click.argument("table", type=click.Choice(TABLE_NAMES))
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMAT_NAMES),
    help="Else what the ending of FILE says, or csv.",
)
@click.option("-o", "--output", metavar="FILE", default="-", help="'-' for standard output.")
@click.option("--force", is_flag=True, help="Write over files that are there.")
@on_option("Only the rows of this date of service (YYYY-MM-DD).")
@catalog_option
def export(  # noqa: PLR0913  # an argument an option
    table: str,
    form: str | None,
    output: str,
    on: str | None,
    catalog: cdtref.Catalog,
    *,
    force: bool,
) -> None:
    """
    Write a TABLE of the reference whole: a row for each code, retired ones too, or for each value,
    conflict or requirement. FILE.fields.csv beside it tells what each column is.

    In csv, json and sqlite a list is JSON, in json and sqlite a relative value is a floating-point
    number. In csv a null is an empty cell, an empty text has quotes.
    """
    from cdtref.cli.formats import FORMATS
    from cdtref.frame import TABLES

    chosen = FORMATS[form or _format_of_ending(output)]
    wanted = TABLES[table.replace("-", "_")]
    rows = wanted.rows(on, catalog=catalog)
    if output != "-":
        _write_files(chosen, wanted, rows, output, force=force)
    elif chosen.lines is None:
        raise click.UsageError("this format is no text; name a file with -o FILE")
    else:
        _print_lines(chosen.lines(wanted, rows))


def _write_files(
    chosen: Format, wanted: ReferenceTable, rows: Rows, output: str, *, force: bool
) -> None:
    """The table, and its dictionary beside it; both or none."""
    from cdtref.cli.formats import dictionary_lines

    path = Path(os.path.realpath(output))  # a link stays one
    beside = path.with_name(f"{path.name}.fields.csv")
    for file in (path, beside):
        _require_free(file, force=force)
    with _file_in_place_of(beside) as told, _file_in_place_of(path) as written:
        chosen.write(written, wanted, rows)
        with told.open("x", encoding="utf-8", newline="\n") as meanings:  # on Windows too
            meanings.writelines(dictionary_lines(wanted, chosen.types))
    tell(f"written: {path}, and its columns told in {beside.name}")


def _format_of_ending(output: str) -> str:
    ending = Path(output).suffix.removeprefix(".").lower()
    if not ending:
        return "csv"
    if ending not in FORMAT_NAMES:
        known = ", ".join(FORMAT_NAMES)
        problem = f"no format has the ending of {Path(output).name!r}; there are {known}"
        raise click.BadParameter(f"{problem}, or say --format", param_hint="--output")
    return ending


def _print_lines(lines: Iterable[str]) -> None:
    """UTF-8, whatever the terminal's encoding is; on one nothing acts."""
    stream = sys.stdout.buffer
    is_watched = sys.stdout.isatty()
    for line in lines:
        shown = line
        if is_watched:
            shown = "\n".join(map(printable, line.split("\n")))
        stream.write(shown.encode("utf-8", "backslashreplace"))


def _require_free(path: Path, *, force: bool) -> None:
    if not path.parent.is_dir():
        raise _unwritable_file(f"there is no folder {path.parent}; make it first")
    if not path.exists():
        return
    if not path.is_file():
        raise _unwritable_file(f"{path} is no plain file; name another")
    if not force:
        raise _unwritable_file(f"{path} is there; --force writes over it")


def _unwritable_file(problem: str) -> click.ClickException:
    return click.ClickException(printable(problem))


@contextlib.contextmanager
def _file_in_place_of(path: Path) -> Iterator[Path]:
    """A file beside *path* that takes its place once all of it is written."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        raise _unwritable_file(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)
