"""Limits of a plan: what they are, how they are read, and what of a claim goes beyond them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import attrs
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cdtref
import pinned
from cdtref import Claim, DataFormatError, Limit, read_limits
from cdtref.claim import GROUPS, LIMIT_RULES, Background
from cdtref.fieldtext import as_date
from cdtref.testing.lines import line_of

DAY = as_date(pinned.DAY)
SCHEMA = json.loads(
    (Path(cdtref.__file__).parent / "data/schemas/limits.schema.json").read_text("utf-8")
)
CODES = list(cdtref.catalog())


def line(code, day=DAY, **fields):
    return attrs.evolve(line_of(cdtref.get(code), day), **fields)


def before(days, code, **fields):
    return line(code, DAY - timedelta(days=days), **fields)


def beyond(limits, lines, history=None):
    found = cdtref.check_claim(lines, rules=(), claim_rules=(), limits=limits, history=history)
    assert {one.rule for one in found} <= {rule.id for rule in LIMIT_RULES}
    return found


def told(limits, lines, history=None):
    return [(one.rule, one.line_index) for one in beyond(limits, lines, history)]


@pytest.mark.parametrize("name", GROUPS)
def test_a_group_is_of_known_codes(name):
    """Each code and each end of a range is one, and a range is no single code."""
    assert name == name.lower()
    for span in GROUPS[name].split():
        first, dash, last = span.partition("-")
        assert first in cdtref.catalog()
        assert not dash or (last in cdtref.catalog() and first < last)
    assert any(Limit(codes=name, most=1).takes(code) for code in CODES)


def test_what_a_limit_takes():
    limit = Limit(codes="Bitewings; d-0210|D2710-D2794", most=1)
    assert limit.codes == ("bitewings", "D0210", "D2710-D2794")
    assert limit.name == "bitewings, D0210, D2710-D2794"
    taken = [code for code in ("D0274", "D0210", "D2740", "D0220", "D2799") if limit.takes(code)]
    assert taken == ["D0274", "D0210", "D2740"]
    assert Limit(codes=["D0210"], most=1, name="series").name == "series"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"codes": ""}, "a limit is of codes"),
        ({"codes": []}, "a limit is of codes"),
        ({"codes": "bite wings"}, "'bite wings' is no code, no range of codes and no group"),
        ({"codes": "D2794-D2710"}, "'D2794-D2710' is no range; write the lower code first"),
        ({"codes": "D2710-D2712-D2794"}, "is no range"),
        ({"codes": "D0210", "most": -1}, "most is a whole number from 0 on, not -1"),
        ({"codes": "D0210", "most": True}, "most is a whole number from 0 on, not True"),
        ({"codes": "D0210", "most_age": 1.5}, "most_age is a whole number from 0 on, not 1.5"),
        ({"codes": "D0210", "period": "a year"}, "'a year' is no period; write '12 months'"),
        ({"codes": "D0210", "period": "0 months"}, "'0 months' is no period"),
        (
            {"codes": "D0210", "per": "dentist"},
            "per is tooth, quadrant, arch or provider, not 'dentist'",
        ),
        ({"codes": "D0210", "year_starts": "July"}, "'July' is no day of a year"),
        ({"codes": "D1351", "least_age": 14, "most_age": 5}, "least_age is 14, above most_age, 5"),
        ({"codes": "D0210", "year_starts": f"{10**10}-01"}, "is no day of a year"),
        ({"codes": "D0210", "year_starts": "02-30"}, "'02-30' is no day of a year"),
    ],
)
def test_a_limit_that_says_nothing_clear_is_refused(fields, said):
    with pytest.raises(ValueError, match=said):
        Limit(**fields)


def test_a_limit_of_a_code_that_nobody_knows_is_refused():
    """Else it would allow all of what was meant."""
    limits = [Limit(codes=pinned.MISPRINT, most=1)]
    with pytest.raises(cdtref.UnknownCodeError, match=f"{pinned.MISPRINT} has the form"):
        cdtref.check_claim([line("D0120")], limits=limits)
    mine = cdtref.catalog().with_nomenclature(
        [{"code": pinned.MISPRINT, "nomenclature": "mine", "effective": str(DAY)}]
    )
    assert cdtref.check_claim([line("D0120")], limits=limits, catalog=mine) == ()
    others = [Limit(codes=codes, most=1) for codes in ("99213", "D0100-D0119", "D1352")]
    assert cdtref.check_claim([line("D0120")], limits=others) == ()


@pytest.mark.parametrize("fields", [{"codes": [210]}, {"codes": "D0210", "replacement": "no"}])
def test_a_limit_of_wrong_types_is_refused(fields):
    with pytest.raises(TypeError):
        Limit(**fields)


PERIODS = {
    "12 months": (date(1604, 2, 29), date(1605, 2, 28)),
    "1 month": (date(1606, 1, 31), date(1606, 2, 28)),
    "180 days": (date(1606, 1, 1), date(1606, 6, 30)),
    "day": (date(1606, 1, 1), date(1606, 1, 2)),
    "calendar year": (date(1606, 1, 1), date(1607, 1, 1)),
    "benefit year": (date(1606, 6, 30), date(1606, 7, 1)),
    "Benefit  Year": (date(1606, 7, 1), date(1607, 7, 1)),
    "lifetime": (date(1606, 7, 1), None),
}


@pytest.mark.parametrize(("period", "days"), PERIODS.items(), ids=PERIODS)
def test_from_when_on_a_service_counts_no_more(period, days):
    used, free = days
    limit = Limit(codes="D0210", most=1, period=period, year_starts="07-01")
    assert limit.free_from(used) == free


@pytest.mark.parametrize("period", PERIODS)
def test_a_service_of_the_last_days_of_the_calendar_counts_for_good(period):
    """Some systems write 9999 for what has no end; `check_claim` raises on no date."""
    limit = Limit(codes="D2740", most=1, period=period, year_starts="07-01", replacement=True)
    assert limit.free_from(date.max) is None
    last = line("D2740", date=date.max, prior_placement=date.max)
    assert told([limit], [line("D2740", prior_placement=None)], [last]) == []
    assert told([limit], [last, last]) == [("limit.replacement", 0), ("limit.replacement", 1)]


@given(st.dates(date(1600, 1, 1), date(1750, 1, 1)), st.integers(1, 600))
def test_a_period_of_months_ends_on_the_same_day_of_a_later_month(used, months):
    """Or on the last day of that month, where it is shorter."""
    free = Limit(codes="D0210", most=1, period=f"{months} months").free_from(used)
    assert (free.year - used.year) * 12 + free.month - used.month == months
    assert free.day == used.day or (free.day < used.day and (free + timedelta(days=1)).day == 1)


def test_so_many_in_a_period():
    limit = [Limit(codes="bitewings", most=1, period="12 months")]
    assert told(limit, [line("D0274")]) == []
    assert told(limit, [line("D0274")], [before(364, "D0272")]) == [("limit.frequency", 0)]
    assert told(limit, [line("D0274")], [before(366, "D0272")]) == []
    assert told(limit, [line("D0274")], [before(100, "D0210")]) == []
    later = [before(-10, "D0272")]
    assert told(limit, [line("D0274")], later) == []


def test_the_earlier_line_and_the_next_day_are_named():
    limits = [Limit(codes="cleanings", most=2, period="calendar year", source="booklet, page 7")]
    history = [before(40, "D1110"), before(400, "D1110"), before(20, "D1110")]
    (found,) = beyond(limits, [line("D1110")], history)
    assert (found.severity, found.field, found.carc, found.rarc) == (
        "warning",
        "code",
        "119",
        "N640",
    )
    assert (found.history_index, found.other_index) == (2, None)
    assert found.source == "booklet, page 7"
    assert "on cleanings, 2 a calendar year" in found.message
    days = f"D1110 of {DAY - timedelta(days=40)}, D1110 of {DAY - timedelta(days=20)}"
    assert f"counted are {days}; the next is due from {DAY.year + 1}-01-01 on" in found.message


def test_of_a_long_history_the_latest_services_are_told():
    limits = [Limit(codes="D0220", most=2, period="lifetime")]
    history = [before(day, "D0220") for day in range(500, 0, -1)]
    (found,) = beyond(limits, [line("D0220")], history)
    assert f"D0220 of {DAY - timedelta(days=1)} and 488 before" in found.message
    assert len(found.message) < 500
    assert found.history_index == 499


def test_lines_of_one_claim_count_by_their_days_and_those_beyond_do_not():
    limits = [Limit(codes="D0220", most=2, period="day")]
    lines = [line("D0220")] * 4
    assert told(limits, lines) == [("limit.frequency", 2), ("limit.frequency", 3)]
    spread = [line("D0220", DAY + timedelta(days=n % 2)) for n in range(4)]
    assert told(limits, spread) == []
    monthly = [Limit(codes="D1110", most=1, period="1 month")]
    turned = [before(-20, "D1110"), line("D1110")]
    (found,) = beyond(monthly, turned)
    assert (found.line_index, found.other_index) == (0, 1)


def test_a_quantity_counts():
    limits = [Limit(codes="D0220", most=4, period="day")]
    assert told(limits, [line("D0220", quantity=4)]) == []
    (found,) = beyond(limits, [line("D0220", quantity=5)])
    assert "the line alone has more" in found.message
    assert told(limits, [line("D0220", quantity=0)] * 4) == []


def test_more_on_one_line_than_a_period_takes_is_never_due():
    limits = [Limit(codes="D0220", most=2, period="day")]
    (found,) = beyond(limits, [line("D0220"), line("D0220", quantity=3)])
    assert "the next" not in found.message


def test_groups_share_a_limit():
    limits = [Limit(codes="series and panoramic images; bitewings", most=1, period="60 months")]
    assert told(limits, [line("D0330")], [before(900, "D0210")]) == [("limit.frequency", 0)]
    assert told(limits, [line("D0330")], [before(1_900, "D0210")]) == []


@pytest.mark.parametrize(
    ("per", "code", "here", "there"),
    [
        ("tooth", "D2740", {"tooth": "3"}, {"tooth": "4"}),
        ("quadrant", "D4341", {"area": "10"}, {"area": "40"}),
        ("arch", "D5410", {}, {}),
    ],
)
def test_a_limit_for_each_place(per, code, here, there):
    limits = [Limit(codes=f"{code}; D5411", most=1, period="lifetime", per=per)]
    other = "D5411" if per == "arch" else code
    assert told(limits, [line(code, **here)], [before(99, code, **here)])
    assert told(limits, [line(code, **here)], [before(99, other, **there)]) == []
    if here:
        bare = dict.fromkeys(here)
        assert told(limits, [line(code, **bare)], [before(99, code, **here)]) == []
        assert told(limits, [line(code, **here)], [before(99, code, **bare)]) == []


HERE, ELSEWHERE = "1234567893", "1245319599"


def claim_of(npi, days, code="D0150", **told):
    return Claim([before(days, code)], provider_npi=npi, **told)


def test_a_limit_for_each_provider_is_by_the_npi_of_claims():
    """The office that bills; a claim without an NPI tells none, nor does a line by itself."""
    limits = [Limit(codes="D0150", most=1, period="36 months", per="provider")]
    asked = claim_of(HERE, 0)
    assert told(limits, asked, [claim_of(HERE, 99)]) == [("limit.frequency", 0)]
    assert told(limits, asked, [claim_of(f" {HERE} ", 99)]) == [("limit.frequency", 0)]
    for other in (claim_of(ELSEWHERE, 99), claim_of(None, 99), before(99, "D0150")):
        assert told(limits, asked, [other]) == []
    assert told(limits, claim_of(None, 0), [claim_of(None, 99)]) == []
    assert told(limits, [line("D0150")], [claim_of(HERE, 99)]) == []


def test_claims_in_a_history_stand_for_their_lines():
    """`history_index` is the place of the earlier line, the lines of claims counted through."""
    limits = [Limit(codes="D0210", most=1, period="60 months")]
    first = Claim([before(900, "D0120"), before(900, "D1110")])
    history = [first, before(500, "D0140"), claim_of(None, 400, "D0210")]
    (found,) = beyond(limits, [line("D0210")], history)
    assert found.history_index == 3
    lines = [*first.lines, history[1], *history[2].lines]
    assert beyond(limits, [line("D0210")], lines) == (found,)


def test_a_predetermination_in_a_history_is_a_plan_and_uses_nothing_up():
    limits = [Limit(codes="D0150", most=1)]
    assert told(limits, [line("D0150")], [claim_of(HERE, 9, predetermination=True)]) == []


@pytest.mark.parametrize("history", [line("D0120"), claim_of(HERE, 9), ["D0120"], [None]])
def test_a_history_is_of_lines_or_claims(history):
    with pytest.raises(TypeError, match="a history is of"):
        cdtref.check_claim([line("D0120")], history=history)


def test_ages():
    limits = [Limit(codes="sealants", most=1, per="tooth", least_age=5, most_age=13)]
    for years, rules in ((4, ["limit.age"]), (5, []), (13, []), (14, ["limit.age"])):
        birth = DAY.replace(year=DAY.year - years)
        found = beyond(limits, [line("D1351", birth_date=birth)])
        assert [one.rule for one in found] == rules
        assert all(str(years) in one.message for one in found)
    assert told(limits, [line("D1351")]) == []
    unborn = line("D1351", birth_date=DAY + timedelta(days=1))
    assert told(limits, [unborn]) == []


def test_a_limit_of_ages_alone_counts_nothing():
    limits = [Limit(codes="sealants", most_age=13)]
    assert str(limits[0]) == "any number in a lifetime"
    assert told(limits, [line("D1351")] * 3, [before(9, "D1351")]) == []


def test_none_at_all():
    (found,) = beyond([Limit(codes="implants", most=0)], [line("D6010")])
    assert found.message == "D6010: the plan does not pay for implants"


def test_a_replacement_too_soon():
    """A crown of another office, told by the line's own date of prior placement."""
    limits = [Limit(codes="crowns", most=1, period="60 months", per="tooth", replacement=True)]
    crown = {"prosthesis": "replacement", "tooth": "3"}
    early = line("D2740", prior_placement=DAY - timedelta(days=400), **crown)
    (found,) = beyond(limits, [early])
    assert (found.rule, found.field) == ("limit.replacement", "prior_placement")
    assert "the next is due from" in found.message
    assert told(limits, [attrs.evolve(early, prior_placement=DAY.replace(year=DAY.year - 5))]) == []
    assert told(limits, [attrs.evolve(early, prior_placement=None)]) == []
    once = [attrs.evolve(limits[0], period="lifetime")]
    assert "the next" not in beyond(once, [early])[0].message
    counted = [attrs.evolve(limits[0], replacement=False)]
    assert told(counted, [early]) == []


