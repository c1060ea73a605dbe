"""
The next edition and the next release before they come: `python -m tasks.rehearse FOLDER`.

Copies the repository to FOLDER/tree and brings into the copy what a maintainer would: an edition of
fictitious codes in facts/ and among the texts, a release of fictitious values beside CMS's other
files in FOLDER/cms, the two names in the package, and the literals of tests/pinned.py. There the
tasks and the tests are to run; `nox -s rehearsal` does it all.

Nothing here asks the package for anything. The figures of the release are worked out from its file.
"""

from __future__ import annotations

import argparse
import ast
import csv
import json
import os
import re
import runpy
import shutil
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

Row = dict[str, str]
Literals = dict[str, Any]
Key = tuple[str, str]

ROOT = Path(__file__).resolve().parent.parent
LEFT_BEHIND = (".git", ".nox", ".venv", "venv", "*_cache", "__pycache__", "_build", "mutants")

ADDED, REVISED = 28, 33
CHANGED = {
    "code": "D0426",
    "field": "treatment_area",
    "value": "arch",
    "confidence": "high",
    "sources": "announcements",
}
# Digits in a title would be read as the number of a code.
LETTERS = [
    "alfa",
    "bravo",
    "charlie",
    "delta",
    "echo",
    "foxtrot",
    "golf",
    "hotel",
    "india",
    "juliett",
]
MONTH, QUARTER = "April", "B"
YEARS_ON = 2  # another year than the edition's, so that no test takes the one for the other
FACTOR = "31.2345"
DENTAL_ROW_GONE, OTHER_ROW_GONE = "D4921", "V5364"
# Columns of CMS's csv: all values; of those work, practice expense and malpractice by the setting
VALUES, FACTOR_AT = (5, 6, 8, 10, 11, 12), 25
NON_FACILITY, FACILITY = (5, 6, 10), (5, 8, 10)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tasks.rehearse", description=__doc__)
    parser.add_argument("folder", type=Path, help="where tree and cms are made")
    folder = parser.parse_args().folder.resolve()
    tree = folder / "tree"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
    file = tree / "tests" / "pinned.py"
    pinned = runpy.run_path(str(file))
    codes = _new_codes(tree, pinned)
    literals = _bring_edition(tree, pinned, codes)
    literals |= _bring_release(tree, pinned, folder / "cms", codes)
    _name_both(tree / "src", literals)
    _rewrite_pinned(file, pinned, literals)


# The edition


def _bring_edition(tree: Path, pinned: Literals, codes: dict[str, str]) -> Literals:
    """Its rows and texts; what the tests shall find."""
    year, count = pinned["YEAR"] + 1, pinned["IN_FORCE"] + ADDED
    day, revised = f"{year}-01-01", _some_in_force(tree, REVISED)
    edition = {
        "edition": str(year),
        "effective": day,
        "count": str(count),
        "added": " ".join(codes),
    }
    edition |= {"revised": " ".join(revised), "revision_list": "partial"}
    _append(tree / "facts" / "editions.csv", [edition])
    _append(tree / "facts" / "requirements.csv", [{**CHANGED, "effective": day}])
    _bring_codes(tree, codes, day)
    return {
        "EDITION": str(year),
        "YEAR": year,
        "EDITIONS": pinned["EDITIONS"] + 1,
        "CODES": pinned["CODES"] + ADDED,
        "IN_FORCE": count,
        "DAY": f"{year}-03-02",
        "IN_FORCE_ON": pinned["IN_FORCE_ON"] | {day: count},
        "CHANGES": pinned["CHANGES"] | {(str(year - 1), str(year)): (ADDED, (), revised, False)},
        "COMING": _next_free(pinned["COMING"], _taken(tree, pinned)),
    }


def _bring_codes(tree: Path, codes: dict[str, str], day: str) -> None:
    """What the tables say of a model is said of its code too, from that day; the texts are new."""
    for name, changes in (("codes", {"effective_from": day}), ("requirements", {"effective": day})):
        table = tree / "facts" / f"{name}.csv"
        rows = _read(table)
        for new, model in codes.items():
            _append(table, [row | {"code": new} | changes for row in rows if row["code"] == model])
    _write_texts(tree / "src" / "cdtref" / "data" / "procedures", codes)


