"""The house rules that a machine can hold: layers, light import, names, errors, size of modules."""

from __future__ import annotations

import ast
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import cdtref

PACKAGE = Path(cdtref.__file__).parent

# From the top down: a module imports only those below it.
LAYERS = [
    "__init__",
    "__main__",
    "worklog",
    "productivity",
    "entry",
    "lookup",
    "claimfile",
    "frame",
    "columns",
    "reading",
    "engine",
    "fhir",
    "codepage",
    "faq",
    "sentences",
    "relation",
    "pagestyle",
    "release",
    "claimrules",
    "linerules",
    "siterules",
    "claim",
    "finding",
    "sv3",
    "codeset",
    "nomenclature",
    "match",
    "index",
    "indexing",
    "query",
    "facets",
    "vocabulary",
    "thesaurus",
    "tabular",
    "edition",
    "feeschedule",
    "payment",
    "locality",
    "cmsfile",
    "download",
    "toothchart",
    "requirement",
    "procedure",
    "relativevalues",
    "card",
    "markup",
    "record",
    "bundle",
    "pattern",
    "tooth",
    "area",
    "code",
    "errors",
    "codesystem",
]
ENTRANCES = {"__main__"}  # asks the package by its public names


def imports_of(module):
    tree = ast.parse((PACKAGE / f"{module}.py").read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "cdtref":
            yield from (alias.name for alias in node.names if alias.name in LAYERS)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cdtref."):
            yield node.module.split(".")[1]
        elif isinstance(node, ast.Import):  # for annotations that name a class in full
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("cdtref."))


def test_every_module_has_its_layer():
    assert {path.stem for path in PACKAGE.glob("*.py")} == set(LAYERS)


@pytest.mark.parametrize("module", sorted(set(LAYERS) - ENTRANCES))
def test_imports_point_downwards(module):
    above = LAYERS[: LAYERS.index(module) + 1]
    assert not [name for name in imports_of(module) if name in above]


@pytest.mark.parametrize("module", LAYERS)
def test_modules_are_short(module):
    assert len((PACKAGE / f"{module}.py").read_text("utf-8").splitlines()) <= 500


def test_import_reads_no_file_and_loads_nothing_optional():
    code = """
import sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
import cdtref
print([name for name in opened if name.endswith((".json", ".csv"))])
heavy = "json importlib_resources decimal click rich narwhals pandas cdtref.feeschedule.schedule cdtref.feeschedule.values".split()
print([name for name in heavy if name in sys.modules])
"""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}  # it loads json
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=bare)
    assert done.stdout.split("\n")[:2] == ["[]", "[]"]


def test_the_public_names_are_there_and_sorted():
    assert cdtref.__all__ == sorted(cdtref.__all__, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    for name in cdtref.__all__:
        assert getattr(cdtref, name) is not None
    assert dir(cdtref) == sorted(cdtref.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = cdtref.nothing


def test_no_public_function_shares_the_name_of_a_submodule():
    for module in set(LAYERS) - {"__init__", "__main__"}:
        importlib.import_module(f"cdtref.{module}")
    assert not set(LAYERS) & set(cdtref.__all__)
    assert cdtref.get("D0120").code == "D0120"
    assert cdtref.rvu("99213").code == "99213"
    assert callable(cdtref.catalog)


def test_submodules_resolve_after_a_plain_import():
    code = "import cdtref; print(cdtref.feeschedule.schedule.FeeSchedule is cdtref.FeeSchedule, cdtref.feeschedule.values.__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True cdtref.feeschedule.values"


def test_a_submodule_that_lacks_what_it_needs_says_so(monkeypatch):
    monkeypatch.delattr(cdtref, "tabular")
    monkeypatch.delitem(sys.modules, "cdtref.table")
    monkeypatch.setitem(sys.modules, "csv", None)
    with pytest.raises(ModuleNotFoundError, match="csv"):
        _ = cdtref.table


def test_one_category_is_read_for_one_code():
    code = """
import sys, json
import cdtref
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
cdtref.get("D0389")
print(json.dumps(sorted(name.rsplit("/", 1)[1] for name in opened if name.endswith(".json"))))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == ["diagnostic.json", "index.json"]
