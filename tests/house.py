"""
The house as it is built: which rooms there are, which module imports which, and whether any arrow
runs in a circle.

`python tests/house.py` prints every circle of imports, those for annotations included.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

# Found without importing the package: a broken house must still be looked at.
PACKAGE = Path(importlib.util.find_spec("cdtref").origin).parent

# From the top down: a room imports only those below it.
ROOMS = [
    "__main__",
    "freezing",
    "cli",
    "mcpserver",
    "__init__",
    "pydantic",
    "testing",
    "frame",
    "lookup",
    "worklog",
    "bundled",
    "fhir",
    "pages",
    "claim",
    "verdicts",
    "codeset",
    "nomenclature",
    "textsearch",
    "feeschedule",
    "dentalrvu",
    "procedure",
    "tooth",
    "table",
    "code",
    "datafile",
    "record",
    "fieldtext",
    "errors",
    "codesystem",
    "safetext",
]

# The rooms of several modules, each from the top down too. Its `__init__` is the entrance, and the
# one on top.
WINGS = {
    "lookup": [
        "files",
    ],
    "procedure": [
        "stored",
        "edition",
        "procedure",
        "pointer",
        "requirement",
        "evidence",
        "specialty",
        "relation",
    ],
    "nomenclature": [
        "overlay",
        "addedcode",
        "columns",
        "report",
    ],
    "tooth": [
        "notation",
        "surfaces",
        "tooth",
        "area",
        "spelling",
    ],
    "verdicts": [
        "foundcode",
        "verdict",
    ],
    "code": [
        "spans",
        "code",
    ],
    "fieldtext": [
        "amounts",
        "dates",
    ],
    "cli": [
        "overlay",
        "export",
        "formats",
        "worklog",
        "agents",
        "claims",
        "editions",
        "fees",
        "codes",
        "texts",
        "options",
        "printing",
    ],
    "testing": [
        "logs",
        "spellings",
        "strategies",
        "visits",
        "broken",
        "lines",
        "envelopes",
        "fictitious",
        "plugin",
    ],
    "frame": [
        "answers",
        "claimsinmemory",
        "claimsinplan",
        "judge",
        "claimlines",
        "memory",
        "plan",
        "sites",
        "rules",
        "eras",
        "facts",
        "inputs",
        "copies",
        "building",
        "reference",
        "valuecolumns",
        "codecolumns",
        "columns",
        "engines",
        "kinds",
        "patterns",
    ],
    "worklog": [
        "log",
        "appending",
        "logfile",
        "productivity",
        "drawing",
        "summary",
        "reporttable",
        "valuing",
        "releases",
        "benchmark",
        "titles",
        "periods",
        "entry",
    ],
    "table": [
        "rows",
        "parquet",
        "sheet",
        "worksheets",
        "csvtext",
        "dates",
        "decoding",
        "source",
    ],
    "claim": [
        "claimfile",
        "checking",
        "csvfile",
        "tablelines",
        "filedates",
        "columns",
        "profiles",
        "x12",
        "parties",
        "patients",
        "interchange",
        "rulebook",
        "filerules",
        "filed",
        "claimrules",
        "together",
        "linerules",
        "siterules",
        "headerrules",
        "rule",
        "conflicts",
        "longclaim",
        "conflictcase",
        "conflictindex",
        "limitfile",
        "placeofservice",
        "planrules",
        "uses",
        "limits",
        "history",
        "shared",
        "parsed",
        "claim",
        "segments",
        "line",
        "sv3",
        "elements",
        "conflict",
        "finding",
    ],
    "fhir": [
        "files",
        "claims",
        "patients",
        "items",
        "supporting",
        "sites",
        "elements",
        "passed",
        "resources",
        "systems",
    ],
    "pages": [
        "codepage",
        "faq",
        "sentences",
        "markup",
        "style",
        "toothchart",
    ],
    "textsearch": [
        "match",
        "completing",
        "ranking",
        "unpacking",
        "query",
        "dentalness",
        "mending",
        "evidence",
        "english",
        "lanes",
        "building",
        "mentions",
        "numbers",
        "site",
        "facets",
        "spelling",
        "clauses",
        "prose",
        "thesaurus",
        "kept",
        "weights",
    ],
    "feeschedule": [
        "releases",
        "schedule",
        "payment",
        "share",
        "packed",
        "locality",
        "anesthesia",
        "values",
        "pprrvu",
        "rows",
        "layout",
        "sheet",
        "cmsfile",
    ],
}

# What asks the package by its public names, as a user does, and so may ask the top.
ASKERS = ("__main__", "cli", "mcpserver")

# Inner modules that are entrances of their own, since the wing should not load them for everyone.
SIDE_DOORS = {
    "claim.claimfile",
    "claim.csvfile",
    "claim.limitfile",
    "claim.x12",
    "code.spans",
    "feeschedule.cmsfile",
    "feeschedule.pprrvu",
    "fhir.files",
    "fieldtext.amounts",
    "lookup.files",
    "procedure.edition",
    "procedure.evidence",
    "procedure.pointer",
    "procedure.relation",
    "procedure.requirement",
    "procedure.specialty",
    "procedure.stored",
}


@functools.cache  # every test asks again
def modules() -> dict[str, Path]:
    """
    Every module of the package by its name below it, such as 'claim.line'; a wing's entrance is
    'claim'.
    """
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if "-" in path.stem:  # a hook that another program runs, no module of ours
            continue
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if len(parts) > 1 and parts[-1] == "__init__":
            parts = parts[:-1]
        found[".".join(parts)] = path
    return found


@functools.cache
def imports_of(module: str) -> set[str]:
    """The modules that a module imports, anywhere in its text and for annotations too."""
    return set(_imported(module)) - {module}


def _imported(module: str) -> Iterator[str]:
    known = modules()
    for node in ast.walk(ast.parse(known[module].read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "cdtref":
            for alias in node.names:
                yield _module_of(f"{node.module}.{alias.name}", known)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == "cdtref":
                    yield _module_of(alias.name, known)


def _module_of(dotted: str, known: dict[str, Path]) -> str:
    """
    The module that a dotted name lies in; names that are none belong to the one they are taken
    from.
    """
    name = dotted.removeprefix("cdtref").lstrip(".")
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name or "__init__"


def room_of(module: str) -> str:
    """The room that a module stands in."""
    return module.split(".", maxsplit=1)[0]


def circles() -> list[list[str]]:
    """A circle of imports, if there is any: the first that is met."""
    graph = {module: imports_of(module) for module in modules() if room_of(module) not in ASKERS}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [error.args[1]]
    return []


def inner_of(module: str) -> str:
    """The inner module that a module is or lies in: of 'frame.engines.spark', 'engines'."""
    return module.split(".")[1]


def imports_within(wing: str, inner: str) -> set[str]:
    """The other modules of a wing that an inner module imports, with what lies in it."""
    inside = f"{wing}.{inner}"
    found = set()
    for module in modules():
        if module == inside or module.startswith(f"{inside}."):
            found |= imports_of(module)
    theirs = {name for name in found if name.startswith(f"{wing}.")}
    return {name for name in theirs if inner_of(name) != inner}


if __name__ == "__main__":
    for circle in circles():
        print(" -> ".join(circle))
    print(f"{len(modules())} modules, {len(circles())} circles of imports")
