"""Teeth, surfaces, areas: all 104 designations against a table, and what people write."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdtref import InvalidSiteError
from cdtref.area import Area, parse_area
from cdtref.tooth import TEETH, from_fdi, from_palmer, parse_surfaces, parse_teeth, parse_tooth

FACTS = os.environ.get("CDTREF_FACTS_DIR")

# number, FDI, Palmer, arch, quadrant, sextant, class, position, surfaces: one from each corner of the system
SAMPLES = """
1   18 UR8 01 10 03 molar    posterior MODBL
3   16 UR6 01 10 03 molar    posterior MODBL
6   13 UR3 01 10 04 canine   anterior  MIDFL
8   11 UR1 01 10 04 incisor  anterior  MIDFL
9   21 UL1 01 20 04 incisor  anterior  MIDFL
13  25 UL5 01 20 05 premolar posterior MODBL
16  28 UL8 01 20 05 molar    posterior MODBL
17  38 LL8 02 30 06 molar    posterior MODBL
24  31 LL1 02 30 07 incisor  anterior  MIDFL
25  41 LR1 02 40 07 incisor  anterior  MIDFL
28  44 LR4 02 40 08 premolar posterior MODBL
32  48 LR8 02 40 08 molar    posterior MODBL
A   55 URE 01 10 03 molar    posterior MODBL
E   51 URA 01 10 04 incisor  anterior  MIDFL
J   65 ULE 01 20 05 molar    posterior MODBL
K   75 LLE 02 30 06 molar    posterior MODBL
M   73 LLC 02 30 07 canine   anterior  MIDFL
T   85 LRE 02 40 08 molar    posterior MODBL
"""


@pytest.mark.parametrize("line", SAMPLES.strip().splitlines(), ids=lambda line: line.split()[0])
def test_one_from_each_corner(line):
    number, fdi, palmer, arch, quadrant, sextant, tooth_class, position, surfaces = line.split()
    tooth = parse_tooth(number)
    assert (tooth.fdi, tooth.palmer, tooth.arch, tooth.quadrant) == (fdi, palmer, arch, quadrant)
    assert (tooth.sextant, tooth.tooth_class, tooth.position, tooth.surfaces) == (
        sextant,
        tooth_class,
        position,
        surfaces,
    )
    assert from_fdi(fdi) is from_palmer(palmer.lower()) is tooth


@pytest.mark.skipif(not FACTS, reason="CDTREF_FACTS_DIR is not set")
def test_every_tooth_against_the_table():
    with (Path(FACTS) / "claims/teeth.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["universal"] for row in rows] == list(TEETH)
    for row in rows:
        tooth = TEETH[row["universal"]]
        found = [tooth.dentition, tooth.fdi or "", tooth.palmer or "", tooth.arch, tooth.quadrant, tooth.sextant]
        names = ["dentition", "fdi", "palmer", "arch_area", "quadrant_area", "sextant_area"]
        assert found == [row[name] for name in names]
        assert [tooth.tooth_class, tooth.position, tooth.surfaces] == [
            row[name] for name in ("tooth_class", "position", "valid_surfaces")
        ]
        assert (tooth.natural.number if tooth.supernumerary else "") == row["adjacent_to"]


def test_there_are_104_and_half_of_them_supernumerary():
    assert len(TEETH) == 104
    assert sum(tooth.supernumerary for tooth in TEETH.values()) == 52
    assert sum(tooth.dentition == "primary" for tooth in TEETH.values()) == 40


def test_tooth_19_is_the_first_molar_though_a_published_table_calls_it_the_second():
    assert parse_tooth("19").label == "lower left first molar"
    assert parse_tooth("18").label == "lower left second molar"
    assert parse_tooth("19").fdi == "36"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("#14", "upper left first molar"),
        (" 03 ", "upper right first molar"),
        ("a", "upper right primary second molar"),
        ("7", "upper right lateral incisor"),
        ("O", "lower left primary central incisor"),
        ("11", "upper left canine"),
        ("29", "lower right second premolar"),
        ("65", "supernumerary beside upper left second molar"),
        ("as", "supernumerary beside upper right primary second molar"),
    ],
)
def test_what_people_write(text, label):
    assert parse_tooth(text).label == label


@pytest.mark.parametrize(
    "text", ["0", "33", "50", "83", "U", "US", "", "1a", "٣", "-1", "1.0", "#", "A" * 10_000, None, 14]
)
def test_what_is_no_tooth(text):
    with pytest.raises(InvalidSiteError) as caught:
        parse_tooth(text)
    assert len(str(caught.value)) < 140


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("6-11", "6 7 8 9 10 11"),
        ("3, 14", "3 14"),
        ("#3 #5", "3 5"),
        ("A - C", "A B C"),
        ("16-17", "16 17"),
        ("51-53", "51 52 53"),
        ("DS-FS", "DS ES FS"),
        ("8", "8"),
    ],
)
def test_ranges_and_lists(text, numbers):
    assert [tooth.number for tooth in parse_teeth(text)] == numbers.split()


@pytest.mark.parametrize("text", ["11-6", "6-A", "1-51", "3,3", "1-3,2", "6-", "-6", "6--8", "", "1-32, A-B"])
def test_what_is_no_range(text):
    with pytest.raises(InvalidSiteError):
        parse_teeth(text)


@pytest.mark.parametrize(
    ("notation", "text"), [(from_fdi, "19"), (from_fdi, "99"), (from_palmer, "UR9"), (from_palmer, "")]
)
def test_what_is_no_notation(notation, text):
    with pytest.raises(InvalidSiteError, match="is no"):
        notation(text)


def test_neighbours_stay_in_the_arch():
    def neighbours(number):
        return " ".join(tooth.number for tooth in TEETH[number].neighbours)

    assert [neighbours(n) for n in ("1", "8", "16", "17", "32", "A", "T", "65", "ES")] == [
        "2",
        "7 9",
        "15",
        "18",
        "31",
        "B",
        "S",
        "14 16",
        "D F",
    ]


@pytest.mark.parametrize(
    ("text", "tooth", "canonical"),
    [
        ("MOD", "14", "MOD"),
        ("dom", "14", "MOD"),
        ("LFDIM", "8", "MIDFL"),
        ("V", "14", "B"),
        ("v", "8", "F"),
        ("F", "14", "B"),
        ("B", "8", "F"),
        ("m, o, d", None, "MOD"),
        ("LB", None, "BL"),
        ("FI", None, "IF"),
    ],
)
def test_surfaces_in_canonical_order(text, tooth, canonical):
    assert parse_surfaces(text, tooth and parse_tooth(tooth)) == canonical


@pytest.mark.parametrize(
    ("text", "tooth", "said"),
    [
        ("O", "8", "its surfaces are M, I, D, F, L"),
        ("I", "14", "its surfaces are M, O, D, B, L"),
        ("MM", "14", "twice"),
        ("BF", "14", "twice"),
        ("MODBLX", "14", "no surface"),
        ("P", None, "no surface"),
        ("V", None, "name the tooth"),
        ("OI", None, "mixes"),
        ("BF", None, "mixes"),
        ("", "14", "names no surface"),
        ("M" * 100_000, None, "twice"),
    ],
)
def test_what_are_no_surfaces(text, tooth, said):
    with pytest.raises(InvalidSiteError, match=said) as caught:
        parse_surfaces(text, tooth and parse_tooth(tooth))
    assert len(str(caught.value)) < 140


@pytest.mark.parametrize(
    ("text", "code", "kind"),
    [
        ("00", "00", "mouth"),
        ("01", "01", "arch"),
        ("maxillary", "01", "arch"),
        ("Lower", "02", "arch"),
        ("UR", "10", "quadrant"),
        ("ul", "20", "quadrant"),
        ("lower left", "30", "quadrant"),
        ("lower right quadrant", "40", "quadrant"),
        ("04", "04", "sextant"),
        ("L", "L", "side"),
        ("09", "09", "other"),
    ],
)
def test_areas(text, code, kind):
    assert (parse_area(text), parse_area(text).kind) == (code, kind)


@pytest.mark.parametrize("text", ["", "1", "50", "11", "U", "UP", "10 20", None])
def test_what_is_no_area(text):
    with pytest.raises(InvalidSiteError):
        parse_area(text)


def test_areas_know_their_arch_and_name():
    assert {area.arch for area in Area if area.kind == "sextant"} == {Area.MAXILLARY, Area.MANDIBULAR}
    assert Area.UPPER_LEFT.arch is Area.MAXILLARY
    assert Area.ENTIRE.arch is None
    labels = {area.label for area in Area}
    assert len(labels) == 16
    assert {"upper right quadrant", "maxillary arch", "upper anterior sextant", "left side", "other area"} <= labels


@given(st.sampled_from(list(TEETH.values())))
def test_every_notation_leads_back_to_the_tooth(tooth):
    """FDI and Palmer go both ways; a supernumerary tooth has neither."""
    assert parse_tooth(f" #{tooth.number.lower()} ") is tooth
    assert (tooth.fdi is None) == (tooth.palmer is None) == tooth.supernumerary
    assert tooth.supernumerary or from_fdi(tooth.fdi) is from_palmer(tooth.palmer) is tooth


@given(st.sampled_from(list(TEETH.values())), st.sets(st.integers(0, 4), min_size=1), st.randoms())
def test_surfaces_in_any_order_give_one_spelling(tooth, places, dice):
    """Canonical order: M, O or I, D, B or F, L; no repeats; at most five."""
    letters = [tooth.surfaces[n] for n in sorted(places)]
    shuffled = dice.sample(letters, len(letters))
    assert parse_surfaces("".join(shuffled).lower(), tooth) == "".join(letters)
