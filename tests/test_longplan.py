"""Limits of a plan on long claims and long histories: the same is found, without a look at all."""

from __future__ import annotations

from datetime import date, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cdtref
import pinned
from cdtref import Claim, Limit
from cdtref.claim import shares, tells
from cdtref.claim.history import History
from cdtref.claim.parsed import ParsedLine
from cdtref.claim.planrules import find_beyond_limits
from cdtref.fieldtext import as_date, years_between
from cdtref.testing.lines import line_of
from counted import calls_of

HERE, ELSEWHERE = "1234567893", "1245319599"
DAY = as_date(pinned.DAY)
CODES = ("D0120", "D0274", "D1110", "D2391", "D2740", "D4341", "D5410", "D5411")
CATALOG = cdtref.catalog()
LINES = {code: line_of(CATALOG[code], DAY) for code in CODES}
TEETH = [str(number) for number in range(1, 33)]
YEAR_STARTS = "07-01"


def line(code, days=0, **fields):
    day = None if days is None else DAY - timedelta(days=days)
    return attrs.evolve(LINES[code], date=day, **fields)


def found_in(claim, limits, history=None):
    read = [ParsedLine(one, CATALOG, claim) for one in claim.lines]
    looked_back_on = None if history is None else History(history, CATALOG)
    return find_beyond_limits(read, limits, looked_back_on)


# What the rule says, read word by word: all earlier services anew for each line.


def counts_on(limit, used, day):
    """True where a day lies in the period that a service of the day *used* is counted in."""
    if limit.period == "day":
        return used == day
    if limit.period == "calendar year":
        return used.year == day.year
    if limit.period == "benefit year":
        return benefit_year(used) == benefit_year(day)
    if limit.period == "lifetime":
        return True
    count, unit = limit.period.split()
    if unit == "days":
        return (day - used).days < int(count)
    months = (day.year - used.year) * 12 + day.month - used.month
    is_over = day.day >= used.day or (day + timedelta(days=1)).day == 1
    return months < int(count) or (months == int(count) and not is_over)


def benefit_year(day):
    return day.year - (f"{day:%m-%d}" < YEAR_STARTS)


def is_beside(limit, one, other):
    if limit.per is None:
        return True
    if limit.per == "provider":
        return one.claim.provider_npi == other.claim.provider_npi
    return shares(limit.per, one, other)


def is_told(limit, one):
    if limit.per == "provider":
        return one.claim.provider_npi is not None
    return limit.per is None or tells(limit.per, one)


def expected_of(claim, limits, history):
    found = []
    lines = [ParsedLine(one, CATALOG, claim) for one in claim.lines]
    for limit in limits:
        services = earlier_services(limit, history)
        dated = [place for place, one in enumerate(lines) if one.day is not None]
        for place in sorted(dated, key=lambda place: lines[place].day):
            if limit.takes(lines[place].code):
                beyond = [*age_expected(limit, lines[place])]
                beyond += use_expected(limit, lines[place], services)
                found += [(place, *one) for one in beyond]
                if not beyond:
                    services.append((lines[place], place, None))
    return sorted(found, key=lambda one: one[0])


def earlier_services(limit, history):
    """Code by code, as the history has them first."""
    lines = []
    for claim in history:
        lines += [ParsedLine(one, CATALOG, claim) for one in claim.lines]
    codes = [one.code for one in lines]
    services = [(one, None, place) for place, one in enumerate(lines) if one.day is not None]
    services = [one for one in services if limit.takes(one[0].code)]
    return sorted(services, key=lambda one: codes.index(one[0].code))


def age_expected(limit, one):
    if one.birth_date is None or one.birth_date > one.day:
        return
    years = years_between(one.birth_date, one.day)
    told = f"{one.code}: the plan pays for {limit.name}"
    if limit.least_age is not None and years < limit.least_age:
        told = f"{told} from {limit.least_age} years on; the patient is {years}"
        yield "limit.age", None, None, told
    if limit.most_age is not None and years > limit.most_age:
        yield (
            "limit.age",
            None,
            None,
            f"{told} up to {limit.most_age} years; the patient is {years}",
        )


def use_expected(limit, one, services):
    if limit.most is None or not is_told(limit, one):
        return
    counted = [
        service
        for service in services
        if service[0].day <= one.day
        and counts_on(limit, service[0].day, one.day)
        and is_beside(limit, service[0], one)
    ]
    counted.sort(key=lambda service: service[0].day)
    used = sum(service[0].line.quantity for service in counted)
    prior = one.line.prior_placement  # one of a later day, which is told elsewhere, counts too
    if limit.most == 0:
        told = f"{one.code}: the plan does not pay for {limit.name}"
        yield "limit.frequency", None, None, told
    elif used + one.line.quantity > limit.most:
        named = counted[-1][1:] if counted else (None, None)
        yield "limit.frequency", *named, told_beyond(limit, one, counted)
    elif limit.replacement and prior and (prior > one.day or counts_on(limit, prior, one.day)):
        told = f"{one.code} replaces what was placed on {prior}, and the plan pays for"
        due = due_from(limit.free_from(prior))
        yield "limit.replacement", None, None, f"{told} {limit.name} {limit}{due}"


