"""A claim as a whole: what its lines inherit, what it says of itself, and its 837D segments."""

from __future__ import annotations

import decimal
import json
from datetime import date
from decimal import Decimal

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdtref import HEADER_RULES, Claim, ClaimLine, DataFormatError, check_claim
from cdtref.claim import Orthodontics, Place, is_npi
from pinned import DAY, YEAR

COMPACT = DAY.replace("-", "")
LATER = f"{YEAR}-03-04"
NPI = "1234567893"  # CMS's own example
PRICED = ClaimLine("D0120", fee="60.50")


def claim(*lines, **fields):
    return Claim(lines or [PRICED], **({"id": "26-1", "place_of_service": "11"} | fields))


def rules_of(found):
    return [finding.rule for finding in found]


TRIPS = {
    "claim.empty": ({}, {"lines": ()}),
    "claim.id": ({"id": "2" * 20}, {"id": "2" * 21}),
    "claim.remarks": ({"note": "n" * 400}, {"note": "n" * 401}),
    "claim.charge": (
        {"lines": [ClaimLine("D0120", DAY, fee="99999999.99")]},
        {"lines": [ClaimLine(code, DAY, fee="99999999.99") for code in ("D0120", "D0274")]},
    ),
    "claim.line-day": (
        {"lines": [ClaimLine("D0120", LATER)], "through": LATER},
        {"lines": [ClaimLine("D0120", f"{YEAR}-03-05")], "through": LATER},
    ),
    "claim.plan-day": (
        {"date": None, "lines": [ClaimLine("D0120")], "predetermination": True},
        {"predetermination": True},
    ),
    "claim.place": ({"place_of_service": " 11"}, {"place_of_service": "111"}),
    "claim.place-unassigned": ({"place_of_service": "27"}, {"place_of_service": "28"}),
    "claim.missing-teeth": ({"missing_teeth": ("32", "A")}, {"missing_teeth": ("32", "33")}),
    "claim.teeth-to-extract": ({"teeth_to_extract": ("#1",)}, {"teeth_to_extract": ("0",)}),
    "orthodontics.untold": (
        {"lines": [ClaimLine("D8080", DAY)], "orthodontics": (24, 24), "appliance_placed": DAY},
        {"lines": [ClaimLine("D8080", DAY)], "orthodontics": (24, 24)},
    ),
    "appliance.late": (
        {
            "lines": [ClaimLine("D8670", DAY)],
            "orthodontics": (24, 20),
            "appliance_placed": f"{YEAR - 1}-11-03",
        },
        {
            "lines": [ClaimLine("D8670", DAY)],
            "orthodontics": (24, 20),
            "appliance_placed": LATER,
        },
    ),
    "claim.missing-tooth": (
        {"lines": [ClaimLine("D2391", DAY, tooth="14", surfaces="O")], "missing_teeth": ("15",)},
        {"lines": [ClaimLine("D2391", DAY, tooth="14", surfaces="O")], "missing_teeth": ("14",)},
    ),
    "diagnosis.malformed": ({"diagnoses": ("k02.9",)}, {"diagnoses": ("K02.9", "521.00")}),
    "claim.days": ({"date": DAY, "through": DAY}, {"date": LATER, "through": DAY}),
    "provider.npi": ({"provider_npi": NPI}, {"provider_npi": "1234567890"}),
    "diagnosis.count": (
        {"diagnoses": ["K02.9"] * 4},
        {"diagnoses": ["K02.9"] * 5},
    ),
    "orthodontics.months": ({"orthodontics": (24, 24)}, {"orthodontics": (24, 25)}),
}


