"""
Relative values of dental work on the scale of the Indian Health Service (IHS), a US federal agency.

A weight of one procedure, set against the comprehensive examination D0150 = 1.00, by which IHS adds
up the work of a clinic, a dentist or a group of patients. It is no time and no money: there is no
conversion factor. It is not the scale of Medicare's fee schedule, and the two are never added.

Source: IHS, dental package of RPMS (ADE 6.0), field "relative value unit" of its ADA CODE file, in
our words; read from the routines of its patches, which IHS released into the public domain.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import attrs

from cdtref.code import Code
from cdtref.datafile import faults_of
from cdtref.errors import NoRelativeValuesError
from cdtref.procedure import Procedure
from cdtref.record import Card, Record, Unpacked

ADDRESS: Final = "https://github.com/CivicActions/FOIA-RPMS"
"""Where the package of IHS is public."""

_DAY: Final = timedelta(days=1)
_SCALE: Final = "the dental scale of the Indian Health Service"
_UNIT: Final = "the comprehensive examination D0150 counts 1.00"
_WHAT_IT_IS_NOT: Final = (
    "The scale weighs work: it has no conversion factor, is not a payment and is not CMS's; "
    "never add it to CMS values."
)
_WHAT_ZERO_IS: Final = "A zero credits no dental work; it does not mean that no value is known."


class LevelOfCare(enum.IntEnum):
    """
    How IHS ranks a procedure for public health: a priority, not a difficulty.

    Levels 1 to 5 and 9 are explained in IHS's schedule of dental services (Indian Health Manual,
    part 3, chapter 2). Nothing that we read explains 0 and 6: their meanings are inferences from
    the codes that carry them, and say so.
    """

    TRACKING = 0
    EMERGENCY = 1
    PREVENTIVE = 2
    BASIC = 3
    BASIC_REHABILITATION = 4
    COMPLEX_REHABILITATION = 5
    SPECIALIST = 6
    EXCLUDED = 9

    @property
    def meaning(self) -> str:
        """
        What the level says, in a few words.

        >>> LevelOfCare(5).meaning
        'complex rehabilitation'
        >>> LevelOfCare(6).meaning
        "the specialist's work, as we infer from the codes: no source explains level 6"
        """
        words = _MEANINGS[self]
        if self.is_inferred:
            return f"{words}, as we infer from the codes: no source explains level {self}"
        return words

    @property
    def is_inferred(self) -> bool:
        """True where no source that we read explains the level."""
        return self in _INFERRED

    @property
    def is_counted(self) -> bool:
        """True for levels 1 to 6, which alone IHS's own reports add up."""
        return self in _COUNTED

    __str__ = int.__repr__


_INFERRED: Final = frozenset({LevelOfCare.TRACKING, LevelOfCare.SPECIALIST})
_COUNTED: Final = frozenset(LevelOfCare) - {LevelOfCare.TRACKING, LevelOfCare.EXCLUDED}
_MEANINGS: Final = {
    LevelOfCare.TRACKING: "tracking only",
    LevelOfCare.EMERGENCY: "emergency",
    LevelOfCare.PREVENTIVE: "preventive",
    LevelOfCare.BASIC: "basic",
    LevelOfCare.BASIC_REHABILITATION: "basic rehabilitation",
    LevelOfCare.COMPLEX_REHABILITATION: "complex rehabilitation",
    LevelOfCare.SPECIALIST: "the specialist's work",
    LevelOfCare.EXCLUDED: "outside IHS's schedule of services",
}


@attrs.frozen
class DatedValue(Record, Unpacked):
    """
    A value with its first day.

    Attributes:
        value: The weight.
        since: Its first day.
        patch: The number of the patch that set it.
    """

    value: Decimal
    since: date
    patch: int


