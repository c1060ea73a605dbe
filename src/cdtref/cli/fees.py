"""The command about values: `rvu`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

import attrs
import click

import cdtref
from cdtref import DentalRvu, Payment, RelativeValues
from cdtref.cli.options import as_json_option, header_option, on_option
from cdtref.cli.printing import print_json, print_json_list, print_line, print_table, tell

_DENTAL = "Dental (Indian Health Service)"
_MEDICARE = "Medicare (CMS)"


@click.command()
@click.argument("code")
@click.argument("modifier", required=False)
@on_option("The dental value that was in use on this date of service (YYYY-MM-DD).")
@click.option(
    "--locality",
    metavar="KEY",
    help="What Medicare pays there, such as in CA-18; see `cdtref localities`.",
)
@click.option("--facility", is_flag=True, help="What Medicare pays for it in a facility.")
@header_option
@as_json_option("Print the values as JSON.")
def rvu(  # noqa: PLR0913  # an argument an option
    code: str,
    modifier: str | None,
    locality: str | None,
    *,
    on: str | None,
    facility: bool,
    header: bool,
    as_json: bool,
) -> None:
    """
    Show what any procedure CODE is worth: a dental one on the dental scale of the Indian Health
    Service, and any one on Medicare's, with an optional MODIFIER (26, TC, 53). The two are never
    added up.

    With --locality or --facility also the amount that Medicare pays.
    """
    found = _values_of(code, modifier, on)
    if locality is not None or facility:
        schedule = cdtref.fee_schedule()
        paid = schedule.payment(code, modifier, facility=facility, locality=locality)
        found = attrs.evolve(found, payment=paid)
    if as_json:
        print_json(found.to_dict())
    elif sys.stdout.isatty():
        found.draw()
    else:
        print_table(("scale", "field", "value"), found.rows(), header=header)


@click.command()
@click.argument("text", nargs=-1)
@header_option
@as_json_option("Print the localities as JSON.")
def localities(text: tuple[str, ...], *, header: bool, as_json: bool) -> None:
    """
    List the localities of Medicare's fee schedule by their keys, which --locality takes: those of
    which key or name has TEXT in it, else all; with their indices of work, practice expense and
    malpractice.
    """
    wanted = " ".join(text).casefold()
    places = sorted(cdtref.fee_schedule().localities, key=str)
    found = [place for place in places if wanted in str(place).casefold()]
    if as_json:
        print_json_list(map(_locality_dict, found))
    else:
        rows = (tuple(_locality_dict(place).values()) for place in found)
        print_table(("key", "name", "contractor", "work", "pe", "mp"), rows, header=header)
    if not found:
        tell(f"no locality has {' '.join(text)!r} in its key or name")


def _locality_dict(place: cdtref.Locality) -> dict[str, str]:
    return {field: str(value) for field, value in attrs.asdict(place).items()}


@attrs.frozen
class _Values:
    """The answers of both scales, and why one has none."""

    code: str
    dental: DentalRvu | None
    told_of_dental: str
    row: RelativeValues | None
    told_of_medicare: str
    payment: Payment | None = None

    def to_dict(self) -> dict[str, Any]:
        """Medicare's row, with what it means and the dental value beside it."""
        row: dict[str, Any] = {"code": self.code, "release": cdtref.FEE_SCHEDULE}
        if self.row is not None:
            row = self.row.to_dict()
        row["is_billable_with_rvu"] = self.row is not None and self.row.is_billable_with_rvu
        row["explanation"] = self.told_of_medicare
        row["dental_rvu"] = None if self.dental is None else self.dental.to_dict()
        row["dental_explanation"] = self.told_of_dental
        if self.payment is not None:
            row["payment"] = self.payment.to_dict()
        return row

    def rows(self) -> Iterator[tuple[str, str, Any]]:
        """For a program every figure, each under the name of its scale."""
        if self.dental is not None:
            yield from _rows_under(_DENTAL, self.dental.to_dict().items())
        if self.told_of_dental:
            yield _DENTAL, "explanation", self.told_of_dental
        if self.row is not None:
            yield from _rows_under(_MEDICARE, self.row.to_dict().items())
        yield _MEDICARE, "explanation", self.told_of_medicare
        if self.payment is not None:
            yield _MEDICARE, "payment", self.payment.amount
            yield _MEDICARE, "payment explained", self.payment.explain()

    def draw(self) -> None:
        """For a person what it means."""
        if self.dental is not None:
            print_table((_DENTAL, ""), self.dental.facts)
        if self.told_of_dental:
            print_line(self.told_of_dental)
        if self.row is not None:
            print_table((_MEDICARE, ""), self.row.facts)
        print_line(self.told_of_medicare)
        if self.payment is not None:
            print_line(self.payment.explain())


def _rows_under(scale: str, fields: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, str, Any]]:
    for name, value in fields:
        if isinstance(value, list):  # the values before this one
            past = (f"{entry['value']} from {entry['since']}" for entry in value)
            yield scale, name, "; ".join(past)
        else:
            yield scale, name.replace("_", " "), value


def _values_of(code: str, modifier: str | None, on: str | None) -> _Values:
    """
    Both answers. Where Medicare has no row the dental one may still be there; where neither has
    any that is an error, and so is a modifier without a row, for only Medicare knows modifiers.
    """
    dental, told_of_dental = _dental_answer(code, on)
    try:
        row = cdtref.rvu(code, modifier)
    except cdtref.UnknownCodeError as error:
        if dental is None and told_of_dental:
            both = f"{told_of_dental}. {error}"
            raise cdtref.UnknownCodeError(both, code=error.code) from error
        if dental is None or modifier is not None:
            raise
        return _Values(dental.code, dental, told_of_dental, None, str(error))
    return _Values(row.code, dental, told_of_dental, row, row.explain())


def _dental_answer(code: str, on: str | None) -> tuple[DentalRvu | None, str]:
    """The dental value and what it means, or why a dental code has none; "" of other codes."""
    if cdtref.code_system(code) is not cdtref.CodeSystem.CDT:
        return None, ""
    try:
        value = cdtref.dental_rvu(code, on)
    except (cdtref.NoRelativeValuesError, cdtref.UnknownCodeError) as error:
        return None, str(error)
    return value, value.explain()
