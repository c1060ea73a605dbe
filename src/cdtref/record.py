"""
What all records have: plain data under the names of their fields, out and in again, and a card that
draws them in short.
"""

from __future__ import annotations

import enum
import functools
import importlib
import re
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import (
    Any,
    Final,
    Literal,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import attrs

from cdtref.errors import DataFormatError, quoted, shown
from cdtref.fieldtext import as_date

_Kind = TypeVar("_Kind")
_Restorer: TypeAlias = Callable[[Any, str], Any]
_MOST_WHOLE: Final = 2**53  # from which on a float leaves numbers out
_LONGEST_NUMBER: Final = 40  # characters of a Decimal as text; the longest of ours has 30


class ModelField:
    """
    A record that pydantic takes as a type, in a field of a model and in FastAPI: it asks the class
    itself, and the answers stand in `cdtref.pydantic`.
    """

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
        return _answers_to_pydantic().core_schema_of(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: Any, handler: Any) -> Any:
        return _answers_to_pydantic().json_schema_of(cls, handler.mode)


class ProgramArgument:
    """
    What only a program can give to a function: to a framework that makes tools of functions the
    parameter is null, and a language model leaves it alone.
    """

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
        return _answers_to_pydantic().instance_schema_of(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: Any, _handler: Any) -> Any:
        return {"type": "null"}


class _GivenByProgram:
    """
    The annotation that says the same of several at once: a model's empty list of rules would find
    nothing wrong with any line.
    """

    __slots__ = ()

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> Any:
        return _answers_to_pydantic().program_schema()

    def __get_pydantic_json_schema__(self, _schema: Any, _handler: Any) -> Any:
        return {"type": "null"}


GIVEN_BY_PROGRAM: Final = _GivenByProgram()


def _answers_to_pydantic() -> Any:
    # By name: the module stands above all that it speaks of, and only pydantic needs it.
    return importlib.import_module("cdtref.pydantic")


class Record(ModelField):
    """
    A record that goes out as plain JSON values and comes back.

    >>> import cdtref
    >>> crown = cdtref.get("D2740")
    >>> cdtref.Procedure.from_dict(crown.to_dict()) == crown
    True
    """

    __slots__ = ()

    # As attrs would write them. The records that come at import and with the first procedure ask
    # attrs for none of the three: to compile them takes half of what a small record takes there.

    def __repr__(self) -> str:
        kind: Any = type(self)
        told = (field.name for field in attrs.fields(kind) if field.repr)
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in told)
        return f"{kind.__qualname__}({values})"

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return bool(_compared_values(self) == _compared_values(other))

    def __hash__(self) -> int:
        return hash((type(self), _compared_values(self)))

    def to_dict(self) -> dict[str, Any]:
        """
        The record as plain JSON values under stable keys: dates in ISO form, amounts and relative
        values as text, so that no digit is lost. `cdtref.json_schema` describes them.
        """
        return plain(self)

    @classmethod
    def from_dict(cls: type[_Kind], fields: Mapping[str, Any]) -> _Kind:  # noqa: PYI019  # 3.10
        """
        The record of a dict as `to_dict` gives it. A key that is not there is a default.

        Raises:
            DataFormatError: there is no such field, one is missing, or a value is of a wrong type
                or none that `cdtref.json_schema` allows; with the path of the value as `column`.

        >>> import cdtref
        >>> cdtref.Period.from_dict({"effective": "soon", "terminated": None, "precision": "day"})
        Traceback (most recent call last):
        cdtref.errors.DataFormatError: Period.effective: a text that is no ISO date
        """
        record: _Kind = restored(cls, fields, cls.__name__)
        schema = _published_schemas().get(cls.__name__)
        if schema is not None:
            _require_allowed(schema, plain(record), cls.__name__)
        return record


