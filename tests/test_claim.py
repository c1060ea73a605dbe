"""
Claim lines: for every rule a line that is clean and one that trips it and nothing else, and no
false alarms.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cdtref
import pinned
from cdtref import CLAIM_RULES, LINE_RULES, ClaimLine, DataFormatError, Finding, check, check_claim
from cdtref.testing import claim_lines, clean_line
from pinned import DAY, YEAR

COMPACT = DAY.replace("-", "")
LATER = f"{YEAR}-03-03"
PRIOR = f"{YEAR - 11}-05-01"


def line(code, date=DAY, **fields):
    return ClaimLine(code, date, **fields)


def born(years, day="03-02"):
    """A birth date so many years before the date of service."""
    return f"{YEAR - years}-{day}"


FILLING = {"tooth": "14", "surfaces": "O"}
CROWN = {"tooth": "3", "prosthesis": "initial"}

# rule id: (the field it speaks of, a clean line, the line with the one fault)
TRIPS = {
    "code.malformed": ("code", line("D0120"), line("0120")),
    "code.system": ("code", line("D0120"), line("99213")),
    "code.unknown": ("code", line("D0120"), line(pinned.MISPRINT)),
    "code.not-in-force": (
        "date",
        line("D1352", pinned.LAST_DAY["D1352"], tooth="3"),
        line("D1352", pinned.TERMINATED["D1352"], tooth="3"),
    ),
    "date.beyond": ("date", line("D0120", f"{YEAR}-12-31"), line("D0120", f"{YEAR + 1}-01-01")),
    "modifier.malformed": (
        "modifiers",
        line("D0120", modifiers=("KX",)),
        line("D0120", modifiers=("K",)),
    ),
    "quantity.none": ("quantity", line("D0120"), line("D0120", quantity=0)),
    "tooth.missing": ("tooth", line("D7140", tooth="3"), line("D7140")),
    "tooth.unknown": ("tooth", line("D7140", tooth="32"), line("D7140", tooth="33")),
    "tooth.several": ("tooth", line("D7140", tooth="3"), line("D7140", tooth="3-4")),
    "tooth.dentition": (
        "tooth",
        line("D2930", tooth="A", prosthesis="initial"),
        line("D2930", **CROWN),
    ),
    "tooth.class": ("tooth", line("D3330", tooth="3"), line("D3330", tooth="8")),
    "tooth.arch": (
        "tooth",
        line("D5211", tooth="3", prosthesis="initial"),
        line("D5211", tooth="24", prosthesis="initial"),
    ),
    "tooth.house-dentition": (
        "tooth",
        line("D2740", **CROWN),
        line("D2740", tooth="A", prosthesis="initial"),
    ),
    "surface.missing": ("surfaces", line("D2391", **FILLING), line("D2391", tooth="14")),
    "surface.impossible": (
        "surfaces",
        line("D2391", **FILLING),
        line("D2391", tooth="14", surfaces="I"),
    ),
    "surface.count": (
        "surfaces",
        line("D2392", tooth="14", surfaces="MO"),
        line("D2392", **FILLING),
    ),
    "area.unknown": ("area", line("D4341", area="10"), line("D4341", area="50")),
    "area.missing": ("area", line("D4341", area="10"), line("D4341")),
    "area.kind": ("area", line("D4341", area="10"), line("D4341", area="01")),
    "area.code": (
        "area",
        line("D5110", area="01", prosthesis="initial"),
        line("D5110", area="02", prosthesis="initial"),
    ),
    "area.tooth": (
        "area",
        line("D4342", area="10", tooth="3"),
        line("D4342", area="10", tooth="14"),
    ),
    "site.missing": ("area", line("D0220", tooth="3"), line("D0220")),
    "area.and-tooth": ("area", line("D7140", tooth="3"), line("D7140", tooth="3", area="10")),
    "tooth.unwanted": ("tooth", line("D0120"), line("D0120", tooth="3")),
    "surface.unwanted": (
        "surfaces",
        line("D7140", tooth="3"),
        line("D7140", tooth="3", surfaces="O"),
    ),
    "area.unwanted": ("area", line("D0120"), line("D0120", area="00")),
    "quantity.several": (
        "quantity",
        line("D7140", tooth="3"),
        line("D7140", tooth="3", quantity=2),
    ),
    "prosthesis.unknown": (
        "prosthesis",
        line("D2740", **CROWN),
        line("D2740", tooth="3", prosthesis="new"),
    ),
    "prosthesis.missing": ("prosthesis", line("D2740", **CROWN), line("D2740", tooth="3")),
    "prior.missing": (
        "prior_placement",
        line("D2740", tooth="3", prosthesis="replacement", prior_placement=PRIOR),
        line("D2740", tooth="3", prosthesis="replacement"),
    ),
    "prior.late": (
        "prior_placement",
        line("D2740", tooth="3", prosthesis="replacement", prior_placement=DAY),
        line("D2740", tooth="3", prosthesis="replacement", prior_placement=LATER),
    ),
    "age.unborn": ("birth_date", line("D0120", birth_date=DAY), line("D0120", birth_date=LATER)),
    "age.limit": (
        "birth_date",
        line("D0145", birth_date=born(3, "03-03")),
        line("D0145", birth_date=born(3)),
    ),
    "age.custom": (
        "birth_date",
        line("D1110", birth_date=born(13)),
        line("D1110", birth_date=born(13, "03-03")),
    ),
    "narrative.missing": (
        "narrative",
        line("D0160", narrative="why"),
        line("D0160", narrative=" "),
    ),
    "medicare.modifier": (
        "modifiers",
        line("D0120", medicare=True, modifiers=("kx",)),
        line("D0120", medicare=True),
    ),
}


@pytest.mark.parametrize("rule", [rule.id for rule in LINE_RULES])
def test_each_rule_passes_a_clean_line_and_trips_alone(rule):
    field, clean, faulty = TRIPS[rule]
    assert check(clean) == ()
    (finding,) = check(faulty)
    (stated,) = (one for one in LINE_RULES if one.id == rule)
    assert (finding.rule, finding.field) == (rule, field)
    assert finding.severity == stated.severity
    assert finding.source
    assert finding.field in {attribute.name for attribute in attrs.fields(ClaimLine)}


LINES = {
    "tooth.extracted-twice": [line("D7140", tooth="3"), line("D7210", tooth="3")],
    "tooth.after-extraction": [line("D7140", tooth="3"), line("D2391", tooth="3", surfaces="O")],
    "surface.split": [
        line("D2391", tooth="3", surfaces="O"),
        line("D2391", tooth="3", surfaces="B"),
    ],
    "exam.twice": [line("D0120"), line("D0140")],
    "add-on.alone": [line("D2953", tooth="3")],
    "line.duplicate": [line("D0120"), line("d0120")],
}

CLEAN_TOGETHER = {
    "two teeth extracted": [line("D7140", tooth="3"), line("D7140", tooth="4")],
    "a filling before the extraction": [
        line("D2391", f"{YEAR}-01-05", **FILLING),
        line("D7140", tooth="14"),
    ],
    "an implant after the extraction": [line("D7140", tooth="3"), line("D6010", tooth="3")],
    "a graft with the extraction": [line("D7140", tooth="3"), line("D7953", tooth="3")],
    "a bridge over the gap": [
        line("D7140", tooth="3"),
        line("D6240", tooth="3", prosthesis="initial"),
    ],
    "a denture at once": [line("D7140", tooth="8"), line("D5130", area="01", prosthesis="initial")],
    "amalgam and resin on one tooth": [
        line("D2140", **FILLING),
        line("D2391", tooth="14", surfaces="B"),
    ],
    "exams on two days": [line("D0120"), line("D0140", f"{YEAR}-04-02")],
    "an add-on with its base": [line("D2952", tooth="3"), line("D2953", tooth="3")],
    "the coronectomy leaves the root": [line("D7251", tooth="17"), line("D7140", tooth="18")],
}


@pytest.mark.parametrize("rule", [rule.id for rule in CLAIM_RULES])
def test_each_rule_of_a_claim_trips_alone_at_the_line_at_fault(rule):
    lines = [line for line in LINES[rule] if not check(line)]
    (finding,) = check_claim(lines)
    (stated,) = (one for one in CLAIM_RULES if one.id == rule)
    assert (finding.rule, finding.line_index, finding.severity) == (
        rule,
        len(lines) - 1,
        stated.severity,
    )
    assert finding.message


@pytest.mark.parametrize("lines", CLEAN_TOGETHER.values(), ids=CLEAN_TOGETHER)
def test_lines_that_go_together(lines):
    assert check_claim(lines) == ()


def rules_of(found):
    return [finding.rule for finding in found]


def test_a_malformed_code_silences_the_rules_that_need_it():
    assert rules_of(check(line("D239I"))) == ["code.malformed"]
    assert rules_of(check(line("D239I", tooth="99"))) == ["code.malformed", "tooth.unknown"]


def test_a_retired_code_names_its_successor_and_nothing_else():
    (finding,) = check(line("D9940"))
    assert finding.rule == "code.not-in-force"
    assert "D9944, D9945, D9946" in finding.message
    assert finding.carc == "181"


def test_a_tooth_that_does_not_exist_is_told_once():
    (finding,) = check(line("D2391", tooth="99", surfaces="O"))
    assert finding.rule == "tooth.unknown"
    assert finding.message == "'99' is no tooth of the Universal system: 1-32, A-T, 51-82 or AS-TS"


def test_an_arch_that_the_code_implies_need_not_be_sent():
    assert check(line("D5110", prosthesis="initial")) == ()


def test_the_incisal_angle_exempts_d2335_from_its_count():
    assert check(line("D2335", tooth="8", surfaces="MI")) == ()
    assert rules_of(check(line("D2335", tooth="8", surfaces="MF"))) == ["surface.count"]


def test_letters_that_are_synonyms_are_no_fault():
    assert check(line("D2391", tooth="14", surfaces="F")) == ()
    assert check(line("D2330", tooth="8", surfaces="v")) == ()


def test_one_to_three_teeth_of_a_quadrant_may_be_named():
    assert check(line("D4342", area="10", tooth="2,3")) == ()
    assert rules_of(check(line("D4341", area="10", tooth="3"))) == ["area.and-tooth"]


def test_where_confidence_is_below_high_never_an_error():
    softened = [rule.id for rule in LINE_RULES if rule.softens]
    assert softened
    for p in cdtref.procedures():
        if p.confidence != "high":
            weights = {f.severity for f in check(line(p.code)) if f.rule in softened}
            assert weights <= {"warning", "info"}, p.code


def test_medicare_before_the_day_and_with_gy():
    day = date(*pinned.MEDICARE_ASKS_FOR_KX)
    assert check(line("D0120", day - timedelta(days=1), medicare=True)) == ()
    assert rules_of(check(line("D0120", day, medicare=True))) == ["medicare.modifier"]
    assert check(line("D0120", medicare=True, modifiers=("GY",))) == ()


def test_rules_are_left_out_and_added_by_hand():
    mine = tuple(rule for rule in LINE_RULES if rule.id != "tooth.missing")
    assert check(line("D7140"), rules=mine) == ()
    no_fee = cdtref.LineRule(
        "fee.missing",
        "error",
        "fee",
        lambda r: None if r.line.fee else "send the fee",
        source="house",
    )
    assert rules_of(check(line("D0120"), rules=(*LINE_RULES, no_fee))) == ["fee.missing"]
    assert check_claim(LINES["exam.twice"], claim_rules=()) == ()


def test_a_finding_carries_what_its_rule_says():
    for rule in LINE_RULES:
        found = [f for f in check(TRIPS[rule.id][2]) if f.rule == rule.id]
        assert [(f.line_index, f.field, f.carc, f.rarc, f.source) for f in found] == [
            (0, rule.field, rule.carc, rule.rarc, rule.source)
        ], rule.id


def test_a_surface_that_cannot_be_is_named():
    (finding,) = check(line("D2391", tooth="14", surfaces="X"))
    assert "'X'" in finding.message


def test_ids_are_unique_and_findings_stand_in_the_order_of_the_rules():
    ids = [rule.id for rule in (*LINE_RULES, *CLAIM_RULES)]
    assert len(ids) == len(set(ids))
    found = rules_of(check(line("D2391", quantity=0, modifiers=("x",))))
    assert found == sorted(found, key=ids.index)
    fields = {field.name for field in ClaimLine.__attrs_attrs__}
    assert {rule.field for rule in (*LINE_RULES, *CLAIM_RULES)} <= fields


@pytest.mark.parametrize("p", cdtref.procedures(), ids=lambda p: p.code)
def test_a_line_built_from_a_codes_own_requirements_has_no_error(p):
    assert [finding for finding in check(clean_line(p)) if finding.severity == "error"] == []


@given(claim_lines())
def test_no_false_alarm_on_any_line_that_keeps_the_requirements(clean):
    """A line that is built from a code's own requirements has no error."""
    assert [finding for finding in check(clean) if finding.severity == "error"] == []


