"""An app that asks the package by its public names; `nox -s frozen` freezes and runs it."""

import sys

import cdtref

line = cdtref.ClaimLine(code="D2391", date=cdtref.editions()[-1].effective, tooth="14")
print(cdtref.get(" d-0389 ").code)
print([finding.rule for finding in cdtref.check(line)])
print(cdtref.search("deep cleaning lower left", limit=1)[0].procedure.code)
print(cdtref.is_billable_with_rvu("99213"), cdtref.rvu("D0389").status)
print(len(cdtref.page("D0389").to_markdown()) > 0, cdtref.fhir.body_site(cdtref.parse_tooth("14")))
print(cdtref.dental_rvu("D0150", default=None) is not None, len(cdtref.catalog()))
print("frozen" if getattr(sys, "frozen", False) else "not frozen", file=sys.stderr)
