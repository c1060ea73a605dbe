"""The columns of relative values on both scales, and of what may not stand together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from operator import attrgetter
from typing import Final

from cdtref import bundled
from cdtref.claim import Conflict
from cdtref.codeset import Catalog
from cdtref.dentalrvu import DentalRvu
from cdtref.errors import NoRelativeValuesError
from cdtref.frame.codecolumns import CMS, IHS, procedures_of
from cdtref.frame.columns import COMPILED, OURS, SOURCES, Column
from cdtref.frame.kinds import Fields, ListOf

RVU_COLUMNS: Final = (
    Column("code", str, "The procedure code, as the release prints it.", CMS),
    Column("modifier", str, "26, TC or 53 where the row is for that part only; else null.", CMS),
    Column("system", str, "The code's system; null for a placeholder of CMS's own.", OURS),
    Column("status", str, "CMS's status indicator.", CMS),
    Column(
        "is_billable_with_rvu",
        bool,
        "Whether the release pays the row through RVUs: status A, R or T, a total above zero.",
        CMS,
    ),
    Column("not_used_for_payment", bool, "Marked as not used for Medicare payment (+).", CMS),
    Column("work", Decimal, "Work RVU of the physician.", CMS),
    Column("pe_nonfacility", Decimal, "Practice expense RVU outside a facility.", CMS),
    Column("na_nonfacility", bool, "That setting is marked as not applicable (NA).", CMS),
    Column("pe_facility", Decimal, "Practice expense RVU in a facility.", CMS),
    Column("na_facility", bool, "That setting is marked as not applicable (NA).", CMS),
    Column("mp", Decimal, "Malpractice RVU.", CMS),
    Column("total_nonfacility", Decimal, "CMS's total outside a facility.", CMS),
    Column("total_facility", Decimal, "CMS's total in a facility.", CMS),
    Column("pctc", str, "PC/TC indicator.", CMS),
    Column("global_days", str, "Global period: 000, 010, 090, MMM, XXX, YYY or ZZZ.", CMS),
    Column("pre_op", Decimal, "Share of the package before the operation, of 1.", CMS),
    Column("intra_op", Decimal, "Share of the operation itself, of 1.", CMS),
    Column("post_op", Decimal, "Share after the operation, of 1.", CMS),
    Column("multiple_procedure", str, "Multiple procedure indicator (modifier 51).", CMS),
    Column("bilateral", str, "Bilateral surgery indicator (modifier 50).", CMS),
    Column("assistant", str, "Assistant at surgery indicator (80, 81, 82, AS).", CMS),
    Column("co_surgeon", str, "Co-surgeon indicator (modifier 62).", CMS),
    Column("team", str, "Team surgery indicator (modifier 66).", CMS),
    Column("endoscopic_base", str, "The base code of its endoscopy family.", CMS),
    Column("supervision", str, "Physician supervision indicator of a diagnostic procedure.", CMS),
    Column("imaging_family", str, "Diagnostic imaging family indicator.", CMS),
    Column("opps_pe_nonfacility", Decimal, "Non-facility PE of the OPPS payment cap.", CMS),
    Column("opps_pe_facility", Decimal, "Facility PE of the OPPS payment cap.", CMS),
    Column("opps_mp", Decimal, "Malpractice RVU of the OPPS payment cap.", CMS),
    Column("release", str, "CMS's name of the release.", CMS),
)
"""Of `RelativeValues`."""

_DATED_VALUE: Final = Fields({"value": Decimal, "since": dt.date, "patch": int})

# The other scale: no column of the one stands in the table of the other, so that nobody adds them.
DENTAL_RVU_COLUMNS: Final = (
    Column("code", str, "The procedure code; one row for each that has a value.", IHS),
    Column("value", Decimal, "The weight, D0150 being 1.00; 0.00 credits no work.", IHS),
    Column("since", dt.date, "First day of the value.", IHS),
    Column("patch", int, "Number of the patch that set it.", IHS),
    Column("superseded", dt.date, "First day of the next value; null for the last one.", IHS),
    Column("level_of_care", int, "The level of care; null where not stated.", IHS),
    Column("history", ListOf(_DATED_VALUE), "The values before this one, oldest first.", IHS),
    Column("service_minutes_2003", int, "The older measure of the code, in minutes.", IHS),
    Column("note", str, "What is odd about the value or its level.", OURS),
    Column("release", str, "The newest patch that was read.", IHS),
)
"""Of `DentalRvu`."""

CONFLICT_COLUMNS: Final = (
    Column("code", str, "The code; a row for each statement about it.", COMPILED),
    Column("others", ListOf(str), "The codes that it is about, one by one.", COMPILED),
    Column("spans", ListOf(str), "The same in short, ranges as ranges.", COMPILED),
    Column("kind", str, "included, exclusive, duplicate or needs.", COMPILED),
    Column(
        "scope",
        str,
        "What the two share: tooth, site, quadrant, arch, visit, day or patient.",
        COMPILED,
    ),
    Column("days", int, "How far apart they may be; 0 the same day, null ever.", COMPILED),
    Column("both_ways", bool, "Whether the window runs forward from the code too.", COMPILED),
    Column("questioned", str, "Which of the two falls away: code, other or either.", COMPILED),
    Column("same_dentist", bool, "Whether it speaks of one dentist or office only.", COMPILED),
    Column("strength", str, "code set for a rule of it, practice of programs.", COMPILED),
    Column("confidence", str, "How sure it is as a warning: high, medium or low.", COMPILED),
    Column("claim", str, "What it says, in a sentence.", OURS, attrgetter("caption")),
    Column("reason", str, "Why.", OURS),
    Column("since", dt.date, "The first day that it holds for, null for all.", COMPILED),
    Column("whose", ListOf(str), "Whose rule or practice it is.", COMPILED),
    Column("sources", ListOf(SOURCES), "Where it is said.", COMPILED),
)
"""Of a `Conflict`."""


def dental_rvus_of(catalog: Catalog, on: dt.date | None) -> Iterator[DentalRvu]:
    """The last value known of each code, or that of a day."""
    scale = bundled.dental_scale()
    for procedure in catalog.values():
        if procedure.code in scale:
            try:
                yield scale.rvu(procedure.code, on)
            except NoRelativeValuesError:  # it had none yet
                continue


def conflicts_of(catalog: Catalog, on: dt.date | None) -> Iterator[Conflict]:
    """What is said of each code, or of those in force on a day, the surest first."""
    table = bundled.conflict_table()
    for procedure in procedures_of(catalog, on):
        yield from table.conflicts(procedure.code)
