"""
One dental procedure code as a value: its lifecycle, our words for it, and what a claim line for it
must carry.
"""

from __future__ import annotations

import enum
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal

import attrs

import cdtref.code  # for the name `cdtref`, see below
from cdtref.code import Code
from cdtref.errors import NotInForceError
from cdtref.fieldtext import as_date
from cdtref.record import Card, Record, Unpacked

# Annotations name these in full: at run time the package loads a module when it is first named.
if TYPE_CHECKING:
    import cdtref.procedure.evidence
    import cdtref.procedure.pointer
    import cdtref.procedure.requirement
    import cdtref.procedure.specialty

Precision = Literal["day", "month", "unknown"]
Succession = Literal["replaced", "split", "merged", "none", "unsupported"]


class Category(str, enum.Enum):
    """The 13 categories of service; the value is the slug that `category=` takes."""

    DIAGNOSTIC = "diagnostic"
    PREVENTIVE = "preventive"
    RESTORATIVE = "restorative"
    ENDODONTICS = "endodontics"
    PERIODONTICS = "periodontics"
    PROSTHODONTICS_REMOVABLE = "prosthodontics-removable"
    MAXILLOFACIAL_PROSTHETICS = "maxillofacial-prosthetics"
    IMPLANT_SERVICES = "implant-services"
    PROSTHODONTICS_FIXED = "prosthodontics-fixed"
    ORAL_SURGERY = "oral-surgery"
    ORTHODONTICS = "orthodontics"
    ADJUNCTIVE = "adjunctive"
    SLEEP_APNEA = "sleep-apnea"

    @property
    def label(self) -> str:
        """The name that people read, such as 'Prosthodontics, removable'."""
        return _CATEGORY_LABELS.get(self, self.value.replace("-", " ").capitalize())

    __str__ = str.__str__


_CATEGORY_LABELS: Final = {
    Category.PROSTHODONTICS_REMOVABLE: "Prosthodontics, removable",
    Category.PROSTHODONTICS_FIXED: "Prosthodontics, fixed",
    Category.ORAL_SURGERY: "Oral & maxillofacial surgery",
    Category.ADJUNCTIVE: "Adjunctive general services",
    Category.SLEEP_APNEA: "Sleep apnea services",
}


_WITHOUT_HEIR: Final[dict[str | None, str]] = {"none": "nothing took its place"}


@attrs.frozen(eq=False, repr=False)
class Period(Record):
    """
    One life of a code.

    Attributes:
        effective: First day in force; None where no source knows it, which counts as in force since
            ever.
        terminated: First day on which the code is no longer valid; None while it is in force.
        precision: How well the start is known: to the day, to the month (the first of it is given),
            or not at all.
    """

    effective: date | None
    terminated: date | None
    precision: Precision

    def holds(self, on: date) -> bool:
        """True where the code was in force on that day in this life."""
        has_begun = self.effective is None or self.effective <= on
        return has_begun and (self.terminated is None or on < self.terminated)

    def __str__(self) -> str:
        if self.terminated is None:
            return f"from {self._start}"
        return f"from {self._start} until {self.terminated - timedelta(days=1)}"

    @property
    def _start(self) -> str:
        if self.effective is None:
            return "before our records"
        if self.precision == "month":
            return f"{self.effective:%Y-%m}"
        return self.effective.isoformat()


@attrs.frozen(eq=False, repr=False)
class Related(Record, Unpacked):
    """
    A typed link from one code to another: the code `relation` the other, such as `capture_only_of`
    D0374.

    Attributes:
        relation: What the code is to the other.
        code: The other code.
    """

    relation: str
    code: Code


@attrs.frozen(eq=False, repr=False)
class Source(Record, Unpacked):
    """
    Where facts of a record come from.

    Attributes:
        title: What they are.
        address: Where they were found; of a licensee's own file, that file.
        retrieved: The day (ISO) on which they were retrieved; "" where none is known.
        kind: 'public', or 'licensee' for a file of the user's own.
    """

    title: str
    address: str
    retrieved: str
    kind: Literal["public", "licensee"] = "public"


