"""
The history of a patient within one file: what stands above is looked back on, by a key that tells
nothing of the patient, within bounds.
"""

from __future__ import annotations

import gc
import itertools
import json
from datetime import date, timedelta

import attrs
import pytest

import cdtref
from cdtref import Claim, ClaimLine, DataFormatError, check_claim, check_file
from cdtref.claim import patients
from cdtref.claim.patients import PatientKeys
from cdtref.cli import main
from cdtref.fhir import CDT
from cdtref.testing import interchange
from pinned import DAY, MISPRINT, YEAR
from streams import CliRunner

TODAY = date.fromisoformat(DAY)
BEFORE = str(TODAY - timedelta(days=18))
BORN = f"{YEAR - 70}-01-02"
DENTURE = ClaimLine("D5110", BEFORE, fee=1800, prosthesis="initial", birth_date=BORN)
ADJUSTMENT = ClaimLine("D5410", DAY, fee=90, birth_date=BORN)
HEAD = "patient,claim,code,date,prosthesis\n"


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "claims.dat"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def found_in(path, **asked):
    return [
        (one.number, finding.rule) for one in check_file(path, **asked) for finding in one.findings
    ]


PLAN = (
    cdtref.Limit(codes="bitewings", most=1, period="12 months"),
    cdtref.Limit(codes="sealants", most_age=13),
)
LIMITED = {
    "within a claim": (f"p,a,D0274,{DAY},\np,a,D0272,{DAY},\n", {}, [3]),
    "of a row by itself": (f",,D0274,{DAY},\n,,D0274,{DAY},\n", {}, []),
    "above, not looked at": (f"p,a,D0274,{BEFORE},\np,b,D0274,{DAY},\n", {}, []),
    "above": (f"p,a,D0274,{BEFORE},\np,b,D0274,{DAY},\n", {"history": True}, [3]),
    "of another patient": (f"p,a,D0274,{BEFORE},\nq,b,D0274,{DAY},\n", {"history": True}, []),
}


@pytest.mark.parametrize(("rows", "asked", "lines"), LIMITED.values(), ids=LIMITED)
def test_a_plans_limits_judge_a_file(written, rows, asked, lines):
    found = found_in(written(HEAD + rows), limits=PLAN, **asked)
    assert [(at, rule) for at, rule in found if rule.startswith("limit.")] == [
        (at, "limit.frequency") for at in lines
    ]


def test_the_command_judges_by_a_plan_and_refuses_a_bad_one(written, tmp_path):
    file = written(f"code,date,birth_date\nD1351,{DAY},{BORN}\n")
    plan = tmp_path / "plan.csv"
    plan.write_text("codes,most_age,page\nsealants,13,7\n")
    done = CliRunner().invoke(main, ["check", str(file), "--limits", str(plan)])
    assert "limit.age" in done.output
    assert "columns passed over: 'page'" in done.stderr
    plan.write_text("codes,most_agee\nsealants,13\n")
    done = CliRunner().invoke(main, ["check", str(file), "--limits", str(plan)])
    assert done.exit_code == 1
    assert "did you mean most_age?" in done.stderr


def test_a_limit_of_an_unknown_code_is_refused_before_a_file_is_read(written):
    plan = [cdtref.Limit(codes=MISPRINT, most=1)]
    with pytest.raises(cdtref.UnknownCodeError):
        list(check_file(written("nothing"), limits=plan))


ADJUSTED = [(3, "conflict.included")]
TABLES = {
    "two claims of a patient": (
        f"p,a,D5110,{BEFORE},initial\np,b,D5410,{DAY},\n",
        ADJUSTED,
    ),
    "rows that name no claim": (
        f"p,,D5110,{BEFORE},initial\np,,D5410,{DAY},\n",
        ADJUSTED,
    ),
    "another patient": (f"p,a,D5110,{BEFORE},initial\nq,b,D5410,{DAY},\n", []),
    "no patient": (f",a,D5110,{BEFORE},initial\n,b,D5410,{DAY},\n", []),
    "others in between": (
        f"p,a,D5110,{BEFORE},initial\nq,b,D0120,{DAY},\np,c,D5410,{DAY},\n",
        [(4, "conflict.included")],
    ),
    "a later day above": (f"p,b,D5410,{DAY},\np,a,D5110,{BEFORE},initial\n", []),
    "what is needed is not in the file": (f"p,a,D0120,{BEFORE},\np,b,D4910,{DAY},\n", []),
    "rows of one visit": (f"p,,D4910,{DAY},\np,,D1110,{DAY},\n", [(3, "conflict.exclusive")]),
}


