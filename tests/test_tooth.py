"""Teeth, surfaces, areas: all 104 designations against a table, and what people write."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import site_spellings
from cdtref import InvalidSiteError
from cdtref.tooth import (
    LONGEST_SITE,
    SPOKEN,
    TEETH,
    Area,
    area_names,
    from_fdi,
    from_palmer,
    parse_area,
    parse_areas,
    parse_surfaces,
    parse_teeth,
    parse_tooth,
)

TABLE = Path(__file__).parent.parent / "facts" / "teeth.csv"

# number, FDI, Palmer, arch, quadrant, sextant, class, position, surfaces: one from each corner of
# the system
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


def test_every_tooth_against_the_table():
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["universal"] for row in rows] == list(TEETH)
    for row in rows:
        tooth = TEETH[row["universal"]]
        found = [
            tooth.dentition,
            tooth.fdi or "",
            tooth.palmer or "",
            tooth.arch,
            tooth.quadrant,
            tooth.sextant,
        ]
        names = ["dentition", "fdi", "palmer", "arch_area", "quadrant_area", "sextant_area"]
        assert found == [row[name] for name in names]
        assert [tooth.tooth_class, tooth.position, tooth.surfaces] == [
            row[name] for name in ("tooth_class", "position", "surfaces")
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
    "text",
    ["0", "33", "50", "83", "U", "US", "", "1a", "٣", "-1", "0.1", "#", "A" * 10_000, None, 14],
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


def test_what_is_no_text_is_told():
    with pytest.raises(InvalidSiteError, match="text, not list"):
        parse_tooth([])


def refusal(parse, *given):
    """What is said of a text that cannot be read."""
    with pytest.raises(InvalidSiteError) as caught:
        parse(*given)
    assert len(str(caught.value)) < 160
    return str(caught.value)


@pytest.mark.parametrize("text", site_spellings.TEETH)
def test_teeth_as_people_write_them(text):
    numbers = site_spellings.TEETH[text].split()
    assert [tooth.number for tooth in parse_teeth(text)] == numbers
    if len(numbers) == 1 and "-" not in text.strip("LR-8"):
        assert parse_tooth(text).number == numbers[0]


@pytest.mark.parametrize("text", site_spellings.NO_TEETH)
def test_what_may_be_two_teeth_or_none_is_told(text):
    """A guess that may be wrong is worse than the two readings."""
    assert site_spellings.NO_TEETH[text] in refusal(parse_teeth, text)
    refusal(parse_tooth, text)


@pytest.mark.parametrize("text", site_spellings.SURFACES)
def test_surfaces_as_people_write_them(text):
    for tooth, letters in zip((None, "8", "14"), site_spellings.SURFACES[text], strict=True):
        if letters:
            assert parse_surfaces(text, tooth and TEETH[tooth]) == letters
        else:
            refusal(parse_surfaces, text, tooth and TEETH[tooth])


@pytest.mark.parametrize("text", site_spellings.AREAS)
def test_areas_as_people_write_them(text):
    codes = site_spellings.AREAS[text].split()
    assert list(parse_areas(text)) == codes
    if len(codes) == 1:
        assert parse_area(text) == codes[0]
    else:
        refusal(parse_area, text)


@pytest.mark.parametrize("text", site_spellings.NO_AREAS)
def test_a_lost_zero_is_told_and_not_guessed(text):
    assert site_spellings.NO_AREAS[text] in refusal(parse_areas, text)
    refusal(parse_area, text)


def test_each_code_of_an_area_stands_before_its_names():
    for name, area in SPOKEN.items():
        assert parse_area(name) is area
    assert all(parse_area(area.label) is area for area in Area)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.6", "3"),
        ("1-6", "3"),
        ("16", "3"),
        ("#16", "3"),
        ("16.0", "3"),
        (" 7.5 ", "K"),
        ("8.5", "T"),
    ],
)
def test_fdi_with_its_point(text, number):
    assert from_fdi(text).number == number


@pytest.mark.parametrize(
    ("text", "number"), [("UR 6", "3"), ("ur-6", "3"), ("LL.E", "K"), ("UL #1", "9")]
)
def test_palmer_with_a_gap(text, number):
    assert from_palmer(text).number == number


def spellings_in_the_manual():
    """Each text in the manual's tables, with its field and the cells that tell how it is read."""
    manual = Path(__file__).parent.parent / "docs" / "reference" / "teeth.md"
    if not manual.exists():  # the installed package is tested without it
        return
    field = ""
    for line in manual.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) > 1 and cells[0] in ("teeth", "surfaces", "areas"):
            field = cells[0]
        elif line.startswith("| `"):
            for text in re.findall("`([^`]+)`", cells[0]):
                yield field, text, cells[1:]


