"""
Mutational fuzzing of every file reader: `python fuzz/mutate.py SECONDS [SEED]`.

Small sound files are damaged in their bytes, in their cells, and within the members of a zip or an
xlsx, and each reader reads what comes out, its own form or that of another. A finding is another
error than the library's own, a message without bound, more than a few seconds of work, or more
memory than a small file is worth; its file is kept in the folder that the last line names.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import attrs
import openpyxl

import cdtref
from cdtref import CdtrefError, FeeSchedule
from cdtref.testing import clean_line, interchange

CATALOG: Final = cdtref.catalog()
SEEDS: Final = Path(__file__).parent / "seeds"
MOST_SECONDS: Final = 5  # of the processor; a sound file of this size takes milliseconds
MOST_MEMORY: Final = 2 << 30
LONGEST_MESSAGE: Final = 1000
LINES: Final = [
    ["claim", "code", "date", "tooth", "surfaces", "area", "quantity", "fee", "modifiers"],
    ["1", "D2391", "2026-03-02", "14", "MO", "", "1", "120.50", "25"],
    ["1", "d-0120", "3/2/2026", "", "", "", "", "$1,060", ""],
    ["2", "D4341", "20260302", "", "", "UR", "2", "0", "59 76"],
]
LOG: Final = [
    ["date", "code", "modifiers", "units", "specialty", "note", "patient"],
    ["2026-03-02", "99213", "25", "2", "surgery", 'a "note"', "x"],
    ["2026-03-03", "D7140", "", "1", "", "", "y"],
]
SURVEY: Final = [
    ["specialty", "p10", "p25", "p50", "p75", "p90"],
    ["surgery", "1", "2.5", "3,000", "4,000.25", "5000"],
    ["general", "10", "20", "30", "40", "50"],
]
LIMITS: Final = [
    ["codes", "name", "most", "period", "per", "least_age", "most_age", "year_starts"],
    ["D0120;D0140", "exams", "2", "calendar year", "", "", "", "07-01"],
    ["bitewings", "", "1", "6 months", "", "", "17", ""],
    ["D2710-D2794", "", "1", "60 months", "tooth", "", "", ""],
]
WORDING: Final = [
    ["Code", "Nomenclature", "Descriptor"],
    ["D0120", "wording one", "more, of it"],
    ["D0140", "wording two", ""],
    ["DO150", "a letter for a zero", ""],
]
GPCI: Final = [
    ["ADDENDUM E. FINAL CY 2026 GEOGRAPHIC PRACTICE COST INDICES (GPCIs)"],
    [],
    [
        "Medicare Administrative Contractor (MAC)",
        "State",
        "Locality Number",
        "Locality Name",
        "2026 PW GPCI (with 1.0 Floor)",
        "2026 PE GPCI",
        "2026 MP GPCI",
    ],
    ["10112", "AL", "00", "ALABAMA", "1.000", "0.869", "0.575"],
    ["02102", "AK", "01", "ALASKA**", "1.500", "1.081", "0.592"],
]
ANESTHESIA: Final = [
    ["Contractor", "Locality", "Locality Name", "National Anes CF of 20.4976"],
    ["10112", "00", "ALABAMA", "19.31"],
    ["02102", "01", "ALASKA", "28.50"],
]
# What breaks readers: numbers beyond measure or in other scripts, spaces that are none, controls,
# formulas, quotes, XML, and what other programs take for nothing.
CELLS: Final = [
    *("", " ", "NaN", "sNaN", "-0", "1e999999", "1E+9", "Infinity", "1_0", "0x1F", "9" * 5000),
    *("\u0661\u0662", "\u00bd", "\uff11", "\u3000", "\u200b", "\ufeff", "\u202e", "\x1b[2J"),
    *("\x00", "\x1a", "\r", "\n", "\t", '"', '""', "'", ";", "|", ",", "sep=;", "~", "*", ":"),
    *("=1+1", "@x", "+1", "null", "true", "#REF!", "1/2", "12,50", "1.000,00", "$$5", "(5)"),
    *("2026-02-30", "0000-00-00", "99999999", "46083", "1900-01-01T25:61", "<a/>", "&#0;", "]]>"),
    *("1" * 100_000, "1," * 2000, "1-" * 2000, "[" * 3000, '{"a":' * 3000, "XFD1048576", "A0"),
]


class Reader(NamedTuple):
    """A reader and sound files of its kind."""

    read: Callable[[Path], object]
    seeds: list[bytes]


class _OutOfTimeError(BaseException):
    """Not an Exception, lest a reader catches it."""


# The files


def csv_of(rows: list[list[str]], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    lines = []
    for row in rows:
        cells = [f'"{cell}"' if delimiter in cell else cell for cell in row]
        lines.append(delimiter.join(cells))
    return "\r\n".join([*lines, ""]).encode(encoding)


def xlsx_of(rows: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def tables_of(rows: list[list[str]]) -> list[bytes]:
    return [
        csv_of(rows),
        csv_of(rows, ";"),
        csv_of(rows, "\t", "utf-16"),
        xlsx_of(rows),
    ]


def objects_of(rows: list[list[str]]) -> bytes:
    header, *others = rows
    return json.dumps([dict(zip(header, row, strict=True)) for row in others]).encode()


def release_seeds() -> list[bytes]:
    folder = SEEDS / "from_cms"
    table = (folder / "table.csv").read_bytes()
    rows = list(csv.reader(table.decode("latin-1").splitlines()))
    return [table, (folder / "table.zip").read_bytes(), xlsx_of(rows)]


def claims() -> bytes:
    codes = "D2391", "D0120", "D4341", "D5110"
    lines = [attrs.evolve(clean_line(CATALOG[code]), fee=120) for code in codes]
    given = cdtref.Claim(lines, id="1", place_of_service="11", provider_npi="1234567893")
    return interchange([given, given]).encode()


def printed(*rows: str) -> bytes:
    return "\r\n".join(rows).encode()


def read_claims(path: Path) -> None:
    for claim in cdtref.read_837(path):
        cdtref.check_claim(claim)
        claim.to_dict()


def read_lines(path: Path) -> None:
    for checked in cdtref.check_file(path):
        str(checked)


def read_any(path: Path) -> None:
    for claim in cdtref.read_claims(path):
        claim.to_dict()
    for checked in cdtref.check_file(path, history=True):
        str(checked)


def resources() -> bytes:
    return (SEEDS / "claims_in" / "claim.json").read_bytes()


def read_log(path: Path) -> None:
    log = cdtref.WorkLog.from_csv(path)
    log.to_csv()
    log.productivity()


READERS: Final[Mapping[str, Reader]] = {
    "claim lines": Reader(read_lines, tables_of(LINES)),
    "claims in any format": Reader(read_any, [claims(), resources(), *tables_of(LINES)]),
    "837D": Reader(read_claims, [claims()]),
    "relative values": Reader(FeeSchedule.from_cms, release_seeds()),
    "localities": Reader(
        cdtref.read_localities,
        [*tables_of(GPCI), printed("10112 AL 00 ALABAMA          1.000 0.869 0.575") * 2],
    ),
    "anesthesia": Reader(
        cdtref.read_anesthesia_factors,
        [*tables_of(ANESTHESIA), printed("10112 00 ALABAMA           1931")],
    ),
    "wording": Reader(CATALOG.with_nomenclature, [*tables_of(WORDING), objects_of(WORDING)]),
    "work log": Reader(read_log, tables_of(LOG)),
    "work log, JSON": Reader(
        cdtref.WorkLog.from_json, [b'[{"date": "2026-03-02", "code": "D7140", "units": 2}]']
    ),
    "survey": Reader(cdtref.Benchmark.from_csv, tables_of(SURVEY)),
    "limits": Reader(cdtref.read_limits, tables_of(LIMITS)),
    "limits, JSON": Reader(
        cdtref.read_limits,
        [b'{"limits": [{"codes": ["bitewings"], "most": 1, "period": "6 months"}]}'],
    ),
}


# The damage


def damaged(draw: random.Random, content: bytes, other: bytes) -> bytes:
    """The content with one to four kinds of damage."""
    for _ in range(draw.randint(1, 4)):
        if content[:2] == b"PK" and draw.random() < 0.8:
            content = damaged_zip(draw, content, other)
        else:
            content = draw.choice(DAMAGES)(draw, content, other)
    return content


def damaged_zip(draw: random.Random, content: bytes, other: bytes) -> bytes:
    """A zip whose members are changed inside, so that its own checks still hold."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # noqa: BLE001  # it was damaged before
        return content
    if not members:
        return content
    name = draw.choice([*members])
    if draw.random() < 0.1:
        del members[name]
    elif draw.random() < 0.1:
        members[draw.choice(CELLS)[:60000]] = members[name]
    else:
        members[name] = draw.choice(DAMAGES)(draw, members[name], other)
    packed = io.BytesIO()
    method = draw.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
    with zipfile.ZipFile(packed, "w", method) as archive:
        for member, inside in members.items():
            archive.writestr(zipfile.ZipInfo(member), inside)
    return packed.getvalue()


