"""No message is longer than one reads, whatever stands in what it speaks of, and wherever."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cdtref
import fhir_claims
from cdtref import CdtrefError, Claim, ClaimLine, LogEntry, WorkLog, fhir, frame
from cdtref.testing import interchange
from pinned import DAY

MOST = 1_000  # characters of a message

FILLING = ClaimLine("D2391", DAY, "14", "O", fee=120, modifiers=["KX"])
SCALING = ClaimLine("D4341", DAY, area="UR", fee=240)
CLAIM = Claim([FILLING, SCALING], "26-1", DAY, place_of_service="11")
LOG = WorkLog([LogEntry(DAY, "D0120", "26", 1, "Dentist", "a note", [("Provider", "Bo")])])
LIMIT = cdtref.Limit(codes=["D0274"], most=1, period="12 months")

# What stands at a place for long: words, digits, codes, what is cut into many parts, what escapes.
HOSTILE = st.sampled_from(["word", "9", "D0120", "D0120 ", "1,", "a\n", "=", "\x1b", "\xe9", "-"])
LENGTHS = st.sampled_from([1_100, 5_000, 40_000])


def rows_of_text(rows):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def segments_of(text):
    return [segment.split("*") for segment in text.split("~")]


def text_of_segments(segments):
    return "~".join("*".join(map(str, segment)) for segment in segments)


def checked(path, note, **options):
    for line in cdtref.check_file(path, note=note, **options):
        yield from line.findings


def said_of_claims(claims):
    for claim in claims:
        yield from claim.findings
        yield from cdtref.check_claim(claim)


def of_file(read):
    """What a reader of a path that has no notes finds, which is nothing."""

    def call(path, _note):
        read(path)
        return ()

    return call


CLAIM_ROWS = [
    ["claim", "code", "date", "tooth", "surfaces", "area", "fee", "quantity", "modifiers", "more"],
    ["26-1", "D2391", DAY, "14", "O", "", "120", "1", "KX", "x"],
]
LOG_ROWS = [["date", "code", "modifiers", "units", "specialty"], [DAY, "D0120", "26", "1", "Ann"]]
SURVEY_ROWS = [["specialty", "p25", "p50", "p75"], ["Dentist", "1", "2", "3"]]
LIMIT_ROWS = [["codes", "most", "period", "per"], ["D0274", "1", "12 months", "tooth"]]
WORD_ROWS = [["code", "nomenclature", "descriptor"], ["D0120", "of our own", "as well"]]
WORDED = cdtref.catalog().with_nomenclature
EOB = fhir_claims.Manner(kind="ExplanationOfBenefit", notation=fhir_claims.FDI)


def plain(document):
    return json.loads(json.dumps(document, default=str))


# Each reader of a file: what a good one says, how that is written, and what is read of it.
FILES = {
    "claims in csv": (CLAIM_ROWS, rows_of_text, checked),
    "claims with history": (CLAIM_ROWS, rows_of_text, partial(checked, history=True)),
    "837D": (segments_of(interchange([CLAIM])), text_of_segments, checked),
    "FHIR": (plain(fhir_claims.written(CLAIM)), json.dumps, checked),
    "FHIR, EOB": (plain(fhir_claims.written(CLAIM, EOB)), json.dumps, checked),
    "log in csv": (LOG_ROWS, rows_of_text, of_file(WorkLog.from_csv)),
    "log in JSON": (json.loads(LOG.to_json()), json.dumps, of_file(WorkLog.from_json)),
    "survey": (SURVEY_ROWS, rows_of_text, of_file(cdtref.Benchmark.from_csv)),
    "limits in csv": (LIMIT_ROWS, rows_of_text, of_file(cdtref.read_limits)),
    "limits in JSON": ([plain(LIMIT.to_dict())], json.dumps, of_file(cdtref.read_limits)),
    "wording in csv": (WORD_ROWS, rows_of_text, of_file(WORDED)),
    "wording in JSON": ([dict(zip(*WORD_ROWS, strict=True))], json.dumps, of_file(WORDED)),
    "wording as a mapping": ({"D0120": "of our own"}, json.dumps, of_file(WORDED)),
}
RECORDS = [
    cdtref.get("D2740"),
    cdtref.get("D2740").requirement,
    cdtref.verdict("D0147"),
    cdtref.rvu("D0389"),
    cdtref.check(ClaimLine("D2391", DAY, "14"))[0],
    cdtref.conflicts("D4341")[0],
    LIMIT,
    FILLING,
    CLAIM,
]
DICTS = [(type(record).from_dict, plain(record.to_dict())) for record in RECORDS]


def places_in(document, above=()):
    """The places of a document: its keys and its values."""
    yield (*above, None)
    if isinstance(document, dict):
        for key, value in document.items():
            yield (*above, key, "the key")
            yield from places_in(value, (*above, key))
    if isinstance(document, list):
        for number, value in enumerate(document):
            yield from places_in(value, (*above, number))


def changed(document, place, text):
    """The document with a text at a place instead of what stands there."""
    first, *rest = place
    if first is None:
        return text
    if rest == ["the key"]:
        return {text if key == first else key: value for key, value in document.items()}
    copy = document.copy()
    copy[first] = changed(document[first], rest, text)
    return copy


def spoilt(draw, document, *, is_text):
    place = draw(st.sampled_from(sorted(places_in(document), key=repr)))
    text = draw(HOSTILE)
    text *= draw(LENGTHS) // len(text)
    values = [text]
    if not is_text and place[-1] != "the key":
        many = dict.fromkeys(map(str, range(900)))
        values = [text, [text], {text: 1}, [[text, 1]], many]
    return changed(document, place, draw(st.sampled_from(values)))


def told_by(call):
    """The messages of a call: of its findings, and of its error where it raises one of its own."""
    texts = []
    with contextlib.suppress(OSError):
        try:
            texts += [finding.message for finding in call(texts.append) or ()]
        except (CdtrefError, ValueError, TypeError) as error:
            texts.append(str(error))
    return texts


def assert_short(texts):
    for text in texts:
        assert len(text) <= MOST, text[:300]


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_reader_repeats_a_long_text_of_a_file(name, data, tmp_path):
    """'Messages are bounded': those of errors, of findings, and notes."""
    document, write, read = FILES[name]
    path = tmp_path / "file.dat"
    content = write(spoilt(data.draw, document, is_text=write is not json.dumps))
    path.write_bytes(content.encode())
    assert_short(told_by(lambda note: read(path, note)))


@pytest.mark.parametrize(
    ("read", "document"), DICTS, ids=lambda one: getattr(one, "__qualname__", "")
)
@settings(max_examples=40)
@given(data=st.data())
def test_no_record_repeats_a_long_text_of_its_dict(read, document, data):
    """'Messages are bounded', of what comes back from JSON too."""
    given_dict = spoilt(data.draw, document, is_text=False)
    assert_short(told_by(lambda _note: read(given_dict) and ()))


def frame_of(**columns):
    return pd.DataFrame(columns)


LONG = "column" * 900
pd = pytest.importorskip("pandas")
LONG_FRAME = pd.DataFrame({LONG: ["D0120"], "code": ["D0120"]})
CALLS = {
    "no such column": lambda: frame.annotate(LONG_FRAME, code=LONG + "s"),
    "long columns": lambda: frame.annotate(LONG_FRAME, code="cdt"),
    "one name twice": lambda: frame.annotate(pd.DataFrame([[1, 2]], columns=[LONG, LONG])),
    "a fact": lambda: frame.annotate(frame_of(code=["D0120"]), columns=[LONG]),
    "a backend": lambda: frame.codes(backend=LONG),
    "a category": lambda: cdtref.procedures(category=LONG),
    "an edition": lambda: cdtref.changes(LONG, LONG),
    "a schema": lambda: cdtref.json_schema(LONG),
    "a practice": lambda: cdtref.check_claim([FILLING], practice=LONG),
    "a profile": lambda: list(cdtref.read_claims(__file__, profile=LONG)),
    "an order of dates": lambda: list(cdtref.read_claims(__file__, dates=LONG)),
    "a field of a file": lambda: list(cdtref.read_claims(__file__, columns={LONG: "code"})),
    "a scale": lambda: LOG.productivity(scale=LONG),
    "a grouping": lambda: LOG.productivity(scale="ihs", by=[LONG]),
    "a column of a log": lambda: LOG.only(LONG, "x"),
    "many columns of a log": lambda: WorkLog(
        [LogEntry(DAY, "D0120", more=[(f"{LONG}{n}", "x") for n in range(9)])]
    ).only("b", "x"),
    "an address": lambda: fhir.code_system_supplement(url=LONG),
    "orthodontics": lambda: Claim([FILLING], orthodontics={LONG: 1}),
    "a locality": lambda: cdtref.fee_schedule().locality(LONG),
    "a path": lambda: list(cdtref.read_claims(f"{LONG}.csv")),
}


@pytest.mark.parametrize("name", CALLS)
def test_no_argument_is_repeated_at_length(name):
    with pytest.raises((CdtrefError, ValueError, TypeError, OSError)) as caught:
        CALLS[name]()
    if not isinstance(caught.value, OSError):
        assert len(str(caught.value)) <= MOST
        assert LONG not in str(caught.value)


@given(st.text(min_size=1, max_size=60), st.integers(1, 9))
def test_what_is_cut_from_a_message_is_its_middle(piece, times):
    """'Its beginning, which says where, and its end, which says what to do.'"""
    error = CdtrefError(f"line 3: {piece * times * MOST}; do so")
    assert len(str(error)) <= MOST
    assert str(error).startswith("line 3: ")
    assert str(error).endswith("; do so")
