"""The types for pydantic: the canonical text, the reason of a refusal, and a schema that refuses nothing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Annotated

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

pydantic = pytest.importorskip("pydantic", reason="it is in the extra [pydantic]")

import cdtref  # noqa: E402  # after pydantic is looked for
import pinned  # noqa: E402
from cdtref import testing  # noqa: E402
from cdtref.pydantic import (  # noqa: E402
    CodeInForce,
    InForce,
    KnownCode,
    ModifierCode,
    ProcedureCode,
    ToothNumber,
)

ENDED = pinned.LAST_DAY["D1352"]
IN_FORCE_ONCE = Annotated[str, InForce(ENDED)]
LAPSED = Annotated[str, InForce(pinned.TERMINATED["D1352"])]
TYPES = {
    "ProcedureCode": ProcedureCode,
    "KnownCode": KnownCode,
    "CodeInForce": CodeInForce,
    "ToothNumber": ToothNumber,
    "ModifierCode": ModifierCode,
}


def adapter(kind):
    return pydantic.TypeAdapter(kind)


@pytest.mark.parametrize(
    ("kind", "given_text", "kept"),
    [
        (ProcedureCode, " d-0389 ", "D0389"),
        (ProcedureCode, "99213", "99213"),
        (ProcedureCode, "0071t", "0071T"),
        (KnownCode, "d 1352", "D1352"),
        (CodeInForce, "D0120", "D0120"),
        (IN_FORCE_ONCE, "d1352", "D1352"),
        (ToothNumber, "#03", "3"),
        (ToothNumber, "as", "AS"),
        (ModifierCode, " kx", "KX"),
    ],
)
def test_the_canonical_text_is_kept(kind, given_text, kept):
    assert adapter(kind).validate_python(given_text) == kept
    assert adapter(kind).validate_json(json.dumps(given_text)) == kept


@pytest.mark.parametrize(
    ("kind", "given_text", "door"),
    [
        (ProcedureCode, "DO389", cdtref.parse_code),
        (ProcedureCode, "", cdtref.parse_code),
        (KnownCode, pinned.MISPRINT, cdtref.get),
        (KnownCode, "99213", cdtref.get),
        (KnownCode, "0389", cdtref.get),
        (CodeInForce, "DO389", cdtref.get),
        (LAPSED, "D1352", lambda text: cdtref.get(text, on=pinned.TERMINATED["D1352"])),
        (ToothNumber, "99", cdtref.parse_tooth),
        (ModifierCode, "KXX", cdtref.parse_modifier),
    ],
)
def test_a_refusal_has_the_reason_of_the_door(kind, given_text, door):
    with pytest.raises(ValueError) as reason:  # noqa: PT011  # any of the tree
        door(given_text)
    with pytest.raises(pydantic.ValidationError) as refused:
        adapter(kind).validate_python(given_text)
    (fault,) = refused.value.errors()
    assert fault["msg"] == f"Value error, {reason.value}"


def test_a_retired_code_is_not_in_the_edition():
    with pytest.raises(pydantic.ValidationError, match=r"D1352 is not in CDT .*replaced by"):
        adapter(CodeInForce).validate_python("D1352")


@pytest.mark.parametrize("kind", TYPES.values(), ids=TYPES)
@pytest.mark.parametrize("value", [120, None, 1.5, b"D0120", ["D0120"], {}])
def test_what_is_no_text_is_refused(kind, value):
    with pytest.raises(pydantic.ValidationError):
        adapter(kind).validate_json(json.dumps(value, default=bytes.hex))


@pytest.mark.parametrize("day", ["soon", 5])
def test_a_day_is_looked_at_when_the_type_is_made(day):
    with pytest.raises((ValueError, TypeError), match="date"):
        InForce(day)


@pytest.mark.parametrize("name", TYPES)
def test_each_type_has_a_schema_that_says_what_it_is(name):
    schema = adapter(TYPES[name]).json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert (schema["type"], schema["title"]) == ("string", name)
    assert schema["description"].endswith(".")
    for example in schema["examples"]:
        assert adapter(TYPES[name]).validate_python(example) == example


def test_the_schema_of_a_day_names_it():
    assert ENDED in adapter(IN_FORCE_ONCE).json_schema()["description"]


@given(testing.sloppy_lines())
def test_no_schema_refuses_what_is_read(lines):
    """What people type for a code is read, so no schema may turn it away."""
    clean, typed = lines
    assert adapter(ProcedureCode).validate_python(typed.code) == clean.code
    jsonschema.validate(typed.code, adapter(ProcedureCode).json_schema())


@given(st.text(max_size=9))
def test_any_text_is_kept_or_refused_as_parse_code_does(text):
    try:
        kept = adapter(ProcedureCode).validate_python(text)
    except pydantic.ValidationError:
        assert not cdtref.is_valid_code(text)
    else:
        assert kept == cdtref.parse_code(text)
        assert re.fullmatch(adapter(ProcedureCode).json_schema()["pattern"], text)


# Records

LINE = cdtref.ClaimLine("D2391", pinned.DAY, tooth="14", fee="120.10")
RECORDS = (
    cdtref.get("D1352"),
    LINE,
    cdtref.Claim([LINE], date=pinned.DAY, orthodontics=(24, 3)),
    cdtref.check(LINE)[0],
    cdtref.rvu("99213"),
    cdtref.conflicts("D0230")[0],
    cdtref.verdict("DO389"),
    cdtref.search("d2740")[0],
    cdtref.editions()[-1],
    cdtref.changes(*(edition.name for edition in cdtref.editions()[:2])),
)


def of_record(record):
    return adapter(type(record))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_is_a_type_that_goes_out_and_comes_back(record):
    kind = of_record(record)
    assert kind.validate_python(record) is record
    assert kind.dump_python(record) == record.to_dict()
    assert json.loads(kind.dump_json(record)) == record.to_dict()
    assert kind.validate_json(kind.dump_json(record)) == record


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_its_schema_is_the_published_one_without_references(record):
    schema = of_record(record).json_schema(mode="serialization")
    published = cdtref.json_schema(type(record).__name__)
    assert "$ref" not in json.dumps(schema)
    assert schema["properties"].keys() == published["properties"].keys()
    assert schema["required"] == list(published["properties"])  # `to_dict` gives them all
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(record.to_dict(), schema)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_only_what_has_no_default_must_be_given(record):
    kind = of_record(record)
    needed = kind.json_schema()["required"]
    least = {name: record.to_dict()[name] for name in needed}
    jsonschema.validate(least, kind.json_schema())
    assert kind.validate_python(least).to_dict().keys() == record.to_dict().keys()
    for name in needed:
        with pytest.raises(pydantic.ValidationError, match=f"lacks.* {name}"):
            kind.validate_python({key: value for key, value in least.items() if key != name})


def test_the_lines_of_a_claim_need_their_code_alone():
    given_claim = {"lines": [{"code": "D0120"}]}
    jsonschema.validate(given_claim, adapter(cdtref.Claim).json_schema())
    assert adapter(cdtref.Claim).validate_python(given_claim).lines[0].code == "D0120"


@pytest.mark.parametrize(
    ("kind", "given_value", "told"),
    [
        (cdtref.ClaimLine, {"code": "D0120", "fee": 12.5}, "a fee is a Decimal or a whole number"),
        (cdtref.ClaimLine, {"code": "D0120", "date": "3/2"}, "is not an ISO date"),
        (cdtref.ClaimLine, {"code": "D0120", "teeth": "3"}, "a claim line has no field 'teeth'"),
        (cdtref.ClaimLine, "D0120", "a ClaimLine is an object, not str"),
        (cdtref.Claim, {"lines": [{}]}, "a claim line lacks its code"),
        (cdtref.Claim, {"lines": 5}, "int"),
        (cdtref.Procedure, {"code": "D0120"}, "lacks"),
        (cdtref.Finding, {"rule": "x", "severity": "bad"}, "Finding"),
    ],
)
def test_what_is_no_record_is_refused_with_the_reason(kind, given_value, told):
    with pytest.raises(pydantic.ValidationError, match=told):
        adapter(kind).validate_python(given_value)


NAMES = st.sampled_from(["lines", "findings", *LINE.to_dict(), *RECORDS[2].to_dict(), "x"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("kind", [cdtref.Claim, cdtref.ClaimLine, cdtref.Finding, cdtref.Procedure])
@given(data=st.data())
def test_any_value_is_a_record_or_told_and_nothing_else_is_raised(kind, data):
    """A body that raises anything else would be a fault of the server."""
    value = data.draw(JSON)
    try:
        made = adapter(kind).validate_python(value)
    except pydantic.ValidationError:
        return
    assert isinstance(made, kind)


@given(testing.broken_claims())
def test_claims_and_their_findings_go_through_json(broken):
    findings = list(cdtref.check_claim(broken))
    kind = adapter(list[cdtref.Finding])
    assert kind.validate_json(kind.dump_json(findings)) == findings
    claim = cdtref.Claim(broken)
    assert adapter(cdtref.Claim).validate_json(adapter(cdtref.Claim).dump_json(claim)) == claim


def test_without_its_extra_the_module_says_what_to_install():
    code = "import sys; sys.modules['pydantic'] = None\nimport cdtref\ncdtref.pydantic"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert 'pip install "cdtref[pydantic]"' in done.stderr


def test_the_core_does_without_pydantic():
    code = """
