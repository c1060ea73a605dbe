"""
Reading the bundled data: lazily, from a zip, from many threads, and with a clear error where it is
broken.
"""

from __future__ import annotations

import copy
import json
import os
import pickle
import shutil
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import cdtref
import pinned
from cdtref import bundled

PACKAGE = Path(cdtref.__file__).parent
SAMPLE = "import cdtref as c; p = c.get('d0389'); assert p.code == 'D0389'; assert c.is_billable_with_rvu('99213')"


def run(*arguments, path=None):
    env = os.environ | ({"PYTHONPATH": str(path)} if path else {})
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, env=env, check=False, cwd="/"
    )


def copied(folder):
    """The package with data of its own; links stand for the rest of it, where a system has them."""
    ours = folder / "cdtref"
    shutil.copytree(PACKAGE / "data", ours / "data")
    for part in PACKAGE.iterdir():
        if part.name == "data":
            continue
        try:
            (ours / part.name).symlink_to(part, target_is_directory=part.is_dir())
        except OSError:  # Windows, for whoever has no right to
            copy = shutil.copytree if part.is_dir() else shutil.copy
            copy(part, ours / part.name)
    return ours


def test_from_a_zip(tmp_path):
    archive = tmp_path / "cdtref.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for file in PACKAGE.rglob("*"):
            if "__pycache__" not in file.parts:
                zipped.write(file, Path("cdtref") / file.relative_to(PACKAGE))
    code = f"import sys; sys.path.insert(0, {str(archive)!r}); {SAMPLE}; assert '.zip' in c.__file__, c.__file__"
    done = run("-W", "error", "-c", code)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "flags", [("-O",), ("-OO",), ("-W", "error"), ("-I",), ("-X", "dev", "-W", "error")]
)
def test_under_interpreter_flags(flags):
    code = SAMPLE.replace("assert ", "") + "; import sys; sys.exit(0 if p.code == 'D0389' else 1)"
    done = run(*flags, "-c", code)
    assert (done.returncode, done.stderr) == (0, "")


def test_sixteen_threads_at_first_use():
    code = """
import cdtref, threading
from concurrent.futures import ThreadPoolExecutor
gate = threading.Barrier(16)
def ask(n):
    gate.wait()
    records = [id(cdtref.get(code)) for code in ("D0389", "D2740", "D7210")]
    return records + [cdtref.rvu("99213").work, id(cdtref.dental_rvu("D0389", default=None)), len(cdtref.procedures())]
with ThreadPoolExecutor(16) as pool:
    answers = list(pool.map(ask, range(16)))
assert all(answer == answers[0] for answer in answers), answers
"""
    done = run("-c", code)
    assert done.returncode == 0, done.stderr


def test_threads_in_this_process_share_one_record():
    with ThreadPoolExecutor(8) as pool:
        assert len({id(p) for p in pool.map(cdtref.get, ["D0120"] * 64)}) == 1


RECORDS = [
    cdtref.get("D2970"),
    cdtref.get("D2970").periods[0],
    cdtref.rvu("99213"),
    cdtref.editions()[0],
    cdtref.changes(pinned.FIRST_EDITION, pinned.EDITION),
    cdtref.Category.ADJUNCTIVE,
    cdtref.get("D2391").requirement,
    cdtref.get("D2391").requirement.surface_count,
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_records_survive_pickle_and_copy(record):
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(record, protocol)) == record
    assert copy.copy(record) == record == copy.deepcopy(record)


def test_the_catalog_survives_pickle_as_a_reference_to_the_bundled_data():
    packed = pickle.dumps(cdtref.catalog())
    assert len(packed) < 300
    assert pickle.loads(packed).lookup("D0120") is cdtref.get("D0120")


@pytest.mark.parametrize("record", RECORDS[:5], ids=lambda record: type(record).__name__)
def test_records_are_frozen(record):
    for field in type(record).__attrs_attrs__:
        with pytest.raises(AttributeError):
            setattr(record, field.name, None)
    assert isinstance(hash(record), int)


def test_records_of_much_text_show_themselves_in_a_line():
    assert repr(cdtref.get("D0120")) == f"<Procedure D0120 {cdtref.get('D0120').title}>"
    work, *_, outside, within = pinned.VALUES["86153", "26"]
    values = f"work {work}, total {outside} non-facility, {within} facility"
    shown = f"<RelativeValues 86153-26, {pinned.RELEASE}: status A, {values}>"
    assert repr(cdtref.rvu("86153", "26")) == shown