@pytest.mark.parametrize(("field", "text", "told"), list(spellings_in_the_manual()))
def test_the_manual_tells_how_a_spelling_is_read(field, text, told):
    if field == "surfaces":
        for number, letters in zip(("14", "8"), told, strict=True):
            if letters == "none":
                refusal(parse_surfaces, text, TEETH[number])
            else:
                assert parse_surfaces(text, TEETH[number]) == letters
        return
    parse = {"teeth": parse_teeth, "areas": parse_areas}[field]
    if told[0].startswith("refused: "):
        refusal(parse, text)
    else:
        assert ", ".join(map(str, parse(text))) == told[0]


@given(st.sampled_from(sorted(area_names())))
def test_a_name_of_an_area_is_one_in_small_letters_too(name):
    assert parse_area(name.lower()) is area_names()[name]


# In the upper right quadrant both systems count from 1 and from A; of them C alone is one tooth.
AMBIGUOUS = [f"UR {sign}" for sign in "12345678ABDE"]


@given(st.sampled_from([tooth for tooth in TEETH.values() if not tooth.supernumerary]))
def test_a_quadrant_and_a_sign_are_one_tooth_or_told(tooth):
    """In Palmer notation or by its own number, never the other without a word."""
    for sign in (tooth.palmer[2:], tooth.number):
        text = f"{tooth.palmer[:2]} {sign}"
        if text in AMBIGUOUS:
            assert f"{tooth}" in refusal(parse_tooth, text).partition("did you mean")[2]
        else:
            assert parse_tooth(text) is tooth


@pytest.mark.parametrize(
    "text",
    ["11-6", "6-A", "A-6", "1-51", "51-1", "3,3", "1-3,2", "6-", "-6", "6--8", "", "1-32, A-B"],
)
def test_what_is_no_range(text):
    with pytest.raises(InvalidSiteError):
        parse_teeth(text)


