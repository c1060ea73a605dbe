"""facts/requirements.csv, a row a code and field -> what a claim line for it must carry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from tasks import facts

Record = dict[str, Any]


def read(folder: Path, day: str) -> dict[str, Record]:
    """What each code requires as of a day (ISO), what it required before, and what it will."""
    groups = facts.read_groups(folder, "requirements")
    return {code: _by_time(_records_of(rows), day) for code, rows in groups.items()}


def _by_time(records: list[Record], day: str) -> Record:
    begun = [record for record in records if (record["effective"] or "") <= day]
    return {
        "requirement": begun[-1],
        "earlier_requirements": begun[:-1],
        "later_requirements": records[len(begun) :],
    }


def _records_of(rows: Iterable[facts.Row]) -> list[Record]:
    """
    One record for each day on which something changes, oldest first, each with all fields that
    hold from that day; a field that no row speaks of is left out.
    """
    rows = sorted(rows, key=lambda row: (row["effective"], _place_of(row)))
    records = []
    holding: Record = {}
    for day in dict.fromkeys(row["effective"] for row in rows):
        holding = holding | dict(_fields_from(rows, day))
        in_order = {field: holding[field] for field in _READERS if field in holding}
        records.append({"effective": day or None, **in_order})
    return records


def _fields_from(rows: Iterable[facts.Row], day: str) -> Iterator[tuple[str, Record]]:
    """The fields whose rows begin on a day; a row without a date has held since ever."""
    for row in rows:
        if row["effective"] == day:
            told = {"value": _READERS[row["field"]](row["value"])}
            told["confidence"] = row["confidence"]
            told["sources"] = [said for said in row["sources"].split("; ") if "=" not in said]
            if row["reason"]:
                told["reason"] = row["reason"]
            yield row["field"], told


def _place_of(row: facts.Row) -> int:
    if row["field"] not in _READERS:
        raise SystemExit(f"requirements.csv, {row['code']}: there is no field {row['field']!r}")
    return list(_READERS).index(row["field"])


def _count_span(text: str) -> list[int]:
    """'2' or '2-2' as 2 to 2, '3-5' as 3 to 5."""
    least, _, most = text.partition("-")
    return [int(least), int(most or least)]


def _class_names(text: str) -> list[str]:
    """Classes of teeth; 'any' is no limit, for a code that had one before."""
    return [] if text == "any" else text.split()


def _one_of(*answers: str) -> Callable[[str], str]:
    """A reader of a closed list of answers."""

    def read_answer(text: str) -> str:
        if text not in answers:
            raise SystemExit(f"requirements.csv: {text!r} is none of {', '.join(answers)}")
        return text

    return read_answer


def _is_yes(text: str) -> bool:
    return _one_of("yes", "no")(text) == "yes"


_READERS: dict[str, Callable[[str], Any]] = {
    "treatment_area": str,
    "surface_count": _count_span,
    "arch": str,
    "dentition": str,
    "usual_dentition": str,
    "tooth_classes": _class_names,
    "teeth_in_quadrant": str,
    "by_report": _is_yes,
    "prosthesis_code": _one_of("asked", "allowed", "never"),
    "under_age": int,
    "add_on": _is_yes,
    "counted_by": _one_of("root", "post", "site", "position", "screw", "attachment"),
}
"""How the value of each field is read, in the order of the data files."""
