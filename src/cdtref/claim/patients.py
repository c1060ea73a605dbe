"""
Whose lines are whose, within one file and while it is read: a hash of a patient, under a secret of
this process, and the patient's lines so far. Nothing of it is written anywhere.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import attrs

from cdtref.claim.filed import FiledClaim
from cdtref.claim.line import ClaimLine

MOST_LINES: Final = 100_000  # of all patients together, which take some 60 MB
# Of one patient; more than in fifty years, so that the column is likely none of patients
MOST_OF_PATIENT: Final = 1_000
_LONGEST: Final = 256  # characters of a place in the mouth; beyond them it is none
_PARTS: Final = "\x1f"  # between what tells a patient, where no text has it


class PatientKeys:
    """Keys of patients, of which nobody can tell them, for they are hashes under a secret."""

    def __init__(self) -> None:
        self._secret = os.urandom(32)

    def key_of(self, *parts: str) -> bytes | None:
        """The key of what tells a patient; None where nothing does."""
        import hashlib

        if not any(parts):
            return None
        told = _PARTS.join(parts).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(told, key=self._secret, digest_size=16).digest()


class EarlierLine(NamedTuple):
    """A line of the patient that stands above in the file, and where."""

    number: int
    line: ClaimLine


class Histories:
    """
    The lines of each patient that stand above in a file, until they are too many; then each claim
    is judged by itself.
    """

    def __init__(self, note: Callable[[str], object] | None = None) -> None:
        self._note = note
        self._lines: dict[bytes, list[EarlierLine]] = {}
        self._count = 0
        self._is_full = False
        self._strangers: set[bytes] = set()  # those with too many lines
        self._told: set[str] = set()

    def before(self, filed: FiledClaim) -> list[EarlierLine] | None:
        """
        The patient's lines above that are of no later day than the claim; None where the patient
        is not known, or has too many lines.
        """
        if filed.patient is None or self._is_full or filed.patient in self._strangers:
            return None
        earlier = self._lines.get(filed.patient, [])
        days = [line.date for line in filed.lines if line.date is not None]
        if not days:
            return earlier
        last = max(days)
        found = [one for one in earlier if one.line.date is None or one.line.date <= last]
        if len(found) < len(earlier):
            self._tell_once("later", f"line {filed.numbers[0]}: {_LATER}")
        return found

    def add(self, filed: FiledClaim) -> None:
        """What the claims after it may look back on."""
        patient = filed.patient
        if patient is None or self._is_full or patient in self._strangers:
            return
        if filed.is_plan or (filed.whole is not None and filed.whole.predetermination):
            return  # what is asked for was not done
        lines = self._lines.setdefault(patient, [])
        before = len(lines)
        for number, line in zip(filed.numbers, filed.lines, strict=True):
            if _is_readable(line):
                lines.append(EarlierLine(number, _without_words(line)))
        self._count += len(lines) - before
        self._keep_bounds(patient, filed.numbers)

    def _keep_bounds(self, patient: bytes, numbers: Sequence[int]) -> None:
        lines = self._lines[patient]
        if len(lines) > MOST_OF_PATIENT:
            self._strangers.add(patient)
            self._count -= len(self._lines.pop(patient))
            self._tell_once("patient", f"line {numbers[-1]}: {_TOO_MANY_OF_PATIENT}")
        if self._count > MOST_LINES:
            self._is_full = True
            self._lines.clear()
            self._tell_once("file", f"line {numbers[-1]}: {_TOO_MANY}")

    def _tell_once(self, kind: str, told: str) -> None:
        if kind not in self._told and self._note is not None:
            self._note(told)
        self._told.add(kind)


_LATER: Final = (
    "of a patient's lines above some are of a later day, and are not looked at; "
    "sort the file by date for a history that is whole"
)
_TOO_MANY_OF_PATIENT: Final = (
    f"more than {MOST_OF_PATIENT:,} lines of one patient, which is likely none; "
    "these are judged claim by claim"
)
_TOO_MANY: Final = f"more than {MOST_LINES:,} lines of history; from here on claim by claim"


def _is_readable(line: ClaimLine) -> bool:
    """True where no text is longer than a rule would look at."""
    texts = (line.code, line.tooth, line.surfaces, line.area, line.prosthesis)
    return all(text is None or len(text) <= _LONGEST for text in texts)


def _without_words(line: ClaimLine) -> ClaimLine:
    """What a rule looks back on, and nothing of the patient beside."""
    if line.narrative is None and line.birth_date is None:
        return line
    return attrs.evolve(line, narrative=None, birth_date=None)
