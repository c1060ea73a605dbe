"""
Payment: [(work x GPCI) + (PE x GPCI) + (MP x GPCI)] x conversion factor, to the cent, never an
amount of zero.
"""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from decimal import (
    ROUND_FLOOR,
    ROUND_HALF_UP,
    Context,
    Decimal,
    FloatOperation,
    Inexact,
    Rounded,
    localcontext,
)
from fractions import Fraction
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cdtref
import pinned
from cdtref import CONVERSION_FACTORS, NoRelativeValuesError, UnknownCodeError, UnknownLocalityError

fee = cdtref.fee_schedule()
CMS = os.environ.get("CDTREF_CMS_DIR")

CODES = [
    "99213",
    "99204",
    "21110",
    "21210",
    "20605",
    "41010",
    "70355",
    "11102",
    "27447",
    "64400",
    "D0389",
    "00170",
]
LOCALITIES = ["CA-18", "NY-01", "AL-00", "AK-01"]


@pytest.mark.parametrize(("asked", "amount"), pinned.PAYMENTS.items(), ids=str)
def test_payments_are_those_worked_out_by_hand(asked, amount):
    code, modifier, setting, locality, factor = asked
    paid = fee.payment(
        code,
        modifier or None,
        facility=setting == "facility",
        locality=locality or None,
        conversion_factor=factor,
    )
    assert (paid.amount, paid.to_dict()["amount"]) == (Decimal(amount), amount)


def test_the_national_figure_of_99213_and_its_parts():
    paid, factor = fee.payment("99213"), pinned.FACTOR
    work, pe, _, mp, total, _ = pinned.VALUES["99213", ""]
    amount = pinned.PAYMENTS["99213", "", "non-facility", "", factor]
    assert (paid.work, paid.pe, paid.mp, paid.total) == tuple(map(Decimal, (work, pe, mp, total)))
    assert (paid.conversion_factor, paid.amount) == (Decimal(factor), Decimal(amount))
    told = f"({work} + {pe} + {mp}) x {factor} = ${amount}"
    assert paid.explain() == f"99213, {pinned.RELEASE}, national, non-facility: {told}."


def test_the_factors_of_a_year():
    assert {
        name: str(factor) for name, factor in CONVERSION_FACTORS.items()
    } == pinned.CONVERSION_FACTORS


@pytest.mark.skipif(not CMS, reason="CDTREF_CMS_DIR is not set")
@pytest.mark.parametrize("locality", LOCALITIES)
@pytest.mark.parametrize("code", CODES)
def test_against_an_independent_sum_from_the_raw_files(code, locality):
    with (Path(CMS) / pinned.PPRRVU).open() as file:
        row = next(cells for cells in csv.reader(file) if cells[0] == code and not cells[1])
    with (Path(CMS) / pinned.GPCI).open() as file:
        gpci = next(
            cells[4:7] for cells in csv.reader(file) if f"{cells[1]}-{cells[2]}" == locality
        )
    cents = (
        sum(Decimal(row[n]) * Decimal(g) for n, g in zip((5, 6, 10), gpci, strict=True))
        * Decimal(row[25])
        * 100
    )
    expected = cents.quantize(Decimal(1), ROUND_HALF_UP) / 100
    if row[3] in "ART" and expected and row[7] != "NA":
        assert fee.payment(code, locality=locality).amount == expected
    else:
        with pytest.raises(NoRelativeValuesError):
            fee.payment(code, locality=locality)


def one(**wanted):
    """The first payable row whose indicators are those."""
    return next(
        row.code
        for row in fee
        if row.is_billable_with_rvu
        and row.modifier is None
        and not row.na_facility
        and all(getattr(row, name) == value for name, value in wanted.items())
    )


@pytest.mark.parametrize(
    ("modifier", "indicator", "share"),
    [
        ("50", {"bilateral": "1"}, "1.5"),
        ("50", {"bilateral": "3"}, "2"),
        ("62", {"co_surgeon": "1"}, "0.625"),
        ("62", {"co_surgeon": "2"}, "0.625"),
        ("80", {"assistant": "2"}, "0.16"),
        ("81", {"assistant": "2"}, "0.16"),
        ("82", {"assistant": "0"}, "0.16"),
        ("AS", {"assistant": "2"}, "0.136"),
        ("78", {"intra_op": Decimal("0.69")}, "0.69"),
    ],
)
def test_modifiers_pay_the_share_that_the_indicator_allows(modifier, indicator, share):
    code = one(**indicator)
    full, part = fee.payment(code, facility=True), fee.payment(code, modifier, facility=True)
    assert part.share == Decimal(share)
    assert part.amount == (full.total * full.conversion_factor * Decimal(share)).quantize(
        Decimal("0.01"), ROUND_HALF_UP
    )
    assert "manual ch. 12" in part.note
    assert part.explain().endswith(part.note)
    assert part.modifier == modifier