@pytest.mark.parametrize("rule", [rule.id for rule in HEADER_RULES])
def test_each_rule_on_a_header_passes_a_clean_claim_and_trips_alone(rule):
    clean, faulty = TRIPS[rule]
    whole = claim(date=DAY)
    assert check_claim(attrs.evolve(whole, **clean)) == ()
    (finding,) = check_claim(attrs.evolve(whole, **faulty))
    (stated,) = (one for one in HEADER_RULES if one.id == rule)
    assert (finding.rule, finding.severity, finding.field) == (rule, stated.severity, stated.field)
    assert finding.line_index is None
    assert "Line" not in dict(finding.facts)
    assert stated.field in attrs.fields_dict(Claim)
    assert check_claim(attrs.evolve(whole, **faulty), header_rules=()) == ()


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        (NPI, True),
        ("1245319599", True),
        ("1234567890", False),
        ("123456789", False),
        ("12345678930", False),
        ("", False),
        ("１２３４５６７８９３", False),
    ],
)
def test_the_check_digit_of_an_npi(text, holds):
    """Luhn, with 80840 before the number."""
    assert is_npi(text) is holds


def test_every_digit_of_an_npi_counts():
    for place in range(10):
        for digit in "0123456789":
            other = NPI[:place] + digit + NPI[place + 1 :]
            assert is_npi(other) is (other == NPI)


def test_lines_inherit_what_they_lack():
    own = ClaimLine("D0140", LATER, birth_date=DAY)
    whole = claim(PRICED, own, date=DAY, birth_date=f"{YEAR - 30}-01-01")
    assert [line.date for line in whole.lines] == [whole.date, own.date]
    assert [line.birth_date for line in whole.lines] == [whole.birth_date, own.birth_date]


def test_a_predetermination_has_no_day():
    planned = ClaimLine("D2750", tooth="14")
    assert rules_of(check_claim(claim(planned))) == ["date.missing", "prosthesis.missing"]
    found = check_claim(claim(planned, predetermination=True))
    assert rules_of(found) == ["prosthesis.missing"]


def test_the_note_of_a_claim_explains_its_lines():
    unexplained = ClaimLine("D2999", DAY, tooth="8")
    assert rules_of(check_claim(claim(unexplained))) == ["narrative.missing"]
    assert check_claim(claim(unexplained, note="why")) == ()


def test_a_pointer_past_the_diagnoses():
    pointing = ClaimLine("D0120", DAY, diagnosis_pointers=(1, 2))
    assert check_claim(claim(pointing, diagnoses=("K02.9", "K05.10"))) == ()
    (finding,) = check_claim(claim(pointing, diagnoses="K02.9"))
    assert (finding.rule, finding.line_index) == ("diagnosis.pointer", 0)
    assert finding.message == "the diagnosis pointer 2 points at no diagnosis; the claim has 1"
    assert rules_of(check_claim(claim(pointing))) == ["diagnosis.pointer"]
    sent = attrs.evolve(pointing, fee=60)
    with pytest.raises(DataFormatError, match=r"^SV311: line 1 points .* beyond the claim's 1"):
        claim(sent, id="26-1", place_of_service="11", diagnoses="K02.9").to_837()


def test_a_claim_of_one_line_is_no_line():
    with pytest.raises(TypeError, match=r"^the lines of a claim are several; use check for one$"):
        Claim(PRICED)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"lines": ["D0120"]}, "a claim has ClaimLines, not str"),
        ({"id": 7}, "id is text such as '26-1', not int"),
        ({"provider_npi": 1.5}, "provider NPI is text such as '1234567893', not float"),
        ({"predetermination": 1}, "predetermination is True or False, not int"),
        ({"diagnoses": [1]}, "several texts are expected, not int among them"),
        ({"orthodontics": ("24",)}, "months are a whole number, not str"),
        ({"note": []}, "note is text such as 'why', not list"),
    ],
)
def test_wrong_types_say_what_is_expected(fields, said):
    with pytest.raises(TypeError) as caught:
        attrs.evolve(claim(), **fields)
    assert str(caught.value) == said


