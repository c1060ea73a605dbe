"""
Memory and work of each file reader on its worst files, in a process of its own for each:
`python benchmarks/resources.py [MEBIBYTES ...] [WORD]`, where the word picks readers.

The files are of three sizes; work is seconds of the processor for a mebibyte, so that a reader is
linear where a row's three figures are alike. Memory is what the process took above what it had.
What is larger than any table of its kind is refused, and the row tells so.
"""

from __future__ import annotations

import io
import itertools
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from stopwatch import table

import cdtref
from cdtref.feeschedule import FeeSchedule, cmsfile, pprrvu  # noqa: F401  # loaded before it is measured
from cdtref.testing import interchange

SIZES = (1, 8, 60)
SEEDS = Path(__file__).parent.parent / "fuzz" / "seeds"
CATALOG = cdtref.catalog()
CODES = [*CATALOG]
Pieces = Iterable[str | bytes]

READERS: dict[str, Callable[[Path], object]] = {
    "claim lines": lambda path: sum(1 for _ in cdtref.check_file(path)),
    "837D": lambda path: sum(1 for _ in map(cdtref.check_claim, cdtref.read_837(path))),
    "relative values": FeeSchedule.from_cms,
    "localities": cdtref.read_localities,
    "anesthesia": cdtref.read_anesthesia_factors,
    "wording": CATALOG.with_nomenclature,
    "work log": cdtref.WorkLog.from_csv,
    "work log, JSON": cdtref.WorkLog.from_json,
    "survey": cdtref.Benchmark.from_csv,
    "limits": cdtref.read_limits,
}


# Files


def lines(head: str, row: Callable[[int], str]) -> Iterator[str]:
    """Rows without end under a header, each with its number."""
    yield f"{head}\n"
    for number in itertools.count(1):
        yield f"{row(number)}\n"


def code(number: int) -> str:
    return CODES[number % len(CODES)]


def release() -> Iterator[str]:
    """A release in which every row has a number of its own."""
    seed = (SEEDS / "from_cms" / "table.csv").read_text("latin-1").splitlines(keepends=True)
    header, row = seed[:-4], seed[-1]
    yield from header
    for number in itertools.count(10_000):
        yield row.replace("27447", f"{number:05}"[-5:])


def claims() -> Iterator[str]:
    """An interchange of ordinary claims, one behind the other."""
    line = cdtref.ClaimLine("D2391", "2026-03-02", fee=120, tooth="14", surfaces="MO")
    claim = cdtref.Claim([line] * 50, id="1", place_of_service="11", provider_npi="1234567893")
    yield from itertools.repeat(interchange([claim]))


def empty_interchanges() -> Iterator[str]:
    whole = interchange([]).splitlines()
    yield from itertools.repeat("\n".join((whole[0], whole[-1], "")))


def one_claim() -> Iterator[str]:
    """A claim whose lines do not end."""
    line = cdtref.ClaimLine("D0120", "2026-03-02", fee=60)
    claim = cdtref.Claim([line], id="1", place_of_service="11", provider_npi="1234567893")
    whole = interchange([claim])
    service = whole[whole.index("LX*") : whole.index("SE*")]
    yield whole[: whole.index("SE*")]
    yield from itertools.repeat(service)


def json_rows(row: Callable[[int], dict[str, object]]) -> Iterator[str]:
    yield "["
    for number in itertools.count(1):
        yield f"{json.dumps(row(number))},"


def gpci(number: int) -> str:
    return f"10112,AL,{number % 100:02},NAME {number},1.000,0.869,0.575"


GPCI_HEAD = "\n\nMedicare Administrative Contractor (MAC),State,Locality Number,Locality Name,2026 PW GPCI (with 1.0 Floor),2026 PE GPCI,2026 MP GPCI"
WIDE = ",".join(f"column {number}" for number in range(900))
FIELDS = "claim,code,date,tooth,surfaces"
TEXTS: dict[tuple[str, str], Callable[[], Iterator[str]]] = {
    ("claim lines", "short rows"): lambda: lines(FIELDS, lambda n: f"{n},D0120,2026-03-02,,"),
    ("claim lines", "one claim"): lambda: lines(FIELDS, lambda _: "1,D2391,2026-03-02,14,O"),
    ("claim lines", "all wrong"): lambda: lines(FIELDS, lambda n: f"{n},D239I,2/30/2026,99,Q"),
    ("claim lines", "wide rows"): lambda: lines(
        f"code,date,{WIDE}", lambda _: "D0120,2026-03-02" + "," * 900
    ),
    ("claim lines", "long cells"): lambda: lines(
        FIELDS, lambda n: f"{n},D2391,2026-03-02,1{' ' * 100_000}2,O"
    ),
    ("837D", "claims"): claims,
    ("837D", "empty interchanges"): empty_interchanges,
    ("837D", "a claim without end"): one_claim,
    ("relative values", "short rows"): release,
    ("localities", "short rows"): lambda: lines(f"ADDENDUM E 2026{GPCI_HEAD}", gpci),
    ("anesthesia", "short rows"): lambda: lines(
        "Contractor,Locality,Locality Name,National Anes CF of 20.4976",
        lambda n: f"10112,00,N {n},19.31",
    ),
    ("wording", "short rows"): lambda: lines("code,nomenclature", lambda n: f"{code(n)},w"),
    ("wording", "unknown codes"): lambda: lines(
        "code,nomenclature", lambda n: f"DO{n % 1000:03},w"
    ),
    ("wording", "all empty"): lambda: lines("code,nomenclature", lambda _: "D0120,"),
    ("wording", "wide rows"): lambda: lines(
        f"code,nomenclature,{WIDE}", lambda n: code(n) + "," * 901
    ),
    ("wording", "JSON"): lambda: json_rows(lambda n: {"code": code(n), "nomenclature": "w"}),
    ("work log", "short rows"): lambda: lines("date,code", lambda _: "2026-03-02,99213"),
    ("work log", "further columns"): lambda: lines(
        f"date,code,{WIDE}", lambda _: "2026-03-02,99213" + ",x" * 900
    ),
    ("work log, JSON", "short rows"): lambda: json_rows(
        lambda _: {"date": "2026-03-02", "code": "99213"}
    ),
    ("survey", "short rows"): lambda: lines(
        "specialty,p10,p25,p50,p75,p90", lambda n: f"s{n},1,2,3,4,5"
    ),
    ("limits", "short rows"): lambda: lines("codes,most", lambda _: "D0120,1"),
    ("limits", "many codes"): lambda: lines("codes,most", lambda _: "D0120;" * 10_000 + ",1"),
}
SHEETS = {
    "claim lines": ["claim", "code", "date"],
    "wording": ["code", "nomenclature"],
    "work log": ["date", "code"],
    "limits": ["codes", "most"],
}
VALUES = {
    "claim": "1",
    "code": "D0120",
    "date": "2026-03-02",
    "nomenclature": "w",
    "codes": "D0120",
    "most": "1",
}