def _nothing_known() -> cdtref.procedure.requirement.Requirement:
    from cdtref.procedure.requirement import NOTHING_KNOWN

    return NOTHING_KNOWN


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Procedure(Card, Record):
    """
    One dental procedure code (CDT), retired ones included.

    All texts but `nomenclature` and `descriptor` are this project's own, none of the ADA's.

    Attributes:
        code: The code in canonical form.
        title: What a clinician would call it.
        description: What is done, to what, and what sets it apart from the codes beside it.
        plain_language: The same for a patient.
        clinical_context: When it is reported, what it includes or excludes, what it is confused
            with.
        synonyms: What people type and say for it.
        documentation: What a payer asks to see for it.
        specialties: Who performs it, the commonest first.
        related: Typed links to other codes.
        compared_with: The linked code that it is most likely mixed up with; None where none is.
        category: One of the 13 categories of service.
        subcategory: Our grouping within the category.
        periods: Its lives, oldest first.
        dates_confidence: How well the sources agree on its dates and category.
        dates_note: What the sources say about its dates or number, where that needs saying; else
            "".
        succession: What became of a retired code: 'replaced' by one other, 'split' into several,
            'merged' into others, 'none' where nothing took its place, 'unsupported' where no source
            speaks of it; None for a code in force.
        replaced_by: The codes that took its place, ended ones too.
        pointers: What to look at in its place, with the days: its heirs and, once these have ended,
            theirs; where it has none, the codes that it is linked to. `pointers_on` asks them.
        requirement: What a claim line for it must carry, as the pinned edition has it; of a retired
            code nothing is known.
        earlier_requirements: What it had to carry before, oldest first.
        later_requirements: What it will have to carry from a day after that edition, oldest first.
        nomenclature: The nomenclature from a licensee's own copy (`Catalog.with_nomenclature`);
            else "".
        descriptor: The descriptor from the same; else "".
        sources: Where its facts come from; of a code that a licensee's file added, that file.
    """

    code: Code
    title: str
    category: Category
    subcategory: str
    periods: tuple[Period, ...]
    description: str = ""
    plain_language: str = ""
    clinical_context: str = ""
    synonyms: tuple[str, ...] = ()
    documentation: tuple[str, ...] = ()
    specialties: tuple[cdtref.procedure.specialty.Specialty, ...] = ()
    related: tuple[Related, ...] = ()
    compared_with: Code | None = None
    dates_confidence: cdtref.procedure.evidence.Confidence = "none"
    dates_note: str = ""
    succession: Succession | None = None
    replaced_by: tuple[Code, ...] = ()
    pointers: tuple[cdtref.procedure.pointer.Pointer, ...] = ()
    requirement: cdtref.procedure.requirement.Requirement = attrs.field(factory=_nothing_known)
    earlier_requirements: tuple[cdtref.procedure.requirement.Requirement, ...] = ()
    later_requirements: tuple[cdtref.procedure.requirement.Requirement, ...] = ()
    nomenclature: str = ""
    descriptor: str = ""
    sources: tuple[Source, ...] = ()

    @property
    def is_added(self) -> bool:
        """
        True for a code that a licensee's file added: its title is the wording there, and no text
        is ours.
        """
        return any(source.kind == "licensee" for source in self.sources)

    @property
    def area(self) -> cdtref.procedure.requirement.TreatmentArea:
        """What a claim line must name, in short for `requirement.treatment_area`."""
        return self.requirement.treatment_area

    @property
    def requirements(self) -> tuple[cdtref.procedure.requirement.Requirement, ...]:
        """What a claim line for it must carry, for all times that are known, oldest first."""
        return (*self.earlier_requirements, self.requirement, *self.later_requirements)

    def requirement_on(self, on: date | str) -> cdtref.procedure.requirement.Requirement:
        """
        What a claim line for it must carry on that date of service.

        Raises:
            ValueError: *on* is a text that is not an ISO date.
            TypeError: *on* is neither a date nor a text.

        >>> import cdtref
        >>> adjustment = cdtref.get("D9971")
        >>> adjustment.requirement_on("2020-12-31").treatment_area.value
        'tooth range'
        >>> adjustment.requirement_on("2021-01-01").treatment_area.value
        'tooth'
        """
        day = as_date(on)
        if not self.earlier_requirements and not self.later_requirements:
            return self.requirement
        found = self.requirements[0]
        for requirement in self.requirements[1:]:
            if requirement.effective is not None and requirement.effective <= day:
                found = requirement
        return found

    @property
    def effective(self) -> date | None:
        """Start of the latest life; None where unknown."""
        return self.periods[-1].effective

    @property
    def terminated(self) -> date | None:
        """
        First day on which the code is no longer valid in its latest life; None while in force.
        """
        return self.periods[-1].terminated

    def in_force(self, on: date | str) -> bool:
        """
        True where the code was valid on that date of service.

        Raises:
            ValueError: *on* is a text that is not an ISO date.
            TypeError: *on* is neither a date nor a text.
        """
        day = as_date(on)
        for period in self.periods:  # noqa: SIM110  # any() takes three times as long
            if period.holds(day):
                return True
        return False

    def require_in_force(self, on: date | str) -> None:
        """
        Nothing where the code was valid on that date of service.

        Raises:
            NotInForceError: it was not; the message has its periods and its successors.

        >>> import cdtref
        >>> cdtref.get("D5281").require_in_force("2026-03-02")
        Traceback (most recent call last):
        cdtref.errors.NotInForceError: D5281 was not in force on 2026-03-02: ... D5282, D5283
        """
        day = as_date(on)
        if not self.in_force(day):
            said = f"{self.code} was not in force on {day}: {self._told_of_life(day)}"
            raise self._absence(said, day, on=day)

    def require_in_edition(self, edition: str, last_day: date) -> None:
        """
        Nothing where the code is valid in an edition, such as 'CDT 2026', at the end of its year.

        Raises:
            NotInForceError: it is not; nobody asked for a day, so the message tells of none.

        >>> import cdtref
        >>> cdtref.get("D5281").require_in_edition("CDT 2020", date(2020, 12, 31))
        Traceback (most recent call last):
        cdtref.errors.NotInForceError: D5281 is not in CDT 2020: valid until ... D5282, D5283
        """
        if not self.in_force(last_day):
            said = f"{self.code} is not in {edition}: {self._told_of_life(last_day)}"
            raise self._absence(said, last_day, on=None)

    def _absence(self, said: str, day: date, on: date | None) -> NotInForceError:
        error = NotInForceError(said, code=self.code, on=on)
        if self.replaced_by:
            error.replaced_by = self.pointers_on(day)
        else:
            error.see_also = self.pointers_on(day)
        return error

    def pointers_on(self, on: date | str) -> tuple[Code, ...]:
        """
        The codes in force on that day to look at in place of a code that had ended by then.

        They are its heirs where it has some, else the codes that it is linked to.

        Raises:
            ValueError: *on* is a text that is not an ISO date.
            TypeError: *on* is neither a date nor a text.

        >>> import cdtref
        >>> bundle = cdtref.get("D1201")
        >>> bundle.pointers_on("2012-12-31"), bundle.pointers_on("2013-01-01")
        (('D1120', 'D1203'), ('D1120', 'D1208'))
        >>> bundle.pointers_on("2006-12-31")
        ()
        """
        day = as_date(on)
        found: dict[Code, None] = {}
        for code, since, until in self.pointers:
            if since <= day and (until is None or day < until):
                found[code] = None
        return tuple(found)

    def __repr__(self) -> str:  # twenty fields of text would flood a session; `to_dict` has them
        return f"<Procedure {self.code} {self.title}>"

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The record in short for people: terms with their values."""
        labels = ", ".join(specialty.label for specialty in self.specialties)
        category = ": ".join(filter(None, (self.category.label, self.subcategory)))
        facts = (
            ("Official wording", self.nomenclature),
            ("Category", category),
            ("Valid", "; ".join(map(str, self.periods))),
            ("Replaced by", ", ".join(self.replaced_by)),
            ("The line names", self.requirement.named_on_line),
            ("Specialties", labels),
            ("In plain language", self.plain_language),
        )
        return tuple((term, value) for term, value in facts if value)

    @property
    def caption(self) -> str:
        """Code and title."""
        return f"{self.code} {self.title}"

    def _told_of_life(self, day: date) -> str:
        """
        When it is valid; of a code retired by a day also what became of it, or what to look at.
        """
        said = f"valid {'; '.join(map(str, self.periods))}"
        if self.terminated is None or day < self.terminated:
            return said
        named = ", ".join(self.pointers_on(day))
        if self.replaced_by:
            return f"{said}; replaced by {named or 'codes that had ended too'}"
        became = _WITHOUT_HEIR.get(self.succession, "no source names a successor")
        if not named:
            return f"{said}; {became}"
        return f"{said}; {became}, look at {named}"
