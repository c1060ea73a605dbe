"""
The bare doors: `get`, `procedures`, `rvu` and the rest, each one question to the bundled data.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Annotated, Final, TypeVar, overload

import cdtref.bundled  # for the name `cdtref`, see below
from cdtref import bundled
from cdtref.code import code_system, parse_code
from cdtref.codeset import Catalog
from cdtref.codesystem import CodeSystem
from cdtref.errors import NoRelativeValuesError
from cdtref.fieldtext import as_date
from cdtref.procedure import Category, Procedure
from cdtref.record import GIVEN_BY_PROGRAM

# Annotations name these in full: at run time the package loads a module when it is first named.
if TYPE_CHECKING:
    import cdtref.claim
    import cdtref.dentalrvu
    import cdtref.feeschedule
    import cdtref.pages
    import cdtref.procedure.edition
    import cdtref.textsearch
    import cdtref.verdicts

_Default = TypeVar("_Default")

_BUNDLED: Final = bundled.catalog()
_PROCEDURES: Final = bundled.shelves()

_billable: dict[str, bool] = {}  # answers for the rows without modifier that were asked for so far


def catalog() -> Catalog:
    """
    The bundled code set: a mapping of all codes, retired ones included, with canonical keys only.
    """
    return _BUNDLED


def _or_bundled(catalog: Catalog | None) -> Catalog:
    if catalog is None:
        return _BUNDLED
    return catalog


def get(code: str, on: date | str | None = None) -> Procedure:
    """
    The procedure of a code as people type it, retired ones included; with *on*, only if it was in
    force on that date.

    It reads "d-0389", for which `catalog().get` gives None: a catalog is a mapping, with canonical
    keys only.

    Raises:
        InvalidCodeError: *code* is not the form of any code.
        UnknownCodeError: it is well-formed, but no such code is known.
        NotInForceError: it was not in force on the date *on*.

    >>> get("d-0389").code
    'D0389'
    >>> get("D1352", on="2026-01-01")
    Traceback (most recent call last):
    cdtref.errors.NotInForceError: D1352 was not in force on 2026-01-01: ...
    """
    if on is None:
        try:
            # The common case, canonical already, for the price of a look-up in a dict.
            return _PROCEDURES[code]
        except (KeyError, TypeError):
            pass
    return _BUNDLED.lookup(code, on)


def procedures(
    category: Category | str | None = None, on: date | str | None = None
) -> tuple[Procedure, ...]:
    """
    The procedures in force, in the order of their numbers: on the date *on*, or in the pinned
    edition.

    Raises:
        ValueError: *category* is no `Category`, slug or label, or *on* is not an ISO date.

    >>> procedures("sleep-apnea", on="2023-12-31")[0].code
    'D9947'
    >>> procedures("sleep")
    Traceback (most recent call last):
    ValueError: no category 'sleep'; the categories are diagnostic, ...
    """
    return _BUNDLED.procedures(category, on)


def search(
    text: str,
    *,
    limit: int = 10,
    on: date | str | None = None,
    category: Category | str | None = None,
    prefix: bool = False,
) -> tuple[cdtref.textsearch.Match, ...]:
    """
    The codes that *text* asks for, best first: codes and their beginnings, shorthand, lay and
    clinical words.

    Searched are the codes in force in the pinned edition, or on the date *on*; a retired code is
    found by its own full number, or with *on*. Words that say nothing dental find nothing. The
    order is always the same. With *prefix* the text is being typed, as into a picker: its last word
    is a beginning, and the list is steady while it grows.

    Raises:
        ValueError: *limit* is below 1, *category* is no category, or *on* is not an ISO date.
        TypeError: *text* is no text.

    >>> search("deep cleaning, two teeth", limit=1)[0].procedure.code
    'D4342'
    >>> search("deep clea", prefix=True, limit=1)[0].procedure.code
    'D4341'
    >>> search("crown", limit=0)
    Traceback (most recent call last):
    ValueError: limit is 0; ask for at least 1 match
    """
    return _BUNDLED.search(text, limit=limit, on=on, category=category, prefix=prefix)


def editions() -> tuple[cdtref.procedure.edition.Edition, ...]:
    """
    The editions that the bundled code set covers, oldest first; the last one is the pinned one.
    """
    return _BUNDLED.editions()


def changes(old: str | int, new: str | int) -> cdtref.procedure.edition.Changes:
    """
    What changed from one edition to a later one, by their sets of 1 January; editions are named by
    their years.

    Raises:
        UnknownReleaseError: one of the names is not an edition that is covered.
        ValueError: *old* is not earlier than *new*.

    >>> changes("2023", "2024") == changes(2023, 2024)
    True
    >>> changes("2024", "2023")
    Traceback (most recent call last):
    ValueError: the edition 2024 is not earlier than 2023; give the earlier one first
    """
    return _BUNDLED.changes(old, new)


def check(
    line: cdtref.claim.ClaimLine,
    rules: Annotated[Iterable[cdtref.claim.LineRule] | None, GIVEN_BY_PROGRAM] = None,
    *,
    catalog: Catalog | None = None,
) -> tuple[cdtref.claim.Finding, ...]:
    """
    What is wrong with a claim line: by `LINE_RULES` unless other *rules* are given, and by the
    bundled code set unless another *catalog* is.

    Raises:
        TypeError: *line* is not a `ClaimLine`. A bad claim never raises.

    >>> import cdtref
    >>> [finding.rule for finding in check(cdtref.ClaimLine("D2391", "2026-03-02", tooth="14"))]
    ['surface.missing']
    >>> check(cdtref.ClaimLine("D2391", "2026-03-02", tooth="14", surfaces="O"))
    ()
    """
    claim = cdtref.claim  # loaded when first named, as by an import, which takes five times as long
    if rules is None:
        rules = claim.LINE_RULES
    return claim.check_line(line, _or_bundled(catalog), rules)


def check_claim(  # noqa: PLR0913  # each is a part of the question, most by name only
    lines: Iterable[cdtref.claim.ClaimLine] | cdtref.claim.Claim,
    rules: Annotated[Iterable[cdtref.claim.LineRule] | None, GIVEN_BY_PROGRAM] = None,
    claim_rules: Annotated[
        Iterable[cdtref.claim.ClaimRule | cdtref.claim.ConflictRule] | None, GIVEN_BY_PROGRAM
    ] = None,
    *,
    header_rules: Annotated[Iterable[cdtref.claim.HeaderRule] | None, GIVEN_BY_PROGRAM] = None,
    catalog: Catalog | None = None,
    history: Iterable[cdtref.claim.ClaimLine | cdtref.claim.Claim] | None = None,
    practice: cdtref.claim.Practice = "usual",
    limits: Iterable[cdtref.claim.Limit] = (),
) -> tuple[cdtref.claim.Finding, ...]:
    """
    What is wrong with the lines of one claim, each and together; `Finding.line_index` is the place
    of the line, from 0. Of a `Claim` also what is wrong with what it says of itself, where
    `line_index` is None.

    *rules*, *claim_rules*, *header_rules* and *catalog* are `LINE_RULES`, `CLAIM_RULES`,
    `HEADER_RULES` and the bundled code set unless others are given.

    Lines that do not stand together are judged by the table of conflicts (`conflicts`): a rule of
    the code set that the claim itself decides is an error, the practice of payers a warning that
    names whose. With *practice* "all", what is one payer's wish or less sure is told too.

    *history* are earlier lines of the patient, or claims, in any order. With it, windows look back
    ("within 180 days of delivery"), and what a line needs may lie in the past; `history_index` of a
    finding is the place of the earlier line, the lines of claims counted through. An empty history
    says that there is none. A predetermination among them is a plan, and none of its lines counts.

    *limits* are those of the patient's plan (`Limit`, `read_limits`): what goes beyond them, by
    these lines and the history, is told as 'limit.frequency', 'limit.age' or 'limit.replacement'.

    Raises:
        TypeError: something in *lines* is not a `ClaimLine`, or in *history* neither that nor a
            `Claim`. A bad claim never raises.
        ValueError: *practice* is neither "usual" nor "all".
        UnknownCodeError: a limit is of a dental code that the catalog lacks.

    >>> import cdtref
    >>> exam = cdtref.ClaimLine("D0120", "2026-03-02")
    >>> [(finding.line_index, finding.rule) for finding in check_claim([exam, exam])]
    [(1, 'line.duplicate')]
    >>> check_claim([exam])
    ()
    >>> denture = cdtref.ClaimLine("D5110", "2026-02-12", prosthesis="initial")
    >>> adjustment = cdtref.ClaimLine("D5410", "2026-03-02")
    >>> [finding.rule for finding in check_claim([adjustment], history=[denture])]
    ['conflict.included']
    """
    claim = cdtref.claim
    if rules is None:
        rules = claim.LINE_RULES
    if claim_rules is None:
        claim_rules = claim.CLAIM_RULES
    if header_rules is None:
        header_rules = claim.HEADER_RULES
    table = bundled.conflict_table()
    background = claim.usual_background(table)
    if history is not None or practice != "usual" or limits != ():
        background = claim.Background(
            table=table, history=history, practice=practice, limits=limits
        )
        claim.require_known(background.limits, _or_bundled(catalog))
    asked = (lines, _or_bundled(catalog), rules, claim_rules)
    return claim.check_lines(*asked, header_rules=header_rules, background=background)


def verdict(
    text: str, on: date | str | None = None, *, catalog: Catalog | None = None
) -> cdtref.verdicts.Verdict:
    """
    What a text is as a procedure code: form, fact and date in one record. It never raises on text.

    With *on*, whether it was in force on that day; without, whether it is in the pinned edition.

    Raises:
        InvalidCodeError: *text* is no text.
        ValueError: *on* is not an ISO date.

    >>> fine = verdict("d-0389")
    >>> fine.code, fine.known, fine.in_force, fine.reason
    ('D0389', True, True, '')
    >>> verdict("0389").suggestion, verdict("D1352", on="2026-01-01").in_force
    ('D0389', False)
    """
    from cdtref.verdicts import verdict_of

    return verdict_of(text, _or_bundled(catalog), on)


def find_codes(
    text: str, on: date | str | None = None, *, catalog: Catalog | None = None
) -> tuple[cdtref.verdicts.FoundCode, ...]:
    """
    Every procedure code in a text, and what looks like one, in the order of the text.

    It reads a letter, a chart note or the answer of a language model, to verify what they cite:
    codes of all systems, lists and ranges, slips such as an O for a zero, an I for a one, a letter
    behind the code. Digits without their letter count only beside a cue ('code 2751', 'CDT1351') or
    in a list that a code began, where nothing is counted ('0274 boxes'), so that phones, ZIP codes,
    dates, amounts, teeth and claim numbers are not taken for codes.

    With *on*, codes are in force or not on that day; without, in the pinned edition.

    Raises:
        TypeError: *text* is no text.
        ValueError: *on* is not an ISO date.

    >>> for found in find_codes("D2740 on #14, then D9940; see codes 0274 and 0147, call 555-0120"):
    ...     print(found.text, found.code, found.status, found.replaced_by)
    D2740 D2740 in force ()
    D9940 D9940 not in force ('D9944', 'D9945', 'D9946')
    0274 D0274 in force ()
    0147 D0147 unknown ()
    >>> find_codes("the crown on tooth 14 costs $1110")
    ()
    """
    from cdtref.verdicts import codes_found_in

    return tuple(codes_found_in(text, _BUNDLED if catalog is None else catalog, on))


def fee_schedule() -> cdtref.feeschedule.FeeSchedule:
    """The bundled release of Medicare's physician fee schedule, with its localities."""
    return bundled.fee_schedule()


