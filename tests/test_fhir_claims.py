"""FHIR in: Claim and ExplanationOfBenefit become claims, and what cannot is told."""

from __future__ import annotations

import io
import json
import re
from decimal import Decimal

import attrs
import pytest
from fhir.resources.R4B.claim import Claim as FhirClaim
from fhir.resources.R4B.explanationofbenefit import ExplanationOfBenefit
from hypothesis import given, settings
from hypothesis import strategies as st

import fhir_claims as senders
from cdtref import Claim, ClaimLine, DataFormatError, check_claim, fhir
from cdtref.testing import claims
from cdtref.tooth import TEETH, Area
from fhir_claims import PERSON, Manner, concept, written
from json_values import WRONG, changed, places_in
from pinned import DAY, YEAR

BORN = f"{YEAR - 25}-03-02"
PLACED = f"{YEAR - 15}-03-02"
MODELS = {"Claim": FhirClaim, "ExplanationOfBenefit": ExplanationOfBenefit}
MANNERS = st.builds(
    Manner,
    kind=st.sampled_from(tuple(MODELS)),
    cdt=st.sampled_from(("http://www.ada.org/cdt", "http://ada.org/cdt")),
    notation=st.sampled_from((senders.UNIVERSAL, senders.FDI)),
    surfaces=st.sampled_from((senders.ADA_SURFACES, senders.FDI_SURFACES)),
    is_priced_by_unit=st.booleans(),
    use=st.sampled_from(("predetermination", "preauthorization")),
)


def item(code="D0120", **fields):
    product = concept("http://www.ada.org/cdt", code)
    return {"sequence": 1, "productOrService": product, "servicedDate": DAY, **fields}


def resource(*items, kind="Claim", **fields):
    return {"resourceType": kind, "item": list(items) or [item()], **fields}


def only(*items, **fields):
    (claim,) = fhir.claims_of(resource(*items, **fields))
    return claim


def line_of(**fields):
    (line,) = only(item(**fields)).lines
    return line


def told(value):
    said = []
    list(fhir.claims_of(value, note=said.append))
    return said


def unreadable(claim):
    return [(finding.rule, finding.field) for finding in claim.findings]


# Any claim, as other software writes it


def as_sent(claim):
    """The claim without what FHIR has no place for, or nobody writes there."""
    treatment = claim.orthodontics and (claim.orthodontics.months, None)
    lines = [attrs.evolve(line, medicare=False) for line in claim.lines]
    return attrs.evolve(claim, lines=lines, teeth_to_extract=(), orthodontics=treatment)


@given(claims(), MANNERS)
def test_a_claim_written_by_others_is_the_same_claim(claim, manner):
    """A claim says the same in an 837D and in FHIR, however its sender writes it."""
    sent = written(claim, manner)
    MODELS[manner.kind].model_validate(sent)
    (read,) = fhir.claims_of(sent)
    assert read == as_sent(claim)