def _new_codes(tree: Path, pinned: Literals) -> dict[str, str]:
    """
    New codes, each with a model that is in force. One has the number that the tests take for one
    that is to come.
    """
    coming, taken = pinned["COMING"], _taken(tree, pinned)
    codes = {coming: max(code for code in _codes_in_force(tree) if code < coming)}
    for model in _some_in_force(tree, ADDED - 1):
        codes[_next_free(model, taken | codes.keys())] = model
    return dict(sorted(codes.items()))


def _some_in_force(tree: Path, count: int) -> tuple[str, ...]:
    """So many codes, from all over the set."""
    codes = _codes_in_force(tree)
    return tuple(codes[n * len(codes) // count] for n in range(count))


def _codes_in_force(tree: Path) -> list[str]:
    rows = _read(tree / "facts" / "codes.csv")
    return sorted(row["code"] for row in rows if not row["deleted_on"])


def _taken(tree: Path, pinned: Literals) -> set[str]:
    """Numbers that are codes, and those that the tests take for none."""
    held = ("FREE", "INVENTED", "GAPS")
    none = {pinned["COMING"], pinned["MISPRINT"], *(code for name in held for code in pinned[name])}
    return none | {row["code"] for row in _read(tree / "facts" / "codes.csv")}


def _next_free(code: str, taken: Iterable[str]) -> str:
    return next(new for n in range(1, 100) if (new := f"D{int(code[1:]) + n:04}") not in taken)


def _write_texts(folder: Path, codes: dict[str, str]) -> None:
    for path in folder.glob("*.json"):
        data = json.loads(path.read_text("utf-8"))
        here = {record["code"] for record in data.get("procedures", ())}
        new = [_texts_of(code) for code, old in codes.items() if old in here]
        if new:
            data["procedures"] += new
            path.write_text(json.dumps(data), "utf-8")


def _texts_of(code: str) -> dict[str, Any]:
    spelled = " ".join(LETTERS[int(digit)] for digit in code[1:])
    return {
        "code": code,
        "title": f"Fictitious rehearsed service {spelled}",
        "description": f"A service {code} that nobody does, made up to rehearse an edition.",
        "plain_language": f"Nobody will ever offer you the service {code}.",
        "clinical_context": f"There is no clinical context of {code} that anyone could think of.",
        "synonyms": [f"rehearsed {spelled}"],
        "documentation": ["the note that it is fictitious"],
        "specialties": ["general-dentistry"],
    }


# The release


def _bring_release(tree: Path, pinned: Literals, folder: Path, codes: dict[str, str]) -> Literals:
    """
    Twice the values and another factor on every row, one dental row more and one less, and one
    other row less; beside CMS's other files in a new folder.
    """
    year = pinned["RELEASE_YEAR"] + YEARS_ON
    name = f"RVU{year % 100}{QUARTER}"
    values, localities = f"PPRRVU{year}.csv", f"GPCI{year}.csv"
    _copy_cms(folder)
    indices = (folder / pinned["GPCI"]).read_text("latin-1")
    indices = indices.replace(str(pinned["RELEASE_YEAR"]), str(year))
    (folder / localities).write_text(indices, "latin-1")
    first, *without = codes
    rows = _write_release(folder / pinned["PPRRVU"], folder / values, year, first)
    releases = tree / "facts" / "releases.csv"
    told = {"release": name, "effective": f"{year}-04-01", "relative_values": values}
    _append(releases, [{**_read(releases)[-1], **told, "localities": localities}])
    (tree / "src/cdtref/data/pfs" / f"{pinned['RELEASE'].lower()}.json").unlink()
    return {
        "RELEASE": name,
        "EFFECTIVE": told["effective"],
        "RELEASE_YEAR": year,
        "PPRRVU": values,
        "GPCI": localities,
        "FACTOR": FACTOR,
        "ROWS": len(rows),
        "CODES_WITH_ROWS": len({code for code, _ in rows}),
        "CODES_WITHOUT_ROWS": (*without, DENTAL_ROW_GONE),
        "VALUES": {key: tuple(rows[key][at] for at in VALUES) for key in pinned["VALUES"]},
        "PAYMENTS": _payments(pinned, rows, _indices(folder / localities)),
    }


def _copy_cms(folder: Path) -> None:
    folder.mkdir()
    for file in Path(os.environ["CDTREF_CMS_DIR"]).iterdir():
        shutil.copyfile(file, folder / file.name)


def _write_release(old: Path, new: Path, year: int, added: str) -> dict[Key, list[str]]:
    """The file of the release in CMS's layout; its rows by code and modifier."""
    with old.open(encoding="latin-1", newline="") as file:
        lines = list(csv.reader(file))
    start = next(n for n, cells in enumerate(lines) if cells[0] == "HCPCS") + 1
    title = re.compile(r"\d{4}( National Physician .*) \w+ Release")
    for cells in lines[:start]:
        cells[:] = [title.sub(rf"{year}\1 {MONTH} Release", cell) for cell in cells]
    rows = {(cells[0], cells[1]): _doubled(cells) for cells in lines[start:]}
    gone = rows.pop((DENTAL_ROW_GONE, ""))
    rows[added, ""] = [added, *gone[1:]]
    del rows[OTHER_ROW_GONE, ""]
    with new.open("w", encoding="latin-1", newline="") as file:
        csv.writer(file).writerows([*lines[:start], *rows.values()])
    return rows


def _doubled(cells: list[str]) -> list[str]:
    """A row with twice the values, so that its totals and those of its parts still hold."""
    new = list(cells)
    for at in VALUES:
        new[at] = f"{2 * Decimal(cells[at]):.2f}"
    new[FACTOR_AT] = FACTOR
    return new


def _indices(file: Path) -> dict[str, list[Decimal]]:
    """Those of work, practice expense and malpractice by locality; the nation's, which are 1."""
    indices = {"": [Decimal(1)] * 3}
    with file.open(encoding="latin-1", newline="") as lines:
        for cells in csv.reader(lines):
            if re.fullmatch("[A-Z]{2}", "".join(cells[1:2])):
                indices[f"{cells[1]}-{cells[2]}"] = [Decimal(cell) for cell in cells[4:7]]
    return indices


def _payments(
    pinned: Literals, rows: dict[Key, list[str]], indices: dict[str, list[Decimal]]
) -> dict[tuple[str, ...], str]:
    """The payments that the tests know, worked out for the new values."""
    payments: dict[tuple[str, ...], str] = {}
    for code, modifier, setting, locality, factor in pinned["PAYMENTS"]:
        new_factor = FACTOR if factor == pinned["FACTOR"] else factor
        row = rows[code, modifier]
        columns = FACILITY if setting == "facility" else NON_FACILITY
        total = sum(
            Decimal(row[at]) * index for at, index in zip(columns, indices[locality], strict=True)
        )
        amount = (total * Decimal(new_factor)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        payments[code, modifier, setting, locality, new_factor] = str(amount)
    return payments


# Their names in the package and in the tests


def _name_both(package: Path, literals: Literals) -> None:
    """EDITION and FEE_SCHEDULE, in the one module that has them."""
    names = {"EDITION": literals["EDITION"], "FEE_SCHEDULE": literals["RELEASE"]}
    for path in package.rglob("*.py"):
        text = old = path.read_text("utf-8")
        for name, value in names.items():
            text = re.sub(rf'(?m)^{name}: Final = ".*"$', f'{name}: Final = "{value}"', text)
        if text != old:
            path.write_text(text, "utf-8")


def _rewrite_pinned(file: Path, pinned: Literals, literals: Literals) -> None:
    """Each assignment of a name that has a new value, written anew; all else stays as it is."""
    text = file.read_text("utf-8")
    lines = text.splitlines()
    for node in reversed(ast.parse(text).body):
        names = _assigned_names(node)
        if literals.keys() & set(names):
            new = [f"{name} = {literals.get(name, pinned[name])!r}" for name in names]
            lines[node.lineno - 1 : node.end_lineno] = new
    file.write_text("\n".join(lines) + "\n", "utf-8")


def _assigned_names(node: ast.stmt) -> list[str]:
    parts = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
    return [part.id for part in parts if isinstance(part.ctx, ast.Store)]


# Tables


def _read(table: Path) -> list[Row]:
    with table.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _append(table: Path, rows: list[Row]) -> None:
    """More rows at the end; a column that a row does not name is empty."""
    with table.open(encoding="utf-8", newline="") as lines:
        columns = next(csv.reader(lines))
    with table.open("a", encoding="utf-8", newline="") as lines:
        csv.DictWriter(lines, columns, restval="", lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