def page(code: str, *, catalog: Catalog | None = None) -> cdtref.pages.CodePage:
    """
    The page of a code, retired ones included: every section of it, as Markdown, HTML or plain
    values.

    Raises:
        InvalidCodeError: *code* is not the form of any code.
        UnknownCodeError: it is well-formed, but not in the catalog.

    >>> page("D0389").faq[0].question
    'Is D0389 billable with RVUs?'
    >>> page("0389")
    Traceback (most recent call last):
    cdtref.errors.InvalidCodeError: '0389' is four digits without a letter; did you mean D0389?
    """
    from cdtref.pages import CodePage

    known = _or_bundled(catalog)
    procedure = known.lookup(code)
    codes = dict.fromkeys((*(link.code for link in procedure.related), *procedure.replaced_by))
    schedule, scale = bundled.fee_schedule(), bundled.dental_scale()
    is_weighed = procedure.code in scale
    return CodePage(
        procedure=procedure,
        values=schedule.get(procedure.code),
        linked=tuple(known[other] for other in codes if other in known),
        edition=bundled.EDITION,
        release=schedule.release,
        dental=scale.rvu(procedure.code) if is_weighed else None,
        dental_absence="" if is_weighed else scale.absence(procedure),
        conflicts=bundled.conflict_table().conflicts(procedure.code),
    )


