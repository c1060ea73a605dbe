"""Long claims: what conflicts is found without a look at every two lines, and is the same."""

from __future__ import annotations

import math
from datetime import timedelta

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cdtref
import pinned
from cdtref.claim import conflicts
from cdtref.fieldtext import as_date
from cdtref.testing.lines import line_of
from counted import calls_of

# Some repeat each other, some need each other, some are part of each other, by tooth and by day.
CODES = ("D0120", "D0140", "D1110", "D2391", "D2740", "D2950", "D2953", "D4341", "D7140", "D9110")
FIRST_DAY = as_date(pinned.DAY)


def line(code, days=0, **fields):
    day = FIRST_DAY - timedelta(days=days)
    return attrs.evolve(line_of(cdtref.get(code), day), **fields)


def distinct(count):
    """Each of another day or another tooth."""
    teeth = [str(number) for number in range(1, 33)]
    return [line(CODES[n % 10], days=n // 10, tooth=teeth[n % 32]) for n in range(count)]


def equal(count):
    """Visit after visit the same lines."""
    return [line(CODES[n % 10]) for n in range(count)]


def of_one_code(count):
    return [line("D1110", days=count - n) for n in range(count)]


def backwards(count):
    """The last day first."""
    return [line("D1110", days=n) for n in range(count)]


def judged(lines, most_pairwise, **given):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conflicts, "MOST_PAIRWISE", most_pairwise)
        return cdtref.check_claim(lines, **given)


@pytest.mark.parametrize("lines_of", [distinct, equal, of_one_code, backwards])
@pytest.mark.parametrize("practice", ["usual", "all"])
def test_ten_times_the_lines_are_ten_times_the_work(lines_of, practice):
    """Counted in calls, which are the same on every machine."""
    few, many = lines_of(120), lines_of(1_200)
    cdtref.check_claim(many, practice=practice)  # the tables of conflicts are read once
    counts = [calls_of(lambda: cdtref.check_claim(few, practice=practice))]
    counts.append(calls_of(lambda: cdtref.check_claim(many, practice=practice)))
    assert counts[1] < 12 * counts[0]


LINES = st.lists(
    st.builds(
        line,
        st.sampled_from(CODES),
        days=st.sampled_from([0, 0, 0, 1, 20, 200, 4_000]),
        tooth=st.sampled_from([None, "3", "3", "14", "3,14", "2-4", "A", "no tooth"]),
        area=st.sampled_from([None, None, "10", "20", "UR"]),
        quantity=st.integers(1, 2),
        narrative=st.sampled_from([None, None, None, "why it is separate"]),
    ),
    max_size=14,
)
UNDATED = st.sets(st.integers(0, 13), max_size=3)
PRACTICES = st.sampled_from(["usual", "all"])


@given(LINES, UNDATED, st.none() | LINES, PRACTICES)
@settings(deadline=None)
def test_a_long_claim_is_told_what_a_short_one_is(lines, undated, history, practice):
    """
    'Calling a clean line invalid is the worse mistake': how a line is found changes no finding,
    neither its words nor the other line that it names, the first of those that it conflicts with.
    """
    for place in undated:
        if place < len(lines):
            lines[place] = attrs.evolve(lines[place], date=None)
    given_ = {"practice": practice, "history": history}
    assert judged(lines, 0, **given_) == judged(lines, math.inf, **given_)


def test_the_first_line_that_conflicts_is_named():
    """By place, wherever its day is."""
    lines = [line("D0140", days=40), line("D0140"), line("D0120"), line("D0140", quantity=2)]
    (found,) = [one for one in judged(lines, 0) if one.line_index == 2 and one.other_index]
    assert found.other_index == 1
    assert judged(lines, 0) == judged(lines, math.inf)