def test_fields_as_tables_have_them():
    whole = claim(provider_npi=int(NPI), place_of_service=11.0, diagnoses="K02.9, K05.10")
    assert (whole.provider_npi, whole.place_of_service) == (NPI, "11")
    assert whole.diagnoses == ("K02.9", "K05.10")
    assert claim(id=" ", note="", provider_npi=None).id is None
    assert rules_of(check_claim(claim(date=DAY, provider_npi=10**20))) == ["provider.npi"]


FULL = claim(
    PRICED,
    ClaimLine("D2999", LATER, fee=12, tooth="8", narrative="n" * 81, diagnosis_pointers=(1,)),
    date=DAY,
    through=LATER,
    birth_date=f"{YEAR - 30}-01-01",
    provider_npi=NPI,
    diagnoses=("k02.9", "K05.10"),
    orthodontics=(24, 12),
    appliance_placed=DAY,
    missing_teeth=("1", "#16"),
    teeth_to_extract=("a",),
    note="see the chart",
)


def test_the_segments_of_a_claim():
    assert ["*".join(segment) for segment in FULL.to_837()] == [
        "CLM*26-1*72.50***11:B:1*Y*A*Y*Y",
        f"DTP*452*D8*{COMPACT}",
        f"DTP*472*RD8*{COMPACT}-{LATER.replace('-', '')}",
        "DN1*24*12",
        "DN2*1*M****JP",
        "DN2*16*M****JP",
        "DN2*A*E****JP",
        f"NTE*ADD*see the chart {'n' * 66}",
        f"NTE*ADD*{'n' * 15}",
        "HI*ABK:K029*ABF:K0510",
        "LX*1",
        "SV3*AD:D0120*60.50****1",
        "LX*2",
        "SV3*AD:D2999*12****1*****1",
        "TOO*JP*8",
        f"DTP*472*D8*{LATER.replace('-', '')}",
    ]


def test_a_predetermination_says_so():
    (head, *_) = claim(predetermination=True).to_837()
    assert (len(head), head[19]) == (20, "PB")


@pytest.mark.parametrize(
    ("months", "segment"),
    [
        ((24, None), ("DN1", "24")),
        ((None, 12), ("DN1", "", "12")),
        ((None, None), ("DN1", "", "", "", "Y")),
    ],
)
def test_months_of_treatment_that_are_not_known(months, segment):
    assert segment in claim(orthodontics=months).to_837()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"id": None}, "CLM01: the claim has no id"),
        ({"id": "a*b"}, "CLM01: it holds '*', which separates; leave it out"),
        ({"id": "i" * 21}, "CLM01: the id has 21 characters, of at most 20"),
        ({"place_of_service": None}, "CLM05: the claim has no place of service, such as 11"),
        ({"place_of_service": "office"}, "CLM05: 'office' is no place of service such as 11"),
        ({"lines": [PRICED, ClaimLine("D0120")]}, "SV302: line 2 has no fee"),
        ({"lines": []}, "LX: the claim has no lines"),
        ({"diagnoses": ["K02.9"] * 5}, "HI: 5 diagnoses, where four have room"),
        ({"diagnoses": ["caries"]}, "HI: 'caries' is no ICD-10-CM code such as K02.9"),
        ({"missing_teeth": ["33"]}, "DN201: '33' is no tooth of the Universal system: "),
        ({"note": "n" * 401}, "NTE02: 401 characters of remarks, where 400 have room"),
        ({"note": "a~"}, "NTE02: it holds '~', which separates; leave it out"),
        ({"lines": [attrs.evolve(PRICED, code="0120")]}, "SV301-2: '0120' is four digits"),
    ],
)
def test_what_is_missing_or_cannot_be_read_is_told_by_its_element(fields, said):
    with pytest.raises(DataFormatError) as caught:
        attrs.evolve(claim(), **fields).to_837()
    assert str(caught.value).startswith(said)


