"""Whole 837D files: what is read, what is told of the envelope, and what breaks off."""

from __future__ import annotations

import contextlib
import io
import itertools
import subprocess
import sys
import tracemalloc
from datetime import date

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdtref import Claim, ClaimLine, DataFormatError, Separators, check_claim, read_837
from cdtref.testing import claims, interchange
from counted import calls_of
from pinned import DAY, YEAR

NPI = "1234567893"
COMPACT = DAY.replace("-", "")
LATER = f"{YEAR}-03-04"
EXAM = ClaimLine("D0120", fee="60.50")
FILLING = ClaimLine("D2391", fee=120, tooth="14", surfaces="O")


def claim(*lines, **fields):
    usual = {"id": "26-1", "date": DAY, "place_of_service": "11", "provider_npi": NPI}
    return Claim(lines or (EXAM,), **(usual | fields))


def read(text):
    if isinstance(text, str):
        text = text.encode()
    return list(read_837(io.BytesIO(text)))


def segments_of(*several):
    return interchange(several or [claim()]).splitlines()


def joined(segments):
    return "\n".join(segments)


def rules_of(found):
    return [finding.rule for finding in found]


# What comes out of an interchange

FULL = claim(
    EXAM,
    ClaimLine("D2999", LATER, fee=12, tooth="8", narrative="why", diagnosis_pointers=(1,)),
    ClaimLine("D4341", fee=250, area="10,20"),
    ClaimLine("D2392", fee=250, tooth="3,14", surfaces="MO,OD"),
    through=LATER,
    birth_date=f"{YEAR - 30}-01-01",
    diagnoses=("K02.9", "K05.10"),
    orthodontics=(24, 12),
    appliance_placed=DAY,
    missing_teeth=("1", "16"),
    teeth_to_extract=("A",),
    note=("see the chart " * 12).strip(),
)


@pytest.mark.parametrize(
    "separators",
    [
        Separators(),
        Separators(component=">"),
        Separators("|", "^", "~", "\n"),
        Separators("*", ":", "^", "\r"),
        Separators("\x1d", "\x1f", "\x1e", "\x1c"),
    ],
)
def test_claims_come_back_through_any_delimiters(separators):
    given = [FULL, claim(FILLING, id="26-2", predetermination=True, date=None)]
    assert list(read_837(io.StringIO(interchange(given, separators)))) == given


def test_interchanges_of_a_file_have_delimiters_of_their_own():
    chosen = [
        Separators("|", ">", "^", "\n"),
        Separators("\x1d", '"', "^", "\x1c"),
        Separators("+", "<", "!", "'"),
    ]
    text = "".join(interchange([FULL], separators) for separators in chosen)
    assert read(text) == [FULL] * len(chosen)


def test_each_diagnosis_may_have_a_segment_of_its_own():
    whole = interchange([claim(diagnoses=("K02.9", "K05.10"))])
    apart = whole.replace("HI*ABK:K029*ABF:K0510~", "HI*ABK:K029~\nHI*ABF:K0510*~")
    (found,) = read(apart)
    assert found.diagnoses == ("K02.9", "K05.10")


@given(st.lists(claims(), max_size=2))
def test_any_claim_comes_back(several):
    """Any claim -> interchange -> read_837 is the same claim, without a word on the envelope."""
    again = read(interchange(several))
    assert again == several
    assert all(one.findings == () for one in again)


@given(claims(), st.integers(1, 200))
def test_any_split_of_the_file_gives_the_same_claims(one, size):
    class Split(io.BytesIO):
        def read(self, _=-1):
            return super().read(size)

    assert list(read_837(Split(interchange([one, one]).encode()))) == [one, one]


def test_a_path_a_text_file_and_a_file_of_bytes(tmp_path):
    path = tmp_path / "claims.837"
    path.write_text(interchange([FULL]))
    assert list(read_837(path)) == list(read_837(str(path))) == [FULL]
    with path.open() as text, path.open("rb") as binary:
        assert list(read_837(text)) == list(read_837(binary)) == [FULL]


