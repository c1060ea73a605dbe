"""Formats: what is a code, of which system, and what is wrong with what is not."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cdtref
from cdtref import CodeSystem, InvalidCodeError

CANONICAL = {
    "D0389": CodeSystem.CDT,
    "D9999": CodeSystem.CDT,
    "99213": CodeSystem.CPT_I,
    "00170": CodeSystem.CPT_I,
    "0001A": CodeSystem.CPT_I,
    "0001F": CodeSystem.CPT_II,
    "0071T": CodeSystem.CPT_III,
    "0001U": CodeSystem.CPT_PLA,
    "0002M": CodeSystem.CPT_MAAA,
    **{f"{letter}0330": CodeSystem.HCPCS for letter in "ABCEGHJKLMPQRSTUV"},
}

SPELLINGS = {
    " D0389\t": "D0389",
    "d0389": "D0389",
    "D-0389": "D0389",
    "d 0389": "D0389",
    "Ｄ０３８９": "D0389",
    "Ｄ－０３８９": "D0389",
    "\u3000D0389\u00a0\n": "D0389",
    "0071t": "0071T",
    "g0330": "G0330",
}

MALFORMED = {
    "": "empty",
    "   ": "empty",
    "0389": "did you mean D0389?",
    "120": "is three digits, without the letter and the first zero; did you mean D0120?",
    "d120": "has three digits, without the first zero; did you mean D0120?",
    "D01110": "has 6 characters, perhaps a zero too many; did you mean D1110 or D0111?",
    "D01351": "has 6 characters, perhaps a zero too many; did you mean D1351?",
    "D27400": "has 6 characters, perhaps a zero too many; did you mean D2740?",
    "Dl206": "has the letter L at position 2 for a one; did you mean D1206?",
    "D\u20130389": "(U+2013) at position 2, where a code has none; did you mean D0389?",
    "CDT2740": "has the name of the code set in place of the letter; did you mean D2740?",
    "D2740A": "has a letter behind the code; did you mean D2740?",
    "E0601-RR": "has a modifier behind the code; did you mean E0601?",
    "99213 25": "has a modifier behind the code; did you mean 99213?",
    "d-0389-kx": "has a modifier behind the code; did you mean D0389?",
    "I0120-KX": "has '-' at position 6",
    "DO389": "letter O at position 2 for a zero; did you mean D0389?",
    "D038O": "letter O at position 5 for a zero; did you mean D0380?",
    "D--0389": "'-' at position 2",
    "D  0389": "' ' at position 2",
    "99-213": "'-' at position 3",
    "G-0330": "'-' at position 2",
    "D03 89": "' ' at position 4",
    "+D0389": "'+' at position 1",
    "D0389.": "'.' at position 6",
    "D03": "3 characters",
    "D13899": "6 characters",
    "D038": "has 4 characters",
    "D389": "three digits, without the first zero",
    "D03899": "a zero too many",
    "26": "modifier",
    "D03A9": "'A' at position 4, where a digit belongs",
    "1234X": "ends in 'X' at position 5",
    "X1234": "begins with 'X' at position 1",
    "I0330": "begins with 'I'",
    "D03²9": "'²' (U+00B2) at position 4",
    "D038\u0669": "(U+0669) at position 5",
    "ſ1234": "(U+017F) at position 1",
    "D0389\x00": "'\\x00' at position 6",
    "D0389\u200b": "(U+200B) at position 6",
    "GXXX1": "'X' at position 2",
    "x" * 10_000_000: "longer than any code",
}


@pytest.mark.parametrize(("text", "system"), CANONICAL.items())
def test_each_system_has_its_shape(text, system):
    assert text == cdtref.parse_code(text)
    assert system is cdtref.code_system(text)
    assert cdtref.is_valid_code(text)
    assert system.label.split()[0] in ("CDT", "CPT", "HCPCS")


@pytest.mark.parametrize(("text", "code"), SPELLINGS.items())
def test_parse_takes_what_people_type(text, code):
    assert code == cdtref.parse_code(text)


@pytest.mark.parametrize(("text", "reason"), MALFORMED.items(), ids=lambda text: repr(text[:12]))
def test_malformed_text_is_refused_with_its_reason(text, reason):
    with pytest.raises(InvalidCodeError) as caught:
        cdtref.parse_code(text)
    assert reason in str(caught.value)
    assert len(str(caught.value)) < 160
    assert not cdtref.is_valid_code(text)


@pytest.mark.parametrize(
    "value", [None, b"D0389", float("nan"), 389, ["D0389"], {}, object(), type]
)
def test_what_is_no_text_is_no_code(value):
    assert not cdtref.is_valid_code(value)
    assert not cdtref.is_valid_modifier(value)
    assert not cdtref.is_anesthesia_code(value)
    with pytest.raises(InvalidCodeError, match="a code is text such as 'D0389', not"):
        cdtref.parse_code(value)


def test_a_str_subclass_is_text_and_cannot_lie():
    class Liar(str):
        __slots__ = ()

        def upper(self):
            return "D0389"

        def strip(self):
            raise RuntimeError

    assert not cdtref.is_valid_code(Liar("junk"))
    assert type(cdtref.parse_code(Liar("D0120"))) is str


@pytest.mark.parametrize("text", ["26", "tc", " KX ", "F1"])
def test_modifiers(text):
    assert cdtref.is_valid_modifier(text)
    assert text.strip().upper() == cdtref.parse_modifier(text)
    assert not cdtref.is_valid_code(text)


@pytest.mark.parametrize("text", ["", "2", "260", "2-", "²6", "D0389", "2 6"])
def test_what_is_no_modifier(text):
    assert not cdtref.is_valid_modifier(text)
    with pytest.raises(InvalidCodeError, match="two letters or digits"):
        cdtref.parse_modifier(text)


@pytest.mark.parametrize(
    ("code", "anesthesia"),
    [("00100", True), ("01999", True), ("02000", False), ("00099", False), ("0100T", False)],
)
def test_the_anesthesia_range_is_known_as_such(code, anesthesia):
    assert anesthesia is cdtref.is_anesthesia_code(code)


@given(st.text() | st.text(alphabet=string.printable, max_size=7) | st.from_type(object))
def test_is_valid_code_never_raises_and_agrees_with_parse(value):
    """is_valid_code(x) is True exactly where parse_code(x) succeeds."""
    try:
        cdtref.parse_code(value)
    except InvalidCodeError:
        assert not cdtref.is_valid_code(value)
    else:
        assert cdtref.is_valid_code(value)


@given(st.from_regex(r"[A-Za-z]?[- ]?[0-9OIl]{3,5}[A-Za-z]?", fullmatch=True))
def test_a_parsed_code_is_a_fixed_point_of_five_ascii_characters(text):
    """A code is a plain str in canonical form."""
    if cdtref.is_valid_code(text):
        code = cdtref.parse_code(text)
        assert len(code) == 5
        assert code.isascii()
        assert code == cdtref.parse_code(code)
        assert code in text.upper().replace("-", "").replace(" ", "")


@given(
    st.sampled_from(sorted(CANONICAL)), st.sampled_from(["", " ", "\t", "\n", "\u00a0", "\u3000"])
)
def test_outer_space_and_case_never_matter(code, space):
    """parse_code takes outer space, lower case and full-width characters."""
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    assert {code} == {
        cdtref.parse_code(space + text + space) for text in (code, code.lower(), wide)
    }


def test_systems_go_by_their_names_and_labels():
    assert {system.name: system.value for system in CodeSystem} == {
        name: name for name in CodeSystem.__members__
    }
    assert [str(system) for system in CodeSystem] == list(CodeSystem.__members__)
    assert [system.label for system in CodeSystem] == [
        "CDT",
        "CPT Category I",
        "CPT Category II",
        "CPT Category III",
        "CPT PLA",
        "CPT MAAA",
        "HCPCS Level II",
    ]


def test_an_error_carries_and_quotes_a_short_piece():
    with pytest.raises(InvalidCodeError) as caught:
        cdtref.parse_code("x" * 25)
    assert caught.value.value == "x" * 24 + "..."
    assert str(caught.value).startswith(repr("x" * 24) + "... is longer")
    with pytest.raises(InvalidCodeError) as caught:
        cdtref.parse_code("x" * 24)
    assert str(caught.value) == f"{'x' * 24!r} has 24 characters; a code has five, such as D0389"


@pytest.mark.parametrize("wide", ["\uff01", "\uff5e", "\uff00", "\uff5f"])
def test_the_edges_of_the_full_width_block_are_no_letters(wide):
    assert not cdtref.is_valid_code(f"D038{wide}")


MESSAGES = {
    "": "the text is empty; a code has five characters, such as D0389",
    None: "a code is text such as 'D0389', not NoneType",
    "0389": "'0389' is four digits without a letter; did you mean D0389?",
    "D0389.": "'D0389.' has '.' at position 6, where a code has none; did you mean D0389?",
    "X-0389": "'X-0389' has '-' at position 2, where a code has none",
    "DO389": "'DO389' has the letter O at position 2 for a zero; did you mean D0389?",
    "O0389": "'O0389' begins with 'O' at position 1; no code system has codes under that letter",
    "XO389": "'XO389' has 'O' at position 2, where a digit belongs",
    "26": "'26' is the form of a modifier, not of a code",
    "1234X": "'1234X' ends in 'X' at position 5; after four digits a code ends in a digit or A, F, M, T or U",
    "D03A9": "'D03A9' has 'A' at position 4, where a digit belongs",
}


@pytest.mark.parametrize(("text", "message"), MESSAGES.items())
def test_the_message_of_each_fault_in_full(text, message):
    with pytest.raises(InvalidCodeError) as caught:
        cdtref.parse_code(text)
    assert str(caught.value) == message


def test_the_message_of_a_bad_modifier_in_full():
    with pytest.raises(InvalidCodeError) as caught:
        cdtref.parse_modifier("260")
    assert (
        str(caught.value)
        == "'260' is not a modifier: a modifier is two letters or digits, such as 26 or KX"
    )
    assert caught.value.value == "260"
    with pytest.raises(InvalidCodeError, match=r"^a value of type int is not a modifier: "):
        cdtref.parse_modifier(26)
    with pytest.raises(InvalidCodeError, match=r"^'D' has 1 character; a code has five"):
        cdtref.parse_code("D")