MONTH = [clean_line(p, date(YEAR, 3, 1 + n % 28)) for n, p in enumerate(cdtref.procedures() * 3)][
    :2000
]


def test_a_month_of_2000_clean_lines_has_no_error():
    assert not [finding for one in MONTH for finding in check(one) if finding.severity == "error"]


FAULTS = {
    "code": ("code.malformed", {"code": "0120"}),
    "date": ("code.not-in-force", {"code": "D9940"}),
    "quantity": ("quantity.none", {"quantity": -1}),
    "tooth": ("tooth.unknown", {"tooth": "0"}),
    "area": ("area.unknown", {"area": "99"}),
    "modifiers": ("modifier.malformed", {"modifiers": ("ABC",)}),
    "birth_date": ("age.unborn", {"birth_date": date(YEAR + 1, 1, 1)}),
}


def test_300_seeded_faults_are_all_found_and_no_other_line_is_touched():
    dice = random.Random(7)
    lines, seeded = list(MONTH), {}
    for place in dice.sample(range(len(lines)), 300):
        rule, fault = FAULTS[dice.choice(sorted(FAULTS))]
        lines[place] = attrs.evolve(lines[place], **fault)
        seeded[place] = rule
    found = {
        place: {f.rule for f in check(one) if f.severity == "error"}
        for place, one in enumerate(lines)
    }
    assert all(rule in found[place] for place, rule in seeded.items())
    assert {place for place, rules in found.items() if rules} == set(seeded)