@pytest.mark.parametrize(
    ("modifier", "indicator", "said"),
    [
        ("50", {"bilateral": "0"}, "150 % rule does not apply"),
        ("50", {"bilateral": "2"}, "both sides already"),
        ("50", {"bilateral": "9"}, "concept does not apply"),
        ("62", {"co_surgeon": "0"}, "co-surgeons are not paid"),
        ("80", {"assistant": "1"}, "an assistant is not paid"),
        ("AS", {"assistant": "9"}, "an assistant is not paid"),
        ("78", {"global_days": "XXX"}, "no intra-operative share"),
        ("52", {"bilateral": "1"}, "priced by report"),
        ("66", {"team": "2"}, "priced by report"),
        ("59", {"bilateral": "1"}, "no price of its own"),
    ],
)
def test_a_modifier_that_the_indicator_forbids_is_explained(modifier, indicator, said):
    with pytest.raises(NoRelativeValuesError, match=said):
        fee.payment(one(**indicator), modifier, facility=True)


def test_row_modifiers_are_priced_from_their_rows():
    whole, parts = fee.payment("70355"), [fee.payment("70355", part) for part in ("26", "TC")]
    assert whole.total == sum(part.total for part in parts)
    with pytest.raises(UnknownCodeError):
        fee.payment("99213", "26")


@pytest.mark.parametrize("code", ["D0389", "41899", "00170", "99024", "GXXX1"])
def test_no_values_no_amount(code):
    with pytest.raises(NoRelativeValuesError, match=f"{code}.*has status"):
        fee.payment(code)


def test_na_says_which_setting_exists():
    row = next(
        row for row in fee if row.na_nonfacility and row.is_billable_with_rvu and not row.modifier
    )
    with pytest.raises(NoRelativeValuesError, match="the facility setting has"):
        fee.payment(row.code)
    assert fee.payment(row.code, facility=True).amount > 0


def test_a_setting_marked_as_na_is_priced_where_that_is_asked_for():
    """CMS's look-up computes with the figures beside the mark."""
    row = next(row for row in fee if row.na_facility and row.is_billable_with_rvu)
    with pytest.raises(NoRelativeValuesError, match="despite_na=True"):
        fee.payment(row.code, row.modifier, facility=True)
    paid = fee.payment(row.code, row.modifier, facility=True, despite_na=True)
    assert paid.total == row.work + row.pe_facility + row.mp
    assert "CMS marks the facility setting as not applicable (NA)" in paid.note
    unmarked = attrs.evolve(row, na_facility=False)
    assert paid.note not in unmarked.explain()
    assert fee.payment("99213", despite_na=True) == fee.payment("99213")


def test_localities():
    assert len(fee.localities) == pinned.LOCALITIES
    assert fee.payment("99213", locality="ca-18").locality == "CA-18"
    with pytest.raises(UnknownLocalityError, match="such as AL-00") as caught:
        fee.payment("99213", locality="XX-99")
    assert "CA-18" in caught.value.known


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("CA18", r"such as CA-18 LOS ANGELES[^,]*$"),
        ("ca 18", r"such as CA-18 LOS ANGELES[^,]*$"),
        ("los angeles", r"such as CA-18 LOS ANGELES[^,]*$"),
        ("CA", r"such as CA-05 SAN FRANCISCO.*, CA-09 .* and \d+ more$"),
        ("-", r"such as AL-00$"),
    ],
)
def test_a_locality_that_is_near_is_told_by_its_name(asked, told):
    with pytest.raises(UnknownLocalityError, match=told):
        fee.locality(asked)


@pytest.mark.parametrize("number", [5, "5", "05"])
def test_a_number_is_no_locality_without_its_state(number):
    with pytest.raises(UnknownLocalityError, match="its keys are state and number, such as CA-05"):
        fee.locality(number)


def test_a_factor_is_exact_or_refused():
    with pytest.raises(TypeError, match="Decimal"):
        fee.payment("99213", conversion_factor=float(pinned.FACTOR))
    assert fee.payment("99213", conversion_factor=" 33 ").conversion_factor == 33


