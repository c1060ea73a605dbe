"""
Types for pydantic, and so for FastAPI: codes, teeth and modifiers as fields of a model, each with a
JSON Schema.

A field holds the canonical text; what is no code is an error whose message says why. The records,
such as `Procedure`, `ClaimLine`, `Claim` and `Finding`, are types of pydantic by themselves: as
fields, bodies and responses. Needs the extra `pydantic`.

>>> import pydantic
>>> class Planned(pydantic.BaseModel):
...     code: KnownCode
...     tooth: ToothNumber | None = None
>>> Planned(code="d-2740", tooth="#03")
Planned(code='D2740', tooth='3')
>>> Planned(code="DO389")
Traceback (most recent call last):
pydantic_core._pydantic_core.ValidationError: ...
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Final

import attrs

try:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import (
        CoreSchema,
        InitErrorDetails,
        PydanticCustomError,
        ValidationError,
        core_schema,
    )
except ImportError as _missing:  # the library needs neither
    _ADVICE = 'types for web frameworks need their extra: pip install "cdtref[pydantic]"'
    raise ImportError(_ADVICE) from _missing

from cdtref import bundled
from cdtref.claim import Claim, ClaimLine
from cdtref.code import parse_code, parse_modifier
from cdtref.errors import DataFormatError
from cdtref.fieldtext import as_date
from cdtref.tooth import parse_tooth

Place = tuple[str | int, ...]
# A step of a path such as 'Procedure.periods[0].effective'
_STEP: Final = re.compile(r"\.(\w+)|\[(\d+)\]")

__all__ = [
    "CodeInForce",
    "InForce",
    "KnownCode",
    "ModifierCode",
    "ProcedureCode",
    "ToothNumber",
]


@attrs.frozen
class _Parsed:
    """The annotation of a text that is read, with what a JSON Schema says of it."""

    parse: Callable[[str], str]
    schema: Mapping[str, Any] = attrs.field(repr=False, hash=False)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.parse, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), **self.schema}


# Of all that is read as a code: five characters, and perhaps what people put after the first.
_SPELLED: Final = {"pattern": r"^\s*\S[- ]?\S{4}\s*$", "examples": ["D0389"]}


def _known_code(text: str) -> str:
    return bundled.catalog().lookup(text).code


def _tooth_number(text: str) -> str:
    return parse_tooth(text).number


@attrs.frozen
class InForce:
    """
    The annotation of a dental code that was in force on a day; without one, in the pinned edition.

    Raises:
        ValueError: the day is not an ISO date.
        TypeError: it is neither a date nor a text.

    >>> from pydantic import TypeAdapter
    >>> then = TypeAdapter(Annotated[str, InForce("2024-06-01")])
    >>> then.validate_python("d1352")
    'D1352'
    >>> TypeAdapter(Annotated[str, InForce("2026-01-01")]).validate_python("d1352")
    Traceback (most recent call last):
    pydantic_core._pydantic_core.ValidationError: ...
    """

    on: dt.date | None = attrs.field(default=None, converter=attrs.converters.optional(as_date))

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._code_of, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        when = f"on {self.on}"
        if self.on is None:
            when = f"in the edition CDT {bundled.EDITION}"
        told = {"title": "CodeInForce", "description": f"A dental procedure code in force {when}."}
        return {**handler(schema), **_SPELLED, **told}

    def _code_of(self, text: str) -> str:
        catalog = bundled.catalog()
        procedure = catalog.lookup(text, self.on)
        if self.on is None:
            catalog.require_current(procedure)
        return procedure.code


ProcedureCode = Annotated[
    str,
    _Parsed(
        parse_code,
        {
            **_SPELLED,
            "title": "ProcedureCode",
            "description": "A procedure code of CDT, CPT or HCPCS by its form, known or not.",
        },
    ),
]
"""A text that has the form of a procedure code, in canonical form."""

KnownCode = Annotated[
    str,
    _Parsed(
        _known_code,
        {
            **_SPELLED,
            "title": "KnownCode",
            "description": "A dental procedure code (CDT) that is known, in force or retired.",
        },
    ),
]
"""A dental code of the code set, retired ones too."""

CodeInForce = Annotated[str, InForce()]
"""
A dental code that is in force in the pinned edition. For a day of its own, `Annotated[str,
InForce(day)]`.
"""

ToothNumber = Annotated[
    str,
    _Parsed(
        _tooth_number,
        {
            "title": "ToothNumber",
            "description": "A tooth of the Universal system: 1 to 32, A to T, supernumerary ones.",
            "examples": ["14", "A"],
        },
    ),
]
"""One tooth of the Universal system, as `Tooth.number` has it."""

ModifierCode = Annotated[
    str,
    _Parsed(
        parse_modifier,
        {
            "pattern": r"^\s*\S{2}\s*$",
            "examples": ["KX"],
            "title": "ModifierCode",
            "description": "A modifier of a procedure code: two letters or digits.",
        },
    ),
]
"""A modifier, in capitals."""


# What the records say of themselves when pydantic meets them


def core_schema_of(record: Any) -> CoreSchema:
    """How pydantic reads and writes a record: an instance, and what `to_dict` gives."""
    return core_schema.no_info_plain_validator_function(
        _Reader(record),
        ref=f"{record.__module__}.{record.__qualname__}:{id(record)}",
        serialization=core_schema.plain_serializer_function_ser_schema(record.to_dict),
    )


def instance_schema_of(kind: Any) -> CoreSchema:
    """How pydantic takes what no JSON can say, such as a catalog: as an instance."""
    return core_schema.is_instance_schema(kind)


def program_schema() -> CoreSchema:
    """How pydantic takes what a program gives: anything but a value of JSON."""
    return core_schema.no_info_plain_validator_function(_no_json_value)


def _no_json_value(given: Any) -> Any:
    if isinstance(given, (str, int, float, list, dict)):
        raise ValueError("a program gives this, as a tuple; leave it out")  # noqa: TRY004  # as below
    return given


def json_schema_of(record: Any, mode: str) -> dict[str, Any]:
    """
    The published JSON Schema of a record (`cdtref.json_schema`) without references; of what is read
    ('validation') only the keys without a default are required.
    """
    known = bundled.record_schemas()
    name = record.__name__
    for definition in known.values():
        definition["required"] = list(definition["properties"])
    if mode == "validation":
        for kind in (record, ClaimLine):  # lines stand within a claim
            known[kind.__name__]["required"] = list(_keys_to_give(kind))
    return {"title": name, **_without_references(known[name], known)}


def _keys_to_give(record: Any) -> Iterator[str]:
    for field in attrs.fields(record):
        if field.default is attrs.NOTHING:
            yield field.name


def _without_references(schema: Any, known: Mapping[str, Any]) -> Any:
    """A schema in whose place no other definition is needed."""
    if isinstance(schema, list):
        return [_without_references(part, known) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" not in schema:
        return {key: _without_references(part, known) for key, part in schema.items()}
    meant = known[schema["$ref"].rpartition("/")[2]]
    beside = {key: part for key, part in schema.items() if key != "$ref"}
    return {**_without_references(meant, known), **beside}


@attrs.frozen
class _Reader:
    """Reads a record, and turns what is wrong with what was given into an error of pydantic's."""

    record: Any

    def __call__(self, given: Any) -> Any:
        if isinstance(given, self.record):
            return given
        if not isinstance(given, Mapping):
            expected = f"a {self.record.__name__} is an object"
            raise ValueError(f"{expected}, not {type(given).__name__}")  # noqa: TRY004  # as below
        try:
            return self.record.from_dict(given)
        except (TypeError, ValueError) as error:
            place = _place_of_fault(self.record, given, error)
            if not place:
                raise ValueError(str(error)) from error
            raise _fault_in(self.record, place, given, error) from error