def test_to_dict_is_plain_json():
    for p in cdtref.catalog().values():
        assert json.loads(json.dumps(p.to_dict()))["code"] == p.code
    assert cdtref.get("D2391").to_dict()["periods"] == [
        {"effective": pinned.STARTED["D2391"], "terminated": None, "precision": "day"}
    ]


SCHEDULE = f"pfs/{pinned.RELEASE.lower()}.json"
DENTAL_VALUES = """{
    "release": "x", "patches": {"1": "1604-01-01"}, "local_numbers": {"D0120": "x"},
    "values": {"D0389": {"values": VALUES}}
}"""
BROKEN = {
    "not json": ("procedures/index.json", "{", "cdtref.get('D0389')", "index.json"),
    "no code": (
        "procedures/diagnostic.json",
        '{"procedures": [{"title": "x"}]}',
        "cdtref.get('D0389')",
        "diagnostic.json",
    ),
    "a wrong value": (
        "procedures/diagnostic.json",
        '{"procedures": [{"code": "D0389", "requirement": {"effective": "moon"}}]}',
        "cdtref.get('D0389')",
        "D0389",
    ),
    "an edition": (
        "editions.json",
        '{"editions": [{"name": "first"}]}',
        "cdtref.editions()",
        "editions.json",
    ),
    "the dental values": (
        "dental_rvu.json",
        '{"release": "x", "patches": {}, "values": {"D0389": {"values": [["none", 1]]}}}',
        "cdtref.dental_rvu('D0389')",
        "dental_rvu.json",
    ),
    "a dental value": (
        "dental_rvu.json",
        DENTAL_VALUES.replace("VALUES", '[["none", 1]]'),
        "cdtref.dental_rvu('D0389')",
        "dental_rvu.json at D0389",
    ),
    "no dental value": (
        "dental_rvu.json",
        DENTAL_VALUES.replace("VALUES", "[]"),
        "cdtref.dental_rvu('D0389')",
        "dental_rvu.json at D0389",
    ),
    "the conflicts": (
        "conflicts.json",
        '{"source": [], "sources": {}, "conflicts": [{"kind": "needs"}]}',
        "cdtref.conflicts('D0389')",
        "conflicts.json",
    ),
    "a text for a list of editions": (
        "editions.json",
        f'{{"editions": "{pinned.FIRST_EDITION}"}}',
        "cdtref.catalog().last_day",
        "editions.json",
    ),
    "no edition": ("editions.json", '{"editions": []}', "cdtref.procedures()", "editions.json"),
    "a text for a list of codes": (
        "procedures/index.json",
        '{"shelves": {"diagnostic": "D0120"}}',
        "'D0120' in cdtref.catalog()",
        "index.json",
    ),
    "no shelf": ("procedures/index.json", '{"shelves": {}}', "cdtref.get('D0120')", "index.json"),
    "an end of a code that there is not": (
        "procedures/index.json",
        '{"shelves": {"diagnostic": ["D0120"]}, "not_in_force": ["D0121"]}',
        "cdtref.search('exam')",
        "index.json",
    ),
    "a shelf of no category": (
        "procedures/index.json",
        '{"shelves": {"x": ["D0120"]}}',
        "cdtref.get('D0120')",
        "index.json",
    ),
    "a number for a title": (
        "procedures/diagnostic.json",
        '{"procedures": [{"code": "D0389", "title": 5}], "source": [{}]}',
        "cdtref.get('D0389')",
        "diagnostic.json",
    ),
    "a list for rows": (
        SCHEDULE,
        '{"release": "x", "year": 1, "effective": "x", "conversion_factor": "1", "rows": ["x"]}',
        "cdtref.rvu('99213')",
        SCHEDULE,
    ),
    "a number that JSON has not": (
        SCHEDULE,
        '{"conversion_factor": Infinity}',
        "cdtref.rvu('99213')",
        SCHEDULE,
    ),
    "the fee schedule": (SCHEDULE, '{"release": "none"}', "cdtref.rvu('99213')", SCHEDULE),
}