class Unpacked:
    """A record that unpacks into its fields, as in `for relation, code in procedure.related`."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Any]:
        kind: Any = type(self)
        for name in _field_names(kind):
            yield getattr(self, name)


def plain(record: Any) -> dict[str, Any]:
    """
    *Record* (an attrs instance) and the records in it as dicts, lists, texts, numbers and None.
    """
    kind: Any = type(record)
    return {name: _plain_value(getattr(record, name)) for name in _field_names(kind)}


def _plain_value(value: Any) -> Any:
    if value is None or type(value) in (str, int, float, bool):
        return value
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, tuple):
        return _plain_tuple(value)
    if attrs.has(type(value)):
        return plain(value)
    return str(value)  # dates in ISO form, Decimals with all their digits


def _plain_tuple(value: tuple[Any, ...]) -> Any:
    names = getattr(value, "_fields", None)
    plain_values = list(map(_plain_value, value))
    if names is None:
        return plain_values
    return dict(zip(names, plain_values, strict=True))


def restored(kind: Any, value: Any, path: str) -> Any:
    """
    What `plain` made a plain value of, by the type that it had; *path* is where it stands.

    Raises:
        DataFormatError: it is no value of that type.
    """
    return _restorer_of(kind)(value, path)


def _restorer_of(kind: Any) -> _Restorer:
    """What restores values of a type: to ask that of a type for each value takes half of it all."""
    kind = getattr(kind, "__supertype__", kind)  # a code is a text
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        (one,) = (one for one in get_args(kind) if one is not type(None))
        return functools.partial(_restored_or_none, _restorer_of(one))
    if origin is Literal:
        return functools.partial(_restored_choice, get_args(kind))
    if origin is tuple:
        return functools.partial(_restored_tuple, _restorer_of(get_args(kind)[0]))
    if attrs.has(kind) or hasattr(kind, "_fields"):
        return functools.partial(_restored_record, kind)
    return functools.partial(_restored_scalar, kind)


def _restored_or_none(restorer: _Restorer, value: Any, path: str) -> Any:
    if value is None:
        return None
    return restorer(value, path)


def _restored_choice(choices: tuple[Any, ...], value: Any, path: str) -> Any:
    if value in choices:
        return value
    raise _fault_at(path, f"none of {', '.join(map(repr, choices))}")


def _restored_tuple(restorer: _Restorer, value: Any, path: str) -> tuple[Any, ...]:
    require_list(value, path)
    items = []
    for place, item in enumerate(value):
        items.append(restorer(item, f"{path}[{place}]"))
    return tuple(items)


def _restored_record(kind: Any, value: Any, path: str) -> Any:
    if isinstance(value, kind):
        return value
    require_object(value, path)
    restorers = _restorers_of(kind)
    for name in value:
        if name not in restorers:
            raise _fault_at(path, f"has a field that is none of {', '.join(restorers)}")
    fields = {}
    for name, given in value.items():
        fields[name] = restorers[name](given, f"{path}.{name}")
    try:
        return kind(**fields)
    except TypeError:
        missing = sorted(set(_required_of(kind)) - set(fields))
        if not missing:
            raise
        raise _fault_at(path, f"lacks {', '.join(missing)}") from None


@functools.cache
def _restorers_of(kind: Any) -> dict[str, _Restorer]:
    """What restores the fields of a record, in their order."""
    hints = get_type_hints(kind)
    return {name: _restorer_of(hints[name]) for name in _field_names(kind)}


@functools.cache  # asked for each record that goes out
def _field_names(kind: Any) -> tuple[str, ...]:
    if attrs.has(kind):
        return tuple(attrs.fields_dict(kind))
    names: tuple[str, ...] = kind._fields
    return names


def _compared_values(record: Any) -> Any:
    """The values of a record by which it equals another of its kind: those of all fields."""
    kind: Any = type(record)
    return _getter_of_fields(kind)(record)


@functools.cache
def _getter_of_fields(kind: Any) -> Callable[[Any], Any]:
    return attrgetter(*_field_names(kind))


def _required_of(kind: Any) -> Iterator[str]:
    if not attrs.has(kind):
        yield from set(kind._fields) - set(kind._field_defaults)
        return
    for field in attrs.fields(kind):
        if field.default is attrs.NOTHING:
            yield field.name


def _restored_scalar(kind: Any, value: Any, path: str) -> Any:
    if type(value) is kind:
        return value
    if issubclass(kind, enum.Enum):
        return _restored_choice_of(kind, value, path)
    if kind is date:
        return _restored_day(value, path)
    if kind is float and type(value) is int and abs(value) < _MOST_WHOLE:
        return float(value)
    if kind.__name__ == "Decimal":
        return _restored_decimal(value, path)
    raise _wrong_type(path, value, _EXPECTED[kind])


def _restored_choice_of(kind: type[enum.Enum], value: Any, path: str) -> enum.Enum:
    for member in kind:
        if type(member.value) is type(value) and member.value == value:
            return member
    raise _fault_at(path, f"none of {', '.join(repr(member.value) for member in kind)}")


def _restored_day(value: Any, path: str) -> date:
    if not isinstance(value, str):
        raise _wrong_type(path, value, "an ISO date")
    try:
        return as_date(value)
    except ValueError:
        raise _fault_at(path, "a text that is no ISO date") from None


def _restored_decimal(value: Any, path: str) -> Any:
    from decimal import Decimal, InvalidOperation

    if not isinstance(value, str):
        raise _wrong_type(path, value, "a number as text")
    try:
        if len(value) <= _LONGEST_NUMBER:
            return Decimal(value)
    except InvalidOperation:
        pass  # told below
    raise _fault_at(path, "a text that is no number")


_EXPECTED: Final = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}


def require_object(value: object, path: str) -> None:
    """
    Refuses what has no keys.

    Raises:
        DataFormatError: it is no mapping.
    """
    if not isinstance(value, Mapping):
        raise _wrong_type(path, value, "an object")


def require_list(value: object, path: str) -> None:
    """
    Refuses what is no list.

    Raises:
        DataFormatError: it is neither a list nor a tuple.
    """
    if not isinstance(value, list | tuple):
        raise _wrong_type(path, value, "a list")


@functools.cache
def _published_schemas() -> Mapping[str, Any]:
    # By name, as above: what reads the data stands above what is read.
    schemas: Mapping[str, Any] = importlib.import_module("cdtref.bundled").record_schemas()
    return schemas


def _require_allowed(schema: Mapping[str, Any], value: Any, path: str) -> None:
    """
    Refuses a value that is of the right type, but not what the published schema asks for.

    Raises:
        DataFormatError: it is not.
    """
    if "$ref" in schema:
        schema = _schema_meant_by(schema["$ref"])
    if "anyOf" in schema and value is not None:  # a record or null
        schema = _schema_meant_by(schema["anyOf"][0]["$ref"])
    if value not in schema.get("enum", (value,)):
        raise _fault_at(path, f"none of {', '.join(map(repr, schema['enum']))}")
    if isinstance(value, str):
        _require_allowed_text(schema, value, path)
    elif isinstance(value, int | float):
        _require_allowed_number(schema, value, path)
    elif isinstance(value, list | tuple):
        _require_allowed_list(schema, value, path)
    elif isinstance(value, Mapping):
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                _require_allowed(inner, value[name], f"{path}.{name}")


def _schema_meant_by(reference: str) -> Any:
    """Such as '#/$defs/Period' or '#/$defs/Procedure/properties/code'."""
    meant: Any = _published_schemas()
    for key in reference.split("/")[2:]:
        meant = meant[key]
    return meant


def _require_allowed_text(schema: Mapping[str, Any], text: str, path: str) -> None:
    if len(text) < schema.get("minLength", 0):
        raise _fault_at(path, "the text is empty")
    # A day was read as such above, in any form of ISO 8601.
    if "pattern" not in schema or schema.get("format") == "date":
        return
    if re.search(schema["pattern"], text) is None:
        raise _fault_at(path, f"{quoted(text)} has not the form {schema['pattern']}")


def _require_allowed_number(schema: Mapping[str, Any], number: float, path: str) -> None:
    if number < schema.get("minimum", number):
        raise _fault_at(path, f"{shown(number)} is less than {schema['minimum']}")
    if number > schema.get("maximum", number):
        raise _fault_at(path, f"{shown(number)} is more than {schema['maximum']}")
    if "exclusiveMinimum" in schema and number <= schema["exclusiveMinimum"]:
        raise _fault_at(path, f"{shown(number)} is not more than {schema['exclusiveMinimum']}")


def _require_allowed_list(schema: Mapping[str, Any], items: Sequence[Any], path: str) -> None:
    if len(items) < schema.get("minItems", 0):
        raise _fault_at(path, "the list is empty")
    # Objects cannot be hashed, and what a file may have of them is many: no walk over all pairs.
    if schema.get("uniqueItems") and len(set(map(repr, items))) < len(items):
        raise _fault_at(path, "the list has something twice")
    for place, item in enumerate(items):
        _require_allowed(schema.get("items", {}), item, f"{path}[{place}]")


def _wrong_type(path: str, value: object, expected: str) -> DataFormatError:
    return _fault_at(path, f"{type(value).__name__}, where {expected} is expected")


def _fault_at(path: str, problem: str) -> DataFormatError:
    return DataFormatError(f"{path}: {problem}", column=path)


_LEFT = "text-align:left"  # notebooks center a caption and right-align numbers


class Card:
    """What a record says of itself in a caption and a few facts, drawn as a small table."""

    __slots__ = ()

    @property
    def caption(self) -> str:
        """The line above the facts."""
        raise NotImplementedError

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The record in short for people: terms with their values."""
        raise NotImplementedError

    def __str__(self) -> str:
        return self.caption

    def _repr_html_(self) -> str:
        return _card_html(self.caption, self.facts)

    def __rich__(self) -> Any:
        return _card_rich(self.caption, self.facts)


def _card_html(heading: str, facts: Iterable[tuple[str, str]]) -> str:
    """A small table for a notebook."""
    from html import escape

    row = '<tr><th scope="row" style="{0}">{1}</th><td style="{0}">{2}</td></tr>'
    rows = "".join(row.format(_LEFT, escape(term), escape(value)) for term, value in facts)
    caption = f'<caption style="{_LEFT};font-weight:bold">{escape(heading)}</caption>'
    return f"<table>{caption}<tbody>{rows}</tbody></table>"


def _card_rich(heading: str, facts: Iterable[tuple[str, str]]) -> Any:
    """The same for `rich.print`."""
    from rich.table import Table
    from rich.text import Text

    from cdtref.safetext import printable

    table = Table(
        title=Text(printable(heading), "bold"),
        title_justify="left",
        box=None,
        show_header=False,
        pad_edge=False,
    )
    for term, value in facts:
        table.add_row(Text(printable(term), "dim"), Text(printable(value)))
    return table