def test_once_in_a_lifetime_is_never_due_again():
    limits = [Limit(codes="D8080", most=1)]
    (found,) = beyond(limits, [line("D8080")], [before(3000, "D8080")])
    assert "the next" not in found.message


def test_a_plan_of_treatment_uses_nothing_up():
    limits = [Limit(codes="D0210", most=1, period="60 months")]
    undated = line("D0210", date=None)
    assert told(limits, [undated, undated]) == []
    assert told(limits, [line("D0210")], [undated]) == []


def test_a_code_that_is_none_is_told_elsewhere():
    assert told([Limit(codes="D0210", most=0)], [attrs.evolve(line("D0210"), code="x-ray")]) == []


def test_limits_are_limits():
    with pytest.raises(TypeError, match="a limit is a Limit, not dict; see read_limits"):
        cdtref.check_claim([line("D0120")], limits=[{"codes": "D0120"}])
    with pytest.raises(TypeError, match="a limit is a Limit"):
        Background(table=None, limits=["D0120"])


# Files

PLAN = """\
Codes;Name;Most;Period;Per;Least age;Most age;Replacement;Note
"bitewings";;1;12 months;;;;;x
"crowns; D2390";crowns;1;60 months;tooth;;;yes;
sealants;;1;lifetime;tooth;;13;no;
"""


