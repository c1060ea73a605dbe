"""FHIR R4B: what fhir.resources accepts, and what the resources say."""

from __future__ import annotations

import json

import pytest
from fhir.resources.R4B.codeableconcept import CodeableConcept
from fhir.resources.R4B.codesystem import CodeSystem
from fhir.resources.R4B.conceptmap import ConceptMap
from fhir.resources.R4B.valueset import ValueSet

import cdtref
import pinned
from cdtref import fhir
from cdtref.tooth import TEETH

CATALOG = cdtref.catalog()
COMING, NEXT_DAY = pinned.COMING, f"{pinned.YEAR + 1}-01-01"
URL = "https://example.org/fhir/CodeSystem/cdt-texts"
SUPPLEMENT = fhir.code_system_supplement(CATALOG, url=URL)
DENTAL = {code: cdtref.dental_rvu(code, default=None) for code in CATALOG}
VALUED = fhir.code_system_supplement(CATALOG, url=URL, dental=DENTAL.values())
CONCEPTS = {concept["code"]: concept for concept in SUPPLEMENT["concept"]}


def properties(code):
    return {
        item["code"]: next(v for k, v in item.items() if k.startswith("value"))
        for item in CONCEPTS[code]["property"]
    }


def accepted(model, resource):
    """The resource as fhir.resources reads and writes it back: nothing refused, nothing dropped."""
    again = json.loads(model.model_validate(resource).model_dump_json())
    assert again == resource
    return True


# The supplement


def test_the_supplement_is_accepted():
    assert accepted(CodeSystem, SUPPLEMENT)


def test_the_supplement_has_its_own_url_and_names_the_system_it_adds_to():
    assert SUPPLEMENT["url"] == URL
    assert SUPPLEMENT["supplements"] == "http://www.ada.org/cdt"
    assert SUPPLEMENT["content"] == "supplement"
    assert SUPPLEMENT["version"] == cdtref.EDITION == pinned.EDITION
    assert SUPPLEMENT["count"] == len(CATALOG) == len(CONCEPTS)


def test_a_supplement_defines_no_display_of_the_ada_and_no_concept_of_its_own():
    assert set(CONCEPTS) == set(CATALOG)
    assert all(
        concept.keys() == {"code", "designation", "property"} for concept in CONCEPTS.values()
    )


def test_our_texts_are_designations_told_apart_by_use():
    p = CATALOG["D0389"]
    by_use = {}
    for designation in CONCEPTS["D0389"]["designation"]:
        by_use.setdefault(designation["use"]["display"], []).append(designation["value"])
    assert by_use == {
        "title": [p.title],
        "Synonym": list(p.synonyms),
        "description": [p.description],
        "plain language": [p.plain_language],
    }


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "D0389",
            {
                "area": "site",
                "area-confidence": "low",
                "status": "active",
                "effective": pinned.STARTED["D0389"],
            },
        ),
        (
            "D1352",
            {"area": "unknown", "status": "retired", "terminated": pinned.TERMINATED["D1352"]},
        ),
        ("D0120", {"area": "none", "status": "active", "category": "diagnostic"}),
        ("D0606", {"effective": pinned.STARTED["D0606"], "status": "active"}),  # known to the month
    ],
)
def test_properties_are_those_of_the_record(code, expected):
    assert expected.items() <= properties(code).items()


def test_a_start_that_is_not_known_is_left_out():
    unknown = [p.code for p in CATALOG.values() if p.effective is None]
    assert unknown
    assert not any("effective" in properties(code) for code in unknown)


@pytest.mark.dental_values
def test_dental_values_are_properties_of_the_codes_that_have_one():
    """No value is no property; 0.00 is a value."""
    blank = next(p.code for p in CATALOG.values() if DENTAL[p.code] is None)
    zero = next(p.code for p in CATALOG.values() if DENTAL[p.code] and not DENTAL[p.code].value)
    told = {}
    for concept in VALUED["concept"]:
        told[concept["code"]] = {item["code"]: item for item in concept["property"]}
    assert "dental-rvu" not in told[blank]
    assert told[zero]["dental-rvu"]["valueDecimal"] == 0
    (value, since, _) = pinned.DENTAL_VALUES["D0389", pinned.DENTAL_VALUE_BEGINS["D0389"][1]]
    assert f"{told['D0389']['dental-rvu']['valueDecimal']:.2f}" == value
    assert told["D0389"]["dental-rvu-since"]["valueDateTime"] == since
    assert told["D0389"]["level-of-care"]["valueInteger"] == DENTAL["D0389"].level_of_care
    for code, value in DENTAL.items():
        assert ("dental-rvu" in told[code]) == (value is not None)


def test_without_dental_values_the_supplement_has_none():
    assert "dental-rvu" not in json.dumps(SUPPLEMENT["concept"])
    assert accepted(CodeSystem, VALUED)