def place_in(draw: random.Random, content: bytes) -> int:
    return draw.randint(0, len(content))


def flipped(draw: random.Random, content: bytes, _: bytes) -> bytes:
    changed = bytearray(content or b" ")
    for _ in range(draw.randint(1, 8)):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def shortened(draw: random.Random, content: bytes, _: bytes) -> bytes:
    first, last = sorted((place_in(draw, content), place_in(draw, content)))
    return content[:first] + content[last:]


def repeated(draw: random.Random, content: bytes, _: bytes) -> bytes:
    first = place_in(draw, content)
    part = content[first : first + draw.choice([1, 10, 100])]
    return content[:first] + part * draw.choice([2, 10, 1000]) + content[first:]


def spliced(draw: random.Random, content: bytes, other: bytes) -> bytes:
    return content[: place_in(draw, content)] + other[place_in(draw, other) :]


def with_cell(draw: random.Random, content: bytes, _: bytes) -> bytes:
    """One word replaced, in the encoding of the file as far as it can be told."""
    encoding = "utf-16-le" if content[:2] == b"\xff\xfe" else "utf-8"
    ends = [at for at, byte in enumerate(content) if byte in b',;\t\r\n"<>~*:= ']
    if not ends:
        return content
    nth = draw.randrange(len(ends))
    first, last = ends[nth] + 1, [*ends, len(content)][nth + 1]
    return content[:first] + draw.choice(CELLS).encode(encoding) + content[max(first, last) :]


