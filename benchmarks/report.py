"""All tables in one page, with a plot: `python benchmarks/report.py > docs/benchmarks.md`."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SECTIONS = {
    "Import and answers": "core",
    "Claim lines": "claims",
    "The fee schedule": "fees",
    "Search": "search/run",
    "DataFrames": "frames 2000000",
    "Growth": "growth",
}
INTRO = """\
# Benchmarks

`nox -s bench` measures all of this in one run and writes this page. Times are of one machine on one day, which shared
its two cores with others; read the ratios.
"""


def measured(script: str) -> str:
    name, *arguments = script.split()
    command = [sys.executable, str(HERE / f"{name}.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def plot(core: str) -> str:
    """Warm answers as bars on a logarithmic scale."""
    found = [
        (name.strip(), float(times))
        for name, times in re.findall(r"^\| (.+?) \| \d+ \| ([\d.]+) \|$", core, re.MULTILINE)
    ]
    bars = []
    for n, (name, times) in enumerate(found):
        width, y = 24 * max(math.log2(times) + 1, 0.2), 24 * n
        bars.append(
            f'<text x="268" y="{y + 15}" text-anchor="end">{name}</text>'
            f'<rect x="276" y="{y + 3}" width="{width:.0f}" height="16" rx="2" fill="{_color(name)}"/>'
            f'<text x="{282 + width:.0f}" y="{y + 15}">{times:g}x</text>'
        )
    height = 24 * len(found)
    return (
        f'<svg viewBox="0 0 640 {height}" role="img" aria-label="Warm answers as multiples of a bare dict look-up, '
        f'logarithmic" style="max-width:40rem;font:12px sans-serif;fill:currentColor">{"".join(bars)}</svg>'
    )


def _color(name: str) -> str:
    ours = ("cdtref", "get", "is_", "parse_code")
    return "#0b7285" if name.startswith(ours) else "#868e96"


if __name__ == "__main__":
    print(INTRO)
    for title, script in SECTIONS.items():
        tables = measured(script)
        print(f"## {title}\n\n{tables}\n")
        if script == "core":
            print(f"```{{raw}} html\n{plot(tables)}\n```\n")
