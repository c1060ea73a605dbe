"""
The only reader of the bundled data: lazy, cached, safe for threads, from a folder, a wheel or a
zip.

Reading starts with the first question asked, never at import.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import sys
import threading
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal

import cdtref.code  # for the name `cdtref`, see below
from cdtref.code import Code, is_valid_code
from cdtref.codeset import Catalog, ReadOnDemand
from cdtref.datafile import faults_of, field_of, is_bundled, read
from cdtref.errors import quoted_name
from cdtref.procedure import Category, Procedure, Source

# Annotations name these in full: at run time the package loads a module when it is first named.
if TYPE_CHECKING:
    import cdtref.claim
    import cdtref.dentalrvu
    import cdtref.feeschedule
    import cdtref.procedure.edition
    import cdtref.textsearch
    import cdtref.tooth

EDITION: Final = "2026"
"""The edition of the code set that this version of cdtref pins."""

FEE_SCHEDULE: Final = "RVU26C"
"""The release of the fee schedule that this version of cdtref pins."""

_lock = threading.RLock()


def _settle() -> None:
    """
    Wait until what is being read is read, and what is being imported is imported. A child has one
    thread: a lock that another thread held at the fork would never be released there.
    """
    _lock.acquire()
    for name in [*sys.modules]:
        if name.startswith("cdtref."):
            # Of a module that is there this is a look-up, of one on its way a wait.
            with contextlib.suppress(Exception):  # it is told where it is asked for
                importlib.import_module(name)


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(before=_settle, after_in_parent=_lock.release, after_in_child=_lock.release)


def catalog() -> Catalog:
    """The bundled code set; the same object at every call."""
    return _CATALOG


def editions() -> tuple[cdtref.procedure.edition.Edition, ...]:
    """The editions that the bundled code set covers, oldest first."""
    with _lock:
        return _read_editions()


def fee_schedule() -> cdtref.feeschedule.FeeSchedule:
    """The bundled release of the fee schedule; the same object at every call."""
    with _lock:
        return _fee_schedule()


def dental_scale() -> cdtref.dentalrvu.DentalScale:
    """The bundled dental values, none where their file is left out; always the same object."""
    with _lock:
        return _dental_scale()


def conflict_table() -> cdtref.claim.ConflictTable:
    """What may not stand together on a claim; the same object at every call."""
    with _lock:
        return _conflict_table()


def codes_in_force() -> frozenset[Code]:
    """The codes in force at the end of the pinned edition's year, as told without their records."""
    with _lock:
        return _codes_in_force()


def search_index() -> cdtref.textsearch.Index:
    """The prebuilt search index over the bundled texts; the same object at every call."""
    with _lock:
        return _search_index()


def record_schemas() -> dict[str, Any]:
    """The JSON Schemas of the records by the names of their classes, the caller's own to change."""
    with _lock, faults_of("schemas/records.schema.json") as file:
        return field_of(read(file), "$defs", dict)


def json_schema(record: str) -> dict[str, Any]:
    """
    The JSON Schema (2020-12) of what `to_dict` of a record gives, such as 'Procedure' or 'Finding'.
    Every field has its description. Of what callers write (`ClaimLine`, `Claim`, `Limit`) only what
    `from_dict` cannot do without is required. What it refers to stands in its own `$defs`, and its
    `$id` is `urn:cdtref:schema:` and the name.

    Raises:
        ValueError: there is no such record.

    >>> schema = json_schema("Match")
    >>> schema["$id"], schema["properties"]["site"]["anyOf"][0]
    ('urn:cdtref:schema:Match', {'$ref': '#/$defs/Site'})
    >>> json_schema("match")
    Traceback (most recent call last):
    ValueError: no record 'match'; the records are CodePage, ...
    """
    known = record_schemas()
    if record not in known:
        raise ValueError(
            f"no record {quoted_name(record)}; the records are {', '.join(sorted(known))}"
        )
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:cdtref:schema:{record}",
    }
    within = _definitions_for(known[record], known)
    if not within:
        return {**head, **known[record]}
    return {**head, **known[record], "$defs": within}