def rvu(code: str, modifier: str | None = None) -> cdtref.feeschedule.RelativeValues:
    """
    The relative values of a code in the bundled fee schedule release.

    Raises:
        InvalidCodeError: *code* or *modifier* is malformed.
        UnknownCodeError: the release has no such row; that is another answer than a row of zeros.

    >>> visit = rvu("99213")
    >>> visit.work + visit.pe_nonfacility + visit.mp == visit.total_nonfacility
    True
    >>> rvu("86153")
    Traceback (most recent call last):
    cdtref.errors.UnknownCodeError: ... has no row for 86153 (CPT Category I); it has 86153 with 26
    """
    return bundled.fee_schedule().rvu(code, modifier)


@overload
def dental_rvu(code: str, on: date | str | None = None) -> cdtref.dentalrvu.DentalRvu: ...


@overload
def dental_rvu(
    code: str, on: date | str | None = None, *, default: _Default
) -> cdtref.dentalrvu.DentalRvu | _Default: ...


def dental_rvu(
    code: str, on: date | str | None = None, *, default: object = NoRelativeValuesError
) -> object:
    """
    The value of a dental code on the scale of the Indian Health Service (IHS), where D0150 is 1.00.

    A value holds from its date on; without *on*, and after the last patch known, it is the last
    one. It stays when CDT drops the code: whether a code was in force is what `get` answers.

    With *default*, that is the answer wherever `NoRelativeValuesError` would be raised.

    Raises:
        InvalidCodeError: *code* is not the form of any code.
        UnknownCodeError: it is the form of a dental code, but not in the code set.
        NoRelativeValuesError: IHS set no value for it, or only later than *on*; it is not a dental
            code (ask `rvu`); this build has no dental values. 0.00 is a value and no error.
        ValueError, TypeError: *on* is not an ISO date, or neither a date nor a text.

    >>> dental_rvu("D2740", on="2019-06-01").value
    Decimal('22.33')
    >>> dental_rvu("D0480")
    Traceback (most recent call last):
    cdtref.errors.NoRelativeValuesError: D0480 has no value on the dental scale of ...
    >>> print(dental_rvu("D0480", default=None))
    None
    """
    try:
        return _dental_value(code, on)
    except NoRelativeValuesError:
        if default is NoRelativeValuesError:
            raise
        return default


