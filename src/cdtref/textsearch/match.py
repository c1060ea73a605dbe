"""What a search finds: matches, codes first, then by the words of the texts."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import attrs

from cdtref.code import Code
from cdtref.procedure import Procedure
from cdtref.record import Card, Record
from cdtref.textsearch.completing import Completions
from cdtref.textsearch.numbers import (
    NumberHit,
    Numbers,
    begun_code,
    code_piece,
    codes_named_by,
    read_numbers,
)
from cdtref.textsearch.ranking import Hit, Index, Ranked
from cdtref.textsearch.site import Site, site_in


@attrs.frozen
class Match(Card, Record):
    """
    One code found.

    Attributes:
        procedure: The procedure.
        score: How well it fits, above 0 and at most 1; comparable within one query only.
        hits: Which words of the query met which field of the record, and how.
        site: What the query says of the place, as far as a claim line for this code names it; None
            where it says nothing of it.
    """

    procedure: Procedure
    score: float
    hits: tuple[Hit, ...]
    site: Site | None = None

    @property
    def caption(self) -> str:
        """Code and title."""
        return self.procedure.caption

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The match in short for people: terms with their values."""
        met = "; ".join(f"{hit.word} in {hit.field} ({hit.how})" for hit in self.hits)
        facts = (
            ("Score", f"{self.score:.2f}"),
            ("Category", self.procedure.category.label),
            ("Matched", met),
        )
        return facts if self.site is None else (*facts, ("Site", str(self.site)))


class Searched(NamedTuple):
    """
    What a catalog hands in to be searched.

    Attributes:
        procedures: All that it holds, by code.
        admitted: The codes that words may find.
        admits_number: Whether a procedure may be found by its full number.
        search_index: The index, asked for only where the text has words.
        completions: What texts may be completed to, asked for only where one is being typed.
    """

    procedures: Mapping[str, Procedure]
    admitted: frozenset[Code]
    admits_number: Callable[[Procedure], bool]
    search_index: Callable[[], Index]
    completions: Callable[[], Completions]


def search(searched: Searched, text: str, limit: int, *, prefix: bool = False) -> tuple[Match, ...]:
    """As `Catalog.search`, whose rules stand there."""
    _require_text_and_limit(text, limit)
    ranked: Iterable[Ranked] = ()
    if prefix:
        ranked = _completed(searched, text, limit)
    matches = _matches_of(searched, text, ranked or _ranked_with_repeats(searched, text, limit))
    return tuple(itertools.islice(matches, limit))


def _completed(searched: Searched, text: str, limit: int) -> list[Ranked]:
    """What a text being typed may become: a code in its order, or a title or synonym."""
    piece = begun_code(text)
    if piece is not None:
        hit = NumberHit(text.strip(), "prefix", piece, piece)
        return list(itertools.islice(_named_by_several(searched, (hit,)), limit))
    if text != text.rstrip():  # the last word is whole
        return []
    return searched.completions().complete(text, searched.admitted, limit)


def _require_text_and_limit(text: object, limit: object) -> None:
    if not isinstance(text, str):
        raise TypeError(f"search takes a text, not {type(text).__name__}")
    if isinstance(limit, bool) or not isinstance(limit, int):
        raise TypeError(f"limit is a whole number, not {type(limit).__name__}")
    if limit < 1:
        raise ValueError(f"limit is {limit}; ask for at least 1 match")


def _matches_of(searched: Searched, text: str, ranked: Iterable[Ranked]) -> Iterator[Match]:
    given: set[Code] = set()
    site = site_in(text)
    for code, score, hits in ranked:
        if code not in given:
            given.add(code)
            procedure = searched.procedures[code]
            yield Match(procedure, score, hits, site and site.for_procedure(procedure))


def _ranked_with_repeats(searched: Searched, text: str, limit: int) -> Iterator[Ranked]:
    """Those named by their number, those of ranges and beginnings, those found by words."""
    piece = code_piece(text)
    numbers = read_numbers(text, searched.procedures)
    named = list(_named_by_number(searched, numbers))
    yield from named
    if piece is not None:
        hit = NumberHit(text.strip(), "prefix", piece, piece)
        yield from _named_by_several(searched, (hit,))
        return
    several = tuple(hit for hit in numbers.hits if hit.how in ("range", "prefix"))
    if several:
        yield from _named_by_several(searched, several)
    if numbers.words.strip():
        # A word may find what a number named too: then the next best is wanted.
        most = limit + len(named)
        yield from searched.search_index().rank(numbers.words, searched.admitted, most)


def _named_by_number(searched: Searched, numbers: Numbers) -> Iterator[Ranked]:
    for typed, how, first, _ in numbers.hits:
        code = Code(first)
        if how in ("range", "prefix") or code not in searched.procedures:
            continue
        if searched.admits_number(searched.procedures[code]):
            yield Ranked(code, 1.0, (Hit(typed, "code", how, code),))


def _named_by_several(searched: Searched, hits: tuple[NumberHit, ...]) -> Iterator[Ranked]:
    """By the codes alone: the records of the others need not be read."""
    admitted = filter(searched.admitted.__contains__, searched.procedures)
    for hit, code in codes_named_by(hits, admitted):
        score = 1.0 if hit.how == "range" else len(hit.first) / 5
        yield Ranked(Code(code), score, (Hit(hit.typed, "code", hit.how, hit.first),))