def test_all_that_is_missing_is_told_at_once():
    bare = Claim([ClaimLine("D0120"), PRICED, ClaimLine("D0120")])
    with pytest.raises(DataFormatError) as caught:
        bare.to_837()
    assert str(caught.value) == (
        "CLM01: the claim has no id; CLM05: the claim has no place of service, such as 11; "
        "SV302: the lines 1, 3 have no fee"
    )
    assert caught.value.column == "CLM01"
    with pytest.raises(DataFormatError, match=r"the lines 1, 2, .*, 12 and 88 more have no fee$"):
        Claim([ClaimLine("D0120")] * 100).to_837()


def test_the_total_does_not_follow_the_callers_arithmetic():
    lines = [ClaimLine("D0120", fee="12345678.91")] * 2
    with decimal.localcontext(decimal.Context(prec=3)):
        assert claim(*lines).to_837()[0][2] == "24691357.82"


def test_a_claim_comes_back_from_its_dict():
    for whole in (FULL, claim(), Claim([])):
        assert Claim.from_dict(json.loads(json.dumps(whole.to_dict()))) == whole
        attrs.asdict(whole)
    with pytest.raises(ValueError, match=r"^a claim has no field 'line'; its fields are lines, id"):
        Claim.from_dict({"lines": [], "line": []})


def test_where_a_claim_stands_takes_no_part_in_comparisons():
    placed = attrs.evolve(FULL, place=Place(12, 480))
    assert placed == FULL
    assert hash(placed) == hash(FULL)
    assert placed.to_dict() == FULL.to_dict()
    (finding,) = check_claim(attrs.evolve(claim(), date=DAY, provider_npi="1", place=Place(9, 9)))
    assert finding.place == Place(9, 9)
    assert "place" not in finding.to_dict()


def test_fields_of_a_claim():
    assert FULL.orthodontics == Orthodontics(24, 12)
    assert FULL.lines[0].fee == Decimal("60.50")
    assert FULL.through == date.fromisoformat(LATER)


NASTY = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            *("11", "1", "111", "XX", "*", "a:b", "~", "^", "14", "8,3", "8-3", "MO", "O,MI", "I"),
            *("10,20,30,40,01,02", "33", "UL", "#3", "K02.9", "521.00", "n" * 81, "n:" * 45),
            *("D0120", "d-2391", "D2391", "99213", "x" * 410, "\n", "a\x1fb", "KX", "K"),
        ]
    ),
)
WORDS = NASTY.filter(str.strip)
COUNTS = st.integers(-2, 120)
NASTY_LINES = st.builds(
    ClaimLine,
    code=NASTY,
    date=st.sampled_from([DAY, LATER, None]),
    fee=st.sampled_from(
        [Decimal(60), Decimal("-0.00"), Decimal(-1), Decimal("99999999.99"), Decimal("0.001")]
    ),
    tooth=NASTY | st.none(),
    surfaces=NASTY | st.none(),
    area=NASTY | st.none(),
    quantity=COUNTS,
    modifiers=st.lists(NASTY, max_size=6).map(tuple),
    prosthesis=NASTY | st.none(),
    narrative=NASTY | st.none(),
    place_of_service=NASTY | st.none(),
    diagnosis_pointers=st.lists(COUNTS, max_size=6).map(tuple),
)
NASTY_CLAIMS = st.builds(
    Claim,
    lines=st.lists(NASTY_LINES | st.just(PRICED), max_size=3),
    id=WORDS,
    date=st.sampled_from([DAY, LATER, None]),
    through=st.sampled_from([DAY, LATER, None]),
    predetermination=st.booleans(),
    place_of_service=WORDS,
    provider_npi=NASTY,
    diagnoses=st.lists(NASTY, max_size=6),
    missing_teeth=st.lists(NASTY, max_size=3),
    teeth_to_extract=st.lists(NASTY, max_size=3),
    note=NASTY | st.none(),
    orthodontics=st.none() | st.tuples(st.none() | COUNTS, st.none() | COUNTS),
)