@functools.cache
def _read_editions() -> tuple[cdtref.procedure.edition.Edition, ...]:
    with faults_of("editions.json") as file:
        return tuple(map(_edition_of, field_of(read(file), "editions", list)))


@functools.cache
def _search_index() -> cdtref.textsearch.Index:
    from cdtref.textsearch import Index, from_bundle

    with faults_of("search.json") as file:
        raw = read(file)
        phrases = {"phrases": raw["phrases"]}
    words = from_bundle(phrases)
    with faults_of("search.json"):
        return Index(raw, words)


@functools.cache
def _conflict_table() -> cdtref.claim.ConflictTable:
    from cdtref.claim import ConflictTable

    with faults_of("conflicts.json") as file:
        return ConflictTable(read(file), shelves())


@functools.cache
def _fee_schedule() -> cdtref.feeschedule.FeeSchedule:
    from decimal import Decimal

    from cdtref.feeschedule import FeeSchedule

    with faults_of(f"pfs/{FEE_SCHEDULE.lower()}.json") as file:
        raw = read(file)
        return FeeSchedule(
            release=field_of(raw, "release", str),
            year=field_of(raw, "year", int),
            effective=field_of(raw, "effective", str),
            conversion_factor=Decimal(field_of(raw, "conversion_factor", str)),
            rows=field_of(raw, "rows", dict),
            localities=tuple(map(_locality_of, field_of(raw, "localities", list))),
        )


@functools.cache
def _dental_scale() -> cdtref.dentalrvu.DentalScale:
    from cdtref.dentalrvu import DentalScale, ValuesByCode

    if not is_bundled("dental_rvu.json"):
        return DentalScale()
    with faults_of("dental_rvu.json") as file:
        raw = read(file)
        name = field_of(raw, "release", str)
        days = {int(patch): date.fromisoformat(day) for patch, day in raw["patches"].items()}
        values = ValuesByCode(field_of(raw, "values", dict), days, name)
        local = field_of(raw, "local_numbers", dict)
        return DentalScale(release=name, patches=days, local_numbers=local, values=values)


@functools.cache
def _index_of_shelves() -> Any:
    with faults_of("procedures/index.json") as file:
        return read(file)


@functools.cache
def _shelves_by_code() -> dict[str, str]:
    with faults_of("procedures/index.json"):
        by_code: dict[str, str] = {}
        shelves = field_of(_index_of_shelves(), "shelves", dict)
        for shelf in shelves:
            Category(shelf)
            by_code |= dict.fromkeys(field_of(shelves, shelf, list), shelf)
        if not _are_canonical(by_code):
            raise TypeError("shelves hold what is no code")
        return {code: by_code[code] for code in sorted(by_code)}


def _are_canonical(codes: Collection[str]) -> bool:
    """
    True where all are dental codes as they stand. All at once: to ask `is_valid_code` of each takes
    a millisecond of a first question.
    """
    signs = "".join(codes)
    digits = signs.replace("D", "")
    is_each_of_five = set(map(len, codes)) == {5}
    is_each_led_by_d = set(signs[::5]) == {"D"} and len(digits) == 4 * len(codes)
    return is_each_of_five and is_each_led_by_d and digits.isascii() and digits.isdigit()


@functools.cache
def _codes_in_force() -> frozenset[Code]:
    with faults_of("procedures/index.json"):
        known = _shelves_by_code().keys()
        out = frozenset(field_of(_index_of_shelves(), "not_in_force", list))
        if not out <= known:
            raise ValueError("not_in_force has what no shelf holds")
        return frozenset(map(Code, known - out))


