"""
The only reader of the bundled data: lazy, cached, safe for threads, from a folder, a wheel or a zip.

Reading starts with the first question asked, never at import.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from cdtref.code import Code
from cdtref.codeset import Catalog
from cdtref.errors import DataError
from cdtref.procedure import Category, Period, Procedure, Related, Specialty, Surfaces, TreatmentArea

if TYPE_CHECKING:
    from cdtref.edition import Edition
    from cdtref.feeschedule import FeeSchedule
    from cdtref.locality import Locality

EDITION: Final = "2026"
FEE_SCHEDULE: Final = "RVU26C"

_lock = threading.RLock()


def catalog() -> Catalog:
    """The bundled code set; the same object at every call."""
    return _CATALOG


@functools.cache
def editions() -> tuple[Edition, ...]:
    """The editions that the bundled code set covers, oldest first."""
    with _faults_of("editions.json") as file:
        return tuple(map(_edition, _read(file)["editions"]))


def fee_schedule() -> FeeSchedule:
    """The bundled release of the fee schedule; the same object at every call."""
    with _lock:
        return _fee_schedule()


@functools.cache
def _fee_schedule() -> FeeSchedule:
    from decimal import Decimal

    from cdtref.feeschedule import FeeSchedule

    with _faults_of(f"pfs/{FEE_SCHEDULE.lower()}.json") as file:
        raw = _read(file)
        factor = Decimal(raw["conversion_factor"])
        places = tuple(map(_locality, raw["localities"]))
        return FeeSchedule(
            release=raw["release"], year=raw["year"], conversion_factor=factor, rows=raw["rows"], localities=places
        )


@contextlib.contextmanager
def _faults_of(file: str, key: str = "") -> Iterator[str]:
    """Whatever a bundled file lacks or says wrongly, as a `DataError` that names the file and the key."""
    try:
        yield file
    except (OSError, AttributeError, KeyError, TypeError, ValueError) as error:
        place = f"{file} at {key}" if key else file
        message = f"bundled file {place} is broken: {type(error).__name__}: {error}; reinstall cdtref"
        raise DataError(message, file=file, key=key) from error


def _read(file: str) -> Any:
    """A bundled file as JSON."""
    import json

    import importlib_resources

    return json.loads(importlib_resources.files("cdtref").joinpath("data", *file.split("/")).read_bytes())


class _Shelves(dict[Code, Procedure]):
    """
    All procedures by code: a dict, so that a hit costs one look-up; the first miss in a category reads its file.

    The keys are those of the index file, not of what was read so far.
    """

    def __init__(self) -> None:
        super().__init__()
        self._unbuilt: dict[Code, dict[str, Any]] = {}

    @functools.cached_property
    def _shelf_of(self) -> dict[Code, str]:
        with _faults_of("procedures/index.json") as file:
            shelves = _read(file)["shelves"].items()
            return dict(sorted((Code(code), shelf) for shelf, codes in shelves for code in codes))

    def __missing__(self, code: Code) -> Procedure:
        shelf = self._shelf_of[code]
        with _lock:
            if not dict.__contains__(self, code):
                with _faults_of(f"procedures/{shelf}.json", code) as file:
                    if code not in self._unbuilt:
                        self._unbuilt |= {raw["code"]: raw for raw in _read(file)["procedures"]}
                    self[code] = _procedure(shelf, self._unbuilt.pop(code))
        return self[code]

    def __iter__(self) -> Iterator[Code]:
        return iter(self._shelf_of)

    def __len__(self) -> int:
        return len(self._shelf_of)

    def __contains__(self, code: object) -> bool:
        return code in self._shelf_of

    def __reduce__(self) -> tuple[Any, ...]:  # pickled by reference: the data come with the package
        return _shelves, ()


@functools.cache
def _shelves() -> _Shelves:
    return _Shelves()


def _procedure(shelf: str, raw: dict[str, Any]) -> Procedure:
    fields = {name: _READERS.get(name, _same)(value) for name, value in raw.items()}
    return Procedure(category=Category(shelf), **fields)


def _locality(raw: dict[str, str]) -> Locality:
    from decimal import Decimal

    from cdtref.locality import Locality

    return Locality(**{**raw, **{name: Decimal(raw[name]) for name in ("work", "pe", "mp")}})  # type: ignore[arg-type]


def _edition(raw: dict[str, Any]) -> Edition:
    from cdtref.edition import Edition

    return Edition(**{**raw, "effective": date.fromisoformat(raw["effective"]), "revised": tuple(raw["revised"])})


def _same(value: Any) -> Any:
    return value


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _periods(raw: list[dict[str, Any]]) -> tuple[Period, ...]:
    return tuple(Period(_day(p["effective"]), _day(p["terminated"]), p["precision"]) for p in raw)


_READERS: Final[dict[str, Any]] = {
    "periods": _periods,
    "synonyms": tuple,
    "documentation": tuple,
    "specialties": lambda slugs: tuple(map(Specialty, slugs)),
    "related": lambda links: tuple(Related(relation, Code(code)) for relation, code in links),
    "replaced_by": tuple,
    "area": TreatmentArea,
    "surfaces": lambda span: Surfaces(*span),
    "tooth_class": tuple,
}

_CATALOG: Final = Catalog(_shelves(), editions)