def spoilt(whole, name, value):
    """A claim of which one field, its own or of its first line, is something nasty."""
    if name in attrs.fields_dict(Claim):
        return attrs.evolve(whole, **{name: value})
    first, *others = whole.lines
    return attrs.evolve(whole, lines=(attrs.evolve(first, **{name: value}), *others))


@given(NASTY_CLAIMS)
@settings(max_examples=300, deadline=None)
def test_what_has_no_error_is_sent(whole):
    """If `check_claim` has no error, `to_837` does not raise, given a fee, an id and a place."""
    if not any(finding.is_error for finding in check_claim(whole)):
        whole.to_837()


ONE_FIELD = (
    *("id", "place_of_service", "note", "code", "tooth", "surfaces", "area", "narrative"),
    *("prosthesis", "missing_teeth", "teeth_to_extract", "diagnoses", "modifiers"),
)


@given(st.sampled_from(["D0120", "D2391", "D7450", "D5213"]), st.sampled_from(ONE_FIELD), WORDS)
@settings(max_examples=300, deadline=None)
def test_one_nasty_field_is_found_where_it_is_refused(code, name, value):
    if name in ("missing_teeth", "teeth_to_extract", "diagnoses", "modifiers"):
        value = (value,)
    lines = [ClaimLine(code, DAY, fee=60)]
    whole = spoilt(claim(*lines), name, value)
    try:
        whole.to_837()
    except DataFormatError:
        assert any(finding.is_error for finding in check_claim(whole))


REFUSED = {
    "an id of many signs": ("id", "2" * 21),
    "an id with a delimiter": ("id", "26:1"),
    "a place": ("place_of_service", "111"),
    "a diagnosis of ICD-9": ("diagnoses", ("521.00",)),
    "a diagnosis cut short": ("diagnoses", ("K02.9", "K0")),
    "a missing tooth": ("missing_teeth", ("3", "33")),
    "a tooth to extract": ("teeth_to_extract", ("0",)),
    "a note with a delimiter": ("note", "pain; see ~ chart"),
    "a long note": ("note", "n" * 401),
    "a narrative with a line break": ("narrative", "pain\nat night"),
    "long narratives": ("narrative", "n" * 401),
    "five modifiers": ("modifiers", ("KX", "59", "LT", "RT", "GY")),
    "surfaces of no tooth": ("surfaces", "O"),
    "six areas": ("area", "10,20,30,40,01,02"),
}


