"""Every record's `to_dict` is what the published JSON Schema says, key by key, and plain JSON."""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import functools
import itertools
import json
import re
import shutil
from pathlib import Path

import attrs
import jsonschema
import pytest
from hypothesis import given
from referencing import Registry
from referencing.jsonschema import DRAFT202012

import cdtref
import pinned
from cdtref import bundled, testing
from inturn import for_each
from json_values import WRONG, changed, places_in
from tasks.__main__ import main

DATA = Path(cdtref.__file__).parent / "data"

DEFINITIONS = bundled.record_schemas()
FILLING = cdtref.ClaimLine("D2391", pinned.DAY, tooth="14")
RECORDS = [
    cdtref.get("D0389"),
    cdtref.get("D1352"),
    cdtref.get("D2391").requirement,
    cdtref.get("D0389").periods[0],
    cdtref.get("D0389").related[0],
    cdtref.get("D0389").sources[0],
    cdtref.get("D1352").pointers[0],
    cdtref.editions()[-1],
    cdtref.changes(pinned.YEAR - 1, pinned.YEAR),
    cdtref.changes(pinned.YEAR - 1, pinned.YEAR).rows[0],
    cdtref.search("root planing lower left")[0],
    cdtref.search("root planing lower left")[0].hits[0],
    cdtref.search("root planing lower left")[0].site,
    cdtref.page("D0389").faq[0],
    cdtref.verdict("D0147"),
    cdtref.verdict("D1352"),
    cdtref.find_codes("D0120 and DO150")[0],
    cdtref.find_codes("D0120 and DO150")[1],
    FILLING,
    cdtref.Claim([FILLING], orthodontics=(24, 12), findings=cdtref.check(FILLING)),
    cdtref.check(FILLING)[0],
    cdtref.conflicts("D2740")[0],
    cdtref.Limit(codes="crowns", most=1, period="60 months", per="tooth"),
    cdtref.rvu("99213"),
    cdtref.fee_schedule().payment("99213"),
]
DENTAL = [
    cdtref.dental_rvu("D0120", default=None),
    cdtref.dental_rvu("D0389", on=pinned.DAY, default=None),
]
RECORDS += [record for record in DENTAL if record is not None]  # a build may lack them


CHECKED_LATER = (cdtref.ClaimLine, cdtref.Claim, cdtref.Limit)


def named(record):
    return type(record).__name__


def in_json(record):
    return json.loads(json.dumps(record.to_dict()))


FOUND_VALID = set()
LONGEST = 2_000  # characters of what is remembered; what is longer hardly stands twice
by_reference = jsonschema.Draft202012Validator.VALIDATORS["$ref"]


def by_reference_once(validator, reference, part, schema):
    """
    `$ref`, where a part that was found valid is not looked at again: the same sources, periods and
    confidences stand in most records, and in every page that shows one.
    """
    text = json.dumps(part)
    if (reference, text) in FOUND_VALID:
        return
    faults = list(by_reference(validator, reference, part, schema))
    yield from faults
    if not faults and len(text) < LONGEST:
        FOUND_VALID.add((reference, text))


Validator = jsonschema.validators.extend(
    jsonschema.Draft202012Validator, {"$ref": by_reference_once}
)


@functools.cache
def validator_of(kind):
    dates = jsonschema.FormatChecker(["date"])
    return Validator(cdtref.json_schema(kind), format_checker=dates)


def check(kind, record):
    """The record as its schema says, and back again."""
    plain = in_json(record)
    validator_of(kind).validate(plain)
    if kind != "CodePage":
        assert type(record).from_dict(plain) == record


# The schemas


@for_each([*cdtref.catalog().values()], name=str)
def test_what_a_small_record_shows_makes_it_again(procedure):
    shown = {name: getattr(cdtref, name) for name in ("Period", "Pointer", "Related", "Source")}
    shown["datetime"] = dt
    parts = (*procedure.periods, *procedure.pointers, *procedure.related, *procedure.sources)
    for record in parts:
        assert eval(repr(record), shown) == record


@for_each([*cdtref.catalog().values()], name=str)
def test_a_requirement_shows_what_it_asks_for_and_not_why(procedure):
    needed = procedure.requirement
    assert repr(needed).startswith(f"Requirement(treatment_area={needed.treatment_area!r}, ")
    assert f"counted_by={needed.counted_by!r}" in repr(needed)
    assert not re.search("sources=|reasons=", repr(needed))


