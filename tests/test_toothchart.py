"""The tooth chart: what it fills is what a claim line may name, and it says so in words too."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import attrs
import pytest

import cdtref
import pinned
from cdtref.pages.toothchart import caption, fitting_teeth, tooth_chart
from cdtref.tooth import TEETH
from inturn import by_code

LAST_DAY = f"{pinned.YEAR}-12-31"
SVG = "{http://www.w3.org/2000/svg}"
CHARTED = [p for p in cdtref.catalog().values() if p.area not in ("none", "unknown")]
BARE = [p for p in cdtref.catalog().values() if p.area in ("none", "unknown")]
BY_TOOTH = [
    p for p in cdtref.procedures(on=LAST_DAY) if p.area in ("tooth", "tooth+surface", "tooth range")
]


def teeth(text):
    return {tooth.number for tooth in cdtref.parse_teeth(text)}


def drawn(p, state):
    root = ET.fromstring(tooth_chart(p))  # our own markup
    groups = [group for group in root.iter(f"{SVG}g") if group.get("class").split()[0] == state]
    return {group.find(f"{SVG}text").text for group in groups}


@pytest.mark.parametrize(
    ("code", "filled"),
    [
        ("D3330", teeth("1-3, 14-19, 30-32") | {*"ABIJKLST"}),
        ("D2930", set("ABCDEFGHIJKLMNOPQRST")),
        ("D5110", teeth("1-16")),
        ("D5120", teeth("17-32")),
        ("D4341", teeth("1-32")),
        ("D2330", teeth("6-11, 22-27") | {*"CDEFGHMNOPQR"}),
    ],
)
def test_the_teeth_that_the_code_is_for_are_filled(code, filled):
    p = cdtref.get(code)
    usual = p.requirement.usual_dentition
    if usual:
        filled = {number for number in filled if TEETH[number].dentition == usual}
    assert drawn(p, "on") == filled


@by_code(BY_TOOTH)
def test_filled_teeth_are_those_that_the_rules_let_pass(p):
    """
    No rule on dentition, class or arch finds anything on a line exactly where the tooth that it
    names is filled.
    """
    about_teeth = [
        rule
        for rule in cdtref.LINE_RULES
        if rule.id in ("tooth.dentition", "tooth.class", "tooth.arch")
    ]
    natural = [tooth.number for tooth in TEETH.values() if not tooth.supernumerary]
    lines = {number: cdtref.ClaimLine(p.code, LAST_DAY, tooth=number) for number in natural}
    passed = {number for number, line in lines.items() if not cdtref.check(line, about_teeth)}
    assert drawn(p, "on") | drawn(p, "by") == passed


@by_code(CHARTED)
def test_every_chart_is_well_formed_and_says_in_words_what_it_shows(p):
    root = ET.fromstring(tooth_chart(p))
    named = {child.get("id"): child.text for child in root if child.get("id")}
    assert root.get("role") == "img"
    assert root.get("aria-labelledby").split() == list(named)
    assert named[f"{p.code}-chart"] == caption(p)
    assert all(named.values())
    assert fitting_teeth(p)
    assert len(tooth_chart(p)) < 12_000


@by_code(BARE)
def test_without_a_place_there_is_no_chart(p):
    assert (tooth_chart(p), caption(p)) == ("", "")


@pytest.mark.parametrize(
    "fields",
    [
        # An area is drawn with permanent teeth.
        {"treatment_area": "quadrant", "dentition": "primary"},
        {"treatment_area": "arch", "usual_dentition": "primary"},
        {"treatment_area": "tooth", "dentition": "primary", "tooth_classes": ("premolar",)},
    ],
    ids=str,
)
def test_a_record_that_no_tooth_fits_has_no_chart(fields):
    p = cdtref.get("D4341")
    p = attrs.evolve(p, requirement=attrs.evolve(p.requirement, **fields))
    assert (tooth_chart(p), caption(p)) == ("", "")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("D4341", "upper right (10), upper left (20), lower left (30) or lower right (40)"),
        ("D2930", "any primary tooth"),
        ("D2330", "any anterior tooth"),
    ],
)
def test_captions(code, words):
    assert words in caption(cdtref.get(code))


def test_low_certainty_is_told():
    unsure = next(p for p in CHARTED if p.requirement.confidence.treatment_area == "low")
    assert caption(unsure).endswith("The certainty of this is low.")


def test_no_two_teeth_lie_on_each_other():
    root = ET.fromstring(tooth_chart(cdtref.get("D7140")))
    places = [(float(box.get("x")), float(box.get("y"))) for box in root.iter(f"{SVG}rect")]
    assert len(places) == 52
    assert all(
        abs(ax - bx) + abs(ay - by) > 12
        for n, (ax, ay) in enumerate(places)
        for bx, by in places[:n]
    )


@pytest.mark.parametrize("code", ['D1"/><script>', "D1 onload=x", "a'b&c", "\u00e4\n"])
def test_a_code_of_anyones_making_is_text_in_the_drawing(code):
    drawing = tooth_chart(attrs.evolve(cdtref.get("D2391"), code=code))
    root = ET.fromstring(drawing)
    assert [element.tag for element in root.iter() if "script" in element.tag] == []
    names = root.get("aria-labelledby").split()
    assert names == [child.get("id") for child in root if child.get("id")]
    assert " ".join(code.split()) in " ".join(root.find(f"{SVG}title").text.split())
