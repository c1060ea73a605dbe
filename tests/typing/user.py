"""
What a user writes. Type checkers find fault with the lines that end in `# error`, and with no
other.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

import pydantic

import cdtref
from cdtref import ClaimLine
from cdtref.pydantic import (
    InForce,
    KnownCode,
    ModifierCode,
    ToothNumber,
)
from cdtref.testing import claen_line  # error
from cdtref.testing import clean_line as imported_line

cdtref.is_valid_code("D0120")
cdtref.is_vaild_code("D0120")  # error
cdtref.frame.anotate  # error

from_mapping: cdtref.Procedure = cdtref.catalog()["D0120"]
from_door: cdtref.Procedure = cdtref.get("d0120")
on_a_day: cdtref.Procedure = cdtref.get("D0120", on=date.min)
titles: dict[str, str] = {code: procedure.title for code, procedure in cdtref.catalog().items()}
cdtref.catalog()[120]  # error
cdtref.get(120)  # error

annotate = cdtref.frame.annotate
site = cdtref.fhir.body_site(cdtref.parse_tooth("14"))
sent: list[cdtref.Claim] = list(cdtref.fhir.claims_of({"resourceType": "Claim"}, note=print))
cdtref.fhir.claims_in(14)  # error
again: cdtref.Procedure = cdtref.Procedure.from_dict(from_door.to_dict())
schema: dict[str, object] = cdtref.json_schema("Procedure")
line: ClaimLine = cdtref.testing.clean_line(from_door)

ClaimLine("D0120", "2026-03-02", fee=Decimal("12.50"), quantity=2, modifiers=["KX"])
ClaimLine("D0120", date.min, fee=12, birth_date="2001-05-06", prosthesis="I", medicare=True)
ClaimLine("D0120", "2026-03-02", fee=12.5)  # error
ClaimLine("D0120", "2026-03-02", fee="12.50", tooth=14, modifiers="KX")
ClaimLine("D0120", "2026-03-02", quantity="1")  # error
ClaimLine("D0120", "2026-03-02", medicare="yes")  # error
ClaimLine("D0120", "2026-03-02", surfaces=14)  # error
ClaimLine("D0120", 20260302)  # error

found: tuple[cdtref.Match, ...] = cdtref.search("crown", limit=3)
cdtref.search("crown", 3)  # error
difference: cdtref.Changes = cdtref.changes(2025, "2026")
values: cdtref.RelativeValues = cdtref.rvu("99213")
findings: tuple[cdtref.Finding, ...] = cdtref.check(line)
filed: list[cdtref.Claim] = list(cdtref.read_claims("claims.837", note=print))
checked: list[cdtref.Checked] = list(cdtref.check_file("claims.csv", dates="dmy", history=True))
cdtref.check_file("claims.csv", history="yes")  # error
refused: list[cdtref.Finding] = [finding for finding in findings if finding.is_error]
findings[0].is_eror  # error

codes = cdtref.frame.codes("polars", on=date.min)
cdtref.frame.codes("excel")  # error
cdtref.frame.codes(on=20260302)  # error
cdtref.frame.rvus("pandas", schedule=cdtref.fee_schedule())
cdtref.frame.requirements("pyarrow", "2026-03-02", catalog=cdtref.catalog())
dictionary = cdtref.frame.fields("codes", backend="duckdb")
table: cdtref.frame.ReferenceTable = cdtref.frame.TABLES["codes"]
names: tuple[str, ...] = table.names


class Planned(pydantic.BaseModel):
    """A model of a user's."""

    code: KnownCode
    tooth: ToothNumber | None = None
    modifiers: list[ModifierCode] = []
    line: ClaimLine | None = None
    then: Annotated[str, InForce(date.min)] = "D0120"


planned = Planned(code="d0120", line=line)
kept: str = planned.code
Planned(code=120)  # error
Planned(code="D0120", line="D0120")  # error

try:
    cdtref.get("0120")
except cdtref.InvalidCodeError as error:
    suggestion: str | None = error.suggestion
except cdtref.UnknownCodeError as error:
    neighbours: tuple[str, ...] = error.neighbours
    error.replaced_by  # error