@pytest.fixture
def written(tmp_path):
    def write(text, name="plan.csv"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write


def test_limits_from_a_csv(written):
    notes = []
    bitewings, crowns, sealants = read_limits(written(PLAN), note=notes.append)
    assert bitewings == Limit(codes="bitewings", most=1, period="12 months")
    assert crowns.codes == ("crowns", "D2390")
    assert (crowns.name, crowns.per, crowns.replacement) == ("crowns", "tooth", True)
    assert (sealants.most_age, sealants.replacement) == (13, False)
    assert any("columns passed over: 'Note'" in note for note in notes)
    assert read_limits(written(PLAN)) == (bitewings, crowns, sealants)


def test_limits_from_json_of_the_schema(written):
    limits = [
        Limit(codes="bitewings; D0210", most=1, period="12 months"),
        Limit(codes="D1351", most_age=13),
    ]
    document = {"limits": [limit.to_dict() for limit in limits]}
    document["limits"].append({"codes": "fluoride", "most": 2, "period": "benefit year"})
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    first, second, third = read_limits(written(json.dumps(document), "plan.json"))
    assert [first, second] == limits
    assert third.codes == ("fluoride",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code;most\nD0210;1\n", "line 1, column codes: there is no column 'codes'"),
        ("codes;Codes\nD0210;1\n", "line 1, column codes: the column 'codes' is there twice"),
        ("codes,most\nD0210,one\n", "line 2, column most: 'one', where a whole number is expected"),
        ("codes,replacement\nD0210,?\n", "'\\?', where yes or no is expected"),
        ("codes,period\nD0210,a year\n", "line 2: 'a year' is no period"),
        ("codes,most\n,1\n", "line 2: a limit is of codes"),
        ("codes,count\nD0210,1\n", "line 2: a limit of 'D0210' limits nothing; say how many"),
        ("codes,most\nD0210\n", "line 2: it has 1 fields, where the header has 2"),
        ("codes,most,perod\nD0210,1,day\n", r"no limit has 'perod' \(did you mean period\?\)"),
        ("codes,most_agee\nD0210,1\n", r"'most_agee' \(did you mean most_age\?\)"),
        ("codes,most,Repalcement\nD0210,1,yes\n", "did you mean replacement"),
        ("codes,most,pre\nD1351,1,tooth\n", "'pre' .did you mean per"),
    ],
)
def test_a_csv_that_is_no_plan_says_where(written, text, said):
    with pytest.raises(DataFormatError, match=said):
        read_limits(written(text))


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "limits in JSON are"),
        ({"limits": {}}, "limits in JSON are"),
        ({"limits": [1]}, "limit 1 is no object"),
        ({"limits": [{"codes": "D0210", "max": 1}]}, "limit 1 has 'max'; its fields are codes"),
        ({"limits": [{"x" * 9_000: 1}]}, "limit 1 has 'x{24}'...; its fields are codes"),
        ({"limits": [{"codes": "D0210", "perod": "day"}]}, "'perod' .did you mean period"),
        ({"limits": [{"most": 1}]}, "limit 1: a limit is of codes"),
        ({"limits": [{"codes": "D0210", "most": "1"}]}, "limit 1: most is a whole number"),
        ({"limits": [{"codes": [1]}]}, "limit 1: a code is text"),
    ],
)
def test_json_that_is_no_plan_says_where(written, document, said):
    with pytest.raises(DataFormatError, match=said):
        read_limits(written(json.dumps(document), "plan.json"))