@pytest.mark.parametrize("record", [r for r in RECORDS if attrs.has(type(r))], ids=named)
def test_a_record_equals_one_with_the_same_in_each_field_that_counts(record):
    """By attrs' own rule, whoever writes the comparison: fields with `eq`, of one class alone."""
    twin = attrs.evolve(record)
    assert twin is not record
    assert twin == record
    assert hash(twin) == hash(record)
    for field in attrs.fields(type(record)):
        other = copy.copy(record)
        object.__setattr__(other, field.name, object())
        assert (other != record) == bool(field.eq), field.name


def test_a_record_equals_none_of_another_class_with_the_same_values():
    class Lookalike(cdtref.Period):
        pass

    period = cdtref.get("D0389").periods[0]
    lookalike = Lookalike(*attrs.astuple(period))
    assert period not in (lookalike, attrs.astuple(period), None)
    assert lookalike != period


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_schema_stands_alone_and_describes_every_field(name):
    schema = cdtref.json_schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:cdtref:schema:{name}"
    for definition in (schema, *schema.get("$defs", {}).values()):
        assert definition["description"]
        assert definition["additionalProperties"] is False
        if definition["title"] not in ("ClaimLine", "Claim", "Limit"):
            assert definition["required"] == list(definition["properties"])
        for field in definition["properties"].values():
            assert field["description"].endswith(".")
    resolver = Registry().with_resource(schema["$id"], DRAFT202012.create_resource(schema))
    for reference in references_in(schema):
        assert resolver.resolver(schema["$id"]).lookup(reference).contents


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (cdtref.ClaimLine, {"code": "D0120"}),
        (cdtref.Claim, {"lines": [{"code": "D0120"}]}),
        (cdtref.Limit, {"codes": ["D0120"], "most": 1}),
    ],
)
def test_what_callers_write_has_to_have_no_more_than_is_needed(kind, fields):
    schema = cdtref.json_schema(kind.__name__)
    assert schema["required"] == [name for name in fields if name != "most"]
    jsonschema.validate(fields, schema)
    assert kind.from_dict(fields).to_dict() == kind(**_constructed(fields)).to_dict()


def _constructed(fields):
    if "lines" not in fields:
        return fields
    return {"lines": [cdtref.ClaimLine(**line) for line in fields["lines"]]}