def _place_of_fault(record: Any, given: Mapping[str, Any], error: Exception) -> Place:
    """The keys and numbers that lead to the value at fault; () where it is none alone."""
    if isinstance(error, DataFormatError) and error.column is not None:
        found = _STEP.findall(error.column.removeprefix(record.__name__))
        return tuple(key or int(number) for key, number in found)
    if record is Claim:
        lines = given.get("lines")
        if not isinstance(lines, list | tuple):
            lines = ()
        for number, line in enumerate(lines):
            place = _place_alone(ClaimLine, line, {"code": ""})
            if place:
                return "lines", number, *place
        return _place_alone(record, given, {"lines": []})
    return _place_alone(record, given, {"code": ""})


def _place_alone(record: Any, given: Any, least: Mapping[str, Any]) -> Place:
    """The key whose value makes no record by itself: the library's own error names no place."""
    if not isinstance(given, Mapping):
        return ()
    for name, value in given.items():
        if name == "lines":
            continue
        try:
            record.from_dict({**least, name: value})
        except (TypeError, ValueError):
            return (name,)
    return ()


def _fault_in(
    record: Any, place: Place, given: Mapping[str, Any], error: Exception
) -> ValidationError:
    """What pydantic merges into its own error, under the place of the whole record."""
    value: Any = given
    for step in place:
        value = value[step] if _has_step(value, step) else None
    kind = PydanticCustomError("value_error", "Value error, {told}", {"told": str(error)})
    fault = InitErrorDetails(type=kind, loc=place, input=value)
    return ValidationError.from_exception_data(record.__name__, [fault])


def _has_step(value: Any, step: str | int) -> bool:
    if isinstance(step, int):
        return isinstance(value, list | tuple) and step < len(value)
    return isinstance(value, Mapping) and step in value