@settings(max_examples=30)
@given(st.lists(claims(), max_size=3), MANNERS, st.booleans())
def test_ndjson_a_bundle_and_an_array_hold_the_same_claims(several, manner, pretty):
    resources = [written(claim, manner) for claim in several]
    expected = [as_sent(claim) for claim in several]
    bundle = {"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]}
    lines = "".join(json.dumps(one) + "\n" for one in resources)
    indent = 2 if pretty else None
    assert list(fhir.claims_of(bundle)) == expected
    for text in (json.dumps(bundle, indent=indent), json.dumps(resources, indent=indent), lines):
        if text:
            assert list(fhir.claims_in(io.BytesIO(text.encode()))) == expected
            assert list(fhir.claims_in(io.StringIO(text))) == expected


@given(claims(), MANNERS)
def test_nothing_of_a_person_comes_out(claim, manner):
    """A patient's name, number or address is never kept, printed or logged."""
    notes = []
    (read,) = fhir.claims_of(written(claim, manner), note=notes.append)
    assert PERSON not in json.dumps(read.to_dict())
    assert PERSON not in " ".join(notes)


# What a line says of the place


def site(system, code):
    return concept(system, code)


@pytest.mark.parametrize(
    ("concept", "tooth", "area"),
    [
        (site(senders.UNIVERSAL, "14"), "14", None),
        (site(senders.UNIVERSAL, "KS"), "KS", None),
        (site(senders.UNIVERSAL.replace("CodeSystem", "NamingSystem"), "14"), "14", None),
        (site(senders.FDI, "26"), "14", None),
        (site(senders.FDI, "55"), "A", None),
        (site("http://fdi.org/fhir/oraltoothcodes", "26"), "14", None),
        (site(senders.AREAS, "10"), None, "10"),
        (site(senders.AREAS, "L"), None, "L"),
        (site(senders.FDI, "0"), None, "00"),
        (site(senders.FDI, "2"), None, "20"),
        (site(senders.FDI, "40"), None, "40"),
        (site("http://terminology.hl7.org/CodeSystem/data-absent-reason", "unknown"), None, None),
        ({"coding": []}, None, None),
        ({"text": "Tooth #14"}, "14", None),
        ({"text": "tooth HS: supernumerary beside upper left primary canine"}, "HS", None),
        ({"text": "upper left quadrant"}, None, "20"),
    ],
)
def test_a_site_in_each_system(concept, tooth, area):
    line = line_of(bodySite=concept)
    assert (line.tooth, line.area) == (tooth, area)


@given(st.sampled_from(list(TEETH.values())) | st.sampled_from(Area), st.booleans())
def test_what_goes_out_comes_in(place, both):
    """Every tooth and every area that `body_site` writes is read as what it was."""
    line = line_of(bodySite=fhir.body_site(place, iso_3950=both))
    assert (line.tooth, line.area) in ((str(place), None), (None, place))


@pytest.mark.parametrize(
    "concept",
    [
        site("http://snomed.info/sct", "38199008"),
        {"coding": [{"code": "10"}]},  # a tooth and a quadrant
        {"text": "L"},  # a tooth and a side
        {"text": "where it hurts"},
        site(senders.FDI, "3"),  # HL7's text and ISO 3950 mean different sides
        site(senders.FDI, "19"),
        {"coding": [*site(senders.FDI, "26")["coding"], *site(senders.UNIVERSAL, "26")["coding"]]},
    ],
)
def test_a_site_that_cannot_be_told_is_a_finding_and_no_guess(concept):
    claim = only(item(bodySite=concept), item("D1110"))
    assert unreadable(claim) == [("line.unreadable", "tooth")]
    assert "Claim.item[0].bodySite" in claim.findings[0].message
    assert [line.code for line in claim.lines] == ["D1110"]


def test_codings_of_one_tooth_are_one_tooth_and_of_one_system_several():
    both = [*site(senders.UNIVERSAL, "14")["coding"], *site(senders.FDI, "26")["coding"]]
    assert line_of(bodySite={"coding": both}).tooth == "14"
    several = [*site(senders.UNIVERSAL, "14")["coding"], *site(senders.UNIVERSAL, "3")["coding"]]
    assert line_of(bodySite={"coding": several}).tooth == "14,3"


@pytest.mark.parametrize(
    ("concepts", "surfaces"),
    [
        ([site(senders.ADA_SURFACES, "M"), site(senders.ADA_SURFACES, "O")], "MO"),
        ([site(senders.FDI_SURFACES, "MOD")], "MOD"),
        ([site(senders.FDI_SURFACES, "V")], "V"),
        ([{"coding": [{"code": "B"}]}], "B"),
        ([{"text": "MO"}], "MO"),
        ([], None),
    ],
)
def test_surfaces_in_each_system(concepts, surfaces):
    assert line_of(subSite=concepts).surfaces == surfaces


def test_a_surface_in_another_system_is_a_finding():
    claim = only(item(subSite=[site("http://snomed.info/sct", "245647007")]))
    assert unreadable(claim) == [("line.unreadable", "surfaces")]


# What else a line says


@pytest.mark.parametrize(
    "system",
    [
        "http://www.ada.org/cdt",
        "http://ada.org/cdt",
        "https://www.ada.org/cdt/",
        f"http://www.ada.org/cdt|{YEAR}",
        "urn:oid:2.16.840.1.113883.6.13",
        "http://terminology.hl7.org/NamingSystem/CDT",
        "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
        "https://bluebutton.cms.gov/resources/codesystem/hcpcs",
    ],
)
def test_each_address_of_cdt(system):
    other = {"system": "https://example.org/own", "code": "17"}
    product = {"coding": [other, *concept(system, "D0120")["coding"]]}
    assert line_of(productOrService=product).code == "D0120"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"productOrService": concept("https://example.org/own", "17")}, "code"),
        ({"productOrService": None}, "code"),
        ({"servicedDate": f"{YEAR}-03"}, "date"),
        ({"servicedDate": f"{YEAR}-13-45"}, "date"),
        ({"quantity": {"value": 2.5}}, "quantity"),
        ({"quantity": {"value": 10**30}}, "quantity"),
        ({"quantity": {"value": Decimal("1e-30")}}, "quantity"),
        ({"net": {"value": 1.234}}, "fee"),
        ({"net": {"value": float("inf")}}, "fee"),
        ({"net": {"value": 10**12}}, "fee"),
    ],
)
def test_a_value_that_no_line_has_leaves_the_line_out_and_is_told(fields, field):
    claim = only(item() | fields, item("D1110"))
    assert unreadable(claim) == [("line.unreadable", field)]
    assert [line.code for line in claim.lines] == ["D1110"]


