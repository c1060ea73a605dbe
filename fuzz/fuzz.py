"""
Coverage-guided fuzzing (atheris): `python fuzz/fuzz.py TARGET -max_total_time=600 [CORPUS]`.

It begins with the inputs in seeds/TARGET; what is new goes into the folder CORPUS, if one is named.
Each target hands over arbitrary input; anything but an answer or one of the library's own errors is
a finding.
"""

from __future__ import annotations

import copy
import io
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["cdtref"]):
    import cdtref
    from cdtref import ClaimLine, CdtrefError, FeeSchedule
    from cdtref import code, codeset, tooth  # noqa: F401
    from cdtref.claim import PROFILES, claimfile  # noqa: F401
    from cdtref.claim import line, linerules, parsed, rule, siterules, sv3  # noqa: F401
    from cdtref.feeschedule import cmsfile, pprrvu, schedule  # noqa: F401
    from cdtref.fhir import claims, elements, files, items, sites, supporting  # noqa: F401

FOLDER = Path(tempfile.mkdtemp())
CATALOG = cdtref.catalog()
RESOURCE = (Path(__file__).parent / "seeds" / "claims_in" / "claim.json").read_text("utf-8")


def text_of(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass") if _is_text(data) else data.decode("latin-1")


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def parse_code(data: bytes) -> None:
    text = text_of(data)
    valid = cdtref.is_valid_code(text)
    try:
        found = cdtref.parse_code(text)
    except cdtref.InvalidCodeError as error:
        assert not valid
        assert len(str(error)) < 400
    else:
        assert valid
        assert cdtref.parse_code(found) == found


def parse_surfaces(data: bytes) -> None:
    fed = atheris.FuzzedDataProvider(data)
    number = fed.PickValueInList([None, *tooth.TEETH])
    where = None if number is None else tooth.TEETH[number]
    text = fed.ConsumeUnicode(64)
    for parse in (
        lambda t: cdtref.parse_surfaces(t, where),
        cdtref.parse_teeth,
        cdtref.parse_tooth,
        cdtref.parse_area,
    ):
        try:
            parse(text)
        except cdtref.InvalidSiteError as error:
            assert len(str(error)) < 400


def from_cms(data: bytes) -> None:
    file = FOLDER / "any"
    file.write_bytes(data)
    for read in (FeeSchedule.from_cms, cdtref.read_localities, cdtref.read_anesthesia_factors):
        try:
            read(file)
        except CdtrefError as error:
            assert len(str(error)) < 600


def from_sv3(data: bytes) -> None:
    segments = text_of(data).split("~")
    try:
        line = ClaimLine.from_sv3(segments)
    except (CdtrefError, ValueError):
        return
    cdtref.check(line)
    ClaimLine.from_sv3(line.to_sv3())


def check(data: bytes) -> None:
    fed = atheris.FuzzedDataProvider(data)
    fields = {name: fed.ConsumeUnicode(8) for name in ("tooth", "surfaces", "area", "prosthesis")}
    chosen = fed.PickValueInList([*CATALOG, fed.ConsumeUnicode(7)])
    line = ClaimLine(chosen, "2026-03-02", quantity=fed.ConsumeInt(4), **fields)
    assert all(finding.message for finding in cdtref.check(line))
    cdtref.check_claim([line, line])


def read_837(data: bytes) -> None:
    try:
        for claim in cdtref.read_837(io.BytesIO(data)):
            cdtref.check_claim(claim)
            claim.to_dict()
    except CdtrefError as error:
        assert len(str(error)) < 600


def claims_in(data: bytes) -> None:
    _read_fhir(lambda: cdtref.fhir.claims_in(io.BytesIO(data)))


def claims_of(data: bytes) -> None:
    """A whole claim, in which a few values are others."""
    fed = atheris.FuzzedDataProvider(data)
    resource = json.loads(RESOURCE)
    for _ in range(fed.ConsumeIntInRange(1, 4)):
        change_some_value(resource, fed)
    _read_fhir(lambda: cdtref.fhir.claims_of(resource))


def change_some_value(value: Any, fed: atheris.FuzzedDataProvider) -> None:
    while True:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not keys:
            return
        key = fed.PickValueInList(keys)
        if not isinstance(value[key], dict | list) or fed.ConsumeBool():
            break
        value = value[key]
    others = [None, True, fed.ConsumeInt(8), fed.ConsumeFloat(), fed.ConsumeUnicode(12), [], {}]
    value[key] = fed.PickValueInList([*others, [value[key]] * 2, copy.deepcopy(value)])


def _read_fhir(read: Callable[[], Iterator[cdtref.Claim]]) -> None:
    try:
        for claim in read():
            cdtref.check_claim(claim)
            claim.to_dict()
    except CdtrefError as error:
        assert len(str(error)) < 400


def read_claims(data: bytes) -> None:
    """The first byte asks, the others are a file."""
    if data[1:].lstrip().startswith(b"PAR1"):  # PyArrow's own code, which is not looked into
        return
    asked = data[0] if data else 0
    file = FOLDER / "claims"
    file.write_bytes(data[1:])
    layout = {
        "profile": [None, *PROFILES][asked % 5],
        "dates": [None, "mdy", "dmy", "none"][asked // 5 % 4],
    }
    try:
        for claim in cdtref.read_claims(file, **layout, note=_short_note):
            claim.to_dict()
        for checked in cdtref.check_file(file, **layout, note=_short_note, history=True):
            assert all(len(finding.message) < 2_000 for finding in checked.findings)
    except CdtrefError as error:
        assert len(str(error)) < 900


def _short_note(text: str) -> None:
    assert len(text) < 4_000


def search(data: bytes) -> None:
    text = text_of(data)
    found = cdtref.search(text)
    assert all(0 < match.score <= 1 for match in found)
    assert found == cdtref.search(text)


def with_nomenclature(data: bytes) -> None:
    file = FOLDER / "names.csv"
    file.write_bytes(data)
    try:
        CATALOG.with_nomenclature(file)
    except CdtrefError as error:
        assert len(str(error)) < 600


TARGETS = {
    f.__name__: f
    for f in (
        parse_code,
        parse_surfaces,
        from_cms,
        from_sv3,
        read_837,
        read_claims,
        claims_in,
        claims_of,
        check,
        search,
        with_nomenclature,
    )
}

if __name__ == "__main__":
    name = sys.argv.pop(1)
    seeds = Path(__file__).parent / "seeds" / name
    atheris.Setup([*sys.argv, *([str(seeds)] if seeds.is_dir() else [])], TARGETS[name])
    atheris.Fuzz()
