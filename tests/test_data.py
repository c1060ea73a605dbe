"""
The bundled files: shape (JSON Schema), sense (facts agree), origin (the tasks rebuild the same
bytes).
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import cdtref
import cdtref.procedure
import pinned
from cdtref import bundled
from inturn import by_code
from tasks.__main__ import main
from tasks.procedures import TEXTS

DATA = Path(cdtref.__file__).parent / "data"
ROOT = Path(__file__).parent.parent
SCHEDULE = DATA / f"pfs/{pinned.RELEASE.lower()}.json"

SCHEMA_OF = {
    "procedures.schema.json": sorted(DATA.glob("procedures/[!i]*.json"))
    + sorted(DATA.glob("procedures/implant*.json")),
    "index.schema.json": [DATA / "procedures/index.json"],
    "editions.schema.json": [DATA / "editions.json"],
    "pfs.schema.json": sorted(DATA.glob("pfs/*.json")),
    "dental_rvu.schema.json": sorted(DATA.glob("dental_rvu.json")),
    "conflicts.schema.json": [DATA / "conflicts.json"],
    "thesaurus.schema.json": [DATA / "thesaurus.json"],
    "search.schema.json": [DATA / "search.json"],
    "english.schema.json": [DATA / "english.json"],
}
FILES = [(schema, file) for schema, files in SCHEMA_OF.items() for file in files]


def load(file):
    return json.loads(file.read_text("utf-8"))


@pytest.mark.parametrize(("schema", "file"), FILES, ids=lambda part: getattr(part, "name", part))
def test_shape(schema, file):
    validator = jsonschema.Draft202012Validator(load(DATA / "schemas" / schema))
    assert [f"{e.json_path}: {e.message}" for e in validator.iter_errors(load(file))] == []


def test_every_data_file_has_a_schema():
    covered = {file for _, file in FILES} | set(DATA.glob("schemas/*.json"))
    assert covered == set(DATA.rglob("*.json"))


def test_headers_count_their_records():
    for _, file in FILES:
        data = load(file)
        kinds = (
            "procedures",
            "rows",
            "shelves",
            "editions",
            "concepts",
            "codes",
            "values",
            "conflicts",
            "words",
        )
        body = next(data[key] for key in kinds if key in data)
        records = sum(map(len, body.values())) if "shelves" in data else len(body)
        assert data["count"] == records, file.name


def test_pins_are_those_of_the_headers():
    assert load(DATA / "editions.json")["release"] == f"CDT {pinned.EDITION}"
    assert [load(file)["release"] for file in DATA.glob("pfs/*.json")] == [pinned.RELEASE]
    assert (cdtref.EDITION, cdtref.FEE_SCHEDULE) == (pinned.EDITION, pinned.RELEASE)


def test_each_code_stands_once_in_order_on_the_shelf_the_index_names():
    for shelf, codes in load(DATA / "procedures/index.json")["shelves"].items():
        found = [record["code"] for record in load(DATA / f"procedures/{shelf}.json")["procedures"]]
        assert codes == found == sorted(set(found))


NO_CODE = ("", "D012", "D01200", "DD120", "D012D", "0D120", "X0120", "d0120", " 0120", "D012\u00b2")


@pytest.mark.parametrize("text", NO_CODE)
def test_an_index_with_one_text_that_is_no_code_is_told(text):
    good = ["D0120", "D0140"]
    assert bundled._are_canonical(good)
    assert not bundled._are_canonical([*good, text])
    assert not bundled._are_canonical([text, *good])


@example(["D012", "0D0120"])  # which are two codes once they are joined
@given(st.lists(st.text("D0129X\u0663", max_size=6), min_size=1))
def test_an_index_is_judged_at_once_as_code_by_code(texts):
    told = bundled._are_canonical(texts)
    assert told == all(re.fullmatch("D[0-9]{4}", text) for text in texts)


def test_one_field_a_line_so_that_a_change_is_a_readable_diff():
    for line in (DATA / "procedures/diagnostic.json").read_text("utf-8").splitlines()[9:-2]:
        assert re.fullmatch(r'  [{}],?|   "[a-z_]+": .*|  \},?', line), line


@by_code(cdtref.catalog().values())
def test_sense_of_every_row(p):
    assert cdtref.parse_code(p.code) == p.code
    assert cdtref.code_system(p.code) is cdtref.CodeSystem.CDT
    ends = [day for period in p.periods for day in (period.effective, period.terminated) if day]
    assert ends == sorted(ends)
    assert all(period.terminated for period in p.periods[:-1])
    assert all(
        (period.effective is None) == (period.precision == "unknown") for period in p.periods
    )
    assert all(code in cdtref.catalog() and code != p.code for code in p.replaced_by)
    assert all(link.code in cdtref.catalog() and link.code != p.code for link in p.related)
    assert not p.replaced_by or p.terminated
    assert (p.area == "unknown") == (p.terminated is not None)


@by_code(cdtref.catalog().values())
def test_sense_of_every_requirement(p):
    first, *days = [needed.effective for needed in p.requirements]
    assert first in (None, p.effective)
    assert days == sorted(set(days))
    for needed in p.requirements:
        span = needed.surface_count
        assert (needed.treatment_area == "tooth+surface") == bool(span)
        assert span is None or 1 <= span.least <= span.most <= 5
        assert needed.teeth_in_quadrant is None or needed.treatment_area == "quadrant"
        for field in cdtref.procedure.REQUIREMENT_FIELDS:
            sources = getattr(needed.sources, field)
            assert (getattr(needed.confidence, field) == "none") == (not sources), field


def test_the_requirement_is_that_of_the_pinned_edition():
    day = cdtref.editions()[-1].effective
    assert all(p.requirement_on(day) is p.requirement for p in cdtref.procedures(on=day))


def test_titles_are_distinct():
    titles = [p.title for p in cdtref.catalog().values()]
    assert len(titles) == len(set(titles))


def test_the_fee_schedule_holds_the_dental_codes_in_force_but_those_that_are_stated():
    codes = {p.code for p in cdtref.procedures()}
    rows = {key[:5] for key in load(SCHEDULE)["rows"] if key.startswith("D")}
    assert codes - rows == set(pinned.CODES_WITHOUT_ROWS)
    assert rows - codes == set(pinned.ROWS_WITHOUT_CODES)


def test_no_descriptor_of_the_fee_schedule_is_bundled():
    """
    Every field of a packed row is a number, an indicator, a code or empty: nothing that could be a
    description.
    """
    for row in load(SCHEDULE)["rows"].values():
        assert max(map(len, row.split("|"))) <= 7


def test_origin(tmp_path):
    """
    The tasks rebuild every file that they write to the same bytes, from the tables and our texts.
    """
    copy = copy_without_facts(tmp_path / "data")
    subprocess.run([sys.executable, "-m", "tasks", "--data", str(copy)], check=True, cwd=ROOT)
    for file in sorted(DATA.rglob("*.json")):
        assert file.read_bytes() == (copy / file.relative_to(DATA)).read_bytes(), file.name


def copy_without_facts(folder):
    """
    The data files with nothing in them that the tasks write; CMS's figures stay, for their source
    is CMS's file.
    """
    shutil.copytree(DATA, folder)
    made = ("editions", "procedures/index", "search", "dental_rvu", "conflicts")
    for name in (f"{part}.json" for part in made):
        (folder / name).unlink(missing_ok=True)
    schemas = folder / "schemas/records.schema.json"
    page = {"$defs": {"CodePage": load(schemas)["$defs"]["CodePage"]}}
    schemas.write_text(json.dumps(page), "utf-8")
    for file in folder.glob("procedures/*.json"):
        records = [texts_of(record) for record in load(file)["procedures"]]
        file.write_text(json.dumps({"procedures": records}), "utf-8")
    return folder


def texts_of(record):
    return {name: record[name] for name in ("code", *TEXTS) if name in record}


def test_the_search_index_can_be_rebuilt_alone(tmp_path):
    shutil.copytree(DATA, tmp_path / "data")
    (tmp_path / "data/editions.json").write_text("{}")
    (tmp_path / "data/search.json").unlink()
    main(["search", "--data", str(tmp_path / "data")])
    assert (tmp_path / "data/search.json").read_bytes() == (DATA / "search.json").read_bytes()
    assert (tmp_path / "data/editions.json").read_text() == "{}"