@pytest.mark.parametrize(
    ("fields", "fee"),
    [
        ({"net": {"value": 60.1}}, "60.1"),
        ({"net": {"value": Decimal("60.10"), "currency": "USD"}}, "60.10"),
        ({"unitPrice": {"value": 20.35}, "quantity": {"value": 2}}, "40.70"),
        ({"unitPrice": {"value": 20}, "quantity": {"value": 2}, "factor": 0.5}, "20"),
        ({"unitPrice": {"value": 20}, "net": {"value": 60}}, "60"),
        ({"unitPrice": {"currency": "USD"}}, None),
        ({"net": {"value": 60, "currency": "EUR"}}, None),
        ({}, None),
    ],
)
def test_the_charge_is_the_lines_in_dollars(fields, fee):
    expected = fee and Decimal(fee)
    assert line_of(**fields).fee == expected


def test_a_period_has_its_first_day():
    period = {"start": f"{DAY}T08:00:00Z", "end": f"{YEAR}-12-31"}
    (line,) = only(item(servicedDate=None, servicedPeriod=period)).lines
    assert str(line.date) == DAY
    said = told(resource(item(servicedDate=None, servicedPeriod=period)))
    assert said == ["passed over: the last day of an item's period"]


def test_details_with_a_code_are_lines_and_the_group_has_no_charge():
    """FHIR: the net amount of an item is the sum of those of its details."""
    detail = {"productOrService": concept("http://ada.org/cdt", "D2950"), "net": {"value": 200}}
    lab = {"productOrService": concept("https://example.org/lab", "1"), "net": {"value": 5}}
    below = {**lab, "subDetail": [{**detail, "quantity": {"value": 2}}]}
    crown = item(
        "D2740",
        bodySite=site(senders.UNIVERSAL, "30"),
        net={"value": 405},
        detail=[detail, below],
    )
    claim = only(crown)
    assert [(line.code, line.tooth, line.fee, line.quantity) for line in claim.lines] == [
        ("D2740", "30", None, 1),
        ("D2950", "30", 200, 1),
        ("D2950", "30", 200, 2),
    ]
    assert told(resource(crown)) == [
        "passed over: details of an item without a code of a procedure"
    ]
    group = crown | {"productOrService": concept("https://example.org/own", "17")}
    assert [line.code for line in only(group).lines] == ["D2950", "D2950"]
    bare = item("D2740", net={"value": 405}, detail=[lab])
    assert [(line.code, line.fee) for line in only(bare).lines] == [("D2740", 405)]


