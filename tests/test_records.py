"""Every record's `to_dict` is what the published JSON Schema says, key by key, and plain JSON."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from referencing import Registry, Resource

import cdtref
from cdtref import bundled, testing

FOLDER = Path(cdtref.__file__).parent / "data/schemas"
FILES = {path.name: json.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.schema.json")}
REGISTRY = Registry().with_resources(
    (name, Resource.from_contents(schema)) for name, schema in FILES.items()
)
DEFINITIONS = FILES["records.schema.json"]["$defs"]


def check(kind, record):
    schema = {"$ref": f"records.schema.json#/$defs/{kind}"}
    validator = jsonschema.Draft202012Validator(
        schema, registry=REGISTRY, format_checker=jsonschema.FormatChecker(["date"])
    )
    validator.validate(json.loads(json.dumps(record.to_dict())))


def test_the_definitions_are_those_of_public_records_and_sound():
    assert DEFINITIONS.keys() <= set(cdtref.__all__)
    jsonschema.Draft202012Validator.check_schema(FILES["records.schema.json"])
    for definition in DEFINITIONS.values():
        assert definition["additionalProperties"] is False
        assert set(definition["required"]) == set(definition["properties"])


@pytest.mark.parametrize("code", list(cdtref.catalog()))
def test_every_page(code):
    check("CodePage", cdtref.page(code))


def test_relative_values():
    fee = cdtref.fee_schedule()
    for key in itertools.islice(fee._rows, 0, None, 37):
        check("RelativeValues", fee.get(key[:5], key[5:] or None))


def test_dental_relative_values_of_every_code_and_day():
    for values in bundled.dental_scale()._values.values():
        for record in values:
            check("DentalRvu", record)


def test_conflicts():
    for code in list(cdtref.catalog())[::20]:
        for conflict in cdtref.conflicts(code):
            check("Conflict", conflict)


@pytest.mark.parametrize(
    "text", ["crown", "D0389", "d27", "deep cleaning lower left", "extracton", "4bw"]
)
def test_matches(text):
    for match in cdtref.search(text):
        check("Match", match)


@given(testing.claim_lines())
def test_claim_lines(line):
    check("ClaimLine", line)


@given(testing.broken_claim_lines())
def test_findings(line):
    for finding in cdtref.check(line):
        check("Finding", finding)


def test_what_is_not_in_the_schema_is_refused():
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"rule": "x"}, DEFINITIONS["Finding"])
