"""The command about a file of one's own: `overlay`."""

from __future__ import annotations

from collections.abc import Iterator

import click

import cdtref
from cdtref.cli.options import as_json_option, header_option, mapping_of
from cdtref.cli.printing import print_json, print_table, tell
from cdtref.record import plain

_REMARKED = ("unmatched", "duplicates", "changed", "malformed", "passed_over")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="OURS=HEADER",
    help="The column of a field; repeatable.",
)
@header_option
@as_json_option("Print the report as JSON.")
def overlay(file: str, columns: tuple[str, ...], *, header: bool, as_json: bool) -> None:
    """
    Say what a FILE of your own would do as a catalog, csv, xlsx or JSON: the codes that it adds,
    and what of it cannot be used. Exit 1 if a line is left out.

    Then `--catalog FILE`, or the environment variable CDTREF_CATALOG, has show, list, search,
    validate, check, export and mcp answer by it.

    \b
    Columns, of which code and nomenclature are needed:
      code             procedure code
      nomenclature     its official name, by your licence; also name, title, description
      descriptor       its official description
      effective        first day of a code that the catalog lacks, which adds it
      terminated       first day on which such a code is no longer valid
      category         its category; else that of the codes beside it
      treatment_area   none, tooth, tooth+surface, tooth range, quadrant, arch or site
      surface_count    2, or 3-5
      arch             01 or 02, where the code itself says it
      dentition        permanent or primary
      by_report        yes or no: whether a narrative goes with it
      prosthesis_code  asked, allowed or never
      under_age        years
      add_on           yes or no: whether it goes beside another code alone
    """
    mine = cdtref.catalog().with_nomenclature(file, mapping_of(columns))
    report = mine.nomenclature_report
    if report is None:  # pragma: no cover  # an overlay always has one
        return
    if as_json:
        print_json(plain(report))
    else:
        print_table(("what", "line", "code", "told"), _rows_of(mine, report), header=header)
    tell(_summary_of(report))
    raise SystemExit(1 if report.malformed or report.unmatched else 0)


def _rows_of(
    mine: cdtref.Catalog, report: cdtref.NomenclatureReport
) -> Iterator[tuple[str, int | None, str, str]]:
    for note in report.notes:
        yield "note", None, "", note
    for code in report.added:
        added = mine[code]
        lives = "; ".join(map(str, added.periods))
        yield "added", None, code, f"{added.category.label}, {lives}: {added.title}"
    for kind in _REMARKED:
        for remark in getattr(report, kind):
            yield kind.replace("_", " "), remark.line, remark.code, remark.told


def _summary_of(report: cdtref.NomenclatureReport) -> str:
    counts = f"added: {len(report.added)}, worded: {len(report.matched)}"
    left_out = len(report.malformed) + len(report.unmatched)
    return f"{counts}, lines left out: {left_out}, codes without a wording: {len(report.missing)}"
