"""facts/requirements.csv, a row a code and field -> what a claim line for it must carry."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tasks import facts

Record = dict[str, Any]


def read(folder: Path, day: str) -> dict[str, Record]:
    """The requirements of each code as they stand on a day (ISO)."""
    groups = facts.read_groups(folder, "requirements")
    return {code: _record_of(rows, day) for code, rows in groups.items()}


def _record_of(rows: Iterable[facts.Row], day: str) -> Record:
    """A record has one confidence, that of the area; a field that no row speaks of is left out."""
    holding = _rows_on(rows, day)
    record = {"area": None, "confidence": holding["treatment_area"]["confidence"]}
    for field, (name, reader) in _READERS.items():
        if field in holding:
            record[name] = reader(holding[field]["value"])
    return record


def _rows_on(rows: Iterable[facts.Row], day: str) -> dict[str, facts.Row]:
    """The row of each field that holds on a day; a row without a date has held since ever."""
    holding: dict[str, facts.Row] = {}
    for row in sorted(rows, key=lambda row: row["effective"]):
        if row["field"] not in _READERS:
            raise SystemExit(f"requirements.csv, {row['code']}: there is no field {row['field']!r}")
        if row["effective"] <= day:
            holding[row["field"]] = row
    return holding


def _count_span(text: str) -> list[int]:
    """'2' or '2-2' as 2 to 2, '3-5' as 3 to 5."""
    least, _, most = text.partition("-")
    return [int(least), int(most or least)]


def _class_names(text: str) -> list[str]:
    """Classes of teeth; 'any' is no limit, for a code that had one before."""
    return [] if text == "any" else text.split()


def _one_of(*answers: str) -> Callable[[str], bool]:
    """A reader of a closed list of answers, of which the first is kept as True."""

    def is_the_first(text: str) -> bool:
        if text not in answers:
            raise SystemExit(f"requirements.csv: {text!r} is none of {', '.join(answers)}")
        return text == answers[0]

    return is_the_first


_is_yes = _one_of("yes", "no")

_READERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "treatment_area": ("area", str),
    "surface_count": ("surfaces", _count_span),
    "arch": ("arch", str),
    "dentition": ("dentition", str),
    "usual_dentition": ("dentition_hint", str),
    "tooth_classes": ("tooth_class", _class_names),
    "teeth_in_quadrant": ("teeth", str),
    "by_report": ("by_report", _is_yes),
    "prosthesis_code": ("prosthesis", _one_of("asked", "allowed", "never")),
    "add_on": ("add_on", _is_yes),
    "under_age": ("under_age", int),
}
"""What a field is called in a record and how its value is read, in the order of the data files."""
