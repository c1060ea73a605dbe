"""
Reading and checking a large 837D, beside other readers of X12: `python benchmarks/interchange.py
[CLAIMS]`, about two minutes for the 200,000 claims that it takes without a number.

The others cut a file into segments and know no dental claim. One that is not installed is left out,
and named. Time is the processor's, of the same file in one run; memory is what a process took above
what it had after its first few claims.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from stopwatch import table

import cdtref
from cdtref import Claim, ClaimLine
from cdtref.testing import interchange

DAY = "2026-03-02"
AT_ONCE = 1000  # claims that are made together; the file is put together from such pieces
ROUNDS = 3
BROKEN = float("inf")
MOST_HELD = 20_000  # claims, for a reader that holds a whole file in memory
LINES = (
    ClaimLine("D0120", fee=60),
    ClaimLine("D2391", fee="112.50", tooth="14", surfaces="O"),
    ClaimLine("D1110", fee=90),
)


def large_file(path: Path, claims: int) -> None:
    """An 837D of several interchanges, which is allowed, of so many claims of three lines."""
    claim = Claim(
        LINES,
        id="26-1",
        date=DAY,
        place_of_service="11",
        birth_date="1990-01-01",
        provider_npi="1234567893",
    )
    piece = interchange([claim] * AT_ONCE).encode("ascii")
    with path.open("wb") as file:
        for _ in range(claims // AT_ONCE):
            file.write(piece)


def read_and_check(path: Path, *, check: bool) -> int:
    lines = 0
    for claim in cdtref.read_837(path):
        lines += len(claim.lines)
        if check:
            cdtref.check_claim(claim)
    return lines


def pyx12_segments(path: Path) -> object:
    from pyx12.x12file import X12Reader

    with path.open(encoding="ascii") as file:
        return sum(1 for _ in X12Reader(file))


def edi_tools_segments(path: Path) -> object:
    from x12_edi_tools.x12_parser import X12Parser

    return X12Parser().parse(path.read_text("ascii"))


def badx12_document(path: Path) -> object:
    from badx12 import Parser

    return Parser().parse_document(path.read_text("ascii"))


# What a reader is called, what it is imported as, and whether it takes a file as it streams by.
Reader = tuple[str, str, bool, Callable[[Path], object]]
READERS: tuple[Reader, ...] = (
    ("cdtref, read and checked", "cdtref", True, lambda path: read_and_check(path, check=True)),
    ("cdtref, read", "cdtref", True, lambda path: read_and_check(path, check=False)),
    ("pyx12, cut into segments", "pyx12", True, pyx12_segments),
    ("x12-edi-tools, cut into segments", "x12_edi_tools", False, edi_tools_segments),
    ("badx12, cut into segments", "badx12", False, badx12_document),
)


def compared(folder: Path, claims: int) -> Iterator[tuple[str, str, str]]:
    """Each reader with its least time of some rounds, and that as a multiple of ours."""
    least: dict[str, float] = {}
    for _ in range(ROUNDS):  # in turns, for the machine has better minutes and worse
        for name, module, is_stream, work in READERS:
            if importlib.util.find_spec(module) is None or least.get(name) == BROKEN:
                continue
            count = claims if is_stream else min(claims, MOST_HELD)
            path = folder / f"{count}.837"
            if not path.exists():
                large_file(path, count)
            each = microseconds_a_line(name, work, path, count)
            least[name] = min(each, least.get(name, each))
    ours = least[READERS[0][0]]
    for name, each in least.items():
        if each < BROKEN:
            yield name, f"{each:.1f}", f"{each / ours:.2f}"


def microseconds_a_line(
    name: str, work: Callable[[Path], object], path: Path, claims: int
) -> float:
    start = time.process_time()
    try:
        work(path)
    except Exception as error:  # noqa: BLE001  # a reader that is broken here is told as such
        print(f"{name}: {type(error).__name__} on this Python\n")
        return BROKEN
    return (time.process_time() - start) / (claims * len(LINES)) * 1e6


def in_a_process_of_its_own(path: Path) -> tuple[float, float]:
    """Lines a second, and the growth of the highest memory in MiB."""
    command = [sys.executable, __file__, str(path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    rate, growth = map(float, done.stdout.split())
    return rate, growth


def measure(path: Path) -> None:
    few = path.with_name("few.837")
    large_file(few, AT_ONCE)
    read_and_check(few, check=True)
    before = highest_mebibytes()
    start = time.process_time()
    lines = read_and_check(path, check=True)
    rate = lines / (time.process_time() - start)
    print(rate, highest_mebibytes() - before)


def highest_mebibytes() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def grown(folder: Path, claims: int) -> Iterator[tuple[str, str, str, str]]:
    for count in sorted({max(claims // share, AT_ONCE) for share in (100, 10, 1)}):
        path = folder / "growing.837"
        large_file(path, count)
        rate, growth = in_a_process_of_its_own(path)
        size = f"{path.stat().st_size / 1e6:.0f}"
        yield f"{count} claims", size, f"{rate:,.0f}", f"{growth:.1f}"


def main(claims: int) -> None:
    for name, module, _, _ in READERS:
        if importlib.util.find_spec(module) is None:
            print(f"{name}: not installed, left out\n")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        head = ("a line of an 837D", "microseconds", "x read and checked")
        print(table(head, compared(folder, claims)))
        head = ("an 837D, read and checked", "MB", "lines a second", "memory growth, MiB")
        print("\n" + table(head, grown(folder, claims)))


if __name__ == "__main__":
    (given,) = sys.argv[1:] or ["200000"]
    if given.isdigit():
        main(int(given))
    else:
        measure(Path(given))