def test_line_ends_and_blanks_around_segments():
    text = interchange([FULL])
    for other in (
        text.replace("\n", ""),
        text.replace("\n", "\r\n"),
        "\ufeff\n " + text + "\n\n",
        text.rstrip("~\n"),
    ):
        assert read(other) == [FULL]


def test_several_interchanges_groups_and_transactions():
    one, other = claim(id="26-1"), claim(FILLING, id="26-2")
    text = interchange([one]) + interchange([other, one], Separators("|", ">", "!", "\n"))
    assert read(text + interchange([]) + interchange([other])) == [one, other, one, other]
    assert [found.findings for found in read(text)] == [(), (), ()]
    segments = segments_of(one)
    start, end = 2, len(segments) - 2
    two = segments[:end] + segments[start:end] + ["GE*2*1~", segments[-1]]
    assert [found.findings for found in read(joined(two))] == [(), ()]


def test_what_is_passed_over_is_not_kept():
    """A patient's name, number and address are never kept, quoted or printed."""
    for element in ("NOBODY", "INVENTED DENTAL", "1 INVENTED STREET", "MI*000000000"):
        text = interchange([FULL])
        assert element in text
        (found,) = read(text.replace(element, "SECRET"))
        assert found == FULL
        assert "SECRET" not in repr(found)


def test_a_birth_date_that_cannot_be_read_is_not_quoted():
    text = interchange([FULL]).replace(f"DMG*D8*{YEAR - 30}0101", "DMG*D8*SECRET")
    (found,) = read(text)
    (finding,) = found.findings
    assert (finding.rule, finding.field) == ("claim.unreadable", "birth_date")
    assert "SECRET" not in str(found.to_dict())


def test_where_claims_stand():
    first, second = read(interchange([claim(), FULL]))
    text = interchange([claim(), FULL])
    for found in (first, second):
        assert text[found.place.offset :].lstrip().startswith("CLM*26-1")
        assert text[: found.place.offset].count("~") == found.place.segment - 1
    assert first.place.segment < second.place.segment


def test_the_patient_of_a_claim_is_the_one_above_it():
    segments = segments_of(claim(birth_date=f"{YEAR - 30}-01-01"))
    at = next(n for n, segment in enumerate(segments) if segment.startswith("CLM"))
    patient = [
        "HL*3*2*23*0~",
        "PAT*19~",
        "NM1*QC*1*NOBODY*ELSE~",
        f"DMG*D8*{YEAR - 5}0601*U~",
    ]
    (found,) = read(joined(segments[:at] + patient + segments[at:]))
    assert found.birth_date == date(YEAR - 5, 6, 1)
    undated = [segment for segment in patient if not segment.startswith("DMG")]
    (found,) = read(joined(segments[:at] + undated + segments[at:]))
    assert found.birth_date is None


def test_others_than_the_billing_provider_have_other_numbers():
    segments = segments_of()
    at = next(n for n, segment in enumerate(segments) if segment.startswith("LX"))
    rendering = ["NM1*82*1*NOBODY*ELSE****XX*1245319599~"]
    (found,) = read(joined(segments[:at] + rendering + segments[at:]))
    assert found.provider_npi == NPI


def test_utf_8_and_latin_1_in_a_narrative():
    text = interchange([claim(attrs.evolve(EXAM, narrative="hémorragie"))])
    assert read(text.encode("utf-8"))[0].lines[0].narrative == "hémorragie"
    assert read(text.encode("latin-1"))[0].lines[0].narrative == "hémorragie"


# What is told of an envelope and of single lines

ENVELOPES = {
    "SE01": ("SE*", "SE*1*0001~", "envelope.count"),
    "SE02": ("SE*", lambda segment: segment.replace("0001~", "0002~"), "envelope.control-number"),
    "GE01": ("GE*", "GE*2*1~", "envelope.count"),
    "GE02": ("GE*", "GE*1*2~", "envelope.control-number"),
    "IEA01": ("IEA*", "IEA*2*000000001~", "envelope.count"),
    "IEA02": ("IEA*", "IEA*1*2~", "envelope.control-number"),
    "SE": ("SE*", None, "envelope.nesting"),
    "GE": ("GE*", None, "envelope.nesting"),
    "ST": ("BHT*", "HL*9**99~", "envelope.nesting"),
    "SV3": ("SV3*", lambda segment: segment, None),
}


