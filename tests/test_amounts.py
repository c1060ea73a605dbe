"""Amounts and counts: what people and claims write, and nothing that merely looks like a number."""

from __future__ import annotations

from decimal import Context, Decimal, FloatOperation, Inexact, Rounded, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdtref.fieldtext.amounts import (
    MOST_COUNT,
    MOST_DOLLARS,
    bounded_amount,
    bounded_count,
    parse_amount,
    parse_count,
    parse_decimal,
)


@pytest.mark.parametrize(
    "context",
    [Context(prec=3, Emax=3, Emin=-3), Context(prec=5, traps=[Inexact, Rounded, FloatOperation])],
    ids=["small", "traps"],
)
def test_an_amount_is_read_alike_in_every_context_of_the_caller(context):
    """Its bounds too: a minus before one of them would be arithmetic."""
    with localcontext(context):
        assert str(parse_amount("$1,250.50")) == "1250.50"
        assert str(parse_amount("(99,999,999.99)")) == "-99999999.99"
        with pytest.raises(ValueError, match="no amount"):
            parse_amount("-100,000,000.00")


@pytest.mark.parametrize(
    ("text", "dollars"),
    [
        ("0", "0"),
        ("60", "60"),
        (" 60.5 ", "60.5"),
        ("$1,250.50", "1250.50"),
        ("1,250", "1250"),
        ("12,345,678", "12345678"),
        ("-12.00", "-12.00"),
        ("-$12", "-12"),
        ("$-12", "-12"),
        ("$ 12", "12"),
        ("(50.00)", "-50.00"),
        ("($1,250.00)", "-1250"),
        ("$(50)", "-50"),
        ("60.0000", "60"),
        ("99999999.99", "99999999.99"),
    ],
)
def test_amounts_of_dollars(text, dollars):
    assert parse_amount(text) == Decimal(dollars)


@pytest.mark.parametrize(
    "text",
    [
        *("", "$", "-", ".", "12,50", "1,25,000", "1.250", "1.250,50", "1,2500", ",250", "12."),
        *(
            "1_0",
            "$$5",
            "--5",
            "-$-5",
            "1e3",
            "NaN",
            "sNaN",
            "Infinity",
            "0x10",
            "5 0",
            "(5",
            "(-5)",
            "((5))",
            "()",
        ),
        *("\u0661\u0662", "\uff11", "60.001", "60.0010", "five", "1" * 5000, "100000000"),
    ],
)
def test_what_is_no_amount_of_dollars_is_refused(text):
    with pytest.raises(ValueError, match="amount") as caught:
        parse_amount(text)
    assert len(str(caught.value)) < 100


@pytest.mark.parametrize(("text", "value"), [("185.5", "185.5"), (".5", "0.5"), ("5.", "5")])
def test_decimals_of_x12(text, value):
    assert parse_decimal(text) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", ".", "$5", "1,000", "1e999999", "NaN", "Infinity", "1" * 5000, "+5", "1_0"]
)
def test_what_is_no_decimal_of_x12_is_refused(text):
    with pytest.raises(ValueError, match=r"number|amount"):
        parse_decimal(text)


@pytest.mark.parametrize(
    "value",
    [
        "NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
        "1e999999999",
        "1e8",
        "1e-999999999",
        "0.001",
        "0e999999999",
        "0e-999999999",
    ],
)
def test_amounts_out_of_bounds_are_refused_without_arithmetic_on_them(value):
    with pytest.raises(ValueError, match="amount"):
        bounded_amount(Decimal(value))


@pytest.mark.parametrize("value", ["0", "0.000", "1e2", "60.0000", "-5"])
def test_amounts_within_bounds_stay_as_they_are(value):
    assert bounded_amount(Decimal(value)).as_tuple() == Decimal(value).as_tuple()


@pytest.mark.parametrize(
    ("text", "count"), [("2", 2), ("2.0", 2), ("2.", 2), ("-1", -1), (" 7 ", 7)]
)
def test_counts(text, count):
    assert parse_count(text) == count


@pytest.mark.parametrize(
    "text", ["", "two", "1.5", "1_0", "+2", "1e3", "\u0662", "1" * 5000, "123456789", "NaN"]
)
def test_what_is_no_count_is_refused(text):
    with pytest.raises(ValueError, match="number"):
        parse_count(text)


def test_a_count_of_thousands_of_digits_is_refused_without_writing_it():
    assert bounded_count(MOST_COUNT) == MOST_COUNT
    with pytest.raises(ValueError, match="beyond"):
        bounded_count(10**5000)


@given(st.decimals(-MOST_DOLLARS, MOST_DOLLARS, places=2))
def test_every_amount_comes_back_from_its_grouped_form(value):
    """X12N 5010: a monetary amount has at most ten digits, the cents among them."""
    assert parse_amount(f"{value:,}") == value
    assert parse_decimal(f"{value:f}") == value