def told_beyond(limit, one, counted):
    told = f"{one.code} goes beyond the plan's limit on {limit.name}, {limit}; "
    if not counted:
        return told + "the line alone has more"
    services = told_services(counted)
    left = sum(service[0].line.quantity for service in counted) + one.line.quantity
    for service in counted:
        left -= service[0].line.quantity
        if left <= limit.most:
            due = due_from(limit.free_from(service[0].day))
            return f"{told}counted are {services}{due}"
    return f"{told}counted are {services}"


def told_services(counted):
    """The latest dozen by their names, those before by their number."""
    said = ", ".join([f"{service[0].code} of {service[0].day}" for service in counted[-12:]])
    return f"{said} and {len(counted) - 12} before" if len(counted) > 12 else said


def due_from(day):
    return "" if day is None else f"; the next is due from {day} on"


PERIODS = ("day", "30 days", "6 months", "1 month", "calendar year", "benefit year", "lifetime")
LIMITS = st.builds(
    Limit,
    codes=st.sampled_from(
        ["D0120", "cleanings", "crowns; fillings", "D5410; D5411; D1110", "D0100-D9999"]
    ),
    most=st.sampled_from([0, 1, 1, 2, 2, 3, 5, 8]),
    period=st.sampled_from(PERIODS),
    per=st.sampled_from([None, None, "tooth", "tooth", "quadrant", "arch", "provider"]),
    year_starts=st.just(YEAR_STARTS),
    replacement=st.booleans(),
    least_age=st.sampled_from([None, None, 5]),
    most_age=st.sampled_from([None, None, 13]),
)
SERVICES = st.lists(
    st.builds(
        line,
        st.sampled_from(CODES),
        days=st.sampled_from([None, 0, 0, 0, 1, 1, 29, 30, 31, 60, 61, 185, 366, 4_000, -40]),
        tooth=st.sampled_from([None, "3", "3", "14", "3,14", "2-4", "A", "no tooth"]),
        area=st.sampled_from([None, None, "10", "20", "UR", "01"]),
        quantity=st.sampled_from([1, 1, 1, 2]),
        prior_placement=st.sampled_from([None, None, DAY - timedelta(days=90)]),
        birth_date=st.sampled_from([None, None, date(DAY.year - 9, 1, 31), date(1604, 2, 29)]),
    ),
    max_size=14,
)
CLAIMS = st.builds(Claim, SERVICES, provider_npi=st.sampled_from([HERE, HERE, ELSEWHERE, None]))


@given(CLAIMS, st.lists(LIMITS, min_size=1, max_size=3), st.lists(CLAIMS, max_size=3))
def test_what_goes_beyond_is_what_the_rule_says_of_each_line_by_itself(claim, limits, history):
    """
    'A line that goes beyond a limit is not counted for the lines after it. A limit per tooth,
    quadrant, arch or provider is silent on a line that does not tell it, and counts no line that
    does not.'
    """
    found = found_in(claim, limits, history)
    told = [
        (one.line_index, one.rule, one.other_index, one.history_index, one.message) for one in found
    ]
    assert told == expected_of(claim, limits, history)


# Shapes of a claim or a history, and limits of each kind


def visits(count):
    """Two lines a day, with the teeth one by one or two by two."""
    return [
        line(CODES[n % 8], days=n // 2, tooth=TEETH[n // 8 % 32] + ",3" * (n % 3 == 0))
        for n in range(count)
    ]


def one_day(count):
    return [line(CODES[n % 8], tooth=TEETH[n % 32]) for n in range(count)]


def of_one_code(count):
    return [line("D2740", days=count - n, tooth="3") for n in range(count)]


KINDS = {
    "none of many": {"most": 10**6},
    "one in a lifetime": {"most": 1},
    "one a day": {"most": 1, "period": "day"},
    "of months": {"most": 10**6, "period": "60 months"},
    "of days": {"most": 20, "period": "400 days"},
    "of calendar years": {"most": 10**6, "period": "calendar year"},
    "of benefit years": {"most": 3, "period": "benefit year", "year_starts": YEAR_STARTS},
    "by tooth": {"most": 10**6, "per": "tooth"},
    "by quadrant": {"most": 10**6, "per": "quadrant"},
    "by arch": {"most": 10**6, "per": "arch", "period": "60 months"},
    "by provider": {"most": 10**6, "per": "provider"},
    "by age": {"most_age": 13},
    "of what was replaced": {"most": 10**6, "replacement": True},
}


@pytest.mark.parametrize("lines_of", [visits, one_day, of_one_code])
@pytest.mark.parametrize("kind", KINDS)
def test_ten_times_the_lines_are_ten_times_the_work(lines_of, kind):
    """Of a claim and of its history, counted in calls."""
    limits = [Limit(codes="D0100-D9999", **KINDS[kind])]
    counts = []
    for count in (60, 600):
        claim = Claim(lines_of(count), provider_npi=HERE)
        read = [ParsedLine(one, CATALOG, claim) for one in claim.lines]
        history = History([attrs.evolve(claim, lines=lines_of(count))], CATALOG)
        counts.append(calls_of(lambda: find_beyond_limits(read, limits, history)))  # noqa: B023
    assert counts[1] < 12 * counts[0]
