"""
Hard places: many threads and processes at first use, poor environments, and attempts to change
what is shared.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import pkgutil
import subprocess
import sys
from collections.abc import Collection, Mapping
from datetime import date

import attrs
import pytest

import cdtref
import pinned
from cdtref import testing

FIRST_USE = """
import cdtref, threading
from concurrent.futures import ThreadPoolExecutor
gate = threading.Barrier(64)
def ask(n):
    gate.wait()
    code = list(cdtref.catalog())[n * 14 % len(cdtref.catalog())]
    fee = len(cdtref.fee_schedule())
    return [id(cdtref.get("D0389")), cdtref.get(code).code == code, cdtref.is_billable_with_rvu("99213"), fee]
with ThreadPoolExecutor(64) as pool:
    answers = list(pool.map(ask, range(64)))
assert all(answer == answers[0] for answer in answers), answers
"""


def run(code, **env):
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "COVERAGE_PROCESS_START")
    }
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=kept | env, check=False
    )


def test_sixty_four_threads_at_first_use():
    done = run(FIRST_USE)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_at_first_use(method):
    """
    Each process finds the data by itself, whether it inherits this one's state or starts anew.
    """
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system has no {method}")
    done = run(
        "import multiprocessing as m, cdtref\n"
        f"with m.get_context({method!r}).Pool(3) as pool:\n"
        "    found = pool.map(cdtref.get, ['D0120', 'd-2740', 'D9940'])\n"
        "assert [p.code for p in found] == ['D0120', 'D2740', 'D9940']\n"
        "assert found[0] == cdtref.get('D0120')\n"
    )
    assert done.returncode == 0, done.stderr


SAMPLE = """import cdtref
assert cdtref.get('D0389').synonyms and cdtref.is_billable_with_rvu('99213') and cdtref.procedures()
print('fine')"""


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "tr_TR.UTF-8"},
        {"HOME": "/nonexistent"},
    ],
    ids=["bare", "not utf-8", "turkish", "no home"],
)
def test_poor_environments(env):
    done = run(SAMPLE, **env)
    assert done.stdout.strip() == "fine", done.stderr


def test_a_read_only_place(tmp_path):
    tmp_path.chmod(0o555)
    code = f"import os; os.chdir({str(tmp_path)!r})\n{SAMPLE}"
    assert run(code, PYTHONDONTWRITEBYTECODE="1", TMPDIR=str(tmp_path)).stdout.strip() == "fine"


LINE = testing.clean_line(cdtref.get("D2391"))
RECORDS = [
    cdtref.get("D2391"),
    cdtref.get("D2391").periods[0],
    cdtref.rvu("99213"),
    cdtref.editions()[0],
    cdtref.changes(pinned.FIRST_EDITION, pinned.EDITION),
    cdtref.fee_schedule(),
    cdtref.fee_schedule().localities[0],
    cdtref.fee_schedule().payment("99213"),
    LINE,
    cdtref.check(testing.broken_line("tooth.missing"))[0],
    cdtref.LINE_RULES[0],
    cdtref.CLAIM_RULES[0],
    cdtref.parse_tooth("14"),
    cdtref.LogEntry(date.fromisoformat(pinned.DAY), "99213"),
    cdtref.WorkLog(),
    cdtref.WorkLog().productivity(),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_no_field_of_a_record_can_be_changed(record):
    for field in attrs.fields(type(record)):
        with pytest.raises(AttributeError):
            setattr(record, field.name, None)
        with pytest.raises(AttributeError):
            delattr(record, field.name)
    with pytest.raises(AttributeError):
        record.something_new = 1


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_no_record_holds_a_list_or_a_set_that_could_be_changed(record):
    for field in attrs.fields(type(record)):
        assert not isinstance(getattr(record, field.name), list | set | bytearray), field.name


def test_the_catalog_and_its_named_tuples_cannot_be_changed():
    catalog = cdtref.catalog()
    for name in ("_procedures", "_editions", "anything"):
        with pytest.raises(AttributeError):
            setattr(catalog, name, None)
    with pytest.raises(TypeError):
        catalog["D0120"] = None
    with pytest.raises(AttributeError):
        cdtref.get("D2391").surfaces.least = 2
    with pytest.raises(AttributeError):
        cdtref.get("D0389").related[0].code = "D0120"


# The other thread goes on once this one is about to fork: a twentieth of a second is left for it.
CHILD = """
forking.set()
child = os.fork()
if not child:
    %s
for _ in range(1_000):
    ended, status = os.waitpid(child, os.WNOHANG)
    if ended:
        break
    time.sleep(0.01)
else:
    os.kill(child, 9)
    raise SystemExit("the child hangs")
thread.join()
raise SystemExit(status)
"""
READING = """
import os, threading, time
import cdtref
from cdtref import datafile
begun, forking, real = threading.Event(), threading.Event(), datafile._content_of

