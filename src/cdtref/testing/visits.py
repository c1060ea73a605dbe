"""
Visits that every practice has, as whole claims with the patient's earlier lines, and claims of two
lines that do not stand together.

The visits were written down before any rule was run on them: they say what is ordinary, and a rule
that speaks on one of them is wrong.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

import attrs

from cdtref.claim import ClaimLine
from cdtref.codeset import Catalog
from cdtref.fieldtext import as_date
from cdtref.testing.lines import known_catalog, line_of, usual_day

_MIRRORED_AREAS: Final = {"10": "20", "20": "10", "30": "40", "40": "30"}
_UPPER, _LOWER = 16, 32  # the last tooth of each arch


class Service(NamedTuple):
    """What is done: a code, where, and how many days before the visit."""

    code: str
    tooth: str | None = None
    surfaces: str | None = None
    area: str | None = None
    days_ago: int = 0


class Visit(NamedTuple):
    """
    A visit as its lines: those of the claim, and the earlier ones of the patient.

    Attributes:
        lines: The lines of the claim.
        history: Earlier lines of the same patient.
    """

    lines: tuple[ClaimLine, ...]
    history: tuple[ClaimLine, ...]


def _at(area: str, *codes: str) -> tuple[Service, ...]:
    """Several codes at one area."""
    return tuple(Service(code, area=area) for code in codes)


def _on(tooth: str, *codes: str) -> tuple[Service, ...]:
    """Several codes on one tooth."""
    return tuple(Service(code, tooth) for code in codes)


def _of(*codes: str) -> tuple[Service, ...]:
    """Several codes that name no place."""
    return tuple(Service(code) for code in codes)


def _ago(days: int, *services: Service) -> tuple[Service, ...]:
    """The same, so many days before the visit."""
    return tuple(service._replace(days_ago=days) for service in services)


_RECALL: Final = _of("D0120", "D0274", "D1110")
_NEW_PATIENT: Final = _of("D0150", "D0210", "D1110")
_SIGNS: Final = (Service("D0220", "30"), Service("D0230", "30"))

_VISITS: Final[Mapping[str, tuple[Service, ...]]] = {
    "recall": (*_RECALL, *_ago(190, *_RECALL)),
    "recall with fluoride": _of("D0120", "D0272", "D1120", "D1206"),
    "recall a week early": (*_RECALL, *_ago(176, *_of("D0120", "D1110"))),
    "child with sealants": (
        *_of("D0120", "D1120", "D1206"),
        *(Service("D1351", tooth) for tooth in ("3", "14", "19", "30")),
    ),
    "new patient": _NEW_PATIENT,
    "new patient with panoramic image": _of("D0150", "D0330", "D0274", "D1110"),
    "new patient with single images": (
        *_of("D0150", "D0274"),
        Service("D0220", "8"),
        Service("D0230", "24"),
    ),
    "toddler": _of("D0145", "D1206"),
    "emergency": (*_of("D0140"), Service("D0220", "30")),
    "emergency with pain relief": (*_of("D0140", "D9110"), Service("D0220", "30")),
    "emergency with two images": (*_of("D0140"), *_SIGNS),
    "consultation of a specialist": (*_of("D9310"), Service("D0220", "30")),
    "periodontal diagnosis": _of("D0180", "D0210"),
    "root planing of half a mouth": (*_at("10", "D4341"), *_at("40", "D4341")),
    "root planing of few teeth": (
        *_at("10", "D4341"),
        Service("D4342", "28,29", area="40"),
        *_ago(20, *_of("D0180", "D0210")),
    ),
    "second half of root planing": (
        *_at("20", "D4341"),
        *_at("30", "D4341"),
        *_ago(7, *_at("10", "D4341"), *_at("40", "D4341")),
    ),
    "periodontal maintenance": (
        *_of("D4910", "D0120", "D0274"),
        *_ago(95, *_of("D4910")),
        *_ago(400, *_at("10", "D4341"), *_at("40", "D4341")),
    ),
    "maintenance after another office's treatment": _of("D4910"),
    "gross debridement, examined later": (*_of("D0150"), *_ago(21, *_of("D4355", "D0140"))),
    "inflamed gums": _of("D0120", "D4346"),
    "osseous surgery with a graft": (
        *_at("10", "D4260"),
        Service("D4263", "3"),
        Service("D4266", "3"),
    ),
    "graft of gum on two teeth": (Service("D4273", "6"), Service("D4283", "7")),
    "two fillings": (Service("D2392", "14", "MO"), Service("D2391", "19", "O")),
    "two fillings of one tooth": (Service("D2391", "14", "O"), Service("D2140", "14", "B")),
    "filling and sealants": (
        Service("D2392", "3", "MO"),
        Service("D1351", "14"),
        Service("D1351", "19"),
    ),
    "fillings with nitrous oxide": (
        *_of("D9230"),
        Service("D2392", "14", "MO"),
        Service("D2391", "15", "O"),
    ),
    "fillings with the anesthesia told": (*_of("D9215"), Service("D2391", "14", "O")),
    "recall and a filling": (*_RECALL, Service("D2391", "14", "O")),
    "build-up and crown": _on("30", "D2950", "D2740"),
    "post, core and crown": _on("30", "D2954", "D2740"),
    "filling with pins": (Service("D2161", "30", "MODB"), Service("D2951", "30")),
    "crown after an old filling": (
        *_on("30", "D2740"),
        *_ago(700, Service("D2392", "30", "MO")),
    ),
    "two crowns": (Service("D2740", "8"), Service("D2740", "9")),
    "crown put back": (*_on("30", "D2920"), *_ago(900, *_on("30", "D2740"))),
    "front veneers": (Service("D2962", "8"), Service("D2962", "9")),
    "root canal": (Service("D3330", "30"), Service("D0220", "30")),
    "root canal with build-up and crown": _on("30", "D3330", "D2950", "D2740"),
    "root canal, crown later": (*_on("30", "D2954", "D2740"), *_ago(30, *_on("30", "D3330"))),
    "pain, root canal later": (
        *_on("30", "D3330"),
        *_ago(9, *_on("30", "D3221"), *_of("D0140")),
    ),
    "root canal done again": (*_on("30", "D3348"), *_ago(2000, *_on("30", "D3330"))),
    "root tip of a front tooth": _on("8", "D3410", "D3430"),
    "baby tooth, pulp and steel crown": _on("A", "D3220", "D2930"),
    "caries arrest": (Service("D1354", "A"), Service("D1354", "B"), *_of("D1206")),
    "extraction": (*_of("D0140"), Service("D0220", "30"), Service("D7140", "30")),
    "extraction with sedation": (
        *_of("D9222", "D9223"),
        *(Service("D7240", tooth) for tooth in ("1", "16", "17", "32")),
    ),
    "extraction with conscious sedation": (*_of("D9239", "D9243"), Service("D7210", "30")),
    "extraction with a socket graft": (Service("D7210", "30"), Service("D7953", "30")),
    "extraction of a baby tooth, filling of the next": (
        Service("D7140", "A"),
        Service("D2391", "3", "O"),
    ),
    "filled once, taken out later": (
        Service("D7140", "30"),
        *_ago(200, Service("D2392", "30", "MO")),
    ),
    "many extractions with ridge shaping": (
        *(Service("D7140", str(tooth)) for tooth in range(5, 9)),
        *_at("10", "D7310"),
    ),
    "abscess drained": (*_of("D0140"), Service("D7510", "30")),
    "dry socket": (Service("D9930", "30"), *_ago(4, *_on("30", "D7140"))),
    "biopsy": _of("D0140", "D7286"),
    "implant": _on("30", "D6010"),
    "implant with a graft": _on("30", "D6010", "D6104"),
    "implant after the extraction": (
        *_on("30", "D6010"),
        *_ago(150, *_on("30", "D7140", "D7953")),
    ),
    "abutment and crown": _on("30", "D6057", "D6058"),
    "implant crown months after the abutment": (
        *_on("30", "D6058"),
        *_ago(75, *_on("30", "D6057")),
        *_ago(210, *_on("30", "D6010")),
    ),
    "crown on the implant itself": _on("30", "D6065"),
    "bridge": (Service("D6740", "29"), Service("D6245", "30"), Service("D6740", "31")),
    "full dentures": (*_at("01", "D5110"), *_at("02", "D5120")),
    "denture adjusted after a year": (
        *_at("01", "D5410"),
        *_ago(400, *_at("01", "D5110")),
    ),
    "upper denture new, lower adjusted": (*_at("01", "D5110"), *_at("02", "D5411")),
    "immediate denture": (
        *_at("01", "D5130"),
        *(Service("D7140", str(tooth)) for tooth in range(6, 12)),
    ),
    "reline of the immediate denture": (*_at("01", "D5730"), *_ago(150, *_at("01", "D5130"))),
    "partial denture": (*_at("02", "D5214"), *_at("01", "D5213")),
    "start of orthodontics": _of("D8080", "D0340", "D0470"),
    "monthly orthodontics": (
        *_of("D8670"),
        *_ago(31, *_of("D8670")),
        *_ago(62, *_of("D8670")),
        *_ago(93, *_of("D8080")),
    ),
    "end of orthodontics": (*_at("01", "D8680"), *_ago(700, *_of("D8080"))),
    "night guard": (*_at("01", "D9944"), *_of("D0140")),
    "hospital visit": (*_of("D9420"), Service("D7210", "30")),
    "remote visit": _of("D9995", "D0140"),
    "missed visit": _of("D9986"),
}
"""What is done at each visit, and what was done before it."""

VISITS: Final = tuple(_VISITS)
"""Names of the visits."""


def clean_visit(
    name: str, on: date | str | None = None, *, catalog: Catalog | None = None
) -> Visit:
    """
    The lines of a visit of that name, all that go together, with the patient's earlier lines;
    without a date *on* it is on 2 March in the pinned edition of *catalog*, the bundled one unless
    another is given.

    Raises:
        ValueError: there is no such visit.

    >>> [line.code for line in clean_visit("recall").lines]
    ['D0120', 'D0274', 'D1110']
    >>> clean_visit("holiday")
    Traceback (most recent call last):
    ValueError: no visit 'holiday'; the visits are recall, recall with fluoride, ...
    """
    if name not in _VISITS:
        raise ValueError(f"no visit {name!r}; the visits are {', '.join(VISITS)}")
    day = usual_day(catalog) if on is None else as_date(on)
    known = known_catalog(catalog)
    today: list[ClaimLine] = []
    before: list[ClaimLine] = []
    for service in _VISITS[name]:
        place = before if service.days_ago else today
        place.append(_line_for(service, day, known))
    return Visit(tuple(today), tuple(before))


def varied_visits(seed: int, count: int, *, catalog: Catalog | None = None) -> Iterator[Visit]:
    """
    So many visits, one of each name and then again: on days of the last edition, on the left or
    the right, their lines in any order; the same for the same *seed*.

    >>> [len(visit.lines) for visit in varied_visits(1, 3)] == [3, 4, 3]
    True
    """
    dice = random.Random(seed)  # noqa: S311  # dice, not secrets
    first = usual_day(catalog).replace(month=1, day=1)
    for number in range(count):
        day = first + timedelta(days=dice.randrange(360))
        visit = clean_visit(VISITS[number % len(VISITS)], day, catalog=catalog)
        if dice.random() < 0.5:
            visit = Visit(*(tuple(map(_mirrored, lines)) for lines in visit))
        lines = dice.sample(visit.lines, len(visit.lines))
        yield Visit(tuple(lines), visit.history)


def _line_for(service: Service, day: date, catalog: Catalog) -> ClaimLine:
    when = day - timedelta(days=service.days_ago)
    line = line_of(catalog[service.code], when)
    return attrs.evolve(line, tooth=service.tooth, surfaces=service.surfaces, area=service.area)


def _mirrored(line: ClaimLine) -> ClaimLine:
    """The same on the other side of the mouth; baby teeth stay, for their letters run on."""
    area = _MIRRORED_AREAS.get(line.area or "", line.area)
    tooth = line.tooth
    if tooth is not None:
        tooth = ",".join(map(_mirrored_tooth, tooth.split(",")))
    return attrs.evolve(line, tooth=tooth, area=area)


def _mirrored_tooth(number: str) -> str:
    if not number.isdigit():
        return number
    place = int(number)
    if place <= _UPPER:
        return str(_UPPER + 1 - place)
    return str(_UPPER + _LOWER + 1 - place)
