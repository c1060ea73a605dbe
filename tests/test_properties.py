"""
A property for every public function: what holds whatever it is given, beside the tables of its own
test file.
"""

from __future__ import annotations

import csv
import inspect
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cdtref
import pinned
from cdtref import Area, CdtrefError, UnknownCodeError, testing

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.binary(max_size=6),
    st.dates(),
    st.lists(st.text(max_size=3), max_size=3),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
)
FUNCTIONS = {
    name: getattr(cdtref, name)
    for name in cdtref.__all__
    if inspect.isroutine(getattr(cdtref, name))
}
NO_ARGUMENTS = {"catalog", "editions", "fee_schedule"}
DAYS = st.dates(date(pinned.YEAR - 26, 1, 1), date(pinned.YEAR + 1, 12, 31))
CODES = st.sampled_from(list(cdtref.catalog()))


def spelled(code):
    """The ways in which people write a dental code."""
    return st.sampled_from([code, code.lower(), f" {code}\n", f"D-{code[1:]}", f"d {code[1:]}"])


@pytest.mark.parametrize("name", sorted(FUNCTIONS.keys() - NO_ARGUMENTS))
@given(st.data())
def test_any_value_is_answered_or_refused_by_an_error_of_the_documented_kinds(name, data):
    """
    CONTRIBUTING: 'An error says what was given, what was wrong and what to do', from the one tree
    or a builtin.
    """
    function = FUNCTIONS[name]
    needed = [p for p in inspect.signature(function).parameters.values() if p.default is p.empty]
    given_values = [data.draw(ANYTHING) for p in needed if p.kind is not p.KEYWORD_ONLY]
    said = "an answer"
    try:
        answer = function(*given_values)
        if inspect.isgenerator(answer):
            list(answer)
    except (CdtrefError, TypeError, ValueError, OSError) as error:
        said = str(error)
    assert 0 < len(said) < 600


@pytest.mark.parametrize("name", sorted(name for name in FUNCTIONS if name.startswith("is_")))
@given(ANYTHING.filter(lambda value: not isinstance(value, str)))
def test_is_never_raises(name, value):
    """architecture: '`is_*` never raises, whatever it is given.'"""
    assert FUNCTIONS[name](value) is False


@given(st.data(), CODES)
def test_a_code_is_the_same_however_it_is_written(data, code):
    """
    architecture: 'Takes what people type: outer space, lower case ... and one hyphen or space
    after the D.'
    """
    text = data.draw(spelled(code))
    assert cdtref.parse_code(text) == code
    assert cdtref.is_valid_code(text)
    assert cdtref.code_system(text) is cdtref.CodeSystem.CDT
    assert not cdtref.is_anesthesia_code(text)
    assert cdtref.get(text) is cdtref.catalog()[code]
    assert cdtref.page(text).procedure is cdtref.get(code)
    assert [match.procedure.code for match in cdtref.search(text, limit=1)] == [code]


@given(st.integers(0, 99999).map("{:05}".format))
def test_anesthesia_is_a_range_of_category_i(digits):
    """CPT: anesthesia is 00100 to 01999."""
    assert cdtref.is_anesthesia_code(digits) == (100 <= int(digits) <= 1999)


@given(st.from_regex(r"[ \t]?[0-9A-Za-z]{2} ?", fullmatch=True))
def test_a_modifier_is_a_fixed_point(text):
    """X12 837 SV301-3: two characters."""
    assert cdtref.is_valid_modifier(text)
    modifier = cdtref.parse_modifier(text)
    assert cdtref.parse_modifier(modifier) == modifier == text.strip().upper()
    assert len(modifier) == 2


@given(DAYS, st.sampled_from([None, *cdtref.Category]))
def test_procedures_on_a_day_are_those_whose_look_up_on_it_succeeds(day, category):
    """architecture: 'Form, fact and date are three different questions.'"""
    listed = {p.code for p in cdtref.procedures(category=category, on=day)}
    for code, procedure in cdtref.catalog().items():
        if category in (None, procedure.category):
            assert (code in listed) == procedure.in_force(day)