@pytest.mark.parametrize(
    "wrong",
    [
        "abc",
        "-1",
        "0",
        "0.0",
        "NaN",
        "sNaN",
        "Infinity",
        "1e30",
        "1E-30",
        "10000",
        "1_0",
        "3,5",
        "$3",
    ],
)
def test_a_factor_that_is_none_is_refused_by_name(wrong):
    with pytest.raises(ValueError, match=re.escape(f"the conversion factor {wrong!r} is not a")):
        fee.payment("99213", conversion_factor=wrong)


@pytest.mark.parametrize(
    "wrong", ["1" * 50, "33." + "4" * 50, "NaN", "Infinity", "1e30", "1e-30", "0"]
)
def test_a_decimal_that_is_no_factor_is_refused_by_name(wrong):
    with pytest.raises(ValueError, match=r"the conversion factor .* at most 28 digits"):
        fee.payment("99213", conversion_factor=Decimal(wrong))


def test_a_quotient_is_a_factor():
    third = Decimal(pinned.FACTOR) / 3
    assert fee.payment("99213", conversion_factor=third).conversion_factor == third


CONTEXTS = {
    "seven digits": Context(prec=7),
    "rounding down": Context(rounding=ROUND_FLOOR),
    "traps": Context(traps=[Inexact, Rounded, FloatOperation]),
    "small exponents": Context(Emax=1, Emin=-1),
}


@pytest.mark.parametrize("context", CONTEXTS.values(), ids=CONTEXTS)
def test_amounts_are_the_same_in_every_decimal_context_of_the_caller(context):
    rows = payable[:: len(payable) // 500]
    usual = [fee.payment(row.code, row.modifier, locality="CA-18") for row in rows]
    totals = [paid.total for paid in usual]
    with localcontext(context):
        again = [fee.payment(row.code, row.modifier, locality="CA-18") for row in rows]
        assert list(map(str, (paid.amount for paid in again))) == [str(p.amount) for p in usual]
        assert [str(paid.total) for paid in again] == list(map(str, totals))


def test_a_module_that_is_loaded_in_a_context_of_the_caller_is_as_ever():
    """What it computes on its way in stays for the life of the process."""
    code = (
        "import decimal, sys\ndecimal.getcontext().prec = int(sys.argv[1])\nimport cdtref\n"
        "schedule = cdtref.fee_schedule()\n"
        "for modifier in ('80', 'AS', '62', '50'):\n"
        "    print(schedule.payment('27447', modifier, facility=True).explain())\n"
    )
    answers = []
    for precision in ("28", "1"):
        command = [sys.executable, "-c", code, precision]
        answers.append(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert answers[0] == answers[1]
    assert " 13.6 %" in answers[0]


payable = [row for row in fee if row.is_billable_with_rvu and not row.na_nonfacility]


@given(st.sampled_from(payable), st.sampled_from(fee.localities))
def test_the_amount_is_the_rounded_sum_of_its_parts(row, place):
    """The arithmetic is exact; the amount alone is rounded, once, to the cent."""
    paid = fee.payment(row.code, row.modifier, locality=place.key)
    exact = (
        row.work * place.work + row.pe_nonfacility * place.pe + row.mp * place.mp
    ) * fee.conversion_factor
    assert abs(paid.amount - exact) <= Decimal("0.005")
    assert paid.amount == paid.amount.quantize(Decimal("0.01"))


def test_every_row_in_every_locality_against_whole_numbers():
    """
    Exhaustive, and independent of Decimal: in hundredths of RVUs, thousandths of indices and
    ten-thousandths of a dollar; half a cent is rounded up.
    """
    factor = int(Fraction(fee.conversion_factor) * 10_000)
    places = [(place.key, *_thousandths(place)) for place in fee.localities]
    rows = [row for row in payable if row.modifier is None]
    for n, row in enumerate(rows):
        work, pe, mp = (int(v * 100) for v in (row.work, row.pe_nonfacility, row.mp))
        # Each row in a fifth of the localities, so that all meet all of them in kind.
        for key, work_index, pe_index, mp_index in places[n % 5 :: 5]:
            exact = (work * work_index + pe * pe_index + mp * mp_index) * factor
            cents = (exact + 5 * 10**6) // 10**7
            assert fee.payment(row.code, locality=key).amount * 100 == cents, (row.code, key)


def _thousandths(place):
    return [int(index * 1000) for index in (place.work, place.pe, place.mp)]