def test_every_property_is_declared_with_its_type():
    declared = {item["code"]: item["type"] for item in SUPPLEMENT["property"]}
    kinds = {
        "code": "valueCode",
        "dateTime": "valueDateTime",
        "decimal": "valueDecimal",
        "integer": "valueInteger",
        "string": "valueString",
    }
    for concept in VALUED["concept"]:
        for item in concept["property"]:
            assert kinds[declared[item["code"]]] in item


def test_a_coming_code_is_active_and_a_licensed_wording_is_not_given_away():
    mine = CATALOG.with_nomenclature(
        [
            {
                "code": COMING,
                "nomenclature": "licensed wording of a new code",
                "effective": NEXT_DAY,
            },
            {"code": "D0120", "nomenclature": "licensed wording of a known code", "effective": ""},
        ]
    )
    supplement = fhir.code_system_supplement(mine, url=URL)
    assert "licensed wording" not in json.dumps(supplement)
    (new,) = [concept for concept in supplement["concept"] if concept["code"] == COMING]
    # The others are those that were accepted, and to ask again takes a second.
    assert [concept for concept in supplement["concept"] if concept != new] == SUPPLEMENT["concept"]
    assert accepted(CodeSystem, supplement | {"concept": [new]})
    assert {"code": "status", "valueCode": "active"} in new["property"]


def test_no_licensed_wording_is_given_away_however_often_it_is_laid_over():
    coming = {"code": COMING, "effective": NEXT_DAY}
    mine = CATALOG.with_nomenclature([coming | {"nomenclature": "licensed wording one"}])
    again = mine.with_nomenclature([coming | {"nomenclature": "licensed wording two"}])
    for catalog in (mine, again):
        told = [
            fhir.code_system_supplement(catalog, url=URL),
            fhir.value_set(catalog, url=URL, on=NEXT_DAY),
        ]
        assert "licensed wording" not in json.dumps(told)
        assert COMING in json.dumps(told[1])


@pytest.mark.parametrize(
    "url",
    [
        "",
        "  ",
        "cdt",
        "my own texts",
        "ftp://example.org/cdt",
        "https://www.ada.org/cdt",
        "http://www.ada.org/cdt/",
        "HTTPS://WWW.ADA.ORG/CDT",
        "https://example.org/my texts",
        "https://example.org/cdt|1",
        "urn:",
        None,
    ],
)
def test_a_url_is_an_address_of_your_own(url):
    with pytest.raises(ValueError, match="needs a url of your own"):
        fhir.code_system_supplement(CATALOG, url=url)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://example.org/fhir/CodeSystem/cdt-texts", "CdtTexts"),
        ("https://example.org/\u00e9-cdt/", "Cdt"),
        ("urn:oid:1.2.3", "UrnOid123"),
        ("https://example.org/1", "CdtCodeSystem"),
        (f"https://example.org/{'a' * 300}", f"A{'a' * 254}"),
    ],
)
def test_a_name_is_one_that_fhir_allows(url, name):
    """
    R4B, constraint 0: 'Name should be usable as an identifier': a capital letter, then letters,
    digits and _.
    """
    assert fhir.code_system_supplement(CATALOG, url=url)["name"] == name


def test_a_title_of_ours_that_is_the_official_wording_is_not_given_either():
    mine = CATALOG.with_nomenclature({"D0120": CATALOG["D0120"].title})
    resource = fhir.value_set(mine, url=URL, category="diagnostic")
    assert accepted(ValueSet, resource)
    concepts = {
        concept["code"]: concept for concept in resource["compose"]["include"][0]["concept"]
    }
    assert concepts["D0120"] == {"code": "D0120"}
    assert concepts["D0140"]["designation"][0]["value"] == CATALOG["D0140"].title


def test_only_the_status_is_a_code_and_all_else_of_ours_is_text():
    assert {item["code"] for item in SUPPLEMENT["property"] if item["type"] == "code"} == {"status"}


def test_the_title_of_a_value_set_has_the_category_and_no_other_text():
    assert fhir.value_set(CATALOG, url=URL, category=" Oral-Surgery ")["title"].endswith(
        "in force, oral-surgery"
    )


# Value sets and the map


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({}, pinned.IN_FORCE),
        ({"edition": pinned.EDITION}, pinned.IN_FORCE),
        *(({"on": day}, count) for day, count in pinned.IN_FORCE_ON.items()),
        *(
            ({"category": "endodontics", "on": day}, count)
            for day, count in pinned.ENDODONTICS_IN_FORCE_ON.items()
        ),
        ({"category": cdtref.Category.SLEEP_APNEA}, len(cdtref.procedures(category="sleep-apnea"))),
    ],
    ids=str,
)
def test_value_sets_hold_the_codes_in_force(wanted, count):
    resource = fhir.value_set(CATALOG, url="https://example.org/fhir/ValueSet/some", **wanted)
    assert accepted(ValueSet, resource)
    (include,) = resource["compose"]["include"]
    assert include["system"] == fhir.CDT
    assert len(include["concept"]) == count


