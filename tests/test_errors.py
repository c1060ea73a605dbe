"""The tree of errors: what callers may catch, what each error carries, and what it says."""

from __future__ import annotations

import copy
import inspect
import pickle
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import cdtref
import pinned
from cdtref import CdtrefError, DataFormatError, InvalidCodeError, UnknownCodeError, errors

DAY = date.min

# Each error: the built-in errors that catch it, and its attributes with a value each.
TREE = {
    "CdtrefError": ((), {}),
    "InvalidCodeError": ((ValueError,), {"value": "0147", "suggestion": "D0147"}),
    "InvalidSiteError": ((ValueError,), {}),
    "UnknownCodeError": (
        (KeyError, ValueError),
        {"code": "D0147", "system": cdtref.CodeSystem.CDT, "neighbours": ("D0145",)},
    ),
    "NotInForceError": (
        (LookupError, ValueError),
        {"code": "D0147", "on": DAY, "replaced_by": ("D0140",), "see_also": ("D0145",)},
    ),
    "UnknownReleaseError": ((KeyError, ValueError), {"known": ("first", "second")}),
    "UnknownLocalityError": ((KeyError, ValueError), {"known": ("AL-00",)}),
    "NoRelativeValuesError": ((LookupError,), {"code": "D0147"}),
    "DataFormatError": ((ValueError,), {"path": "claims.csv", "line": 3, "column": "fee"}),
    "DataError": ((), {"file": "editions.json", "key": "first"}),
}


def test_the_table_has_every_error():
    found = {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, CdtrefError)
    }
    assert found == set(TREE)
    assert found <= set(cdtref.__all__)


@pytest.mark.parametrize("name", TREE)
def test_an_error_is_in_the_tree_and_beside_the_builtin_errors_that_callers_may_catch(name):
    builtin, _ = TREE[name]
    error = getattr(cdtref, name)
    assert issubclass(error, CdtrefError)
    assert {base for base in error.__bases__ if base.__module__ == "builtins"} - {Exception} == set(
        builtin
    )


@pytest.mark.parametrize("name", TREE)
@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))]
)
def test_an_error_comes_through_pickle_and_copy_with_all_that_it_carries(name, again):
    _, carried = TREE[name]
    error = again(getattr(cdtref, name)("what was wrong", **carried))
    assert (type(error).__name__, str(error), vars(error)) == (name, "what was wrong", carried)


@pytest.mark.parametrize("name", TREE)
def test_an_error_carries_its_attributes_where_there_is_nothing_to_say(name):
    """None, or () for several."""
    _, carried = TREE[name]
    empty = {
        attribute: () if isinstance(value, tuple) else None for attribute, value in carried.items()
    }
    bare = getattr(cdtref, name)()
    assert (str(bare), vars(bare)) == ("", empty)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ({}, "claims.csv: wrong"),
        ({"line": 3}, "claims.csv, line 3: wrong"),
        ({"column": "fee"}, "claims.csv, column fee: wrong"),
        ({"line": 3, "column": "fee"}, "claims.csv, line 3, column fee: wrong"),
    ],
)
def test_a_format_error_says_where(tmp_path, place, said):
    assert str(DataFormatError.at("claims.csv", "wrong", **place)) == said
    error = DataFormatError.at(tmp_path / "claims.csv", "wrong", **place)
    assert error.path == str(tmp_path / "claims.csv")
    assert (error.line, error.column) == (place.get("line"), place.get("column"))


KEYS = {
    "an unknown code": ("D0147", "D0147", cdtref.CodeSystem.CDT),
    "a code of another system": ("99213", "99213", cdtref.CodeSystem.CPT_I),
    "a spelling": (" d-0120 ", "D0120", cdtref.CodeSystem.CDT),
    "no code": ("dental", None, None),
    "no text": (120, None, None),
}


@pytest.mark.parametrize(("key", "code", "system"), KEYS.values(), ids=KEYS)
def test_a_key_that_a_catalog_does_not_have(key, code, system):
    with pytest.raises(UnknownCodeError, match="its keys are canonical") as caught:
        cdtref.catalog()[key]
    assert (caught.value.code, caught.value.system, caught.value.neighbours) == (code, system, ())
    assert cdtref.catalog().get(key) is None


def retired(*, has_successor):
    codes = (
        p
        for p in cdtref.catalog().values()
        if p.terminated and bool(p.replaced_by) is has_successor
    )
    return next(p for p in codes if p.related)


def test_a_retired_code_says_what_took_its_place_or_what_to_look_at():
    replaced, ended = retired(has_successor=True), retired(has_successor=False)
    for procedure in (replaced, ended):
        with pytest.raises(cdtref.NotInForceError) as caught:
            procedure.require_in_force(procedure.terminated)
        told = (*caught.value.replaced_by, *caught.value.see_also)
        assert told
        assert all(code in str(caught.value) for code in told)
        assert (caught.value.code, caught.value.on) == (procedure.code, procedure.terminated)
    assert not caught.value.replaced_by
    linked = {link.code for link in ended.related}
    assert set(caught.value.see_also) == {
        c for c in linked if cdtref.get(c).in_force(caught.value.on)
    }