@pytest.mark.parametrize(("rows", "expected"), TABLES.values(), ids=TABLES)
def test_what_stands_above_is_the_history_of_the_same_patient(written, rows, expected):
    assert found_in(written(HEAD + rows), history=True) == expected


def test_without_being_asked_no_history_is_kept(written):
    rows, _ = TABLES["two claims of a patient"]
    assert found_in(written(HEAD + rows)) == []


def test_the_message_names_the_earlier_line_by_its_place_in_the_file(written):
    rows, _ = TABLES["two claims of a patient"]
    (finding,) = [f for one in check_file(written(HEAD + rows), history=True) for f in one.findings]
    assert finding.message.endswith("The earlier line is line 2 of the file.")
    assert finding.history_index is None
    (asked,) = check_claim([ADJUSTMENT], history=[DENTURE])
    assert finding.message.startswith(asked.message)


def test_the_command_looks_back_where_it_is_asked_to(written):
    rows, _ = TABLES["two claims of a patient"]
    path = str(written(HEAD + rows))
    assert CliRunner().invoke(main, ["check", path]).stdout == ""
    done = CliRunner().invoke(main, ["check", path, "--history"])
    assert (done.exit_code, "conflict.included" in done.stdout) == (0, True)
    unsorted = written(HEAD + TABLES["a later day above"][0])
    done = CliRunner().invoke(main, ["check", str(unsorted), "--history"])
    assert "sort the file by date" in done.stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"code,date\nD0120,{DAY}\n", "there is no column of patients, so no history"),
        (
            '{"resourceType": "Claim"}',
            "line 1: a claim that is not active or tells no patient has no history",
        ),
    ],
)
def test_where_no_patient_is_told_that_is_said(written, text, told):
    notes = []
    list(check_file(written(text), history=True, note=notes.append))
    assert told in notes[0]


# 837D

CLAIMS = [
    Claim([DENTURE], "1", BEFORE, place_of_service="11", birth_date=BORN),
    Claim([ADJUSTMENT], "2", DAY, place_of_service="11", birth_date=BORN),
]
SUBSCRIBER = "NM1*IL*1*NOBODY*INVENTED****MI*000000000~"


def test_of_an_837d_the_subscriber_and_the_patient_tell_whose_a_claim_is(written):
    rules = [rule for _, rule in found_in(written(interchange(CLAIMS)), history=True)]
    assert rules == ["conflict.included"]
    assert found_in(written(interchange(CLAIMS))) == []


@pytest.mark.parametrize(
    "other",
    [
        "NM1*IL*1*NOBODY*INVENTED****MI*000000001~",  # another member number
        "NM1*IL*1*NOBODY*ANOTHER****MI*000000000~",  # another person of one number
        "NM1*IL*1*NOBODY*INVENTED~",  # no number
    ],
)
def test_another_person_has_another_history(written, other):
    before, mark, after = interchange(CLAIMS).rpartition(SUBSCRIBER)
    assert mark
    assert found_in(written(f"{before}{other}{after}"), history=True) == []


def dependent(name, born):
    """A patient who is not the subscriber: loops 2000C and 2010CA."""
    return f"HL*9*2*23*0~\nPAT*19~\nNM1*QC*1*NOBODY*{name}~\nDMG*D8*{born}*U~\n"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (("ANNA", "19500102"), ("ANNA", "19500102"), ["conflict.included"]),
        (("ANNA", "19500102"), ("BERTA", "19500102"), []),
        (("ANNA", "19500102"), ("ANNA", "19800102"), []),
    ],
)
def test_a_dependent_is_told_from_the_rest_of_the_family(written, first, second, expected):
    text = interchange(CLAIMS)
    for claim, patient in zip(("CLM*1*", "CLM*2*"), (first, second), strict=True):
        text = text.replace(claim, f"{dependent(*patient)}{claim}")
    found = found_in(written(text), history=True)
    assert [rule for _, rule in found if rule.startswith("conflict")] == expected


# FHIR


def resource(code, day, patient, **told):
    item = {
        "sequence": 1,
        "productOrService": {"coding": [{"system": CDT, "code": code}]},
        "servicedDate": day,
    }
    claim = {"resourceType": "Claim", "status": "active", "use": "claim", "patient": patient}
    return claim | {"item": [item]} | told


def ndjson(*resources):
    return "".join(f"{json.dumps(one)}\n" for one in resources)