# What the claim says


def test_a_place_of_service_of_all_lines_is_the_claims():
    office = concept(senders.PLACES, "11")
    clinic = concept(senders.PLACES, "22")
    alike = only(item(locationCodeableConcept=office), item(locationCodeableConcept=office))
    assert (alike.place_of_service, alike.lines[0].place_of_service) == ("11", None)
    mixed = only(item(locationCodeableConcept=office), item(locationCodeableConcept=clinic))
    assert mixed.place_of_service is None
    assert [line.place_of_service for line in mixed.lines] == ["11", "22"]


@pytest.mark.parametrize(
    ("provider", "npi"),
    [
        ({"identifier": {"system": senders.NPI, "value": "1234567893"}}, "1234567893"),
        ({"identifier": {"system": "urn:oid:2.16.840.1.113883.4.4", "value": PERSON}}, None),
        ({"reference": "#d1"}, "1234567893"),
        ({"reference": "Practitioner/7"}, None),
        ({"display": PERSON}, None),
    ],
)
def test_a_provider_is_its_npi_or_nothing(provider, npi):
    identifiers = [{"value": PERSON}, {"system": senders.NPI, "value": "1234567893"}]
    doctor = {"resourceType": "Practitioner", "id": "d1", "identifier": identifiers}
    assert only(provider=provider, contained=[doctor]).provider_npi == npi


@pytest.mark.parametrize(
    ("patient", "birth_date", "notes"),
    [
        ({"id": "p", "birthDate": BORN}, BORN, []),
        (
            {"id": "p", "birthDate": BORN[:4]},
            None,
            ["passed over: birth dates that are no whole date"],
        ),
        ({"id": "other", "birthDate": BORN}, None, []),
        ({"id": "p"}, None, []),
    ],
)
def test_a_birth_date_is_that_of_the_contained_patient(patient, birth_date, notes):
    value = resource(patient={"reference": "#p"}, contained=[patient])
    (claim,) = fhir.claims_of(value)
    assert (claim.birth_date and str(claim.birth_date)) == birth_date
    assert told(value) == notes


def test_a_field_of_the_claim_that_cannot_be_read_leaves_the_others():
    claim = only(billablePeriod={"start": f"{YEAR}-02-30"}, identifier=[{"value": "26-1"}])
    assert unreadable(claim) == [("claim.unreadable", "date")]
    assert (claim.id, claim.date) == ("26-1", None)
    assert check_claim(claim) == ()


def test_pointers_go_to_the_diagnoses_that_are_read():
    diagnoses = [
        {"sequence": 7, "diagnosisReference": {"reference": "Condition/1"}},
        {"sequence": 8, "diagnosisCodeableConcept": concept(senders.ICD, "K02.9")},
        {"diagnosisCodeableConcept": concept("http://www.ada.org/snodent", "1")},
    ]
    claim = only(item(diagnosisSequence=[8, 7]), diagnosis=diagnoses)
    assert claim.diagnoses == ("K02.9",)
    assert claim.lines[0].diagnosis_pointers == (1,)


def test_a_prosthesis_that_no_line_points_to_is_of_all_lines():
    said = {"category": concept(senders.CARIN_CATEGORIES, "prosthesis"), "sequence": 4}
    placed = {**said, "timingDate": PLACED}
    crown = item("D2740", bodySite=site(senders.UNIVERSAL, "30"))
    for information, expected in (
        ({**placed, "valueBoolean": True}, ("replacement", PLACED)),
        (placed, ("replacement", PLACED)),  # HL7's own category has the date alone
        ({**said, "valueBoolean": False}, ("initial", "None")),
        (said, (None, "None")),
    ):
        (line,) = only(crown, supportingInfo=[information]).lines
        assert (line.prosthesis, str(line.prior_placement)) == expected
    own = item("D2740", informationSequence=[4])
    first, second = only(own, crown, supportingInfo=[{**said, "valueBoolean": False}]).lines
    assert (first.prosthesis, second.prosthesis) == ("initial", None)


