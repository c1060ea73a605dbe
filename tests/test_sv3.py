"""The 837D segments of a line: SV3, TOO and DTP, in and out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs
import pytest
from hypothesis import given

from cdtref import ClaimLine, DataFormatError, check
from cdtref.claim import Separators
from cdtref.testing import claim_lines, sloppy_lines
from pinned import DAY, YEAR

COMPACT = DAY.replace("-", "")
PRIOR = f"{YEAR - 11}-05-01"
EARLIER = f"{YEAR - 1}-01-05"


def line(code, date=DAY, **fields):
    return ClaimLine(code, date, **fields)


def rules_of(found):
    return [finding.rule for finding in found]


SEGMENTS = [
    "SV3*AD:D2740:KX*1250.5***R*1~",
    "TOO*JP*3~",
    f"DTP*472*D8*{COMPACT}",
    f"DTP*441*D8*{YEAR - 11}0501",
    "REF*6R*1",
]


def test_from_837d_segments_and_back():
    made = ClaimLine.from_sv3(SEGMENTS)
    assert made == line(
        "D2740",
        tooth="3",
        fee=Decimal("1250.5"),
        prosthesis="replacement",
        prior_placement=PRIOR,
        modifiers=("KX",),
    )
    assert made.to_sv3()[0] == ("SV3", "AD:D2740:KX", "1250.5", "", "", "R", "1")
    assert ClaimLine.from_sv3(made.to_sv3()) == made
    quadrant = line("D4341", area="UR", fee=250)
    assert quadrant.to_sv3() == (
        ("SV3", "AD:D4341", "250", "", "10", "", "1"),
        ("DTP", "472", "D8", COMPACT),
    )
    assert (
        ClaimLine.from_sv3(
            [
                ["SV3", ["AD", "D4342"], "1", "", ["10"]],
                ["TOO", "JP", "2"],
                ["DTP", "472", "D8", COMPACT],
            ]
        ).area
        == "10"
    )
    several = line("D6980", tooth="3-5").to_sv3()
    assert [segment[2] for segment in several if segment[0] == "TOO"] == ["3", "4", "5"]


UNSENDABLE = {
    "SV301-2": {"code": "D239I"},
    "SV301-3": {"modifiers": ("ABC",)},
    "SV301-4": {"modifiers": ("KX", "*")},
    "SV301": {"modifiers": ("KX", "GY", "26", "59", "TC")},
    "SV301-7": {"narrative": "broken: see the picture"},
    "SV302": {"fee": "60.005"},
    "SV303": {"place_of_service": "office"},
    "SV304": {"area": "50"},
    "SV305": {"prosthesis": "new~"},
    "SV306": {"quantity": 0},
    "SV311": {"diagnosis_pointers": (1, 2, 3, 4, 5)},
    "TOO02": {"tooth": "8*~"},
    "TOO03": {"tooth": "14", "surfaces": "X"},
}


@pytest.mark.parametrize("element", UNSENDABLE)
def test_what_cannot_be_read_is_never_sent(element):
    with pytest.raises(DataFormatError, match=f"^{element}: ") as caught:
        line(**({"code": "D2391"} | UNSENDABLE[element])).to_sv3()
    assert (caught.value.path, caught.value.column) == ("837D", element)


@pytest.mark.parametrize(
    ("fields", "element"),
    [
        ({"fee": "-Infinity"}, "SV302"),
        ({"fee": 99_999_999}, None),
        ({"fee": Decimal(100000000)}, "SV302"),
        ({"area": "10,20,30,40,01"}, None),
        ({"area": "10,20,30,40,01,02"}, "SV304"),
        ({"surfaces": "O"}, "TOO02"),
        ({"tooth": "3,14", "surfaces": "O,X"}, "TOO03"),
        ({"narrative": "two\nlines"}, "SV301-7"),
        ({"narrative": "a ^ b"}, "SV301-7"),
        ({"narrative": "n" * 80}, None),
        ({"diagnosis_pointers": (1, 4)}, None),
        ({"diagnosis_pointers": (0,)}, "SV311"),
        ({"diagnosis_pointers": (5,)}, "SV311"),
        ({"diagnosis_pointers": (1, 2, 3, 4, 1)}, "SV311"),
    ],
)
def test_bounds_of_what_is_sent(fields, element):
    if element is None:
        line("D2391", **fields).to_sv3()
        return
    with pytest.raises(DataFormatError, match=f"^{element}: "):
        line("D2391", **fields).to_sv3()


@pytest.mark.parametrize(
    ("fee", "sent"),
    [
        ("60", "60"),
        ("60.5", "60.5"),
        ("60.50", "60.50"),
        ("60.0000", "60.00"),
        ("60.120000", "60.12"),
        (Decimal("-0.00"), "0.00"),
        (Decimal("-12.50"), "-12.50"),
        (Decimal("1E+2"), "100"),
    ],
)
def test_a_charge_goes_out_in_dollars_and_cents(fee, sent):
    assert line("D0120", fee=fee).to_sv3()[0][2] == sent


def test_a_line_has_one_day_of_a_kind():
    one, other = f"DTP*472*D8*{COMPACT}", f"DTP*472*D8*{YEAR}0105"
    assert ClaimLine.from_sv3(["SV3*AD:D0120", one, one]) == line("D0120")
    with pytest.raises(DataFormatError, match=r"^DTP03: .*, where another DTP says "):
        ClaimLine.from_sv3(["SV3*AD:D0120", one, other])


def test_what_goes_out_is_canonical():
    typed = line("\uff24-2391", tooth="#03", surfaces="o", modifiers=[" ", "kx "], fee="$60")
    assert typed.to_sv3() == (
        ("SV3", "AD:D2391:KX", "60", "", "", "", "1"),
        ("TOO", "JP", "3", "O"),
        ("DTP", "472", "D8", COMPACT),
    )
    assert line("D2391", tooth="14", surfaces="V").to_sv3()[1] == ("TOO", "JP", "14", "B")
    assert line("D0120", place_of_service=" 2a ").to_sv3()[0][3] == "2A"


def test_the_description_is_the_narrative():
    """SV301-7 describes the service; modifiers are components 3 to 6."""
    made = ClaimLine.from_sv3(["SV3*AD:D2999:::::Repair of veneer chip*150****1", "TOO*JP*8"], DAY)
    assert (made.modifiers, made.narrative) == ((), "Repair of veneer chip")
    assert check(made) == ()
    assert made.to_sv3()[0][1] == "AD:D2999:::::Repair of veneer chip"
    four = ClaimLine.from_sv3(["SV3*AD:D2999:KX:GY:26:59:why*150****1"], DAY)
    assert (four.modifiers, four.narrative) == (("KX", "GY", "26", "59"), "why")
    assert four.to_sv3()[0][1] == "AD:D2999:KX:GY:26:59:why"


def test_a_narrative_that_is_longer_than_its_element_is_the_claims():
    assert line("D2999", narrative="n" * 81).to_sv3()[0][1] == "AD:D2999"


def test_place_of_service_and_pointers_make_the_round_trip():
    made = ClaimLine.from_sv3(["SV3*AD:D7140*150*22***1*****1:2", "TOO*JP*3"], DAY)
    assert (made.place_of_service, made.diagnosis_pointers) == ("22", (1, 2))
    assert made.to_sv3()[0] == (
        *("SV3", "AD:D7140", "150", "22", "", "", "1"),
        *("", "", "", "", "1:2"),
    )


def test_several_areas_and_surfaces_of_each_tooth_make_the_round_trip():
    segments = (
        ("SV3", "AD:D4341", "250", "", "10:20", "", "1"),
        ("TOO", "JP", "8"),
        ("TOO", "JP", "9", "M"),
        ("TOO", "JP", "13", "M:O"),
    )
    made = ClaimLine.from_sv3(segments)
    assert (made.area, made.tooth, made.surfaces) == ("10,20", "8,9,13", ",M,MO")
    assert made.to_sv3() == segments


def test_a_line_inherits_the_day_of_its_claim():
    """DTP*472 of loop 2300 is the date of all lines that have none of their own."""
    service, own = "SV3*AD:D0120", f"DTP*472*D8*{COMPACT}"
    assert ClaimLine.from_sv3([service]).date is None
    assert ClaimLine.from_sv3([service], EARLIER).date == date.fromisoformat(EARLIER)
    assert ClaimLine.from_sv3([service, own], EARLIER) == line("D0120")


def test_an_appliance_and_a_range_of_one_day():
    service = "SV3*AD:D8080"
    made = ClaimLine.from_sv3([service, f"DTP*452*D8*{COMPACT}"])
    assert (made.date, made.appliance_placed) == (None, date.fromisoformat(DAY))
    assert made.to_sv3()[1] == ("DTP", "452", "D8", COMPACT)
    assert ClaimLine.from_sv3([service, f"DTP*472*RD8*{COMPACT}-{COMPACT}"]) == line("D8080")


def test_separators_of_another_interchange():
    stedi = Separators(component=">")
    segments = ["SV3*AD>D7140*832**1>2*I*2", "TOO*JP*3"]
    assert ClaimLine.from_sv3(segments, separators=stedi).code == "D7140"
    with pytest.raises(DataFormatError, match="separators="):
        ClaimLine.from_sv3(segments)
    assert line("D2392", tooth="3", surfaces="MO").to_sv3(stedi)[1][3] == "M>O"
    assert line("D2999", narrative="a: b").to_sv3(stedi)[0][1] == "AD>D2999>>>>>a: b"
    piped = Separators("|", "^", ">", "\n")
    assert ClaimLine.from_sv3(["SV3|AD^D0120|60\n"], DAY, piped) == line("D0120", fee=60)


@pytest.mark.parametrize("segments", [[b"SV3*AD:D0120"], [["SV3", b"AD:D0120"]], [bytearray(b"")]])
def test_bytes_are_told_as_bytes(segments):
    with pytest.raises(TypeError, match=r"^a segment is text, not bytes; decode it first"):
        ClaimLine.from_sv3(segments)


def test_control_characters_around_an_element_do_no_harm():
    assert ClaimLine.from_sv3(["SV3*AD:D0120", f"DTP*472\x1d*D8*{COMPACT}"]) == line("D0120")


def test_several_teeth_go_out_with_one_spelling_of_their_surfaces():
    segments = line("D6980", tooth="3,4", surfaces="OM").to_sv3()
    assert [segment[2:] for segment in segments if segment[0] == "TOO"] == [
        ("3", "M:O"),
        ("4", "M:O"),
    ]
    assert ClaimLine.from_sv3(segments).surfaces == "MO"


def test_a_year_of_three_digits_keeps_its_zero():
    assert line("D0120", "0226-03-02", prior_placement="0001-01-01").to_sv3()[1:] == (
        ("DTP", "472", "D8", "02260302"),
        ("DTP", "441", "D8", "00010101"),
    )


@pytest.mark.parametrize(
    ("segments", "said"),
    [
        ([], "0 SV3 segments"),
        (SEGMENTS[:1] * 2, "2 SV3 segments"),
        (["SV3*HC:99213", *SEGMENTS[2:]], "where AD"),
        (["SV3*AD:::", *SEGMENTS[2:]], "where AD: and a procedure code"),
        (["SV3*AD:\x0c:", *SEGMENTS[2:]], "where AD: and a procedure code"),
        (["SV3*AD", *SEGMENTS[2:]], "where AD: and a procedure code"),
        (["SV3*AD:D2740*x", *SEGMENTS[2:]], "SV302: .* is no number"),
        (["SV3*AD:D2740*1***X", *SEGMENTS[2:]], "I or R"),
        (["SV3*AD:D2740*1****1.5", *SEGMENTS[2:]], "SV306: .* is no whole number"),
        (["SV3*AD:D2740*NaN"], "SV302: 'NaN' is no number"),
        (["SV3*AD:D2740*sNaN"], "SV302: 'sNaN' is no number"),
        (["SV3*AD:D2740*Infinity"], "SV302: 'Infinity' is no number"),
        (["SV3*AD:D2740*1e999999999"], "SV302: '1e999999999' is no number"),
        (["SV3*AD:D2740*100000000"], "SV302: the amount is beyond 99,999,999.99"),
        (["SV3*AD:D2740*1****1e999999"], "SV306: '1e999999' is no whole number"),
        (["SV3*AD:D2740*1****999999999"], "SV306: the number is beyond"),
        (["SV3*AD:D2740*1****1*****A"], "SV311: 'A' is no whole number"),
        ([*SEGMENTS[:1], "TOO*XX*3", *SEGMENTS[2:]], "TOO"),
        ([*SEGMENTS[:2], f"DTP*472*RD8*{COMPACT}"], "DTP03: '', where a date as"),
        ([*SEGMENTS[:2], f"DTP*472*RD8*{COMPACT}-{YEAR + 1}1231"], "DTP03: a range of days"),
        ([*SEGMENTS[:2], f"DTP*472*RD8*{YEAR + 1}1231-{COMPACT}"], "DTP03: .* runs backwards"),
        ([*SEGMENTS[:2], f"DTP*472*TM*{COMPACT}"], "DTP02: 'TM', where D8"),
        ([*SEGMENTS[:2], f"DTP*472*D8*{YEAR}0230"], f"DTP03: '{YEAR}0230', where a date as"),
        (f"SV3*AD:D0120~DTP*472*D8*{COMPACT}", "one text, where a list"),
    ],
)
def test_segments_that_837d_does_not_allow(segments, said):
    with pytest.raises(DataFormatError, match=said):
        ClaimLine.from_sv3(segments)


@pytest.mark.parametrize(
    "segments",
    [
        ["SV3*AD:D2391:KX::::: *112.50**:*R*2*****1:2", "TOO*JP*14*:", f"DTP*452*D8*{COMPACT}"],
        ["SV3*AD: D2391 :::::Broken tooth*60*11*10:20**1", "TOO*JP*9*M", "TOO*JP*13*"],
        ["SV3*AD:D0120*** : "],
    ],
)
def test_what_is_read_is_what_the_constructor_would_make_of_it(segments):
    """A blank is an absent field, and all else of the type that a field has."""
    read = ClaimLine.from_sv3(segments, DAY)
    fields = attrs.asdict(read, recurse=False)
    made = ClaimLine(**fields)
    assert read == made
    assert list(map(type, fields.values())) == list(
        map(type, attrs.asdict(made, recurse=False).values())
    )


def test_a_kind_of_ones_own_is_read_with_its_own_fields():
    @attrs.frozen
    class ChargedLine(ClaimLine):
        desk: str = "front"

    read = ChargedLine.from_sv3(SEGMENTS)
    assert (type(read), read.desk, read.code) == (ChargedLine, "front", "D2740")


@given(claim_lines())
def test_a_clean_line_survives_the_way_through_837d(clean):
    """
    from_sv3 reads what to_sv3 writes; narrative, birth date and the Medicare mark travel in other
    segments.
    """
    bare = attrs.evolve(clean, narrative=None, birth_date=None, medicare=False)
    again = ClaimLine.from_sv3(bare.to_sv3())
    assert rules_of(check(again)) == rules_of(check(bare))
    assert (again.code, again.date, again.quantity, again.fee) == (
        bare.code,
        bare.date,
        bare.quantity,
        bare.fee,
    )


@given(sloppy_lines())
def test_what_is_sent_does_not_follow_the_typist(pair):
    """A line in sloppy spelling is as clean as the tidy one, and has the same segments."""
    tidy, sloppy = pair
    assert check(sloppy) == ()
    assert sloppy.to_sv3() == tidy.to_sv3()