import sys
sys.modules["pydantic"] = sys.modules["pydantic_core"] = None
import cdtref
line = cdtref.ClaimLine("D0120")
print(cdtref.check(line), cdtref.get("D0120"), cdtref.Claim([line]))
"""
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)


@pytest.mark.parametrize(
    ("kind", "given", "place", "told"),
    [
        (cdtref.ClaimLine, {"code": "D0120", "fee": 12.5}, ("fee",), '"12.50"'),
        (cdtref.ClaimLine, {"code": "D0120", "prior_placement": "x"}, ("prior_placement",), "'x'"),
        (cdtref.ClaimLine, {"code": 120.5}, ("code",), "code"),
        (cdtref.ClaimLine, {"code": "D0120", "toth": "3"}, ("toth",), "no field 'toth'"),
        (cdtref.ClaimLine, {"fee": "12.50"}, (), "lacks its code"),
        (
            cdtref.Claim,
            {"lines": [{"code": "D0120"}, {"code": "D0120", "fee": "?"}]},
            ("lines", 1, "fee"),
            "'?'",
        ),
        (cdtref.Claim, {"lines": [], "date": "soon"}, ("date",), "'soon'"),
        (cdtref.Claim, {"lines": "D0120"}, ("lines",), "a list is expected"),
        (
            cdtref.Procedure,
            {**cdtref.get("D0120").to_dict(), "periods": [{"effective": "soon"}]},
            ("periods", 0, "effective"),
            "no ISO date",
        ),
    ],
)
def test_an_error_stands_at_the_field_that_is_wrong(kind, given, place, told):
    model = pydantic.create_model("Body", sent=(kind, ...))
    with pytest.raises(pydantic.ValidationError) as caught:
        model.model_validate({"sent": given})
    (fault,) = caught.value.errors()
    assert fault["loc"] == ("sent", *place)
    assert told in fault["msg"]
    assert fault["type"] == "value_error"
