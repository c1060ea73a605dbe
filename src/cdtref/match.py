"""What a search finds: matches, codes first, then by the words of the texts."""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import attrs

from cdtref.card import Card
from cdtref.code import Code
from cdtref.index import Hit
from cdtref.procedure import Category, Procedure
from cdtref.query import code_piece, codes_in, without_codes

if TYPE_CHECKING:
    from cdtref.codeset import Catalog


@attrs.frozen
class Match(Card):
    """
    One code found.

    Attributes:
        procedure: The procedure.
        score: How well it fits, above 0 and at most 1; comparable within one query only.
        matched: Which words of the query met which field of the record, and how.
    """

    procedure: Procedure
    score: float
    matched: tuple[Hit, ...]

    def to_dict(self) -> dict[str, Any]:
        """The match as plain JSON values under stable keys."""
        from cdtref.record import plain

        return plain(self)

    @property
    def caption(self) -> str:
        """Code and title."""
        return self.procedure.caption

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The match in short for people: terms with their values."""
        met = "; ".join(f"{hit.word} in {hit.field} ({hit.how})" for hit in self.matched)
        return ("Score", f"{self.score:.2f}"), ("Category", self.procedure.category.label), ("Matched", met)


def search(
    catalog: Catalog, text: str, *, limit: int, on: date | str | None, category: Category | str | None
) -> tuple[Match, ...]:
    """As `Catalog.search`, whose rules stand there."""
    if not isinstance(text, str):
        raise TypeError(f"search takes a text, not {type(text).__name__}")
    if isinstance(limit, bool) or not isinstance(limit, int):
        raise TypeError(f"limit is a whole number, not {type(limit).__name__}")
    if limit < 1:
        raise ValueError(f"limit is {limit}; ask for at least 1 match")
    admitted: Container[Code] = (
        catalog.listed() if on is None and category is None else {p.code for p in catalog.procedures(category, on)}
    )
    return tuple(itertools.islice(_matches(catalog, text, limit, admitted, _named(catalog, text, on, category)), limit))


def _named(catalog: Catalog, text: str, on: date | str | None, category: Category | str | None) -> list[Procedure]:
    """The procedures whose full number the text has; retired ones too, unless *on* is given."""
    known = [catalog[Code(code)] for code in codes_in(text) if code in catalog]
    return [p for p in known if category in (None, p.category) and (on is None or p.in_force(on))]


def _matches(
    catalog: Catalog, text: str, limit: int, admitted: Container[Code], named: list[Procedure]
) -> Iterator[Match]:
    for procedure in named:
        yield Match(procedure, 1.0, (Hit(procedure.code, "code", "exact", procedure.code),))
    piece = code_piece(text)
    if piece is not None:
        codes = (code for code in catalog if code.startswith(piece) and code in admitted)
        for code in codes:
            if catalog[code] not in named:
                yield Match(catalog[code], len(piece) / 5, (Hit(text.strip(), "code", "prefix", piece),))
        return
    rest = without_codes(text)
    if not rest.strip():
        return
    seen = {procedure.code for procedure in named}
    for ranked in catalog.search_index().rank(rest, admitted, limit + len(seen)):
        if ranked.code not in seen:
            yield Match(catalog[ranked.code], ranked.score, ranked.hits)
