"""
The doors to files of claims: `read_claims` and `check_file`, in whatever format they come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from os import PathLike
from typing import IO, Any

from cdtref import bundled
from cdtref.claim import Background, Checked, Claim, Limit, PatientKeys, require_known
from cdtref.claim.claimfile import check_claims_in_file, claims_in_file, layout_of
from cdtref.codeset import Catalog


def read_claims(  # noqa: PLR0913  # each is a part of the question, most by name only
    path: str | PathLike[str],
    columns: Mapping[str, str] | None = None,
    *,
    dates: str | None = None,
    profile: str | None = None,
    note: Callable[[str], object] | None = None,
    sheet: str | None = None,
) -> Iterator[Claim]:
    """
    The claims of a file, one by one as they are read: an 837D, FHIR resources (JSON or NDJSON), or
    a table (csv, xlsx with its extra, parquet with PyArrow). Which it is, its content tells, not
    its name; '-' is standard input. Memory does not grow with an 837D, NDJSON, csv or parquet.

    `Claim.findings` has what could not be read, each with its line; `Claim.place` tells where the
    claim stands. Names, numbers and addresses of people are passed over, of which nothing is told,
    and other things too, of which *note* is.

    In a table the rows of one claim id stand together, and are one claim; more than 500 are
    several. A row without one is a claim by itself, without an id. *columns* names the title of a
    field's column where it is an unusual one, *profile* the system that wrote the table
    ('open-dental', 'dentrix', 'eaglesoft', 'warehouse'), *dates* the order in 3/2/2026: 'mdy',
    'dmy', or 'none' for a plan of treatment, which has no dates and whose claims are
    predeterminations. Without it the month comes first, which *note* is told; a date that has the
    day first is refused then. *sheet* is the sheet of a workbook where it is not the first.

    Raises:
        DataFormatError: the file is in none of these formats, or broken; a column is missing or
            double; a date has the day first and *dates* does not tell. It names the line.
        ValueError: *columns* names a field that there is not; no such profile or order of dates.
        OSError: the file cannot be opened.

    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "export.csv"
    >>> _ = path.write_text("ProcCode,ProcDate,ToothNum,Surf\\nD2391,3/2/2026,14,O\\n")
    >>> [(line.code, str(line.date)) for claim in read_claims(path) for line in claim.lines]
    [('D2391', '2026-03-02')]
    >>> _ = path.write_text("ProcCode,ProcDate\\nD0120,25/3/2026\\n")
    >>> next(read_claims(path))
    Traceback (most recent call last):
    cdtref.errors.DataFormatError: ...export.csv, line 2: '25/3/2026' has the day first, so no ...
    """
    layout = layout_of(columns, dates, profile, sheet)
    for filed in claims_in_file(path, layout, _claims_of_resources, note):
        yield filed.claim


def check_file(  # noqa: PLR0913  # each is a part of the question, most by name only
    path: str | PathLike[str],
    columns: Mapping[str, str] | None = None,
    *,
    dates: str | None = None,
    profile: str | None = None,
    note: Callable[[str], object] | None = None,
    catalog: Catalog | None = None,
    history: bool = False,
    progress: Callable[[int], object] | None = None,
    limits: Iterable[Limit] = (),
    sheet: str | None = None,
) -> Iterator[Checked]:
    """
    Every line of a file of claims with its findings, as it is read; the file is any that
    `read_claims` reads, and told of in the same way.

    Lines of one claim are checked together, and what is wrong with the claim as a whole stands
    before them. A row of a table that names no claim is checked by itself. A line that cannot be
    read has a finding of its own, 'line.unreadable', and the others are checked. Where a table has
    no column for the prosthesis code, that is said once.

    With *history* the lines of a patient that stand above in the file are the history of those
    below: of an 837D by subscriber and patient, of FHIR by what its reference to the patient tells
    (Claims and ExplanationOfBenefits each among themselves), of a table by its column `patient`,
    where rows of one patient and day that stand together and name no claim are one claim. Of a
    patient a hash is kept, under a secret of this process, in memory and while the file is read.
    More than 100,000 lines, or 1,000 of one patient, are too many; *note* is told, and then claims
    are judged by themselves.

    *progress* is told how many bytes of the file are done with, block by block; of xlsx, parquet
    and FHIR resources, which are not read from beginning to end, little or nothing.

    *limits* are those of one plan (`Limit`, `read_limits`), by which every line is judged; with
    *history* they count the patient's lines above, too, but not per provider, who is not kept.

    Raises:
        DataFormatError, ValueError, OSError: as `read_claims`.
        UnknownCodeError: a limit is of a dental code that the catalog lacks.
    """
    layout = layout_of(columns, dates, profile, sheet)
    if catalog is None:
        catalog = bundled.catalog()
    background = Background(table=bundled.conflict_table(), limits=limits)
    require_known(background.limits, catalog)
    yield from check_claims_in_file(
        path,
        layout,
        _claims_of_resources,
        catalog,
        background,
        note=note,
        progress=progress,
        history=history,
    )


def _claims_of_resources(
    file: str | PathLike[str] | IO[Any],
    *,
    note: Callable[[str], object] | None,
    keys: PatientKeys | None,
) -> Iterator[tuple[Claim, bytes | None]]:
    """FHIR is read where it is met, for most files are something else."""
    from cdtref.fhir.files import claims_by_patient

    return claims_by_patient(file, note=note, keys=keys)