def bundle(*resources, servers=()):
    entries = []
    for one, server in itertools.zip_longest(resources, servers, fillvalue=""):
        entry = {"resource": one}
        if server:
            entry["fullUrl"] = f"{server}/Claim/{len(entries)}"
        entries.append(entry)
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def pair(first, second=None, **told):
    """A denture, and its adjustment soon after."""
    return (
        resource("D5110", BEFORE, first, **told),
        resource("D5410", DAY, first if second is None else second, **told),
    )


def contained(name, born=BORN, number="000"):
    person = {"resourceType": "Patient", "id": "p", "birthDate": born}
    person |= {"identifier": [{"value": number}], "name": [{"family": "NOBODY", "given": [name]}]}
    return {"contained": [person]}


ONE, OTHER = {"reference": "Patient/1"}, {"reference": "Patient/2"}
INSIDE = {"reference": "#p"}
NUMBER = {"identifier": {"system": "urn:oid:2.999", "value": "12"}}
HERE, THERE = "https://here.example/fhir", "https://there.example/fhir"
DENTURE_OF, ADJUSTED_OF = pair(ONE)
RESOURCES = {
    "one patient": (ndjson(*pair(ONE)), 1),
    "another patient": (ndjson(*pair(ONE, OTHER)), 0),
    "a version of the same": (ndjson(*pair(ONE, {"reference": "Patient/1/_history/3"})), 1),
    "a full address": (ndjson(*pair({"reference": f"{HERE}/Patient/1"})), 1),
    "by an identifier": (ndjson(*pair(NUMBER)), 1),
    "by an identifier that a family shares": (
        ndjson(*pair(NUMBER | {"display": "A"}, NUMBER | {"display": "B"})),
        0,
    ),
    "no patient": (ndjson(*pair({"display": "NOBODY"})), 0),
    "a contained one": (ndjson(*pair(INSIDE, **contained("A"))), 1),
    "a contained one of the same name only": (
        ndjson(
            *(one | contained("A", number=n) for n, one in zip("12", pair(INSIDE), strict=True))
        ),
        0,
    ),
    "two contained ones": (
        ndjson(DENTURE_OF | {"patient": INSIDE} | contained("A"), ADJUSTED_OF | contained("B")),
        0,
    ),
    "a contained one without a birth date": (
        ndjson(*pair(INSIDE, **contained("A", born=None))),
        0,
    ),
    "a bundle": (json.dumps(bundle(*pair(ONE))), 1),
    "a bundle of one server": (json.dumps(bundle(*pair(ONE), servers=[HERE, HERE])), 1),
    "a bundle of two servers": (json.dumps(bundle(*pair(ONE), servers=[HERE, THERE])), 0),
    "bundles of one server": (
        ndjson(bundle(DENTURE_OF, servers=[HERE]), bundle(ADJUSTED_OF, servers=[HERE])),
        1,
    ),
    "bundles of nobody knows whom": (ndjson(bundle(DENTURE_OF), bundle(ADJUSTED_OF)), 0),
    "a claim and what was paid for another": (
        ndjson(DENTURE_OF, ADJUSTED_OF | {"resourceType": "ExplanationOfBenefit"}),
        0,
    ),
    "a claim that was cancelled": (ndjson(DENTURE_OF | {"status": "cancelled"}, ADJUSTED_OF), 0),
    "a question of what would be paid": (
        ndjson(DENTURE_OF | {"use": "predetermination"}, ADJUSTED_OF),
        0,
    ),
}


@pytest.mark.parametrize(("text", "count"), RESOURCES.values(), ids=RESOURCES)
def test_of_fhir_the_reference_tells_whose_a_claim_is(written, text, count):
    rules = [rule for _, rule in found_in(written(text), history=True)]
    assert rules.count("conflict.included") == count
    assert "conflict.included" not in [rule for _, rule in found_in(written(text))]


def test_a_claim_and_its_explanation_of_benefit_are_no_repeat(written):
    """Both tell one service."""
    claim = resource("D0120", DAY, ONE)
    paid = claim | {"resourceType": "ExplanationOfBenefit"}
    assert found_in(written(ndjson(claim, paid)), history=True) == []


def test_a_resource_that_tells_a_patient_wrongly_is_told_by_its_path(written):
    with pytest.raises(DataFormatError, match=r"Claim.patient.reference: a number, where"):
        found_in(written(ndjson(resource("D0120", DAY, {"reference": 1}))), history=True)
    wrong = contained("A") | {"status": "active"}
    wrong["contained"][0]["name"][0]["given"] = [5]
    with pytest.raises(DataFormatError, match=r"name\[0\].given\[0\]: a number, where"):
        found_in(written(ndjson(resource("D0120", DAY, INSIDE, **wrong))), history=True)


