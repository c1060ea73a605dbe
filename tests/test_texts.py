"""
The words for every code: whole, our own, distinct, and in step with what the record itself says.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

import cdtref
import pinned
from cdtref.procedure.relation import RELATIONS
from inturn import by_code

CURRENT = cdtref.procedures()
IN_FORCE = {p.code for p in CURRENT}
RETIRED = [p for p in cdtref.catalog().values() if p.code not in IN_FORCE]
PROSE = ("description", "plain_language", "clinical_context")


@by_code(CURRENT)
def test_every_code_in_force_has_all_its_texts(p):
    assert 3 <= len(p.title.split()) <= 9
    assert all(len(getattr(p, field)) >= 25 for field in PROSE)
    assert p.synonyms
    assert p.documentation
    assert p.specialties


@pytest.mark.parametrize("p", RETIRED, ids=lambda p: p.code)
def test_every_retired_code_says_what_it_was_or_that_no_source_does(p):
    assert len(p.description) >= 20
    assert p.terminated


@pytest.mark.parametrize("field", ["title", *PROSE])
def test_no_text_stands_under_two_codes(field):
    texts = [getattr(p, field) for p in CURRENT]
    assert len(texts) == len(set(texts))


def test_no_sentence_is_a_template():
    """A sentence may stand under four codes of a family at most."""
    where = {}
    for p in CURRENT:
        for sentence in re.split(r"(?<=[.!?])\s+", " ".join(getattr(p, field) for field in PROSE)):
            if len(sentence.split()) > 4:
                where.setdefault(sentence.lower(), set()).add(p.code)
    assert {sentence: codes for sentence, codes in where.items() if len(codes) > 4} == {}


def test_every_code_that_a_text_names_exists():
    for p in cdtref.catalog().values():
        for code in re.findall(r"\bD\d{4}\b", " ".join(getattr(p, field) for field in PROSE)):
            assert code in cdtref.catalog(), (p.code, code)


def test_no_text_calls_a_dental_code_a_cpt_code():
    for p in cdtref.catalog().values():
        assert not re.search(
            r"\bCPT\b", " ".join(getattr(p, field) for field in ("title", *PROSE))
        ), p.code


PHRASES = {
    "per quadrant": {"quadrant"},
    "per tooth": {"tooth", "tooth+surface"},
    "each tooth": {"tooth", "tooth+surface", "tooth range"},
    "per arch": {"arch"},
}


@pytest.mark.parametrize("phrase", PHRASES)
def test_a_description_and_the_requirement_never_contradict_each_other(phrase):
    for p in CURRENT:
        assert phrase not in p.description.lower() or p.area in PHRASES[phrase], p.code


WORDS_OF_ARCH = {"01": r"\b(mandibular|lower)\b", "02": r"\b(maxillary|upper)\b"}


def test_a_title_never_names_the_other_arch():
    for p in cdtref.catalog().values():
        arch = p.requirement.arch
        assert not arch or not re.search(WORDS_OF_ARCH[arch], p.title.lower()), (
            p.code,
            p.title,
        )


WORDS_OF_COUNT = {1: "one", 2: "two", 3: "three", 4: "four"}


def test_a_title_never_names_another_number_of_surfaces():
    for p in CURRENT:
        span = p.requirement.surface_count
        if span:
            wrong = [word for n, word in WORDS_OF_COUNT.items() if not span.least <= n <= span.most]
            assert not [
                word for word in wrong if re.search(rf"\b{word}[- ]surface", p.title.lower())
            ], (
                p.code,
                p.title,
            )


WORDS_OF_CLASS = {
    "anterior": r"\b(posterior|molar|premolar)\b",
    "posterior": r"\banterior\b",
    "molar": r"\b(anterior|premolar)\b",
}


def test_a_title_never_names_another_class_of_tooth():
    for p in CURRENT:
        kinds = p.requirement.tooth_classes
        if len(kinds) == 1 and kinds[0] in WORDS_OF_CLASS:
            assert not re.search(WORDS_OF_CLASS[kinds[0]], p.title.lower()), (
                p.code,
                p.title,
            )


def test_every_link_has_its_inverse_and_no_other_beside_it():
    """Two relations of one pair would be two sentences about it, of which one is false."""
    catalog = cdtref.catalog()
    for p in catalog.values():
        assert len({link.code for link in p.related}) == len(p.related), p.code
        for link in p.related:
            back = cdtref.Related(RELATIONS[link.relation].inverse, p.code)
            assert back in catalog[link.code].related, (p.code, link)


def test_every_relation_is_the_inverse_of_its_inverse_and_says_the_same():
    for name, relation in RELATIONS.items():
        back = RELATIONS[relation.inverse]
        assert back.inverse == name
        told = relation.difference.format(a="A", b="B")
        if relation.inverse != name:
            assert told == back.difference.format(a="B", b="A")


# A service that ended and one that is done today may be mixed up all the same, where they are not
# one service under two numbers.
CONFUSED_ACROSS_AN_END = {
    ("D0350", "D0351"): "a photograph and a scan of a surface",
    ("D0393", "D0363"): "simulation and reconstruction from stored data",
    ("D0395", "D0363"): "fusion and reconstruction from stored data",
    ("D1351", "D1352"): "a sound groove and one with decay",
    ("D2799", "D2970"): "a crown on the way to another and one for a broken tooth",
    ("D2940", "D2970"): "a filling and a crown",
    ("D6090", "D6095"): "the prosthesis and the abutment",
    ("D6193", "D6095"): "the screw and the abutment",
    ("D7250", "D7130"): "roots cut out and roots lifted out",
    ("D7283", "D7281"): "the attachment and the exposure",
    ("D7963", "D7960"): "the larger operation and the plain one",
    ("D8670", "D8690"): "a visit and a manner of billing",
}


def test_no_code_in_force_is_confused_with_one_that_it_took_the_place_of():
    found = {
        (p.code, link.code)
        for p in CURRENT
        for link in p.related
        if link.relation == "confused_with" and cdtref.get(link.code).terminated
    }
    assert found == CONFUSED_ACROSS_AN_END.keys()
    for code, ended in found:
        assert code not in cdtref.get(ended).replaced_by


def test_the_neighbour_of_the_question_is_a_linked_code_of_its_time():
    for p in cdtref.catalog().values():
        if p.compared_with is None:
            assert not p.related, p.code
            continue
        assert p.compared_with in {link.code for link in p.related}, p.code
        day = pinned.DAY
        if p.terminated:
            day = p.terminated - timedelta(days=1)
        other = cdtref.get(p.compared_with)
        assert other.in_force(day) or (p.terminated and not other.terminated), p.code


# Groups of one category that are named by what sets siblings apart.
GROUPS_BY_SIBLING = {
    ("amalgam fillings", "gold foil"): "the groups are named by the material",
    ("amalgam fillings", "resin fillings"): "the groups are named by the material",
    ("complete dentures", "other removable prosthetic"): "overdentures are filed with attachments",
    ("other removable prosthetic", "partial dentures"): "overdentures are filed with attachments",
}
SIBLINGS = [f"same_service_other_{what}" for what in ("material", "support", "arch")]


def test_siblings_by_material_support_or_arch_stand_in_one_group():
    """Support by implants is a category of its own, and so its groups are too."""
    apart = set()
    for p in CURRENT:
        for link in p.related:
            other = cdtref.get(link.code)
            if link.relation in SIBLINGS and other.category is p.category:
                apart.add(tuple(sorted((p.subcategory, other.subcategory))))
    assert {groups for groups in apart if len(set(groups)) == 2} == GROUPS_BY_SIBLING.keys()


CAPTURE_PAIRS = {
    "D0387": "D0372",
    "D0388": "D0373",
    "D0389": "D0374",
    "D0701": "D0330",
    "D0702": "D0340",
    "D0709": "D0210",
}


@pytest.mark.parametrize(("capture", "both"), CAPTURE_PAIRS.items())
def test_an_image_that_is_only_captured_is_linked_to_the_one_that_is_read_too(capture, both):
    assert ("capture_only_of", both) in {(r.relation, r.code) for r in cdtref.get(capture).related}


# What public pages say wrongly, and what is true.
def test_d0389_is_tomosynthesis_and_neither_periopic_nor_an_ordinary_periapical_nor_a_cpt_code():
    p = cdtref.get("D0389")
    assert "tomosynthesis" in p.title.lower()
    assert "periopic" not in p.title.lower()
    assert "D0220" in p.clinical_context
    assert cdtref.code_system(p.code).label == "CDT"
    assert cdtref.rvu("D0389").status == "R"


def test_d9223_is_a_later_quarter_hour_and_not_the_first():
    assert "additional_to" in {link.relation for link in cdtref.get("D9223").related}
    assert "D9222" in {link.code for link in cdtref.get("D9223").related}


def test_d9230_is_not_counted_in_quarter_hours():
    assert "15 min" not in cdtref.get("D9230").title.lower()


def test_d0417_and_d0418_are_not_replaced_by_d0426():
    for code in ("D0417", "D0418"):
        assert not cdtref.get(code).terminated
        assert "succeeded_by" not in {link.relation for link in cdtref.get(code).related}


def test_d5227_is_the_upper_and_d5228_the_lower_though_a_source_has_them_swapped():
    assert tuple(cdtref.get(code).requirement.arch for code in ("D5227", "D5228")) == ("01", "02")


def test_d7261_is_a_first_closure_and_not_for_baby_teeth():
    assert cdtref.get("D7261").requirement.dentition is None


def test_prosthesis_flags_cover_every_crown_bridge_unit_and_denture():
    flagged = {p.code for p in CURRENT if p.requirement.prosthesis_code != "never"}
    assert {
        "D2740",
        "D2780",
        "D5110",
        "D5213",
        "D6058",
        "D6065",
        "D6240",
        "D6750",
        "D5863",
        "D6110",
    } <= flagged
    groups = (
        "crowns",
        "pontics",
        "bridge crown retainers",
        "complete dentures",
        "partial dentures",
        "interim dentures",
    )
    assert not [p.code for p in CURRENT if p.subcategory in groups and p.code not in flagged]
    repairs = (
        "complete denture repairs",
        "partial denture repairs",
        "denture adjustments",
        "reline and liners",
        "rebase",
    )
    assert not [p.code for p in CURRENT if p.subcategory in repairs and p.code in flagged]


def test_thousands_of_distinct_synonyms():
    synonyms = {synonym.lower() for p in CURRENT for synonym in p.synonyms}
    assert len(synonyms) > 4000
    for p in CURRENT:
        assert p.title.lower() not in {synonym.lower() for synonym in p.synonyms}
