"""
The types and docstrings of the records -> data/schemas/records.schema.json, what their `to_dict`
gives, one definition a record.

What a type cannot say (a pattern, a least number) stands in the tables below. The definition of a
page is written by hand, for its dict is no list of fields; it is kept as it is.
"""

from __future__ import annotations

import datetime as dt
import enum
import inspect
import json
import re
import types
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import attrs

import cdtref

RECORDS: Final = (
    cdtref.Procedure,
    cdtref.Edition,
    cdtref.Changes,
    cdtref.Verdict,
    cdtref.FoundCode,
    cdtref.Match,
    cdtref.ClaimLine,
    cdtref.Claim,
    cdtref.Finding,
    cdtref.Conflict,
    cdtref.Limit,
    cdtref.RelativeValues,
    cdtref.Payment,
    cdtref.DentalRvu,
)
_BY_HAND: Final = "CodePage"
_HIDDEN: Final = "place"  # where something stands in a file is no part of what it says
_WRITTEN_BY_CALLERS = ("ClaimLine", "Claim", "Limit")

Schema = dict[str, Any]

_DAY: Final = {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_DENTAL: Final = {"pattern": "^D[0-9]{4}$"}
_FIVE: Final = {"pattern": "^[0-9A-Z]{5}$"}
_ONE: Final = {"pattern": "^[0-9A-Z]$"}
_SCALARS: Final[Mapping[Any, Schema]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    dt.date: _DAY,
    Decimal: {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$"},
}

# What a type cannot say; of a list it is said of the items, and `_LISTS` of the list.
_NARROWER: Final[Mapping[str, Schema]] = {
    "Procedure.code": _DENTAL,
    "Procedure.title": {"minLength": 1},
    "Procedure.compared_with": _DENTAL,
    "Procedure.replaced_by": _DENTAL,
    "Related.relation": {"pattern": "^[a-z_]+$"},
    "Related.code": _DENTAL,
    "Pointer.code": _DENTAL,
    "Requirement.arch": {"enum": ["01", "02"]},
    "Requirement.tooth_classes": {
        "enum": ["anterior", "posterior", "incisor", "canine", "premolar", "molar"]
    },
    "Requirement.under_age": {"minimum": 1},
    "Surfaces.least": {"minimum": 1, "maximum": 5},
    "Surfaces.most": {"minimum": 1, "maximum": 5},
    "Edition.name": {"pattern": "^[0-9]{4}$"},
    "Edition.count": {"minimum": 1},
    "Edition.revised": _DENTAL,
    "Changes.added": _DENTAL,
    "Changes.terminated": _DENTAL,
    "Changes.revised": _DENTAL,
    "Change.code": _DENTAL,
    "Match.score": {"exclusiveMinimum": 0, "maximum": 1},
    "Hit.how": {"enum": ["exact", "prefix", "abbreviation", "typo", "derived", "concept", "range"]},
    "FoundCode.start": {"minimum": 0},
    "FoundCode.end": {"minimum": 0},
    # Any amount constructs a line, whole powers of ten and infinity too.
    "ClaimLine.fee": {"pattern": ""},
    "Finding.line_index": {"minimum": 0},
    "Finding.other_index": {"minimum": 0},
    "Finding.history_index": {"minimum": 0},
    "Conflict.code": _DENTAL,
    "Conflict.others": _DENTAL,
    "Conflict.spans": {"pattern": "^D[0-9]{4}(-D[0-9]{4})?$"},
    "Conflict.days": {"minimum": 0},
    "Conflict.confidence": {"enum": ["high", "medium", "low"]},
    "Conflict.reason": {"minLength": 1},
    "Conflict.whose": {"minLength": 1},
    "Limit.most": {"minimum": 0},
    "Limit.least_age": {"minimum": 0},
    "Limit.most_age": {"minimum": 0},
    "Limit.year_starts": {"pattern": "^[0-9]{2}-[0-9]{2}$"},
    "RelativeValues.code": _FIVE,
    "RelativeValues.modifier": {"enum": ["26", "TC", "53"]},
    "RelativeValues.endoscopic_base": _FIVE,
    "RelativeValues.pctc": _ONE,
    "RelativeValues.global_days": {"pattern": "^([0-9]{3}|[A-Z]{3})$"},
    "RelativeValues.multiple_procedure": _ONE,
    "RelativeValues.bilateral": _ONE,
    "RelativeValues.assistant": _ONE,
    "RelativeValues.co_surgeon": _ONE,
    "RelativeValues.team": _ONE,
    "RelativeValues.supervision": {"pattern": "^[0-9A-Z]{2}$"},
    "RelativeValues.imaging_family": {"pattern": "^[0-9]{1,2}$"},
    "Payment.code": _FIVE,
    "DentalRvu.code": _DENTAL,
    "DentalRvu.value": {"pattern": r"^[0-9]+\.[0-9]{2}$"},
    "DentalRvu.patch": {"minimum": 1},
    "DentalRvu.service_minutes_2003": {"minimum": 0},
    "DatedValue.value": {"pattern": r"^[0-9]+\.[0-9]{2}$"},
    "DatedValue.patch": {"minimum": 1},
}
_UNIQUE: Final = {"uniqueItems": True}
_SOME: Final = {"minItems": 1}
_LISTS: Final[Mapping[str, Schema]] = {
    "Procedure.periods": _SOME,
    "Procedure.synonyms": _UNIQUE,
    "Procedure.documentation": _UNIQUE,
    "Procedure.specialties": _UNIQUE,
    "Procedure.related": _UNIQUE,
    "Procedure.replaced_by": _UNIQUE,
    "Requirement.tooth_classes": _UNIQUE,
    "Conflict.others": _SOME,
    "Conflict.spans": _SOME,
    "Conflict.whose": _SOME,
    "Limit.codes": _SOME,
}


def build(data: Path) -> None:
    """Write records.schema.json; what it says of a page stays."""
    path = data / "schemas" / "records.schema.json"
    kept = json.loads(path.read_text("utf-8"))["$defs"][_BY_HAND]
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:cdtref:schema:records",
        "title": "The records of cdtref, as their to_dict gives them",
        "description": (
            "One definition a record, under the name of its class. A key is always there. Money "
            "and RVUs are text, so that no digit is lost; dates are ISO text."
        ),
        "$defs": {**_definitions(), _BY_HAND: kept},
    }
    text = json.dumps(whole, ensure_ascii=False, indent=1)
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")


def _definitions() -> dict[str, Schema]:
    """The definitions of the records and of those within them, each before what it is made of."""
    found: dict[str, Schema] = {}
    waiting = list(RECORDS)
    while waiting:
        kind = waiting.pop(0)
        if kind.__name__ not in found:
            found[kind.__name__] = _definition_of(kind)
            waiting[:0] = _records_in(kind)
    return found


def _definition_of(kind: Any) -> Schema:
    told = _told_attributes(kind)
    properties = {}
    for name, hint in _hints_of(kind).items():
        schema = _property_of(hint, f"{kind.__name__}.{name}")
        described = told.get(name) or f"Of {name}: {_summary_of(kind)}"
        properties[name] = {**schema, "description": described}
    return {
        "title": kind.__name__,
        "description": _summary_of(kind),
        "type": "object",
        "additionalProperties": False,
        "required": _required_of(kind, properties),
        "properties": properties,
    }


def _required_of(kind: Any, properties: Schema) -> list[str]:
    """
    All that `to_dict` gives; of what callers write, only what `from_dict` cannot do without.
    """
    if kind.__name__ not in _WRITTEN_BY_CALLERS:
        return list(properties)
    return [field.name for field in attrs.fields(kind) if field.default is attrs.NOTHING]


def _hints_of(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    names = kind._fields if hasattr(kind, "_fields") else attrs.fields_dict(kind)
    return {name: hints[name] for name in names if name != _HIDDEN}


def _records_in(kind: Any) -> Iterator[Any]:
    for hint in _hints_of(kind).values():
        yield from _records_of_hint(hint)


def _records_of_hint(hint: Any) -> Iterator[Any]:
    if _is_record(hint):
        yield hint
    for inner in get_args(hint):
        yield from _records_of_hint(inner)


def _is_record(hint: Any) -> bool:
    return inspect.isclass(hint) and (attrs.has(hint) or hasattr(hint, "_fields"))


def _property_of(hint: Any, name: str) -> Schema:
    hint = getattr(hint, "__supertype__", hint)
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        (inner,) = (one for one in get_args(hint) if one is not type(None))
        return _or_null(_property_of(inner, name))
    if origin is tuple:
        items = _property_of(get_args(hint)[0], name)
        return {"type": "array", **_LISTS.get(name, {}), "items": items}
    if _is_record(hint):
        return {"$ref": f"#/$defs/{hint.__name__}"}
    if origin is Literal:
        return {"enum": list(get_args(hint)), **_NARROWER.get(name, {})}
    if issubclass(hint, enum.Enum):
        return {"enum": [member.value for member in hint], **_NARROWER.get(name, {})}
    return _scalar_of(hint, name)


def _scalar_of(hint: Any, name: str) -> Schema:
    narrower = _NARROWER.get(name, {})
    if "enum" in narrower:
        return dict(narrower)
    schema = {**_SCALARS[hint], **narrower}
    if schema.get("pattern") == "":
        del schema["pattern"]
    return schema


def _or_null(schema: Schema) -> Schema:
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], None]}
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return {**schema, "type": [schema["type"], "null"]}


def _summary_of(kind: Any) -> str:
    """The first paragraph of a docstring."""
    paragraph, _, _ = (inspect.getdoc(kind) or "").partition("\n\n")
    return " ".join(paragraph.split())


def _told_attributes(kind: Any) -> dict[str, str]:
    """What a docstring says of each attribute."""
    _, _, after = (inspect.getdoc(kind) or "").partition("Attributes:\n")
    section, _, _ = after.partition("\n\n")
    told = {}
    for entry in re.split(r"\n(?=    \w)", f"\n{section}"):
        name, _, text = entry.strip().partition(":")
        told[name] = " ".join(text.split())
    return told