def references_in(schema):
    if isinstance(schema, dict):
        yield from (value for key, value in schema.items() if key == "$ref")
        for inner in schema.values():
            yield from references_in(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from references_in(inner)


def test_a_schema_is_the_callers_own():
    cdtref.json_schema("Match")["$defs"].clear()
    assert "Site" in cdtref.json_schema("Match")["$defs"]
    with pytest.raises(ValueError, match="no record 'Crown'; the records are Change, Changes, "):
        cdtref.json_schema("Crown")


def test_the_schemas_are_what_the_task_makes_of_the_classes(tmp_path):
    shutil.copytree(DATA / "schemas", tmp_path / "schemas")
    main(["schemas", "--data", str(tmp_path)])
    name = "schemas/records.schema.json"
    assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes()


# Out and in again


@pytest.mark.parametrize("record", RECORDS, ids=named)
def test_every_record_comes_back_from_its_dict(record):
    """What goes out as JSON comes in again, and is what the published schema says."""
    if named(record) in DEFINITIONS:
        check(named(record), record)
    assert type(record).from_dict(in_json(record)) == record


@pytest.mark.parametrize("record", [*RECORDS, cdtref.page("D0389")], ids=named)
def test_attrs_takes_every_record_apart(record):
    assert list(attrs.asdict(record)) == list(attrs.fields_dict(type(record)))


def test_small_records_unpack_as_tuples_do():
    relation, code = cdtref.get("D0389").related[0]
    assert (relation, code) == attrs.astuple(cdtref.get("D0389").related[0])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "x"}, "Procedure: has a field that is none of code, title, category"),
        ({"code": 1}, "Procedure.code: int, where a text is expected"),
        ({"category": "teeth"}, "Procedure.category: none of 'diagnostic', 'preventive'"),
        ({"succession": "x"}, "Procedure.succession: none of 'replaced', 'split'"),
        ({"periods": "x"}, "Procedure.periods: str, where a list is expected"),
        ({"periods": ["x"]}, "Procedure.periods[0]: str, where an object is expected"),
        ({"periods": [{"effective": None}]}, "Procedure.periods[0]: lacks precision, terminated"),
        ({"requirement": {"effective": "x"}}, "requirement.effective: a text that is no ISO date"),
        ({"requirement": {"effective": 1}}, "requirement.effective: int, where an ISO date is"),
        ({"requirement": {"surface_count": {"least": 1}}}, "requirement.surface_count: lacks most"),
        ({"requirement": {"by_report": 1}}, "by_report: int, where true or false is expected"),
        ({"requirement": {"under_age": True}}, "under_age: bool, where a whole number is expected"),
    ],
)
def test_a_dict_that_is_no_record_is_told_by_its_path(change, said):
    fields = cdtref.get("D0389").to_dict() | change
    with pytest.raises(cdtref.DataFormatError, match=re.escape(said)) as caught:
        cdtref.Procedure.from_dict(fields)
    assert str(caught.value).startswith(f"{caught.value.column}: ")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": "DO274"}, "Procedure.code: 'DO274' has not the form ^D"),
        ({"code": ""}, "Procedure.code: '' has not the form ^D"),
        ({"title": ""}, "Procedure.title: the text is empty"),
        ({"periods": []}, "Procedure.periods: the list is empty"),
        ({"synonyms": ["a", "a"]}, "Procedure.synonyms: the list has something twice"),
        ({"related": [{"relation": "x", "code": "0120"}]}, "related[0].code: '0120' has not"),
        ({"requirement": {"under_age": 0}}, "requirement.under_age: 0 is less than 1"),
        ({"requirement": {"surface_count": {"least": 1, "most": 6}}}, "most: 6 is more than 5"),
    ],
)
def test_a_value_that_the_published_schema_does_not_allow_is_told(change, said):
    fields = cdtref.get("D0389").to_dict() | change
    with pytest.raises(cdtref.DataFormatError, match=re.escape(said)) as caught:
        cdtref.Procedure.from_dict(fields)
    assert str(caught.value).startswith(f"{caught.value.column}: ")


@pytest.mark.parametrize("given", [None, "x", 1, ["code"]])
def test_what_has_no_fields_is_no_record(given):
    for kind in (cdtref.ClaimLine, cdtref.Claim, cdtref.Procedure, cdtref.Finding):
        with pytest.raises(cdtref.DataFormatError, match=f"{kind.__name__}: .* an object is"):
            kind.from_dict(given)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"lines": None}, "Claim.lines: NoneType, where a list is expected"),
        ({"lines": "D0120"}, "Claim.lines: str, where a list is expected"),
        ({"lines": [None]}, "ClaimLine: NoneType, where an object is expected"),
        ({"lines": [], "findings": {}}, "Claim.findings: dict, where a list is expected"),
    ],
)
def test_a_claim_is_of_lists(fields, said):
    with pytest.raises(cdtref.DataFormatError, match=re.escape(said)):
        cdtref.Claim.from_dict(fields)


@pytest.mark.dental_values
@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1.5, "DentalRvu.value: float, where a number as text is expected"),
        ("x", "DentalRvu.value: a text that is no number"),
        ("1" * 10**6, "DentalRvu.value: a text that is no number"),
    ],
    ids=range(3),
)
def test_a_relative_value_is_a_number_as_text(value, said):
    fields = cdtref.dental_rvu("D0120").to_dict() | {"value": value}
    with pytest.raises(cdtref.DataFormatError, match=said):
        cdtref.DentalRvu.from_dict(fields)


@pytest.mark.parametrize("record", RECORDS, ids=named)
def test_any_value_anywhere_gives_a_record_that_its_schema_allows_or_a_clear_error(record):
    """
    What a caller gave and could mend is told as such, and never by a crash; `Record.from_dict`: 'a
    value is of a wrong type or none that `cdtref.json_schema` allows'.
    """
    kind, plain = type(record), in_json(record)
    for path, wrong in itertools.product(places_in(plain), WRONG):
        made = record_or_told(kind, changed(plain, path, wrong))
        if made is not None and has_schema(record):
            assert validator_of(named(record)).is_valid(in_json(made)), (path, wrong)


