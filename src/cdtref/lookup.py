"""The bare doors: `get`, `procedures`, `rvu` and the rest, each one question to the bundled data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdtref import release
from cdtref.codeset import Catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from cdtref.claim import ClaimLine, ClaimRule, Rule
    from cdtref.claimfile import Checked
    from cdtref.codepage import CodePage
    from cdtref.feeschedule import FeeSchedule
    from cdtref.finding import Finding
    from cdtref.relativevalues import RelativeValues

_BUNDLED: Final = release.catalog()

get = _BUNDLED.lookup
procedures = _BUNDLED.procedures
editions = _BUNDLED.editions
changes = _BUNDLED.changes
search = _BUNDLED.search

_billable: dict[str, bool] = {}  # answers for the rows without modifier that were asked for so far


def catalog() -> Catalog:
    """The bundled code set: a mapping of all codes, retired ones included, with canonical keys only."""
    return _BUNDLED


def check(
    line: ClaimLine, rules: Iterable[Rule] | None = None, *, catalog: Catalog | None = None
) -> tuple[Finding, ...]:
    """
    What is wrong with a claim line: by `LINE_RULES` unless other *rules* are given, and by the bundled code set unless
    another *catalog* is.

    Raises:
        TypeError: *line* is not a `ClaimLine`. A bad claim never raises.

    >>> import cdtref
    >>> [finding.rule for finding in check(cdtref.ClaimLine("D2391", "2026-03-02", tooth="14"))]
    ['surface.missing']
    >>> check(cdtref.ClaimLine("D2391", "2026-03-02", tooth="14", surfaces="O"))
    ()
    """
    from cdtref.claim import check_line
    from cdtref.linerules import LINE_RULES

    return check_line(line, _BUNDLED if catalog is None else catalog, LINE_RULES if rules is None else rules)


def check_claim(
    lines: Iterable[ClaimLine],
    rules: Iterable[Rule] | None = None,
    claim_rules: Iterable[ClaimRule] | None = None,
    *,
    catalog: Catalog | None = None,
) -> tuple[Finding, ...]:
    """
    What is wrong with the lines of one claim, each and together; `Finding.line` is the place of the line, from 0.

    *rules*, *claim_rules* and *catalog* are `LINE_RULES`, `CLAIM_RULES` and the bundled code set unless others are
    given.

    Raises:
        TypeError: something in *lines* is not a `ClaimLine`. A bad claim never raises.

    >>> import cdtref
    >>> exam = cdtref.ClaimLine("D0120", "2026-03-02")
    >>> [(finding.line, finding.rule) for finding in check_claim([exam, exam])]
    [(1, 'line.duplicate')]
    >>> check_claim([exam])
    ()
    """
    from cdtref.claim import check_lines
    from cdtref.claimrules import CLAIM_RULES
    from cdtref.linerules import LINE_RULES

    return check_lines(
        lines,
        _BUNDLED if catalog is None else catalog,
        LINE_RULES if rules is None else rules,
        CLAIM_RULES if claim_rules is None else claim_rules,
    )


def check_file(
    path: str | Path,
    columns: Mapping[str, str] | None = None,
    *,
    note: Callable[[str], object] = lambda _: None,
    catalog: Catalog | None = None,
) -> Iterator[Checked]:
    """
    Every line of a csv with its findings, as it is read; lines of one claim stand together and are checked together.

    *columns* names the header of a field where it is an unusual one; *note* is told of what is passed over. A line
    with a cell that cannot be read has a finding of its own, 'line.unreadable', and the others are checked.

    Raises:
        DataFormatError: the file is not a csv in utf-8, or a column is missing or double.
        ValueError: *columns* names a field that there is not.
    """
    from cdtref.claimfile import check_lines_of

    return check_lines_of(path, _BUNDLED if catalog is None else catalog, columns, note=note)


def fee_schedule() -> FeeSchedule:
    """The bundled release of Medicare's physician fee schedule, with its localities."""
    return release.fee_schedule()


def page(code: str, *, catalog: Catalog = _BUNDLED) -> CodePage:
    """
    The page of a code, retired ones included: every section of it, as Markdown, HTML or plain values.

    Raises:
        InvalidCodeError: *code* is not the form of any code.
        UnknownCodeError: it is well-formed, but not in the catalog.

    >>> page("D0389").faq[0].question
    'Is D0389 billable with RVUs?'
    >>> page("0389")
    Traceback (most recent call last):
    cdtref.errors.InvalidCodeError: '0389' is four digits without a letter; did you mean D0389?
    """
    from cdtref.codepage import CodePage
    from cdtref.nomenclature import AddedProcedure

    procedure = catalog.lookup(code)
    own = procedure.sources if isinstance(procedure, AddedProcedure) else ()
    codes = dict.fromkeys((*(link.code for link in procedure.related), *procedure.replaced_by))
    schedule = release.fee_schedule()
    return CodePage(
        procedure=procedure,
        values=schedule.get(procedure.code),
        linked=tuple(catalog[other] for other in codes if other in catalog),
        edition=release.EDITION,
        release=schedule.release,
        sources=own or release.sources(procedure.category),
    )


def rvu(code: str, modifier: str | None = None) -> RelativeValues:
    """
    The relative values of a code in the bundled fee schedule release.

    Raises:
        InvalidCodeError: *code* or *modifier* is malformed.
        UnknownCodeError: the release has no such row; that is another answer than a row of zeros.

    >>> rvu("99213").work, rvu("99213").total_nonfacility
    (Decimal('1.30'), Decimal('2.85'))
    >>> rvu("86153")
    Traceback (most recent call last):
    cdtref.errors.UnknownCodeError: RVU26C has no row for 86153 (CPT Category I); it has 86153 with 26
    """
    return release.fee_schedule().rvu(code, modifier)


def is_billable_with_rvu(code: object, modifier: str | None = None) -> bool:
    """
    True exactly where Medicare's physician fee schedule pays the code through RVUs: status A, R or T, total above zero.

    False for a well-formed code that the release lacks, and for what is no text at all.

    Raises:
        InvalidCodeError: a text that is malformed, which is a slip to mend rather than an answer.

    >>> is_billable_with_rvu("99213"), is_billable_with_rvu("D0389")
    (True, False)
    >>> is_billable_with_rvu("0389")
    Traceback (most recent call last):
    cdtref.errors.InvalidCodeError: '0389' is four digits without a letter; did you mean D0389?
    """
    if modifier is None:
        try:
            return _billable[code]  # type: ignore[index]
        except (KeyError, TypeError):
            pass
    return _ask_billable(code, modifier) if isinstance(code, str) else False


def _ask_billable(code: str, modifier: str | None) -> bool:
    row = release.fee_schedule().get(code, modifier)
    answer = row is not None and row.is_billable_with_rvu
    if row is not None and modifier is None:
        _billable[row.code] = answer
    return answer