def test_the_map_leads_from_retired_codes_to_what_a_source_names():
    resource = fhir.concept_map(CATALOG, url="https://example.org/fhir/ConceptMap/successors")
    assert accepted(ConceptMap, resource)
    (group,) = resource["group"]
    retired = [p for p in CATALOG.values() if p.replaced_by or p.succession == "none"]
    assert [element["code"] for element in group["element"]] == [p.code for p in retired]
    for p, element in zip(retired, group["element"], strict=True):
        assert {target.get("code") for target in element["target"]} == set(p.replaced_by or [None])


SENSES = {
    "split": ("D9940", "narrower", "split into D9944, D9945, D9946: each is a part of it"),
    "merged": ("D1352", "wider", "taken into D2391"),
    "merged, and a share elsewhere": ("D7110", "relatedto", ""),
    "replaced": ("D4320", "relatedto", ""),
    "none": ("D1705", "unmatched", "nothing took its place"),
}


@pytest.mark.parametrize(("code", "equivalence", "said"), SENSES.values(), ids=SENSES)
def test_the_map_says_in_what_sense_a_target_is_narrower(code, equivalence, said):
    """
    R4B, ConceptMap: 'The sense in which the mapping is narrower SHALL be described in the
    comments'.
    """
    mine = cdtref.Catalog({code: CATALOG[code]})
    (group,) = fhir.concept_map(mine, url="https://example.org/fhir/ConceptMap/successors")["group"]
    for target in group["element"][0]["target"]:
        assert target["equivalence"] == equivalence
        assert target["comment"].partition("; ")[2].startswith(said)


def test_a_catalog_without_successors_or_editions_gives_a_map_without_groups():
    small = cdtref.Catalog({"D0120": CATALOG["D0120"]})
    resource = fhir.concept_map(small, url="https://example.org/fhir/ConceptMap/successors")
    assert accepted(ConceptMap, resource)
    assert "group" not in resource
    assert "version" not in resource


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: fhir.code_system_supplement(CATALOG, url=fhir.CDT), ValueError, "url of your own"),
        (lambda: fhir.value_set(CATALOG, url=""), ValueError, "url of your own"),
        (
            lambda: fhir.value_set(CATALOG, url=URL, on=pinned.DAY, edition=pinned.EDITION),
            ValueError,
            "not both",
        ),
        (
            lambda: fhir.value_set(CATALOG, url=URL, edition=str(pinned.YEAR + 1)),
            cdtref.UnknownReleaseError,
            f"{pinned.FIRST_EDITION} to {pinned.EDITION}",
        ),
        (lambda: fhir.value_set(CATALOG, url=URL, category="surgery"), ValueError, "no category"),
        (
            lambda: fhir.value_set(CATALOG, url=URL, category="sleep-apnea", on=pinned.FIRST_DAY),
            ValueError,
            "none is not",
        ),
    ],
)
def test_errors(call, error, said):
    with pytest.raises(error, match=said):
        call()


# Sites


@pytest.mark.parametrize("tooth", TEETH.values(), ids=str)
def test_every_tooth_is_a_body_site_by_hl7_or_by_text(tooth):
    site = fhir.body_site(tooth, iso_3950=False)
    assert accepted(CodeableConcept, site)
    assert tooth.label in site["text"]
    assert site.get("coding") in (None, [{"system": fhir.TOOTH, "code": tooth.number}])


@pytest.mark.parametrize("site", ["14", 14, None])
def test_a_site_of_a_wrong_type(site):
    with pytest.raises(
        TypeError, match=f"not {type(site).__name__}; read it with cdtref.parse_tooth"
    ):
        fhir.body_site(site)


def test_hl7_lists_93_of_the_teeth():
    assert sum("coding" in fhir.body_site(tooth, iso_3950=False) for tooth in TEETH.values()) == 93


@pytest.mark.parametrize("tooth", TEETH.values(), ids=str)
def test_permanent_teeth_have_their_fdi_number_beside(tooth):
    """HL7 Terminology's list of FDI numbers has the 32 permanent teeth, and no other."""
    plain, both = fhir.body_site(tooth, iso_3950=False), fhir.body_site(tooth)
    beside = []
    if tooth.dentition == "permanent" and not tooth.supernumerary:
        beside = [{"system": fhir.FDI_TOOTH, "code": tooth.fdi}]
    assert both.get("coding", []) == plain.get("coding", []) + beside
    assert accepted(CodeableConcept, both)


@pytest.mark.parametrize("area", cdtref.Area)
def test_areas_are_body_sites(area):
    assert accepted(CodeableConcept, fhir.body_site(area))
    assert fhir.body_site(area)["coding"] == [{"system": fhir.AREA, "code": area.value}]
    assert fhir.body_site(area, iso_3950=False) == fhir.body_site(area)


def test_surfaces_are_sub_sites():
    sites = fhir.sub_sites("dom")
    assert all(accepted(CodeableConcept, site) for site in sites)
    assert [site["coding"][0]["code"] for site in sites] == ["M", "O", "D"]
    with pytest.raises(cdtref.InvalidSiteError):
        fhir.sub_sites("X")