ANYTHING = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.binary(),
    st.dates(),
    st.lists(st.text()),
)
FIELDS = [field.name for field in ClaimLine.__attrs_attrs__]


@given(st.dictionaries(st.sampled_from(FIELDS), ANYTHING))
def test_any_value_in_any_field_fails_clearly_or_is_judged(fields):
    """Either construction fails with a clear error, or check runs without exception."""
    try:
        made = ClaimLine(**({"code": "D0120", "date": DAY} | fields))
    except (TypeError, ValueError):
        return
    assert isinstance(check(made), tuple)
    assert isinstance(check_claim([made, made]), tuple)


TEXTS = ("code", "tooth", "surfaces", "area", "prosthesis")


@given(st.fixed_dictionaries(dict.fromkeys(TEXTS, st.text()) | {"quantity": st.integers()}))
def test_any_text_constructs_and_is_judged(fields):
    """
    Any str in code, tooth, surfaces, area, prosthesis and any int quantity constructs, and is
    judged.
    """
    made = ClaimLine(date=DAY, **fields)
    assert all(isinstance(finding, Finding) for finding in check(made))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("tooth", 14, "tooth is text such as '14', not int"),
        ("area", 10, "area is text such as '10', not int"),
        ("modifiers", "KX", "modifiers are a tuple of texts such as ('KX',), not str"),
        ("modifiers", 26, "modifiers are a tuple of texts such as ('KX',), not int"),
        ("modifiers", ["KX", 26], "a modifier is text such as 'KX', not int"),
        ("modifiers", [None], "a modifier is text such as 'KX', not NoneType"),
        ("quantity", True, "a quantity is a whole number, not bool"),
        ("quantity", 1.5, "a quantity is a whole number, not float"),
        ("fee", 10.5, "a fee is a Decimal or a whole number of dollars, not float"),
        ("fee", True, "a fee is a Decimal or a whole number of dollars, not bool"),
        ("medicare", 1, "medicare is True or False, not int"),
        ("code", None, "code is text such as 'D0120', not NoneType"),
    ],
)
def test_wrong_types_say_what_is_expected(field, value, said):
    with pytest.raises(TypeError) as caught:
        ClaimLine(**({"code": "D0120", "date": DAY} | {field: value}))
    assert str(caught.value) == said