@pytest.mark.parametrize(
    ("notation", "text"),
    [(from_fdi, "19"), (from_fdi, "99"), (from_palmer, "UR9"), (from_palmer, "")],
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
        ("M" * LONGEST_SITE, None, "twice"),
        ("M" * 100_000, None, "has 100000 characters; no site has that many"),
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
    assert {area.arch for area in Area if area.kind == "sextant"} == {
        Area.MAXILLARY,
        Area.MANDIBULAR,
    }
    assert Area.UPPER_LEFT.arch is Area.MAXILLARY
    assert Area.ENTIRE.arch is None
    labels = {area.label for area in Area}
    assert len(labels) == 16
    assert {
        "upper right quadrant",
        "maxillary arch",
        "upper anterior sextant",
        "left side",
        "other area",
    } <= labels


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


MESSAGES = {
    parse_tooth: {
        "0": "'0' is no tooth of the Universal system: 1-32, A-T, 51-82 or AS-TS",
        "33": "'33' is no tooth of the Universal system: 1-32, A-T, 51-82 or AS-TS;"
        " did you mean 22 (FDI 33)?",
    },
    parse_teeth: {
        "3,3": "'3,3' names a tooth twice",
        "6-A": "'6-A' mixes permanent, primary or supernumerary teeth in one range",
        "6-5": "'6-5' runs backwards; write the lower number first",
        "1-32,A": "'1-32,A' names more than 32 teeth",
    },
    from_fdi: {"99": "'99' is no FDI number: 11-48 for permanent, 51-85 for primary teeth"},
    from_palmer: {"UR9": "'UR9' is no Palmer notation: UR, UL, LL or LR, then 1-8 or A-E"},
    parse_surfaces: {
        "": "'' names no surface; the letters are M, O, I, D, B, F, L",
        "MM": "'MM' names a surface twice",
        "OI": "'OI' mixes surfaces of front and back teeth",
        "BF": "'BF' mixes surfaces of front and back teeth",
        "V": "'V' has V, which is B on a back tooth and F on a front tooth; name the tooth",
        "X": "'X' has 'X', which is no surface; the letters are M, O, I, D, B, F, L",
    },
}


@pytest.mark.parametrize(
    ("parse", "text", "message"),
    [(parse, *pair) for parse, pairs in MESSAGES.items() for pair in pairs.items()],
)
def test_the_message_of_each_fault_in_full(parse, text, message):
    with pytest.raises(InvalidSiteError) as caught:
        parse(text)
    assert str(caught.value) == message


def test_a_surface_of_another_tooth_in_full():
    with pytest.raises(InvalidSiteError) as caught:
        parse_surfaces("MO", parse_tooth("8"))
    assert str(caught.value) == "'MO' has O, which tooth 8 has not: its surfaces are M, I, D, F, L"
    with pytest.raises(InvalidSiteError) as caught:
        parse_surfaces("MX", parse_tooth("8"))
    assert (
        str(caught.value)
        == "'MX' has 'X', which is no surface; the letters are M, O, I, D, B, F, L"
    )


def test_all_of_the_mouth_is_32_teeth_and_no_more():
    assert len(parse_teeth("1-32")) == 32
    assert [tooth.number for tooth in parse_teeth("A-T")] == list("ABCDEFGHIJKLMNOPQRST")
    assert parse_teeth("5-5") == (parse_tooth("5"),)


QUADRANT = [
    "central incisor",
    "lateral incisor",
    "canine",
    "first premolar",
    "second premolar",
    "first molar",
    "second molar",
    "third molar",
]


def test_every_name_in_a_quadrant():
    assert [TEETH[str(n)].label for n in range(8, 0, -1)] == [
        f"upper right {name}" for name in QUADRANT
    ]
    assert [TEETH[str(n)].label for n in range(24, 16, -1)] == [
        f"lower left {name}" for name in QUADRANT
    ]
    primary = [
        f"upper left primary {name}" for name in (*QUADRANT[:3], "first molar", "second molar")
    ]
    assert [TEETH[letter].label for letter in "FGHIJ"] == primary
    assert TEETH["1"].surfaces == "MODBL"


def test_every_neighbour_in_every_arch():
    for row in (range(1, 17), range(17, 33)):
        numbers = [str(n) for n in row]
        for at, number in enumerate(numbers):
            beside = [*numbers[max(at - 1, 0) : at], *numbers[at + 1 : at + 2]]
            assert [tooth.number for tooth in TEETH[number].neighbours] == beside
    assert [tooth.number for tooth in TEETH["J"].neighbours] == ["I"]
    assert [tooth.number for tooth in TEETH["K"].neighbours] == ["L"]
    assert TEETH["TS"].natural.number == "T"
    assert TEETH["82"].natural.number == "32"


@pytest.mark.parametrize("parse", [parse_tooth, parse_teeth, parse_surfaces, parse_area, from_fdi])
def test_a_text_longer_than_any_site_is_not_read(parse):
    """A cell of a file may be of any size: nothing is sought in it and nothing of it is kept."""
    with pytest.raises(InvalidSiteError, match="no site has that many") as caught:
        parse("1" + " " * 1_000_000 + "2")
    assert len(str(caught.value)) < 100


def test_all_teeth_of_a_line_fit_into_the_longest_site():
    """An 837D line names at most 32 teeth."""
    text = ", ".join(f"#{number}" for number in list(TEETH)[-32:])
    assert len(text) <= LONGEST_SITE
    assert len(parse_teeth(text)) == 32
