"""
How the benchmarks measure: the best of several rounds, here or in fresh processes, as ratios
within one run.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
import timeit
from collections.abc import Callable, Iterable

ROUNDS = 9


def nanoseconds(statement: str, setup: str = "pass") -> float:
    """Time of one execution of a short statement, the best of several rounds."""
    timer = timeit.Timer(statement, setup)
    number, _ = timer.autorange()
    return min(timer.repeat(ROUNDS, number)) / number * 1e9


def call_nanoseconds(function: Callable[[], object]) -> float:
    """Time of one call, the best of several rounds."""
    timer = timeit.Timer(function)
    number, _ = timer.autorange()
    return min(timer.repeat(5, number)) / number * 1e9


def seconds_of(work: Callable[[], object]) -> float:
    """Time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def fresh_milliseconds(code: str, setup: str = "pass") -> float:
    """Time of *code* after *setup* in a fresh interpreter: the best of several processes."""
    program = _timed(code, setup)
    _output(program)
    return min(float(_output(program)) for _ in range(ROUNDS))


def imports_in_turn(modules: Iterable[str]) -> dict[str, float]:
    """
    Milliseconds that each import takes in a fresh interpreter, the best of many: in turn, so that a
    machine that slows down slows all of them.
    """
    programs = {name: _timed(f"import {name}") for name in modules}
    for program in programs.values():
        _output(program)
    taken: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(3 * ROUNDS):
        for name, program in programs.items():
            taken[name].append(float(_output(program)))
    return {name: min(times) for name, times in taken.items()}


def _timed(code: str, setup: str = "pass") -> str:
    return (
        f"import time\n{setup}\nstart = time.perf_counter()\n{code}\n"
        "print((time.perf_counter() - start) * 1e3)"
    )


def fresh_parts(load: str, ask: str) -> tuple[float, float]:
    """Milliseconds of *load* and of *ask* after it in a fresh interpreter: the best, as above."""
    program = (
        "import time\nstart = time.perf_counter()\n"
        f"{load}\nloaded = time.perf_counter()\n{ask}\nend = time.perf_counter()\n"
        "print((loaded - start) * 1e3, (end - loaded) * 1e3)"
    )
    _output(program)
    runs = [_output(program).split() for _ in range(ROUNDS)]
    loading, asking = zip(*runs, strict=True)
    return min(map(float, loading)), min(map(float, asking))


def process_milliseconds(*arguments: str) -> float:
    """Time of a whole process of Python, from its start to its end: the best of several."""
    command = [sys.executable, *arguments]
    taken = [
        seconds_of(lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True))
        for _ in range(ROUNDS)
    ]
    return min(taken) * 1e3


def fresh_mebibytes(code: str, setup: str = "pass") -> float:
    """Growth of the resident memory by *code* after *setup* in a fresh interpreter."""
    program = (
        "def rss():\n"
        "    return int(open('/proc/self/statm').read().split()[1]) * 4096 / 2**20\n"
        f"{setup}\nbefore = rss()\n{code}\nprint(rss() - before)"
    )
    return statistics.median(float(_output(program)) for _ in range(3))


def _output(program: str) -> str:
    # Installed packages come compiled; a source tree compiles itself at its first run, where it may
    # write.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=env
    )
    return done.stdout.strip().splitlines()[-1]


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A markdown table."""
    lines = [list(map(str, head)), *[list(map(str, row)) for row in rows]]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