@pytest.mark.parametrize("value", ["D0120", None, {}])
def test_only_claim_lines_are_checked(value):
    with pytest.raises(TypeError, match=f"^a ClaimLine is checked, not {type(value).__name__}$"):
        check(value)
    with pytest.raises(TypeError, match="a ClaimLine is checked"):
        check_claim([value])


def test_one_line_is_no_claim():
    with pytest.raises(TypeError, match=r"^the lines of a claim are several; use check for one$"):
        check_claim(line("D0120"))


def test_a_code_that_is_not_known_leaves_the_other_lines_of_its_claim_judged():
    found = check_claim(
        [line(pinned.MISPRINT), line("D7140", tooth="3"), line("D2391", **FILLING | {"tooth": "3"})]
    )
    assert [(finding.line_index, finding.rule) for finding in found] == [
        (0, "code.unknown"),
        (2, "tooth.after-extraction"),
    ]


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
                *[["DTP", "472", "D8", COMPACT]],
            ]
        ).area
        == "10"
    )
    several = line("D6980", tooth="3-5").to_sv3()
    assert [segment[2] for segment in several if segment[0] == "TOO"] == ["3", "4", "5"]


def test_texts_that_cannot_be_read_go_out_as_they_stand():
    service, tooth, _ = line("D2391", tooth="99", surfaces="X", area="50").to_sv3()
    assert (service[4], tooth[2:]) == ("50", ("99", "X"))
    assert line("D2391", tooth="14", surfaces="V").to_sv3()[1] == ("TOO", "JP", "14", "B")
    assert line("D2391", tooth="14", surfaces="X").to_sv3()[1] == ("TOO", "JP", "14", "X")