def slow(file):
    if not begun.is_set():  # a search reads many files
        begun.set()
        forking.wait(60)
        time.sleep(0.05)
    return real(file)

datafile._content_of = slow
thread = threading.Thread(target=lambda: %s)
thread.start()
begun.wait()
"""
IMPORTING = """
import os, sys, threading, time
import cdtref
begun, forking = threading.Event(), threading.Event()

class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == %r:
            begun.set()
            forking.wait(60)
            time.sleep(0.05)

sys.meta_path.insert(0, Slow())
thread = threading.Thread(target=lambda: %s)
thread.start()
if not begun.wait(60):
    raise SystemExit("nobody imports it")
"""


MAKING = """
import os, threading, time
import cdtref
from cdtref.textsearch import unpacking
begun, forking, real = threading.Event(), threading.Event(), unpacking._whole_of

def slow(wording):
    if not begun.is_set():
        begun.set()
        forking.wait(60)
        time.sleep(0.05)
    return real(wording)

unpacking._whole_of = slow
thread = threading.Thread(target=lambda: cdtref.search("crown"))
thread.start()
begun.wait()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_fork_while_another_thread_makes_what_is_kept():
    """A kept property has no lock that a child would wait for."""
    asked = 'len(cdtref.search("crown")) > 0'
    child = f"unpacking._whole_of = real; os._exit(0 if {asked} else 1)"
    done = run(MAKING + CHILD % child)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize(
    "asked",
    [
        'cdtref.get("D0120").code == "D0120"',
        'cdtref.rvu("99213").code == "99213"',
        'cdtref.dental_rvu("D0150", default=0) is not None',
        "len(cdtref.editions()) > 0",
        'len(cdtref.search("crown")) > 0',
        'cdtref.json_schema("Match")["$id"] is not None',
    ],
)
def test_a_fork_while_another_thread_is_in_its_first_load(asked):
    child = f"datafile._content_of = real; os._exit(0 if {asked} else 1)"
    done = run(READING % asked + CHILD % child)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize(
    ("module", "asked"),
    [
        ("cdtref.claim.line", 'cdtref.ClaimLine("D0120")'),
        ("cdtref.claim.linerules", 'cdtref.check(cdtref.ClaimLine("D0120"))'),
        ("cdtref.textsearch.query", 'cdtref.search("crown")'),
        ("cdtref.pages.codepage", 'cdtref.page("D0120")'),
        ("cdtref.worklog.log", "cdtref.WorkLog()"),
        ("cdtref.fhir.resources", '__import__("cdtref.fhir")'),
        ("json", 'cdtref.json_schema("Match")'),
        ("json", 'cdtref.get("D0120")'),
        ("decimal", 'cdtref.rvu("99213")'),
    ],
)
def test_a_fork_while_another_thread_imports_a_part(module, asked):
    done = run(IMPORTING % (module, asked) + CHILD % f"{asked}; os._exit(0)")
    assert done.returncode == 0, done.stderr


def test_a_catalog_keeps_nothing_of_the_caller():
    given = {"D0120": cdtref.get("D0120")}
    mine = cdtref.Catalog(given)
    given.clear()
    assert mine["D0120"] is cdtref.get("D0120")


def shared_tables():
    """Every container of a public name at the top of a module, in whichever module it stands."""
    for found in pkgutil.walk_packages(cdtref.__path__, "cdtref."):
        if "hook" in found.name or found.name == "cdtref.__main__":
            continue
        try:
            module = importlib.import_module(found.name)
        except ImportError:  # its extra is not here
            continue
        for name, value in vars(module).items():
            if not name.startswith("_") and isinstance(value, Collection):
                yield f"{found.name}.{name}", value


def changeable_in(value):
    """What of a container, and of those in it, could be changed."""
    if isinstance(value, dict | list | set | bytearray):
        yield value
    within = value.values() if isinstance(value, Mapping) else value
    if not isinstance(value, str):
        for inner in within:
            package = type(inner).__module__.partition(".")[0]  # records that are tuples are ours
            if isinstance(inner, Collection) and package in ("builtins", "types", "cdtref"):
                yield from changeable_in(inner)


def test_no_table_that_all_share_can_be_changed():
    tables = dict(shared_tables())
    for name in (
        "tooth.TEETH",
        "tooth.SPOKEN",
        "feeschedule.CONVERSION_FACTORS",
        "frame.facts.FACTS",
        "claim.profiles.PROFILES",
    ):
        assert f"cdtref.{name}" in tables
    changeable = {name for name, table in tables.items() if any(True for _ in changeable_in(table))}
    assert changeable == set()


@pytest.mark.parametrize("table", [cdtref.CONVERSION_FACTORS, cdtref.TEETH, cdtref.frame.FACTS])
def test_a_table_that_all_share_refuses_a_change(table):
    with pytest.raises(TypeError):
        table["x"] = None
    with pytest.raises(TypeError):
        del table[next(iter(table))]