# What is passed over


def test_other_resources_and_claims_are_passed_over_and_told_once():
    entries = [
        {"resourceType": "Patient", "name": PERSON},
        {"resourceType": PERSON},
        resource(type=concept(senders.TYPES, "pharmacy")),
        resource(status="entered-in-error"),
        resource(type=concept(senders.TYPES, "professional")),
    ]
    bundle = {"resourceType": "Bundle", "entry": [{"resource": one} for one in entries] + [{}]}
    assert len(list(fhir.claims_of(bundle))) == 1
    assert told(bundle) == [
        "passed over: resources other than Claim and ExplanationOfBenefit",
        "passed over: institutional, pharmacy and vision claims",
        "passed over: claims that were entered in error",
    ]


def test_what_a_line_has_no_field_for_is_told():
    full = item(
        programCode=[concept("https://example.org/p", "1")],
        modifier=[concept("http://terminology.hl7.org/CodeSystem/modifiers", "rooh")],
        locationCodeableConcept=concept("https://example.org/p", "1"),
        diagnosisSequence=[1],
        net={"value": 1, "currency": "EUR"},
    )
    assert sorted(told(resource(full, full, addItem=[{}]))) == [
        "passed over: amounts in another currency than dollars",
        "passed over: items that a payer added",
        "passed over: modifiers in another system than HCPCS and CPT",
        "passed over: places of service in another system than CMS's",
        "passed over: pointers to diagnoses that are not read",
        "passed over: programCode of an item",
    ]


# What is no FHIR

CROWN = ClaimLine(
    "D2740",
    DAY,
    tooth="3,14",
    surfaces="MO",
    prosthesis="replacement",
    prior_placement=PLACED,
    narrative="why",
    fee="60.50",
    diagnosis_pointers=(1,),
    modifiers=("KX",),
)
FULL = written(
    Claim(
        [CROWN, ClaimLine("D4341", DAY, area="10,20", fee=1, quantity=2)],
        id="26-1",
        date=DAY,
        through=f"{YEAR}-12-31",
        predetermination=True,
        birth_date=BORN,
        place_of_service="11",
        provider_npi="1234567893",
        diagnoses=("K02.9",),
        orthodontics=(24, None),
        appliance_placed=DAY,
        missing_teeth=("1", "16"),
        note="see the chart",
    )
)
FULL["item"][0]["detail"] = [{"productOrService": concept("http://ada.org/cdt", "D2950")}]


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(places_in(FULL), key=str)), st.sampled_from(WRONG)),
        max_size=3,
    )
)
def test_any_value_anywhere_gives_a_claim_or_a_clear_error(changes):
    """Wrong types anywhere are told by the path of the element, never by a crash or its text."""
    value = FULL
    for path, other in changes:
        if path in places_in(value):
            value = changed(value, path, other)
    notes = []
    error = None
    try:
        for claim in fhir.claims_of(value, note=notes.append):
            claim.to_dict()
            check_claim(claim)
    except DataFormatError as raised:
        error = raised
    assert error is None or str(error).startswith(f"{error.column}: ")
    assert PERSON not in f"{error}{notes}"


# Files


CLAIM = json.dumps(resource(id="26-1")).encode()