@given(CODES, DAYS)
def test_a_look_up_with_a_date_is_refused_exactly_out_of_force(code, day):
    """architecture: 'get(code, on=) raises NotInForceError'."""
    if cdtref.get(code).in_force(day):
        assert cdtref.get(code, on=day) is cdtref.get(code)
        return
    with pytest.raises(cdtref.NotInForceError) as caught:
        cdtref.get(code, on=day)
    assert (caught.value.code, caught.value.on) == (code, day)


NAMES = [edition.name for edition in cdtref.editions()]


@given(st.lists(st.sampled_from(NAMES), min_size=3, max_size=3, unique=True).map(sorted))
def test_changes_over_two_steps_lead_to_the_same_set(names):
    """
    What is added and terminated on the way leads from the first set to the last, by whatever
    editions.
    """
    first, middle, last = names

    def after(codes, old, new):
        step = cdtref.changes(old, new)
        assert step.terminated == tuple(sorted(codes & set(step.terminated)))
        return (codes - set(step.terminated)) | set(step.added)

    start = {p.code for p in cdtref.procedures(on=f"{first}-01-01")}
    assert after(start, first, last) == after(after(start, first, middle), middle, last)


ROWS = st.sampled_from(sorted({key[:5] for key in cdtref.fee_schedule()._rows}))


@given(ROWS)
def test_what_is_billable_is_what_its_row_says(code):
    """
    architecture: '"No RVU", "RVU of 0.00" and "not in this release" are three different answers.'
    """
    row = cdtref.fee_schedule().get(code)
    assert cdtref.is_billable_with_rvu(code) == (row is not None and row.is_billable_with_rvu)
    if row is None:
        with pytest.raises(UnknownCodeError):
            cdtref.rvu(code)
    else:
        assert cdtref.rvu(code) == row
        assert row.is_billable_with_rvu <= row.has_values


@given(st.lists(testing.claim_lines(), min_size=1, max_size=4))
def test_a_claim_is_judged_line_by_line_and_then_together(lines):
    """architecture: 'check_claim: line by line, then those of the lines together.'"""
    together = cdtref.check_claim(lines)
    alone = [
        (place, finding.rule) for place, line in enumerate(lines) for finding in cdtref.check(line)
    ]
    assert [(f.line, f.rule) for f in together if f.rule in LINE_IDS] == alone
    assert {f.rule for f in together} - LINE_IDS <= {rule.id for rule in cdtref.CLAIM_RULES}


LINE_IDS = {rule.id for rule in cdtref.LINE_RULES}


@given(st.data(), st.sampled_from(list(Area)))
def test_an_area_is_read_from_its_code_and_its_name(data, area):
    """X12 code list 1361; names as people say them, in any case."""
    text = data.draw(
        st.sampled_from(
            [area.value, area.name.replace("_", " ").lower(), area.label, f" {area.label} "]
        )
    )
    assert cdtref.parse_area(text) is area


@given(testing.teeth())
def test_a_list_of_one_tooth_is_that_tooth(tooth):
    """'14' names one tooth, alone and as a list."""
    assert cdtref.parse_teeth(tooth.number) == (cdtref.parse_tooth(tooth.number),) == (tooth,)


@given(st.lists(testing.claim_lines(), min_size=1, max_size=5))
def test_lines_written_as_a_csv_are_read_back(tmp_path_factory, lines):
    """Bad input loses nothing, and good input neither: every field comes back from the file."""
    path = tmp_path_factory.mktemp("lines") / "lines.csv"
    fields = [field.name for field in cdtref.ClaimLine.__attrs_attrs__]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(fields)
        for line in lines:
            values = [getattr(line, name) for name in fields]
            writer.writerow(
                [" ".join(v) if isinstance(v, tuple) else "" if v is None else v for v in values]
            )
    assert [row.line for row in cdtref.read_claim_lines(path)] == lines