@attrs.frozen(kw_only=True, repr=False)
class DentalRvu(Card, Record):
    """
    One value of a dental code on the scale of the Indian Health Service.

    Attributes:
        code: The procedure code.
        value: The weight, two decimals, D0150 being 1.00; 0.00 credits no work and is not "none".
        since: First day of the value, the date of the patch that set it.
        patch: Number of that patch of the dental package.
        superseded: First day of the value that took its place; None for the last one known.
        level_of_care: IHS's level of the code, as the last patch has it; None where not stated.
        history: The values before this one, oldest first.
        service_minutes_2003: The older measure of the code, in minutes; None where there is none.
        note: What is odd about the value or where the level is from; "" on a superseded value.
        release: The newest patch that was read, such as 'IHS ADE 6.0 patch 41'.
    """

    code: Code
    value: Decimal
    since: date
    patch: int
    superseded: date | None
    level_of_care: LevelOfCare | None
    history: tuple[DatedValue, ...]
    service_minutes_2003: int | None
    note: str
    release: str

    def explain(self) -> str:
        """
        What the value is and what it is not, in sentences, with its date, level, caveat and source.

        >>> import cdtref
        >>> said = cdtref.dental_rvu("D0389", on="2023-03-02").explain().split(". ")
        >>> print(said[0])
        D0389 counts 0.40 on the dental scale of the Indian Health Service (IHS), where the
        comprehensive examination D0150 counts 1.00
        >>> print(said[-2])
        The scale weighs work: it has no conversion factor, is not a payment and is not CMS's; never
        add it to CMS values
        """
        return " ".join(filter(None, self._told_sentences))

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The record in short for people: terms with their values."""
        earlier = "; ".join(f"{past.value} from {past.since}" for past in self.history)
        minutes = ""
        if self.service_minutes_2003 is not None:
            minutes = str(self.service_minutes_2003)
        facts = (
            ("Relative value", str(self.value)),
            ("In use", self._time_in_use),
            ("Level of care", self._level_and_meaning),
            ("Earlier values", earlier),
            ("Service minutes of 2003", minutes),
            ("Note", self.note),
            ("Release", self.release),
        )
        return tuple((term, value) for term, value in facts if value)

    @property
    def caption(self) -> str:
        """The code and whose scale it is."""
        return f"{self.code}: dental scale of the Indian Health Service"

    def __str__(self) -> str:
        return f"{self.code}: {self.value} on {_SCALE}, {self._time_in_use}"

    def __repr__(self) -> str:
        return f"<DentalRvu {self.code}, {self.release}: {self.value} since {self.since}>"

    @property
    def _told_sentences(self) -> tuple[str, ...]:
        zero = "" if self.value else _WHAT_ZERO_IS
        return (
            f"{self.code} counts {self.value} on {_SCALE} (IHS), where {_UNIT}.",
            zero,
            self._told_standing,
            self._told_level,
            self.note and f"Note: {self.note}.",
            _WHAT_IT_IS_NOT,
            f"Source: {self.release}, {ADDRESS}.",
        )

    @property
    def _told_standing(self) -> str:
        if self.superseded is None:
            return f"It has held {self._time_in_use}, and no release after {self.release} is known."
        return f"It held {self._time_in_use}."

    @property
    def _time_in_use(self) -> str:
        if self.superseded is None:
            return f"since {self.since} (patch {self.patch})"
        return f"from {self.since} (patch {self.patch}) until {self.superseded - _DAY}"

    @property
    def _level_and_meaning(self) -> str:
        if self.level_of_care is None:
            return ""
        return f"{self.level_of_care}: {self.level_of_care.meaning}"

    @property
    def _told_level(self) -> str:
        if self.level_of_care is None:
            return "Its level of care is not stated."
        if self.level_of_care.is_counted:
            return f"Level of care {self._level_and_meaning}."
        return f"Level of care {self._level_and_meaning}; IHS's own totals leave it out."


@attrs.frozen(kw_only=True, repr=False)
class DentalScale:
    """
    All values of one release of the scale; `len(scale)` is the number of codes that have one.

    Attributes:
        release: The newest patch that was read; "" in a build without dental values.
        patches: The day of each patch that set values, by its number, oldest first.
        local_numbers: Codes at whose number the file has a code of IHS's own, and what that is.
    """

    release: str = ""
    patches: Mapping[int, date] = attrs.field(factory=dict, hash=False)
    local_numbers: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    _values: Mapping[str, tuple[DentalRvu, ...]] = attrs.field(
        factory=dict, hash=False, alias="values"
    )

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, code: object) -> bool:
        return code in self._values

    def __repr__(self) -> str:
        return f"<DentalScale {self.release}: {len(self)} codes>"

    def rvu(self, code: Code, on: date | None = None) -> DentalRvu:
        """
        The value of a code that has one, as it held on a day; without *on* the last one known.

        Raises:
            KeyError: the code has no value, of which `absence` gives the reason.
            NoRelativeValuesError: it had none yet; the message names the first day of its first.
        """
        values = self._values[code]
        if on is None:
            return values[-1]
        for record in reversed(values):
            if record.since <= on:
                return record
        first = values[0]
        began = f"IHS set the first on {first.since} (patch {first.patch})"
        raise NoRelativeValuesError(f"{code} had no value on {_SCALE} on {on}: {began}", code=code)

    def absence(self, procedure: Procedure) -> str:
        """Why a dental code has no value on the scale, in a sentence."""
        code = procedure.code
        if not self._values:
            return f"{code}: no dental values in this build, which lacks data/dental_rvu.json"
        none = f"{code} has no value on {_SCALE} ({self.release}), which is not a value of 0.00"
        return f"{none}: {self._reason_of_absence(procedure)}"

    def _reason_of_absence(self, procedure: Procedure) -> str:
        days = tuple(self.patches.values())
        if procedure.code in self.local_numbers:
            meant = self.local_numbers[procedure.code]
            return f"what the file has at this number is for a code of IHS's own ({meant})"
        if procedure.effective is not None and procedure.effective > days[-1]:
            return f"it began on {procedure.effective}, after the last patch known, of {days[-1]}"
        if procedure.terminated is not None and procedure.terminated <= days[0]:
            return f"it had ended when IHS set the first values, on {days[0]}"
        return "IHS never set one"


class ValuesByCode(Mapping[str, tuple[DentalRvu, ...]]):
    """
    The values of each code, oldest first, from the rows of the bundled file. A row is read when its
    code is asked for: to read all takes three times as long as to read the file.
    """

    def __init__(
        self, rows: Mapping[str, Mapping[str, Any]], patches: Mapping[int, date], release: str
    ) -> None:
        self._rows = rows
        self._patches = patches
        self._release = release
        self._read: dict[str, tuple[DentalRvu, ...]] = {}

    def __getitem__(self, code: str) -> tuple[DentalRvu, ...]:
        found = self._read.get(code)
        if found is None:
            row = self._rows[code]
            with faults_of("dental_rvu.json", code):
                values = _values_of(Code(code), row, self._patches, self._release)
            # Of two threads the first one's, so that a record is the same at every call
            found = self._read.setdefault(code, values)
        return found

    def __contains__(self, code: object) -> bool:
        return code in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def _values_of(
    code: Code,
    raw: Mapping[str, Any],
    patches: Mapping[int, date],
    release: str,
) -> tuple[DentalRvu, ...]:
    """All values of a code, oldest first, from its row of the bundled file."""
    dated = tuple(DatedValue(Decimal(text), patches[patch], patch) for text, patch in raw["values"])
    level = LevelOfCare(raw["level"]) if "level" in raw else None
    ends = [*(one.since for one in dated[1:]), None]
    records = []
    for position, (one, superseded) in enumerate(zip(dated, ends, strict=True)):
        note = raw.get("note", "") if superseded is None else ""
        record = DentalRvu(
            code=code,
            value=one.value,
            since=one.since,
            patch=one.patch,
            superseded=superseded,
            level_of_care=level,
            history=dated[:position],
            service_minutes_2003=raw.get("minutes"),
            note=note,
            release=release,
        )
        records.append(record)
    return tuple(records)
