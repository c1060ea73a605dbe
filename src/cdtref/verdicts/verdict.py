"""Form, fact and date of a text as a code, in one record: `Verdict`."""

from __future__ import annotations

from datetime import date

import attrs

from cdtref.code import Code, code_system, invalid_code, is_valid_code, parse_code
from cdtref.codeset import Catalog
from cdtref.codesystem import CodeSystem
from cdtref.errors import NotInForceError, UnknownCodeError
from cdtref.fieldtext import as_date
from cdtref.procedure import Procedure
from cdtref.record import Record


@attrs.frozen(kw_only=True)
class Verdict(Record):
    """
    What a text is as a procedure code: three questions, and None where one does not arise.

    Attributes:
        text: The text as it was given.
        code: The code in canonical form; None where the text has the form of none.
        system: The system whose form it has; None likewise.
        known: Whether the catalog has it; None of other systems than CDT.
        in_force: Whether it was in force on the day asked; without one, in the pinned edition.
        reason: What is wrong, in a sentence; "" where nothing is.
        suggestion: The code that a malformed text may mean, or None.
        neighbours: Known codes near an unknown one.
        replaced_by: Successors of a code that had ended, as far as they were in force then.
    """

    text: str
    code: Code | None = None
    system: CodeSystem | None = None
    known: bool | None = None
    in_force: bool | None = None
    reason: str = ""
    suggestion: str | None = None
    neighbours: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()

    @property
    def is_well_formed(self) -> bool:
        """True where the text has the form of a code of any system."""
        return self.code is not None

    def __str__(self) -> str:
        return self.reason or f"{self.code}: nothing is wrong with it"


def verdict_of(text: str, catalog: Catalog, on: date | str | None = None) -> Verdict:
    """As `cdtref.verdict`, whose rules stand there, by a catalog."""
    if not isinstance(text, str):
        # As `get` has it: what is no text is no code.
        raise invalid_code(text)
    if on is not None:
        on = as_date(on)
    if not is_valid_code(text):
        fault = invalid_code(text, catalog)
        return Verdict(text=text, reason=str(fault), suggestion=fault.suggestion)
    code = parse_code(text)
    system = code_system(code)
    if system is not CodeSystem.CDT:
        return Verdict(text=text, code=code, system=system)
    return _verdict_on_dental(text, code, catalog, on)


def _verdict_on_dental(text: str, code: Code, catalog: Catalog, day: date | None) -> Verdict:
    well_formed = Verdict(text=text, code=code, system=CodeSystem.CDT)
    try:
        procedure = catalog.lookup(code)
    except UnknownCodeError as error:
        near = error.neighbours
        return attrs.evolve(well_formed, known=False, reason=str(error), neighbours=near)
    known = attrs.evolve(well_formed, known=True, in_force=True)
    absence = _absence_of(procedure, catalog, day)
    if absence is None:
        return known
    heirs = absence.replaced_by
    return attrs.evolve(known, in_force=False, reason=str(absence), replaced_by=heirs)


def _absence_of(procedure: Procedure, catalog: Catalog, day: date | None) -> NotInForceError | None:
    """Why the code was not in force then; None where it was."""
    if day is None and procedure.code in catalog.codes_in_force():
        return None
    try:
        if day is None:
            catalog.require_current(procedure)
        else:
            procedure.require_in_force(day)
    except NotInForceError as error:
        return error
    return None