def test_control_characters_around_an_element_do_no_harm():
    assert ClaimLine.from_sv3(["SV3*AD:D0120", f"DTP*472\x1d*D8*{COMPACT}"]) == line("D0120")


@pytest.mark.parametrize("text", ["I", "i", "Initial", " initial "])
def test_a_placement_is_read_as_people_and_the_837d_write_it(text):
    assert line("D2740", tooth="3", prosthesis=text).prosthesis == "initial"
    assert line("D2740", tooth="3", prosthesis="R").prosthesis == "replacement"
    assert line("D2740", tooth="3", prosthesis="new").prosthesis == "new"


def test_a_retired_code_without_a_successor_names_what_it_is_linked_to():
    (finding,) = check(line("D2970"))
    assert finding.message.endswith("no source names a successor, look at D2799, D2940")
    (early,) = (f for f in check(line("D0389", pinned.BEFORE_D0389)) if f.severity == "error")
    start = pinned.STARTED["D0389"]
    assert early.message == f"D0389 was not in force on {pinned.BEFORE_D0389}: valid from {start}"


def test_several_teeth_go_out_with_one_spelling_of_their_surfaces():
    segments = line("D6980", tooth="3,6", surfaces="OM").to_sv3()
    assert [segment[2:] for segment in segments if segment[0] == "TOO"] == [
        ("3", "M:O"),
        ("6", "M:O"),
    ]
    assert ClaimLine.from_sv3(segments).surfaces == "MO"


def test_a_year_of_three_digits_keeps_its_zero():
    assert line("D0120", "0226-03-02", prior_placement="0001-01-01").to_sv3()[1:] == (
        ("DTP", "472", "D8", "02260302"),
        ("DTP", "441", "D8", "00010101"),
    )


def test_a_teenager_between_the_two_cleanings():
    assert check(line("D1120", birth_date=born(13))) == ()
    assert rules_of(check(line("D1120", birth_date=born(14)))) == ["age.custom"]
    assert check(line("D1110", birth_date=born(13))) == ()


def test_tooth_and_quadrant_that_agree_on_a_code_of_neither():
    assert "area.and-tooth" not in rules_of(check(line("D0220", tooth="3", area="10")))


def test_a_repeated_extraction_is_told_once_as_a_duplicate():
    assert rules_of(check_claim([line("D7140", tooth="3")] * 2)) == ["line.duplicate"]


def test_a_finding_as_plain_json():
    (finding,) = check(line("D7140"))
    assert finding.to_dict()["rule"] == "tooth.missing"
    assert line("D7140", tooth="3").to_dict()["date"] == DAY


@pytest.mark.parametrize(
    ("segments", "said"),
    [
        ([], "0 SV3 segments"),
        (SEGMENTS[:1] * 2, "2 SV3 segments"),
        (SEGMENTS[:2], "no date of service"),
        (["SV3*HC:99213", *SEGMENTS[2:]], "where AD"),
        (["SV3*AD:::", *SEGMENTS[2:]], "where AD and a procedure code"),
        (["SV3*AD:\x0c:", *SEGMENTS[2:]], "where AD and a procedure code"),
        (["SV3*AD", *SEGMENTS[2:]], "where AD and a procedure code"),
        (["SV3*AD:D2740*x", *SEGMENTS[2:]], "an amount"),
        (["SV3*AD:D2740*1***X", *SEGMENTS[2:]], "I or R"),
        (["SV3*AD:D2740*1****1.5", *SEGMENTS[2:]], "a whole number"),
        (["SV3*AD:D2740*1**10:20", *SEGMENTS[2:]], "2 areas"),
        ([*SEGMENTS[:1], "TOO*XX*3", *SEGMENTS[2:]], "TOO"),
        ([*SEGMENTS[:1], "TOO*JP*3*O", "TOO*JP*4*M", *SEGMENTS[2:]], "different surfaces"),
        ([*SEGMENTS[:1], "TOO*JP*3*O", "TOO*JP*4", *SEGMENTS[2:]], "different surfaces"),
        ([*SEGMENTS[:2], f"DTP*472*RD8*{COMPACT}"], "D8 and a date"),
        (f"SV3*AD:D0120~DTP*472*D8*{COMPACT}", "one text, where a list"),
    ],
)
def test_segments_that_837d_does_not_allow(segments, said):
    with pytest.raises(DataFormatError, match=said):
        ClaimLine.from_sv3(segments)


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