def written(path: Path, pieces: Pieces, size: int) -> None:
    """As much of the pieces as makes a file of so many bytes."""
    with path.open("w", encoding="utf-8", newline="") as file:
        for piece in pieces:
            if file.tell() > size:
                return
            file.write(str(piece))


def ended(path: Path) -> None:
    """A JSON list that was cut behind a comma."""
    if path.read_bytes()[:1] == b"[":
        with path.open("rb+") as file:
            file.seek(-1, io.SEEK_END)
            file.write(b"]")


def workbook(path: Path, header: list[str], size: int) -> None:
    """A workbook that unpacks to so many bytes, of rows that are all alike, deflated well."""
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(header)
    held = io.BytesIO()
    book.save(held)
    with zipfile.ZipFile(held) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    before, _, after = parts[sheet].partition(b"</sheetData>")
    rows, number = [], 2
    taken = 0
    while taken < size:
        cells = "".join(
            f'<c r="{chr(65 + place)}{number}" t="inlineStr"><is><t>{VALUES[title]}</t></is></c>'
            for place, title in enumerate(header)
        )
        rows.append(f'<row r="{number}">{cells}</row>'.encode())
        number, taken = number + 1, taken + len(rows[-1])
    parts[sheet] = b"".join((before, *rows, b"</sheetData>", after))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


# Measurement


def peak() -> float:
    """The most memory that this process ever had, in mebibytes, by Linux."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def measured(reader: str, path: Path) -> None:
    """Prints seconds, mebibytes, and how it ended."""
    Path("/proc/self/clear_refs").write_text("5")  # forgets the most that the start took
    before, start = peak(), time.process_time()
    try:
        READERS[reader](path)
        end = "read"
    except cdtref.DataFormatError as error:
        end = str(error).partition(": ")[2] or str(error)
    print(json.dumps([time.process_time() - start, peak() - before, end[:60]]))


def row(reader: str, shape: str, make: Callable[[Path, int], None], sizes: list[int]) -> list[str]:
    per_mebibyte, memory, end = [], [], ""
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "file.json" if "JSON" in reader else "file")
            make(path, size << 20)
            command = [sys.executable, __file__, "--child", reader, str(path)]
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        seconds, mebibytes, end = json.loads(told)
        per_mebibyte.append(f"{seconds / size:.3f}")
        memory.append(f"{mebibytes:.0f}")
    return [reader, shape, *per_mebibyte, *memory, end]


def cases() -> Iterator[tuple[str, str, Callable[[Path, int], None]]]:
    for (reader, shape), pieces in TEXTS.items():

        def text(path: Path, size: int, pieces: Callable[[], Pieces] = pieces) -> None:
            written(path, pieces(), size)
            ended(path)

        yield reader, shape, text
    for reader, header in SHEETS.items():

        def sheet(path: Path, size: int, header: list[str] = header) -> None:
            workbook(path, header, size)

        yield reader, "xlsx, unpacked", sheet


def main(arguments: list[str]) -> None:
    sizes = [int(word) for word in arguments if word.isdecimal()] or list(SIZES)
    words = [word for word in arguments if not word.isdecimal()]
    rows = []
    for reader, shape, make in cases():
        if all(word in f"{reader} {shape}" for word in words):
            rows.append(row(reader, shape, make, sizes))
            print(*rows[-1], sep=" | ", file=sys.stderr, flush=True)
    head = ["reader", "file"]
    head += [f"s/MiB at {size} MiB" for size in sizes] + [f"MiB at {size} MiB" for size in sizes]
    print(table([*head, "the largest"], rows))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        measured(sys.argv[2], Path(sys.argv[3]))
    else:
        main(sys.argv[1:])