def recoded(draw: random.Random, content: bytes, _: bytes) -> bytes:
    text = content.decode("utf-8", "replace")
    return text.encode(draw.choice(["utf-8-sig", "utf-16", "utf-32", "utf-16-be"]))


DAMAGES: Final = [flipped, shortened, repeated, spliced, *[with_cell] * 4, recoded]


# The judgement


def fault_of(read: Callable[[Path], object], path: Path) -> str | None:
    """What is wrong with how a file was read, or None."""
    began = time.process_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, 4 * MOST_SECONDS)
    try:
        read(path)
    except CdtrefError as error:
        if len(str(error)) > LONGEST_MESSAGE:
            return f"a message of {len(str(error))} characters"
    except (Exception, _OutOfTimeError):  # noqa: BLE001  # that is what is looked for
        return traceback.format_exc(limit=-4)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    seconds = time.process_time() - began
    return f"{seconds:.1f} seconds" if seconds > MOST_SECONDS else None


def out_of_time(*_: Any) -> None:
    raise _OutOfTimeError


def inputs(draw: random.Random) -> Iterator[tuple[str, bytes]]:
    """A reader's name and a damaged file, without end; one in ten is of another reader's kind."""
    everything = list(itertools.chain.from_iterable(reader.seeds for reader in READERS.values()))
    while True:
        for name, reader in READERS.items():
            seeds = everything if draw.random() < 0.1 else reader.seeds
            yield name, damaged(draw, draw.choice(seeds), draw.choice(everything))


def run(seconds: float, seed: int) -> int:
    """Fuzz for so long; the number of findings."""
    folder = Path(tempfile.mkdtemp())
    signal.signal(signal.SIGVTALRM, out_of_time)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    counts: Counter[str] = Counter()
    findings = 0
    for name, content in inputs(random.Random(seed)):  # noqa: S311
        if time.monotonic() > seconds:
            break
        path = folder / ("any.json" if "JSON" in name else "any")
        path.write_bytes(content)
        counts[name] += 1
        fault = fault_of(READERS[name].read, path)
        if fault is not None:
            findings += 1
            (folder / f"finding-{findings}").write_bytes(content)
            print(f"finding {findings}, {name}, {len(content)} bytes: {fault}", flush=True)
    print(*(f"{name}: {count}" for name, count in counts.items()), sep="\n")
    print(f"{counts.total()} files, {findings} findings, in {folder}")
    return findings


if __name__ == "__main__":
    asked, *others = sys.argv[1:]
    sys.exit(run(time.monotonic() + float(asked), int(others[0] if others else 1)) > 0)