@pytest.mark.parametrize("element", ENVELOPES)
def test_what_is_wrong_with_an_envelope(element):
    beginning, other, rule = ENVELOPES[element]
    segments = segments_of()
    at = next(n for n, segment in enumerate(segments) if segment.startswith(beginning))
    if other is None:
        del segments[at]
    else:
        segments[at] = other(segments[at]) if callable(other) else other
    (found,) = read(joined(segments))
    assert rules_of(found.findings) == ([] if rule is None else [rule])
    assert rules_of(check_claim(found)) == []
    for finding in found.findings:
        assert finding.place.segment == int(finding.message.split()[1].rstrip(":"))


@pytest.mark.parametrize(
    ("old", "new", "rule", "said"),
    [
        ("SV3*AD:D0120*60.50****1", "SV3*AD:D0120*1e9****1", "line.unreadable", "SV302: '1e9'"),
        ("SV3*AD:D0120", "SV3*HC:D0120", "line.unreadable", "SV301: 'HC:D0120'"),
        ("SV3*AD:D0120*60.50****1~\n", "", "line.unreadable", "0 SV3 segments"),
        (f"DTP*472*D8*{COMPACT}", "DTP*472*D8*1", "claim.unreadable", "DTP03: '1'"),
        ("CLM*26-1*60.50", "CLM*26-1*60.51", "claim.total", "CLM02 is not the sum of the charges"),
        ("CLM*26-1*60.50", "CLM*26-1*", "claim.total", "60.50"),
    ],
)
def test_what_cannot_be_read_leaves_the_rest_as_it_is(old, new, rule, said):
    text = interchange([claim(), claim(FILLING)])
    assert old in text
    found, other = read(text.replace(old, new, 1))
    told = [finding for finding in found.findings if finding.rule == rule]
    assert len(told) == 1
    assert said in told[0].message
    assert other.lines == claim(FILLING).lines
    assert (len(found.lines) == 0) is (rule == "line.unreadable")


def test_parts_that_stand_where_they_may_not():
    segments = segments_of()
    at = next(n for n, segment in enumerate(segments) if segment.startswith("CLM"))
    stray = [*segments[:at], "LX*1~", "SV3*AD:D0120*1~", "DTP*472*D8*1~", *segments[at:]]
    (found,) = read(joined(stray))
    assert rules_of(found.findings) == ["envelope.nesting", "envelope.nesting", "envelope.count"]


# What is refused, and what breaks off


def with_guide(guide, kind="837"):
    text = interchange([claim()]).replace("005010X224A2", guide)
    return text.replace("ST*837", f"ST*{kind}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", None),
        ("  \n", None),
        ("procedure,date\nD0120,x\n", "it begins with no ISA segment, so it is no X12 file"),
        ("ISA*00*", "its ISA has less than 16 elements"),
        ("ISA" + "*" * 400, "its ISA names no delimiters that can be told from each other"),
        (with_guide("005010X222A1"), "it is an 837P, a professional claim; an 837D of the version"),
        (with_guide("005010X223A2"), "it is an 837I, an institutional claim"),
        (with_guide("005010X221A1", "835"), "it is an 835, a remittance"),
        (with_guide("004010X097A1"), "it is an 837D of the version 4010"),
        (with_guide(""), "neither ST03 nor GS08 names an 837D"),
        (with_guide("", "270"), "ST01 is no 837"),
        (interchange([claim()]).replace("*00501*", "*00401*"), "ISA12 is '00401'"),
        (interchange([]).replace("SE*6*", "SE*7*"), "SE01 counts otherwise"),
    ],
)
def test_what_is_no_837d(text, said):
    if said is None:
        assert read(text) == []
        return
    with pytest.raises(DataFormatError, match=said) as caught:
        read(text)
    assert caught.value.line >= 1
    assert caught.value.path == "837D"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_an_837d_of_two_bytes_a_character_is_told(encoding):
    with pytest.raises(DataFormatError, match=r"it is in UTF-16, .* save it as ASCII"):
        list(read_837(io.BytesIO(interchange([FULL]).encode(encoding))))