class _Shelves(ReadOnDemand):
    """
    All procedures by code: a dict, so that a hit costs one look-up; the first miss in a category
    reads its file.

    The keys are those of the index file, not of what was read so far.
    """

    def __init__(self) -> None:
        super().__init__()
        self._shelves_by_code: dict[str, str] = {}
        self._unbuilt: dict[str, dict[str, Any]] = {}
        self._sources: dict[str, tuple[Source, ...]] = {}

    @property
    def _shelf_of(self) -> dict[str, str]:
        # Not a cached_property, which before Python 3.12 has a lock of its own.
        if not self._shelves_by_code:
            with _lock:
                self._shelves_by_code = _shelves_by_code()
        return self._shelves_by_code

    def __missing__(self, code: str) -> Procedure:
        shelf = self._shelf_of[code]
        with _lock:
            if not dict.__contains__(self, code):
                with faults_of(f"procedures/{shelf}.json", code) as file:
                    if code not in self._unbuilt:
                        self._keep_records(shelf, read(file))
                    self[code] = self._built(code, shelf)
        return self[code]

    def _built(self, code: str, shelf: str) -> Procedure:
        from cdtref.procedure.stored import procedure_of

        return procedure_of(shelf, self._unbuilt.pop(code), self._sources[shelf])

    def _keep_records(self, shelf: str, document: dict[str, Any]) -> None:
        """Keep the records of a category's file, to be built when they are asked for."""
        from cdtref.procedure.stored import source_of

        records = field_of(document, "procedures", list)
        self._unbuilt |= {field_of(raw, "code", str): raw for raw in records}
        self._sources[shelf] = tuple(map(source_of, field_of(document, "source", list)))

    def __iter__(self) -> Iterator[str]:
        return iter(self._shelf_of)

    def __len__(self) -> int:
        return len(self._shelf_of)

    def __contains__(self, code: object) -> bool:
        return code in self._shelf_of

    def __reduce__(self) -> tuple[Any, ...]:  # pickled by reference: the data come with the package
        return shelves, ()


@functools.cache
def shelves() -> Mapping[str, Procedure]:
    """
    The procedures of the bundled code set by code, as they are read; the same object at every call.
    """
    return _Shelves()


def _locality_of(raw: dict[str, str]) -> cdtref.feeschedule.Locality:
    from decimal import Decimal

    from cdtref.feeschedule import Locality

    return Locality(
        key=field_of(raw, "key", str),
        name=field_of(raw, "name", str),
        contractor=field_of(raw, "contractor", str),
        work=Decimal(raw["work"]),
        pe=Decimal(raw["pe"]),
        mp=Decimal(raw["mp"]),
    )


def _edition_of(raw: dict[str, Any]) -> cdtref.procedure.edition.Edition:
    from cdtref.procedure.edition import Edition

    revised = raw["revised"]
    if type(revised) is not list or not all(map(is_valid_code, revised)):
        raise TypeError("revised is no list of codes")
    return Edition(
        name=field_of(raw, "name", str),
        effective=date.fromisoformat(raw["effective"]),
        count=field_of(raw, "count", int),
        revised=tuple(revised),
        revision_list=_revision_list_of(raw),
    )


def _revision_list_of(raw: dict[str, Any]) -> Literal["complete", "partial", "unverified"]:
    told = raw["revision_list"]
    if told not in ("complete", "partial", "unverified"):
        raise ValueError("revision_list is none of complete, partial, unverified")
    return told  # type: ignore[no-any-return]


_CATALOG: Final = Catalog(
    shelves(), editions, prebuilt_index=search_index, known_in_force=codes_in_force
)


def _definitions_for(schema: Any, known: Mapping[str, Any]) -> dict[str, Any]:
    """What a schema refers to, and what that refers to, by name."""
    found: dict[str, Any] = {}
    waiting = list(_references_in(schema))
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = known[name]
            waiting += _references_in(known[name])
    return found


def _references_in(schema: Any) -> Iterator[str]:
    """The names of the definitions that a schema refers to, such as that in '#/$defs/Site'."""
    if isinstance(schema, list):
        for inner in schema:
            yield from _references_in(inner)
    elif isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"].split("/")[2]
        for inner in schema.values():
            yield from _references_in(inner)