@pytest.mark.parametrize(("name", "value"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_found_with_the_same_sentence(name, value):
    whole = spoilt(claim(ClaimLine("D7450", DAY, fee=60)), name, value)
    with pytest.raises(DataFormatError) as refused:
        whole.to_837()
    (finding,) = check_claim(whole)
    assert finding.is_error
    assert finding.message.endswith(str(refused.value))


def test_five_pointers_are_found_with_the_same_sentence():
    pointing = ClaimLine("D0120", DAY, fee=60, diagnosis_pointers=(1, 1, 1, 1, 1))
    whole = claim(pointing, diagnoses=("K02.9",))
    with pytest.raises(DataFormatError) as refused:
        whole.to_837()
    (finding,) = check_claim(whole)
    assert finding.message == str(refused.value)


def test_what_came_out_of_a_file_is_no_fault_of_its_signs():
    """Another file separates by '>', and has ':' in its texts."""
    told = claim(ClaimLine("D0120", DAY, narrative="pain: since 2:30"), note="a:b", id="26:1")
    assert rules_of(check_claim(told)) == ["claim.id", "claim.remarks"]
    assert check_claim(attrs.evolve(told, place=Place(7, 300))) == ()


@pytest.mark.parametrize("text", ["0", "1", "28", "70", "98", "XX"])
def test_a_place_that_is_not_assigned_is_asked_about(text):
    (finding,) = check_claim(claim(place_of_service=text, date=DAY))
    assert (finding.rule, finding.severity) == ("claim.place-unassigned", "warning")
    (finding,) = check_claim(claim(ClaimLine("D0120", DAY, place_of_service=text)))
    assert finding.rule == "place.unassigned"


MISSING = {
    "a filling": (["D2391"], True),
    "a crown": (["D2740"], True),
    "a root canal": (["D3330"], True),
    "a retainer": (["D6740"], True),
    "an extraction alone": (["D7140"], True),
    "an extraction, and a pontic for it": (["D7140", "D6245"], False),
    "an extraction, and an implant": (["D7210", "D6010"], False),
    "an extraction, and a graft for later": (["D7140", "D7953"], False),
    "an extraction and a crown": (["D7140", "D2740"], True),
    "a root left behind": (["D7250"], False),
    "a buried tooth": (["D7240"], False),
    "an implant": (["D6010"], False),
    "an implant's crown": (["D6058"], False),
    "a pontic": (["D6245"], False),
    "a graft": (["D7953"], False),
    "a denture's tooth": (["D5520"], False),
    "an image of the place": (["D0220"], False),
    "nonsense": (["tooth 3"], False),
}


@pytest.mark.parametrize(("codes", "is_told"), MISSING.values(), ids=MISSING)
@pytest.mark.parametrize("spelling", ["{}", " {} "])
def test_work_on_a_tooth_that_the_claim_tells_as_missing(codes, is_told, spelling):
    lines = [ClaimLine(spelling.format(code), DAY, tooth="3") for code in codes]
    found = check_claim(claim(*lines, missing_teeth=("#3", "?")), rules=(), claim_rules=())
    assert ("claim.missing-tooth" in rules_of(found)) is is_told
    elsewhere = claim(*lines, missing_teeth=("4", "30"))
    assert rules_of(check_claim(elsewhere, rules=(), claim_rules=())) == []


ORTHODONTICS = {
    "all is told": ({"orthodontics": (24, 24), "appliance_placed": DAY}, None),
    "nothing is": ({}, "the claim lacks its months of treatment (form item 42, DN1), the date"),
    "the months are not": ({"appliance_placed": DAY}, "lacks its months"),
    "the total is not": ({"appliance_placed": DAY, "orthodontics": (None, 3)}, "lacks its months"),
    "the date is not": ({"orthodontics": (24, 24)}, "lacks the date on which"),
    "a plan has no date": ({"orthodontics": (24, 24), "predetermination": True}, None),
    "a table has no place for them": ({"place": Place(7, 0)}, None),
    "a file of claims has": ({"place": Place(7, 300)}, "lacks its months"),
}


@pytest.mark.parametrize(("fields", "said"), ORTHODONTICS.values(), ids=ORTHODONTICS)
@pytest.mark.parametrize("code", ["D8080", "D8090", "D8020", "D8670"])
def test_what_a_claim_of_orthodontics_tells(code, fields, said):
    found = check_claim(claim(ClaimLine(code), **fields), rules=(), claim_rules=())
    told = [finding.message for finding in found if finding.rule == "orthodontics.untold"]
    assert [said in message for message in told] == [True] * (said is not None)


@pytest.mark.parametrize("code", ["D8660", "D8680", "D8210", "D0340"])
def test_records_and_retention_ask_for_no_months(code):
    found = check_claim(claim(ClaimLine(code, DAY)), rules=(), claim_rules=())
    assert rules_of(found) == []


def test_the_date_of_an_appliance_may_stand_on_the_line():
    own = ClaimLine("D8080", DAY, appliance_placed=DAY)
    assert check_claim(claim(own, orthodontics=(24, 24))) == ()


@pytest.mark.parametrize("months", [(0, 0), (-1, None), (24, -2), (0, None)])
def test_months_that_are_none(months):
    assert rules_of(check_claim(claim(date=DAY, orthodontics=months))) == ["orthodontics.months"]