def test_a_file_that_ends_too_early_gives_the_claims_before():
    whole = interchange([claim(), FULL])
    for end in range(1, whole.rindex("IEA") + 3, 7):
        given, error = given_before_the_error(whole[:end])
        assert error.line >= 1
        assert given == [claim(), FULL][: len(given)]
    given, error = given_before_the_error(whole[: whole.rindex("CLM")])
    assert given == [claim()]
    assert "the file ends before its interchange does (no IEA)" in str(error)
    given, _ = given_before_the_error(whole[: whole.rindex("GE")])
    assert given == [claim(), FULL]


def test_claims_before_another_transaction_are_given():
    given, error = given_before_the_error(interchange([claim()]) + with_guide("005010X222A1"))
    assert given == [claim()]
    assert "837P" in str(error)


def given_before_the_error(text):
    given = []
    try:
        given.extend(read_837(io.StringIO(text)))  # it keeps those that came before the error
    except DataFormatError as error:
        return given, error
    raise AssertionError(given)


class Endless:
    """A file whose text repeats without an end."""

    def __init__(self, head, repeated):
        self.blocks = itertools.chain([head], itertools.repeat(repeated))
        self.given = 0

    def read(self, _=-1):
        block = next(self.blocks)
        self.given += len(block)
        assert self.given < 50_000_000
        return block


HEAD = interchange([claim()]).partition("SE*")[0].encode()


@pytest.mark.parametrize(
    "repeated",
    [
        pytest.param(b"A" * 50_000, id="a segment"),
        pytest.param(b"*" * 50_000, id="elements"),
        pytest.param(b"\0" * 50_000, id="zeros"),
        pytest.param(b"TOO*JP*3~" * 5_000, id="teeth"),
        pytest.param(b"LX*1~SV3*AD:D0120*1~" * 2_000, id="lines"),
        pytest.param(b"LX*1~SV3*AD:D0120*x~" * 2_000, id="broken lines"),
        pytest.param(b"NTE*ADD*x~" * 5_000, id="notes"),
        pytest.param(b"DN2*3*M~" * 5_000, id="missing teeth"),
    ],
)
def test_a_claim_without_an_end_is_refused_in_little_memory(repeated):
    tracemalloc.start()
    with pytest.raises(
        DataFormatError, match=r"more than [\d,]+ (characters|segments in one claim)"
    ):
        list(read_837(Endless(HEAD, repeated)))
    assert tracemalloc.get_traced_memory()[1] < 40_000_000
    tracemalloc.stop()


def test_a_file_of_stray_parts_is_read_in_little_memory():
    head = HEAD.partition(b"CLM")[0]
    file = io.BytesIO(head + b"LX*1~" * 50_000)
    with pytest.raises(DataFormatError, match="ends before"):
        list(read_837(file))


def test_memory_does_not_grow_with_the_file():
    peaks = []
    for count in (300, 1200):
        text = interchange([FULL] * count).encode()
        tracemalloc.start()
        assert sum(1 for _ in read_837(io.BytesIO(text))) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_reading_is_linear():
    """Eight times the claims are about eight times the calls, counted and not timed."""
    files = [interchange([claim()] * count) for count in (50, 400)]
    counts = [calls_of(lambda file=file: read(file)) for file in files]
    assert counts[1] < 9 * counts[0]


def test_a_text_file_in_another_encoding():
    file = io.TextIOWrapper(io.BytesIO(b"ISA\xff" * 100), encoding="utf-8")
    with pytest.raises(DataFormatError, match="not in the encoding it was opened with"):
        list(read_837(file))


@given(st.binary(max_size=200), st.integers(0, 2000), st.integers(0, 60))
def test_any_damage_is_told_or_read(junk, at, length):
    """Whatever stands in a file: claims come out, or a DataFormatError and no other error."""
    text = interchange([FULL]).encode()
    found = []
    with contextlib.suppress(DataFormatError):
        found = read(text[:at] + junk + text[at + length :])
    for one in found:
        check_claim(one)
        one.to_dict()


def test_importing_cdtref_does_not_load_it():
    code = "import sys, cdtref; print('cdtref.claim.x12' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
