"""What a search finds: matches, codes first, then by the words of the texts."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple

import attrs

from cdtref.code import Code
from cdtref.procedure import Procedure
from cdtref.record import Card
from cdtref.textsearch.query import code_piece, codes_in, without_codes
from cdtref.textsearch.ranking import Hit, Index


@attrs.frozen
class Match(Card):
    """
    One code found.

    Attributes:
        procedure: The procedure.
        score: How well it fits, above 0 and at most 1; comparable within one query only.
        hits: Which words of the query met which field of the record, and how.
    """

    procedure: Procedure
    score: float
    hits: tuple[Hit, ...]

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
        met = "; ".join(f"{hit.word} in {hit.field} ({hit.how})" for hit in self.hits)
        return (
            ("Score", f"{self.score:.2f}"),
            ("Category", self.procedure.category.label),
            ("Matched", met),
        )


class Searched(NamedTuple):
    """
    What a catalog hands in to be searched.

    Attributes:
        procedures: All that it holds, by code.
        admitted: The codes that words may find.
        admits_number: Whether a procedure may be found by its full number.
        search_index: The index, asked for only where the text has words.
    """

    procedures: Mapping[str, Procedure]
    admitted: Collection[Code]
    admits_number: Callable[[Procedure], bool]
    search_index: Callable[[], Index]


def search(searched: Searched, text: str, limit: int) -> tuple[Match, ...]:
    """As `Catalog.search`, whose rules stand there."""
    _require_text_and_limit(text, limit)
    return tuple(itertools.islice(_all_matches(searched, text, limit), limit))


def _require_text_and_limit(text: object, limit: object) -> None:
    if not isinstance(text, str):
        raise TypeError(f"search takes a text, not {type(text).__name__}")
    if isinstance(limit, bool) or not isinstance(limit, int):
        raise TypeError(f"limit is a whole number, not {type(limit).__name__}")
    if limit < 1:
        raise ValueError(f"limit is {limit}; ask for at least 1 match")


def _all_matches(searched: Searched, text: str, limit: int) -> Iterator[Match]:
    named = _named_by_number(searched, text)
    for code, procedure in named.items():
        yield Match(procedure, 1.0, (Hit(code, "code", "exact", code),))
    piece = code_piece(text)
    if piece is not None:
        found = _beginning_with(piece, searched, text.strip())
    else:
        found = _found_by_words(searched, without_codes(text), limit + len(named))
    for match in found:
        if match.procedure.code not in named:
            yield match


def _named_by_number(searched: Searched, text: str) -> dict[Code, Procedure]:
    procedures = searched.procedures
    known = [procedures[Code(code)] for code in codes_in(text) if code in procedures]
    return {p.code: p for p in known if searched.admits_number(p)}


def _beginning_with(piece: str, searched: Searched, typed: str) -> Iterator[Match]:
    hit = Hit(typed, "code", "prefix", piece)
    for code in searched.procedures:  # by the codes: the records of the others need not be read
        if code.startswith(piece) and code in searched.admitted:
            yield Match(searched.procedures[code], len(piece) / 5, (hit,))


def _found_by_words(searched: Searched, text: str, limit: int) -> Iterator[Match]:
    if not text.strip():
        return
    for ranked in searched.search_index().rank(text, searched.admitted, limit):
        yield Match(searched.procedures[ranked.code], ranked.score, ranked.hits)