def record_or_told(kind, fields):
    told = cdtref.DataFormatError
    if kind in CHECKED_LATER:  # their constructors judge too
        told = (ValueError, TypeError)
    with contextlib.suppress(told):
        made = kind.from_dict(fields)
        assert isinstance(made, kind)
        return made
    return None


def has_schema(record):
    """A bad claim is a record too, and what is wrong with it a finding."""
    return named(record) in DEFINITIONS and type(record) not in CHECKED_LATER


def test_what_is_not_there_is_a_default_and_whole_scores_are_numbers():
    (match, *_) = cdtref.search("D0389")
    fields = in_json(match) | {"score": 1}
    del fields["site"]
    assert cdtref.Match.from_dict(fields) == match


# All there is


@for_each(cdtref.catalog())
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


@for_each(cdtref.catalog())
def test_every_procedure(code):
    check("Procedure", cdtref.get(code))


@given(testing.claim_lines())
def test_claim_lines(line):
    check("ClaimLine", line)


@given(testing.claims())
def test_claims(claim):
    check("Claim", claim)


@given(testing.codes() | testing.malformed_codes())
def test_verdicts_and_found_codes(text):
    check("Verdict", cdtref.verdict(text))
    for found in cdtref.find_codes(text):
        check("FoundCode", found)


@given(testing.broken_claim_lines())
def test_findings(line):
    for finding in cdtref.check(line):
        check("Finding", finding)


def test_what_is_not_in_the_schema_is_refused():
    with pytest.raises(jsonschema.ValidationError):
        validator_of("Finding").validate({"rule": "x"})


def test_a_fault_deep_in_a_page_is_found_after_its_valid_likes():
    page = in_json(cdtref.page("D0389"))
    validator_of("CodePage").validate(page)
    del page["sources"][0]["title"]
    for _ in range(2):  # a fault is not remembered as valid either
        with pytest.raises(jsonschema.ValidationError, match="'title' is a required"):
            validator_of("CodePage").validate(page)


LINE = cdtref.ClaimLine(
    "D2391",
    pinned.DAY,
    tooth="14",
    birth_date=f"{pinned.YEAR - 25}-05-06",
    narrative="of Ann Example\x1b[2J",
)
SAID = [
    (cdtref.get("D2740"), f"D2740 {cdtref.get('D2740').title}"),
    (cdtref.search("d2740")[0], f"D2740 {cdtref.get('D2740').title}"),
    (LINE, f"D2391 on {pinned.DAY}, tooth 14"),
    (cdtref.Claim([LINE, LINE], id="26-1"), f"claim of {LINE}; {LINE}"),
    (cdtref.ClaimLine("D0\x1b[2J", area="\t10"), "D0\\x1b[2J, area \\t10"),
    (cdtref.editions()[-1], f"CDT {pinned.EDITION}"),
    (cdtref.fee_schedule().locality("CA-18"), "CA-18 LOS ANGELES-LONG BEACH-ANAHEIM (LOS ANGELES"),
    (cdtref.conflicts("D0230")[0], cdtref.conflicts("D0230")[0].caption),
]


@pytest.mark.parametrize(("record", "said"), SAID, ids=lambda value: type(value).__name__)
def test_a_record_says_in_a_line_what_it_is_and_nothing_of_a_patient(record, said):
    assert str(record).startswith(said)
    assert f"{record}" == str(record)
    assert str(record).isprintable()
    assert "Ann" not in str(record)
    assert pinned.SCALE_START not in str(record)


def test_a_value_says_its_figures():
    values = cdtref.rvu("99213")
    said = f"99213 (CPT Category I), {pinned.RELEASE}: work {values.work}, total"
    assert str(values).startswith(said)
    paid = cdtref.fee_schedule().payment("99213", facility=True)
    assert str(paid) == f"99213: ${paid.amount}, national, facility"
    weight = cdtref.dental_rvu("D2740", on=pinned.OLDER_CROWN_DAY, default=None)
    if weight is not None:
        assert str(weight).startswith(f"D2740: {weight.value} on the dental scale")


def test_a_finding_tells_what_to_do_and_whether_it_is_an_error():
    (error,) = cdtref.check(LINE)
    assert error.is_error
    assert str(error) == f"error: {error.message} (surface.missing)"
    assert not attrs.evolve(error, severity="warning").is_error
    assert not attrs.evolve(error, severity="info").is_error