def read_file(text, **options):
    return [claim.id for claim in fhir.claims_in(io.BytesIO(text), **options)]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (b"", None, "the file is empty"),
        (b"\n \n", None, "the file is empty"),
        (b"procedure,date\n", 1, "it is no JSON: Expecting value"),
        (CLAIM + b"\n\n{bad}\n", 3, "it is no JSON: Expecting property name"),
        (b'{\n"resourceType": "Claim",\n"id": 1 2}', 3, "it is no JSON: Expecting ',' delimiter"),
        ("{}".encode("utf-16"), 1, "it is no UTF-8"),
        (b"[" * 10**5, 1, "the JSON is nested too deep"),
        (b'{"id": ' + b"1" * 10**6 + b"}", 1, "a number has more than 100 digits"),
        (b'{"id": 1.' + b"1" * 10**6 + b"}", 1, "a number has more than 100 digits"),
        (b'{"id": 1e99999999999999999999}', 1, "a number is beyond all bounds"),
        (b'{"id": NaN}', 1, "NaN and Infinity are no numbers of JSON"),
        (b"{}", 1, "column resource: has no resourceType, so it is no FHIR resource"),
        (b"null", 1, "column resource: null, where FHIR R4 has an object"),
        (CLAIM + b"\n[1]", 2, "column resource[0]: a number, where FHIR R4 has an object"),
        (CLAIM + b'\n{"resourceType": "Claim", "id": 1}', 2, "column Claim.id: a number, where"),
    ],
    ids=range(15),
)
def test_a_file_that_is_no_fhir_is_told_by_its_line(text, line, said):
    with pytest.raises(DataFormatError, match=re.escape(said)) as caught:
        read_file(text)
    assert caught.value.line == line
    assert caught.value.path == "FHIR"


def test_the_claims_before_a_broken_line_are_given():
    found = fhir.claims_in(io.BytesIO(CLAIM + b"\n{"))
    assert next(found).id == "26-1"
    with pytest.raises(DataFormatError, match="line 2"):
        next(found)


def test_a_path_a_mark_of_utf8_and_amounts_to_the_cent(tmp_path):
    path = tmp_path / "claims.ndjson"
    claim = json.dumps(resource(item(net={"value": 60}))).replace("60", "60.10")
    path.write_text(f"\ufeff{claim}\r\n\r\n{claim}", "utf-8")
    fees = [read.lines[0].fee for read in fhir.claims_in(path)]
    assert list(map(str, fees)) == ["60.10", "60.10"]
    assert [read.place.segment for read in fhir.claims_in(path)] == [1, 3]
    path.write_bytes(b"{")
    with pytest.raises(DataFormatError, match=r"claims\.ndjson, line 1"):
        list(fhir.claims_in(path))
    with pytest.raises(FileNotFoundError):
        list(fhir.claims_in(tmp_path / "none"))
    with pytest.raises(TypeError, match="by its path or as an open file, not int"):
        list(fhir.claims_in(1))


def test_a_file_streams_by(monkeypatch):
    """Memory does not grow with an NDJSON: no line is read before the one before was given."""
    lines = iter([CLAIM + b"\n"] * 5)
    given_out = []

    class Endless(io.BytesIO):
        def readline(self, _):
            given_out.append(1)
            return next(lines)

    found = fhir.claims_in(Endless())
    next(found)
    assert len(given_out) == 1
    next(found)
    assert len(given_out) == 2
    monkeypatch.setattr("cdtref.fhir.files._MOST_CHARACTERS", 50)
    for text in (b'{"id": "' + b"x" * 50, b'{\n"id":\n' + b"[1,\n" * 50):
        with pytest.raises(DataFormatError, match="more than 50 characters; write NDJSON"):
            read_file(text)


def test_notes_of_a_file_are_told_once():
    notes = []
    assert read_file(b'{"resourceType": "Patient"}\n' * 3 + CLAIM, note=notes.append) == ["26-1"]
    assert notes == ["passed over: resources other than Claim and ExplanationOfBenefit"]


def test_bundles_in_bundles_end():
    value = {"resourceType": "Bundle"}
    value["entry"] = [{"resource": value}]
    with pytest.raises(DataFormatError, match="more than 3 Bundles within each other"):
        list(fhir.claims_of(value))