def _dental_value(code: str, on: date | str | None) -> cdtref.dentalrvu.DentalRvu:
    if on is not None:
        on = as_date(on)
    wanted = parse_code(code)
    scale = bundled.dental_scale()
    if wanted in scale:
        return scale.rvu(wanted, on)
    system = code_system(wanted)
    if system is not CodeSystem.CDT:
        message = f"{wanted} is a {system.label} code, not a dental one; ask rvu() for its values"
        raise NoRelativeValuesError(message, code=wanted)
    raise NoRelativeValuesError(scale.absence(_BUNDLED.lookup(wanted)), code=wanted)


def conflicts(code: str, beside: str | None = None) -> tuple[cdtref.claim.Conflict, ...]:
    """
    What a code may not stand beside on a claim, or not without: the surest first, each with its
    reason, whose rule it is and its sources. () where nothing is known.

    With *beside* only what stands between the two: each names that code alone, but where any of
    several is enough.

    Raises:
        InvalidCodeError: *code* or *beside* is not the form of any code.
        UnknownCodeError: it is well-formed, but not in the bundled code set.

    >>> sorted({found.kind for found in conflicts("D4341")})
    ['duplicate', 'exclusive', 'included', 'needs']
    >>> [str(found) for found in conflicts("D4341", beside="D4910")][:1]
    ['D4341 is not reported beside D4910 on the same day']
    >>> conflicts("0389")
    Traceback (most recent call last):
    cdtref.errors.InvalidCodeError: '0389' is four digits without a letter; did you mean D0389?
    """
    table = bundled.conflict_table()
    wanted = _BUNDLED.lookup(code).code
    if beside is None:
        return table.conflicts(wanted)
    return table.between(wanted, _BUNDLED.lookup(beside).code)


def is_billable_with_rvu(
    code: object,
    modifier: str | None = None,
    *,
    schedule: cdtref.feeschedule.FeeSchedule | None = None,
) -> bool:
    """
    True exactly where Medicare's physician fee schedule pays the code through RVUs: status A, R or
    T, total above zero. By the bundled release, unless *schedule* is another one.

    The modifiers 26, TC and 53 are rows of their own: True only where that row is paid so. Every
    other one (25, 50, 59, 80, LT, ...) leaves the answer of the code alone. So do GY and GZ, with
    which Medicare pays nothing: the question is of values, not of coverage.

    False for a well-formed code that the release lacks, and for what is no text at all.

    Raises:
        InvalidCodeError: a text that is malformed, which is a slip to mend rather than an answer.

    >>> is_billable_with_rvu("99213"), is_billable_with_rvu("99213", "25")
    (True, True)
    >>> is_billable_with_rvu("D0389"), is_billable_with_rvu("99213", "26")
    (False, False)
    >>> is_billable_with_rvu("0389")
    Traceback (most recent call last):
    cdtref.errors.InvalidCodeError: '0389' is four digits without a letter; did you mean D0389?
    """
    if schedule is not None:
        return schedule.is_billable_with_rvu(code, modifier)
    if modifier is None:
        try:
            return _billable[code]  # type: ignore[index]
        except (KeyError, TypeError):
            pass
    bundled_schedule = bundled.fee_schedule()
    answer = bundled_schedule.is_billable_with_rvu(code, modifier)
    if modifier is None and isinstance(code, str) and code in bundled_schedule:
        _billable[code] = answer
    return answer