def test_a_code_that_is_yet_to_come_has_nothing_to_look_at():
    coming = next(p for p in cdtref.procedures() if p.related and p.effective and p.effective > DAY)
    with pytest.raises(cdtref.NotInForceError) as caught:
        coming.require_in_force(DAY)
    assert (caught.value.replaced_by, caught.value.see_also) == ((), ())


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("0389", "D0389"),
        (" 0389 ", "D0389"),
        ("\uff10\uff13\uff18\uff19", "D0389"),  # full-width digits
        ("DO389", "D0389"),
        ("d-038o", "D0380"),
        ("9921O", "99210"),
        ("389", "D0389"),
        ("D389", "D0389"),
        *((text, "D0389") for text in ("d 0 389", "D0389,", "D0389.", "D0389.0", "#D0389")),
        *((text, "D0389") for text in ("CDT D0389", "D\u20130389", "D-03-89", "CDT 0389")),
        ("DI206", "D1206"),
        ("K02.9", None),
        ("K02.90", None),
        ("OO389", None),
        ("\u0660\u0663\u0668\u0669", None),  # Arabic-Indic digits
        ("0389 and a long text", None),
        ("", None),
        (389, None),
    ],
)
def test_a_slip_that_is_common_has_a_suggestion(text, suggestion):
    with pytest.raises(InvalidCodeError) as caught:
        cdtref.parse_code(text)
    assert caught.value.suggestion == suggestion
    assert ("did you mean" in str(caught.value)) is (suggestion is not None)


def test_by_its_form_alone_a_slip_may_have_two_suggestions():
    """Without a catalog both are named, and neither is the one that a program may put in its place."""
    with pytest.raises(InvalidCodeError, match="did you mean D3890 or D0389") as caught:
        cdtref.parse_code("D03890")
    assert caught.value.suggestion is None
    with pytest.raises(InvalidCodeError, match="did you mean D0389") as caught:
        cdtref.get("D03890")
    assert caught.value.suggestion == "D0389"


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("D03890", "D0389"),
        ("D01200", "D0120"),
        ("D27400", "D2740"),
        ("D01110", "D1110"),
        ("D02740", "D2740"),  # as files write it that put a zero before all numbers
        (pinned.MISPRINT[1:], None),
        ("99213 25", "99213"),
    ],
)
def test_a_catalog_suggests_only_what_it_knows(text, suggestion):
    """InvalidCodeError.suggestion: 'a catalog suggests none that it does not know'."""
    with pytest.raises(InvalidCodeError) as caught:
        cdtref.get(text)
    assert caught.value.suggestion == suggestion
    assert cdtref.verdict(text).suggestion == suggestion
    assert caught.value.value == text


def test_the_old_form_of_five_digits_is_hinted_at():
    with pytest.raises(cdtref.UnknownCodeError, match="D2740, if this is the ADA's old form"):
        cdtref.get("02740")
    assert cdtref.code_system("02740") is cdtref.CodeSystem.CPT_I


@given(st.text(max_size=8) | st.from_regex(r"[D0O][0-9O]{3,4}", fullmatch=True))
def test_a_suggestion_is_a_code_and_in_the_message(text):
    """A suggestion can be typed as it is."""
    assume(not cdtref.is_valid_code(text))
    with pytest.raises(InvalidCodeError) as caught:
        cdtref.parse_code(text)
    meant = caught.value.suggestion
    assert meant is None or cdtref.parse_code(meant) == meant
    assert (f"did you mean {meant}?" in str(caught.value)) is (meant is not None)


LONG = "x" * 100_000
CATALOG = cdtref.catalog()
BLAMED = {
    "get": lambda: cdtref.get(LONG),
    "catalog": lambda: CATALOG[LONG],
    "catalog, no text": lambda: CATALOG[(LONG,)],
    "edition": lambda: CATALOG.edition(LONG),
    "category": lambda: cdtref.procedures(category=LONG),
    "rvu": lambda: cdtref.rvu(LONG),
    "modifier": lambda: cdtref.rvu("99213", LONG),
    "locality": lambda: cdtref.fee_schedule().locality(LONG),
    "tooth": lambda: cdtref.parse_tooth(LONG),
    "teeth": lambda: cdtref.parse_teeth(f"1,{LONG}"),
    "surfaces": lambda: cdtref.parse_surfaces(LONG),
    "area": lambda: cdtref.parse_area(LONG),
    "date": lambda: cdtref.get("D0120", on=LONG),
    "line": lambda: cdtref.ClaimLine("D0120", fee=LONG),
    "claim": lambda: cdtref.Claim.from_dict({LONG: 1, "lines": []}),
    "segment": lambda: cdtref.ClaimLine.from_sv3([f"SV3*AD:D0120*{LONG}"]),
    "limit's codes": lambda: cdtref.Limit(codes=LONG, most=1),
    "limit's place": lambda: cdtref.Limit(codes="D0120", per=LONG),
    "limit's count": lambda: cdtref.Limit(codes="D0120", most=[LONG]),
    "limit's year": lambda: cdtref.Limit(codes="D0120", year_starts=LONG),
    "limit's period": lambda: cdtref.Limit(codes="D0120", period=LONG),
    "rows": lambda: CATALOG.with_nomenclature([{"code": "D0120", f"Nomenclature {LONG}": [1]}]),
    "entry": lambda: cdtref.LogEntry(str(DAY), "99213", units=LONG),
    "record": lambda: cdtref.ClaimLine.from_dict({LONG: 1}),
}


@pytest.mark.parametrize("call", BLAMED.values(), ids=BLAMED)
def test_a_message_repeats_little_of_what_was_given(call):
    with pytest.raises((CdtrefError, ValueError, TypeError)) as caught:
        call()
    assert len(str(caught.value)) < 1_000


def test_a_column_of_any_length_is_named_shortly_and_kept():
    error = DataFormatError.at("claims.csv", "there is none", column=LONG)
    assert len(str(error)) < 100
    assert len(error.place) < 100
    assert error.column == LONG