@pytest.mark.parametrize(("file", "text", "call", "named"), BROKEN.values(), ids=BROKEN)
def test_a_broken_bundled_file_is_our_fault_and_named(tmp_path, file, text, call, named):
    (copied(tmp_path) / "data" / file).write_text(text)
    done = run("-c", f"import cdtref; {call}", path=tmp_path)
    assert "cdtref.errors.DataError" in done.stderr.splitlines()[-1]
    assert named in done.stderr.splitlines()[-1]


def test_a_record_asked_for_by_two_threads_is_built_once():
    """The second finds it when it comes out of the lock."""
    first = cdtref.get("D0389")
    assert cdtref.catalog()._procedures.__missing__("D0389") is first


def test_a_missing_bundled_file_is_our_fault_and_named(tmp_path):
    (copied(tmp_path) / "data/procedures/diagnostic.json").unlink()
    done = run("-c", "import cdtref; cdtref.get('D0389')", path=tmp_path)
    assert (
        "DataError: bundled file procedures/diagnostic.json at D0389 is broken: FileNotFoundError"
        in done.stderr.splitlines()[-1]
    )


MISSING = "D0389: no dental values in this build"
WITHOUT_DENTAL_VALUES = f"""
MISSING, DAY = {MISSING!r}, {pinned.DAY!r}"""
WITHOUT_DENTAL_VALUES += """
import cdtref
from cdtref import NoRelativeValuesError, dental_rvu

def outcome(code, **keywords):
    try:
        return repr(dental_rvu(code, **keywords))
    except cdtref.CdtrefError as error:
        return f"{type(error).__name__}: {error}"

for code in ("D0389", "D0480", "99213", "D0147", "0389"):
    print(outcome(code), outcome(code, default=None), sep=" | ")
cdtref.get("D0389"), cdtref.rvu("D0389"), cdtref.search("crown")
log = cdtref.WorkLog([cdtref.LogEntry(DAY, "D0389")])
print(cdtref.page("D0389").to_markdown().replace("\\\\_", "_").count(MISSING))
print(cdtref.page("D0389").to_dict()["dental_rvu"])
print(log.productivity(scale="ihs").report().count(MISSING), log.productivity().notes[1:])
from click.testing import CliRunner
from cdtref.cli import main
print(CliRunner().invoke(main, ["rvu", "D0389"]).stdout.count(MISSING))
import pandas, cdtref.frame
lines = pandas.DataFrame({"procedure_code": ["D0389"]})
print(cdtref.frame.annotate(lines, columns=["ihs_rvu"])["cdt_ihs_rvu"].isna().tolist())
from cdtref import fhir
values = [cdtref.dental_rvu(code, default=None) for code in cdtref.catalog()]
supplement = fhir.code_system_supplement(cdtref.catalog(), url="urn:uuid:1", dental=values)
print("dental-rvu" in str(supplement["concept"]))
"""


def test_a_build_without_dental_values_says_so_and_all_else_works(tmp_path):
    (copied(tmp_path) / "data/dental_rvu.json").unlink(missing_ok=True)
    done = run("-c", WITHOUT_DENTAL_VALUES, path=tmp_path)
    assert done.returncode == 0, done.stderr
    answers = done.stdout.splitlines()
    page, record, log, command, frame, resource = answers[5:]
    assert (page, log, command, frame, resource) == ("1", "1 ()", "1", "[True]", "False")
    assert MISSING in record
    dental, unvalued, medical, unknown, malformed = (line.split(" | ") for line in answers[:5])
    for code, answers in (("D0389", dental), ("D0480", unvalued)):
        assert answers[0].startswith(
            f"NoRelativeValuesError: {code}: no dental values in this build"
        )
        assert answers[1] == "None"
    assert medical[0].startswith("NoRelativeValuesError: 99213 is a CPT")
    assert medical[1] == "None"
    assert [text.split(":")[0] for text in unknown] == ["UnknownCodeError"] * 2
    assert [text.split(":")[0] for text in malformed] == ["InvalidCodeError"] * 2


def test_the_scale_of_such_a_build_is_empty(monkeypatch):
    monkeypatch.setattr(bundled, "is_bundled", lambda file: file != "dental_rvu.json")
    scale = bundled._dental_scale.__wrapped__()
    assert len(scale) == 0
    assert "no dental values in this build" in scale.absence(cdtref.get("D0389"))