def test_a_predetermination_of_an_837d_is_no_history(written):
    asked = attrs.evolve(CLAIMS[0], predetermination=True)
    found = found_in(written(interchange([asked, CLAIMS[1]])), history=True)
    assert [rule for _, rule in found] == ["claim.plan-day"]


# Bounds, and what is kept


def test_a_patient_with_more_lines_than_any_is_judged_claim_by_claim(written, monkeypatch):
    monkeypatch.setattr(patients, "MOST_OF_PATIENT", 3)
    rows = "".join(f"p,{n},D0120,{BEFORE},\n" for n in range(4))
    notes = []
    path = written(f"{HEAD}{rows}p,x,D5110,{BEFORE},initial\np,y,D5410,{DAY},\n")
    found = found_in(path, history=True, note=notes.append)
    assert (7, "conflict.included") not in found
    assert [note for note in notes if "line 5: more than" in note]


def test_more_lines_than_are_kept_are_judged_claim_by_claim(written, monkeypatch):
    monkeypatch.setattr(patients, "MOST_LINES", 10)
    rows = "".join(f"p{n},{n},D0120,{BEFORE},\n" for n in range(11))
    notes = []
    path = written(f"{HEAD}{rows}q,x,D5110,{BEFORE},initial\nq,y,D5410,{DAY},\n")
    assert found_in(path, history=True, note=notes.append) == []
    assert len(notes) == 1
    assert notes[0].startswith("line 12: more than ")


def test_of_a_patient_nothing_is_kept_but_a_key_that_tells_nothing():
    name = "Nobody, Invented"
    one, other = PatientKeys(), PatientKeys()
    assert one.key_of(name) == one.key_of(name) != other.key_of(name)
    assert one.key_of("a", "bc") != one.key_of("ab", "c")
    assert one.key_of("", "") is None
    assert len(one.key_of(name)) == 16


def test_no_name_outlives_the_row_it_stands_in(written):
    """Beside the block of the file that is read, no object that is left has a patient's name."""
    names = {f"Nobody{n:04}": n for n in range(3_000)}
    rows = "".join(f"{name},{n},D0120,{DAY},\n" for name, n in names.items())
    checked = check_file(written(HEAD + rows), history=True)
    for _ in range(2_000):
        next(checked)
    gc.collect()
    kept = 0
    for thing in gc.get_objects():
        if isinstance(thing, dict | list | set | tuple) and thing is not names:
            inside = tuple.__iter__(thing) if isinstance(thing, tuple) else thing
            kept += sum(type(held) is str and held in names for held in inside)
    assert kept <= 4  # the row at hand


def test_words_about_the_patient_are_not_kept_for_what_comes_after():
    from cdtref.claim.filed import FiledClaim
    from cdtref.claim.patients import Histories

    histories = Histories()
    told = attrs.evolve(ADJUSTMENT, narrative="why")
    histories.add(FiledClaim("lines", "a", [told], [2], patient=b"key"))
    histories.add(FiledClaim("lines", "b", [ClaimLine("D" * 1_000)], [3], patient=b"key"))
    (kept,) = histories.before(FiledClaim("lines", "c", [ADJUSTMENT], [4], patient=b"key"))
    assert (kept.number, kept.line) == (2, ClaimLine("D5410", DAY, fee=90))


def test_a_history_in_a_file_is_that_of_the_claims_alone(written):
    """What check_file says with history is what check_claim says with the lines above."""
    visits = [
        [ClaimLine("D0150", BEFORE), ClaimLine("D0210", BEFORE), ClaimLine("D1110", BEFORE)],
        [ClaimLine("D2391", BEFORE, "14", "O")],
        [ClaimLine("D7140", BEFORE, "3")],
        [ClaimLine("D0120", DAY), ClaimLine("D1110", DAY), ClaimLine("D0274", DAY)],
        [ClaimLine("D2391", DAY, "3", "O")],
    ]
    rows = "patient,claim,code,date,tooth,surfaces\n"
    expected, history = [], []
    for number, lines in enumerate(visits):
        for line in lines:
            cells = (line.code, line.date.isoformat(), line.tooth or "", line.surfaces or "")
            rows += f"p,{number},{','.join(cells)}\n"
        found = check_claim(lines, history=history or None)
        expected += [finding.rule for finding in found]
        history += lines
    checked = check_file(written(rows), history=True)
    assert expected
    assert sorted(f.rule for one in checked for f in one.findings) == sorted(expected)
