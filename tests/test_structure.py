"""The house rules that a machine can hold: layers, light import, names, errors, size of modules."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import subprocess
import sys

import pytest

import cdtref
import house
from inturn import for_each

LONGEST = 500  # lines; a limit to notice, far above what a module needs


def test_every_module_has_its_place():
    names = {module for module in house.modules() if "." not in module}
    assert names == set(house.ROOMS)
    for wing, inner in house.WINGS.items():
        assert {m.split(".")[1] for m in house.modules() if m.startswith(f"{wing}.")} == set(inner)


@for_each(sorted(m for m in house.modules() if house.room_of(m) not in house.ASKERS))
def test_imports_point_downwards_between_rooms(module):
    place = house.ROOMS.index(house.room_of(module))
    above = house.ROOMS[:place]
    assert [name for name in house.imports_of(module) if house.room_of(name) in above] == []


@pytest.mark.parametrize("wing", house.WINGS)
def test_imports_point_downwards_within_a_wing(wing):
    order = house.WINGS[wing]
    for place, inner in enumerate(order):
        within = {house.inner_of(name) for name in house.imports_within(wing, inner)}
        assert within <= set(order[place + 1 :])


@for_each(sorted(house.modules()))
def test_inner_modules_are_nobody_elses_business(module):
    room = house.room_of(module)
    inner = {
        name for name in house.imports_of(module) if "." in name and house.room_of(name) != room
    }
    assert inner <= house.SIDE_DOORS


def test_no_imports_run_in_a_circle():
    assert house.circles() == []


@for_each(house.modules().values(), name=lambda path: path.stem)
def test_modules_are_short(path):
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST


def test_import_reads_no_file_and_loads_nothing_optional():
    code = """
import sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
import cdtref
print([name for name in opened if name.endswith((".json", ".csv"))])
heavy = "json importlib_resources decimal click rich narwhals pandas".split()
heavy += "cdtref.feeschedule cdtref.claim cdtref.dentalrvu cdtref.procedure.requirement".split()
print([name for name in heavy if name in sys.modules])
"""
    bare = {
        name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")
    }  # it loads json
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=bare
    )
    assert done.stdout.split("\n")[:2] == ["[]", "[]"]


def test_the_public_names_are_there_and_sorted():
    assert cdtref.__all__ == sorted(
        cdtref.__all__, key=lambda name: (not name.isupper(), not name[0].isupper(), name)
    )
    for name in cdtref.__all__:
        assert getattr(cdtref, name) is not None
    assert dir(cdtref) == sorted(cdtref.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = cdtref.nothing


def test_no_public_function_shares_the_name_of_a_submodule():
    for module in set(house.modules()) - {"__init__", "__main__", "cli"}:
        with contextlib.suppress(ImportError):  # its extra may not be here
            importlib.import_module(f"cdtref.{module}")
    assert not set(house.ROOMS) & set(cdtref.__all__)
    assert cdtref.get("D0120").code == "D0120"
    assert cdtref.rvu("99213").code == "99213"
    assert callable(cdtref.catalog)


def test_submodules_resolve_after_a_plain_import():
    code = "import cdtref; print(cdtref.feeschedule.FeeSchedule is cdtref.FeeSchedule, cdtref.pages.__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True cdtref.pages"


def test_a_submodule_that_lacks_what_it_needs_says_so(monkeypatch):
    monkeypatch.delattr(cdtref, "table")
    monkeypatch.delitem(sys.modules, "cdtref.table")
    monkeypatch.delitem(sys.modules, "cdtref.table.csvtext")
    monkeypatch.setitem(sys.modules, "csv", None)
    with pytest.raises(ModuleNotFoundError, match="csv"):
        _ = cdtref.table


def test_the_first_values_of_a_code_load_nothing_that_reads_files_of_cms():
    """What reads paths, anesthesia factors and several releases takes a fifth of the answer."""
    code = "import sys, cdtref; before = set(sys.modules); cdtref.rvu('99213'); print(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "cdtref.feeschedule.schedule" in loaded
    idle = {"pathlib", "urllib.parse"}
    idle |= {
        f"cdtref.feeschedule.{name}" for name in ("anesthesia", "cmsfile", "pprrvu", "releases")
    }
    assert not idle & set(loaded)


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


@pytest.mark.parametrize(
    ("package", "name"),
    [
        ("cdtref", "ClaimLine"),
        ("cdtref.claim", "RULES"),
        ("cdtref.feeschedule", "FeeSchedules"),
    ],
)
def test_a_name_that_comes_later_is_kept_once_it_came(package, name):
    """Else each mention of it asks the import system again, a sixth of what a line costs."""
    module = importlib.import_module(package)
    found = getattr(module, name)
    assert vars(module)[name] is found
