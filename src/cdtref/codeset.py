"""
Catalog: one code set as an immutable mapping, with lookup by what people type, by category and by
date of service.

The mapping has canonical keys only (`catalog["D0389"]`); `lookup` is the door for everything else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import chain
from operator import ne
from typing import TYPE_CHECKING, Any, Final, cast

import attrs

import cdtref.code  # for the name `cdtref`, see below
from cdtref.code import (
    Code,
    code_system,
    dental_code_of_five_digits,
    invalid_code,
    is_valid_code,
    parse_code,
)
from cdtref.codesystem import CodeSystem
from cdtref.errors import UnknownCodeError, UnknownReleaseError, shown
from cdtref.fieldtext import as_date
from cdtref.procedure import Category, Procedure
from cdtref.record import ProgramArgument

# Annotations name these in full: at run time the package loads a module when it is first named.
if TYPE_CHECKING:
    import cdtref.nomenclature
    import cdtref.procedure.edition
    import cdtref.table
    import cdtref.textsearch

_BEGUN: Final = 4  # letters from which on a word tells a category
_LONGEST_NAME: Final = 40  # of a category; beyond it no word is looked at
_MOST_NEIGHBOURS: Final = 3  # more would be a list to search in and no hint


class ReadOnDemand(dict[str, Procedure]):
    """
    Procedures that are read when they are asked for, by a `__missing__` of its own: a catalog
    keeps it as it is, where it copies any other mapping.
    """


def _own_procedures(given: Mapping[str, Procedure]) -> Mapping[str, Procedure]:
    """What the caller does to a dict of theirs changes no catalog."""
    if isinstance(given, ReadOnDemand):
        return given
    return dict(given)


@attrs.frozen(eq=False, repr=False)
class Catalog(ProgramArgument, Mapping[str, Procedure]):
    """
    A code set: every code that it knows, retired ones included, in the order of their numbers.

    Immutable. The bundled one reads a category's file when the first of its codes is asked for.

    As a mapping it has canonical keys only: `get` gives None for "d-0389", which `lookup` and
    `cdtref.get` read.

    `nomenclature_report` tells what came of a licensee's wording laid over it; None without one.
    """

    _procedures: Mapping[str, Procedure] = attrs.field(converter=_own_procedures)
    _editions: Callable[[], tuple[cdtref.procedure.edition.Edition, ...]] = attrs.field(
        default=tuple, alias="editions"
    )
    nomenclature_report: cdtref.nomenclature.NomenclatureReport | None = None
    _prebuilt_index: Callable[[], cdtref.textsearch.Index] | None = attrs.field(
        default=None, alias="prebuilt_index"
    )
    _known_in_force: Callable[[], frozenset[Code]] | None = attrs.field(
        default=None, alias="known_in_force"
    )
    # What this one was laid over: its index needs only the new wording.
    _base: Catalog | None = attrs.field(default=None, alias="base")
    # Made at first use. A dict, for the property of attrs that would serve makes every `get`
    # slower.
    _made: dict[str, Any] = attrs.field(factory=dict, init=False)

    def __reduce__(self) -> tuple[Any, ...]:
        given = (self._procedures, self._editions, self.nomenclature_report)
        # What is made at first use is made anew.
        return Catalog, (*given, self._prebuilt_index, self._known_in_force, self._base)

    def lookup(self, code: str, on: date | str | None = None) -> Procedure:
        """
        The procedure of a code as people type it; with *on*, only if it was in force on that date
        of service. It reads "d-0389", for which `get`, which every mapping has, gives None.

        Raises:
            InvalidCodeError: *code* is not the form of any code.
            UnknownCodeError: it is well-formed, but not in this catalog.
            NotInForceError: it was not in force on the date *on*.

        >>> import cdtref
        >>> cdtref.get(" d0389 ").code
        'D0389'
        >>> cdtref.get("D1352", on="2026-01-01")
        Traceback (most recent call last):
        cdtref.errors.NotInForceError: D1352 was not in force on 2026-01-01: ...
        """
        if on is None:
            try:
                return self._procedures[code]  # the common case: canonical already
            except (KeyError, TypeError):
                pass  # the error is raised below, so that it stands alone in the traceback
        procedure = self._procedure_spelled(code)
        if on is not None:
            procedure.require_in_force(on)
        return procedure

    def procedures(
        self, category: Category | str | None = None, on: date | str | None = None
    ) -> tuple[Procedure, ...]:
        """
        The procedures in force, in the order of their numbers: on the date *on*, or in the pinned
        edition.

        Raises:
            ValueError: *category* is no `Category`, slug or label, or *on* is not an ISO date.
        """
        day = self.last_day
        if on is not None:
            day = as_date(on)
        found = tuple(p for p in self.values() if p.in_force(day))
        if category is None:
            return found
        wanted = _as_category(category)
        return tuple(p for p in found if p.category is wanted)

    def with_nomenclature(
        self, given: cdtref.table.Rows, columns: Mapping[str, str] | None = None
    ) -> Catalog:
        """
        A catalog with a licensee's own wording of the ADA in `Procedure.nomenclature`; all else
        stays.

        *given* is a csv or JSON file, rows, or a mapping of code to wording; *columns* names the
        source's column of 'code', 'nomenclature', 'descriptor', 'category', 'effective',
        'terminated', or of a requirement ('treatment_area', 'surface_count', 'arch', 'dentition',
        'by_report', 'prosthesis_code', 'under_age', 'add_on') where its header is unusual. A code
        that the catalog lacks is added if its row has the date from which it is valid, as a coming
        edition does: its title is its wording, its category where none is given that of the codes
        beside it, and what a claim must carry is what the row says of it. Dates and requirements
        of known codes stay ours. `nomenclature_report` of the result tells what came of each line.

        Raises:
            DataFormatError: the source cannot be read as a whole; with file, line and column.
                Single bad lines are left out and reported.
            OSError: the file cannot be opened.

        >>> import cdtref
        >>> mine = cdtref.catalog().with_nomenclature({"D0389": "wording of your licensed copy"})
        >>> mine.lookup("d0389").nomenclature, mine.nomenclature_report.matched
        ('wording of your licensed copy', ('D0389',))
        >>> cdtref.catalog().with_nomenclature([{"number": "D0389"}])
        Traceback (most recent call last):
        cdtref.errors.DataFormatError: rows, line 1, column code: no column for the code is ...
        """
        from cdtref.nomenclature import overlaid

        procedures, report = overlaid(self, given, columns)
        return Catalog(procedures, self._editions, report, base=self._base or self)

    def search(
        self,
        text: str,
        *,
        limit: int = 10,
        on: date | str | None = None,
        category: Category | str | None = None,
        prefix: bool = False,
    ) -> tuple[cdtref.textsearch.Match, ...]:
        """
        The codes that *text* asks for, best first: codes and their beginnings, shorthand, lay and
        clinical words.

        Searched are the codes in force in the pinned edition, or on the date *on*; a retired code
        is found by its own full number, or with *on*. A code of a coming edition that
        `with_nomenclature` added is found like those in force. Words that say nothing dental find
        nothing. The order is always the same.

        With *prefix* the text is being typed, as into a picker: its last word is a beginning, "D27"
        goes on in the order of the codes, and a code found stays before those behind it as long as
        the word that found it still begins so.

        Raises:
            ValueError: *limit* is below 1, *category* is no category, or *on* is not an ISO date.
            TypeError: *text* is no text.

        >>> import cdtref
        >>> [match.procedure.code for match in cdtref.search("4BW")][:1]
        ['D0274']
        >>> cdtref.search("deep cleaning, two teeth", limit=1)[0].procedure.code
        'D4342'
        >>> [m.procedure.code for m in cdtref.search("d27", prefix=True)][:2]
        ['D2710', 'D2712']
        >>> cdtref.search("oil change")
        ()
        >>> cdtref.search("crown", limit=0)
        Traceback (most recent call last):
        ValueError: limit is 0; ask for at least 1 match
        """
        from cdtref.textsearch import Searched, search

        if on is None and category is None:
            admitted = self._usual_codes()
        else:
            admitted = frozenset([p.code for p in self.procedures(category, on)])
        wanted = None if category is None else _as_category(category)

        def admits_number(p: Procedure) -> bool:
            return wanted in (None, p.category) and (on is None or p.in_force(on))

        searched = Searched(self, admitted, admits_number, self.search_index, self._completions)
        return search(searched, text, limit, prefix=prefix)

    def search_index(self) -> cdtref.textsearch.Index:
        """
        The index behind `search`: prebuilt for the bundled catalog, else built from the texts at
        first use.
        """
        if self._prebuilt_index is not None:
            return self._prebuilt_index()
        return cast("cdtref.textsearch.Index", self._made_once("index", self._build_index))

    def _completions(self) -> cdtref.textsearch.Completions:
        return cast("cdtref.textsearch.Completions", self._made_once("completions", self._complete))

    def _complete(self) -> cdtref.textsearch.Completions:
        from cdtref.textsearch import Completions

        return Completions(self.values(), self.search_index())

    def _build_index(self) -> cdtref.textsearch.Index:
        from cdtref.textsearch import Index, bundled

        if self._base is not None and not any(p.nomenclature for p in self._base.values()):
            return self._base.search_index().laid_over(self.values())
        return Index.of(self.values(), bundled())

    def codes_in_force(self) -> frozenset[Code]:
        """The codes in force in the pinned edition."""
        return cast("frozenset[Code]", self._made_once("in force", self._collect_codes_in_force))

    def _collect_codes_in_force(self) -> frozenset[Code]:
        if self._known_in_force is not None:
            return self._known_in_force()
        return frozenset(procedure.code for procedure in self.procedures())

    def _usual_codes(self) -> frozenset[Code]:
        """The codes in force, and those that a licensee's file adds for a day to come."""
        return cast("frozenset[Code]", self._made_once("usual", self._collect_usual_codes))

    def _collect_usual_codes(self) -> frozenset[Code]:
        if self._known_in_force is not None:  # nothing was added to the bundled one
            return self.codes_in_force()
        coming = [p.code for p in self.values() if p.is_added and p.terminated is None]
        return self.codes_in_force().union(coming)

    def _made_once(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    def editions(self) -> tuple[cdtref.procedure.edition.Edition, ...]:
        """The editions that this catalog covers, oldest first; the last one is the pinned one."""
        return self._editions()

    def edition(self, name: str | int) -> cdtref.procedure.edition.Edition:
        """
        The edition of that name, which is its year: '2026' or 2026.

        Raises:
            UnknownReleaseError: this catalog has no such edition.

        >>> import cdtref
        >>> cdtref.catalog().edition("2005").effective
        datetime.date(2005, 1, 1)
        >>> cdtref.catalog().edition("2004")
        Traceback (most recent call last):
        cdtref.errors.UnknownReleaseError: no edition '2004'; the known ones are 2003 to ...
        """
        for edition in self.editions():
            if edition.name == str(name):
                return edition
        raise self._unknown_edition(name)

    def _unknown_edition(self, name: str | int) -> UnknownReleaseError:
        known = tuple(edition.name for edition in self.editions())
        if not known:
            return UnknownReleaseError(f"no edition {shown(name)}; this catalog has none")
        message = f"no edition {shown(name)}; the known ones are {known[0]} to {known[-1]}"
        return UnknownReleaseError(message, known=known)

    def covers(self, on: date | str) -> bool:
        """
        True where the date lies within the editions of this catalog, from the first day of the
        first to the end of the year of the last. Outside, answers rest on what is known and are no
        statement about that time.
        """
        span: tuple[date, date] = self._made_once("span", self._span_of_editions)
        first, last = span
        return first <= as_date(on) <= last

    def _span_of_editions(self) -> tuple[date, date]:
        """The first and the last day that are covered; none lies between where none is."""
        editions = self.editions()
        if not editions:
            return date.max, date.min
        return editions[0].effective, self.last_day

    def changes(self, old: str | int, new: str | int) -> cdtref.procedure.edition.Changes:
        """
        What changed from one edition to a later one, by their sets of 1 January; editions are named
        by their years.

        Raises:
            UnknownReleaseError: one of the names is not an edition of this catalog.
            ValueError: *old* is not earlier than *new*.

        >>> import cdtref
        >>> changes = cdtref.changes("2023", "2024")
        >>> changes.added[:3], changes.terminated, changes.revised
        (('D0396', 'D1301', 'D2976'), (), ('D2335', 'D5876'))
        >>> changes.rows[0].kind, changes.rows[0].code, changes.rows[0].title
        ('added', 'D0396', 'Printed tooth model from a 3D scan file')
        >>> cdtref.changes("2004", "2024")
        Traceback (most recent call last):
        cdtref.errors.UnknownReleaseError: no edition '2004'; the known ones are 2003 to ...
        """
        from cdtref.procedure.edition import Changes

        first, last = self.edition(old), self.edition(new)
        if not first.effective < last.effective:
            raise ValueError(
                f"the edition {old} is not earlier than {new}; give the earlier one first"
            )
        before, after = self._codes_on(first.effective), self._codes_on(last.effective)
        between = [e for e in self.editions() if first.effective < e.effective <= last.effective]
        revised = set(chain.from_iterable(edition.revised for edition in between))
        added = self._change_rows("added", after - before)
        ended = self._change_rows("terminated", before - after)
        reworded = self._change_rows("revised", revised & before & after)
        return Changes(
            old=first.name,
            new=last.name,
            added=tuple(row.code for row in added),
            terminated=tuple(row.code for row in ended),
            revised=tuple(row.code for row in reworded),
            rows=(*added, *ended, *reworded),
            revised_complete=all(edition.revision_list == "complete" for edition in between),
        )

    def __getitem__(self, code: str) -> Procedure:
        try:
            return self._procedures[code]
        except KeyError:
            raise _no_key(code) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._procedures)

    def __len__(self) -> int:
        return len(self._procedures)

    def __contains__(self, code: object) -> bool:
        return code in self._procedures

    def __repr__(self) -> str:
        editions = self.editions()
        if not editions:
            return f"<Catalog of {len(self)} codes>"
        return f"<Catalog of {len(self)} codes, CDT {editions[-1].name}>"

    @property
    def last_day(self) -> date:
        """
        The end of the pinned edition's year: codes that come into force within it belong to it.
        """
        editions = self.editions()
        if not editions:
            return date.max
        return date(editions[-1].effective.year, 12, 31)

    def require_current(self, procedure: Procedure) -> None:
        """
        Nothing where the procedure is in the pinned edition.

        Raises:
            NotInForceError: it is not.
        """
        editions = self.editions()
        edition = "this catalog any more"
        if editions:
            edition = f"CDT {editions[-1].name}"
        procedure.require_in_edition(edition, self.last_day)

    def _procedure_spelled(self, text: str) -> Procedure:
        try:
            return self._procedures[text]
        except (KeyError, TypeError):
            pass
        if not is_valid_code(text):
            raise invalid_code(text, self)
        code = parse_code(text)
        if code not in self._procedures:
            raise _unknown_code(code, self._procedures)
        return self._procedures[code]

    def _change_rows(
        self, kind: cdtref.procedure.edition.ChangeKind, codes: Iterable[Code]
    ) -> tuple[cdtref.procedure.edition.Change, ...]:
        from cdtref.procedure.edition import Change

        return tuple(Change(kind, code, self[code].title) for code in sorted(codes))

    def _codes_on(self, day: date) -> set[Code]:
        return {procedure.code for procedure in self.values() if procedure.in_force(day)}


def _as_category(category: Category | str) -> Category:
    wanted = category
    if type(category) is str:
        wanted = " ".join(category.casefold().split())
    for known in Category:
        if wanted in (known.value, known.label.casefold()):
            return known
    problem = f"no category {shown(category)}"
    near = _categories_near(wanted)
    if near:
        problem = f"{problem} (did you mean {' or '.join(near)}?)"
    raise ValueError(f"{problem}; the categories are {', '.join(Category)}")


def _categories_near(text: object) -> list[str]:
    """Those of which a word begins as a word of the text does: 'perio', 'implants', 'sleep'."""
    if not isinstance(text, str):
        return []
    begun = tuple(word[:_BEGUN] for word in re.findall("[a-z]{4,}", text[:_LONGEST_NAME]))
    near = []
    for category in Category:
        words = f"{category.value} {category.label.casefold()}"
        if any(word.startswith(begun) for word in re.findall("[a-z]+", words)):
            near.append(category.value)
    return near


def _no_key(key: object) -> UnknownCodeError:
    """
    Without neighbours, which take a walk over all codes: `get` and `in` of a mapping come through
    here.
    """
    message = f"no code {shown(key)} in this catalog; its keys are canonical, such as 'D0389'"
    if not is_valid_code(key):
        return UnknownCodeError(message)
    return UnknownCodeError(message, code=parse_code(key), system=code_system(key))


def _unknown_code(code: Code, known: Mapping[str, Procedure]) -> UnknownCodeError:
    system = code_system(code)
    if system is not CodeSystem.CDT:
        message = f"{code} is a {system.label} code; this catalog holds dental (CDT) codes"
        dental = dental_code_of_five_digits(code)
        if dental is not None and dental in known:
            message = f"{message}: {dental}, if this is the ADA's old form of five digits"
        return UnknownCodeError(message, code=code, system=system, neighbours=())
    neighbours = nearest(code, known)
    message = f"{code} has the form of a CDT code, but no such code is known"
    if neighbours:
        message = f"{message}; near it are {', '.join(neighbours)}"
    return UnknownCodeError(message, code=code, system=system, neighbours=neighbours)


def nearest(code: str, known: Iterable[str]) -> tuple[str, ...]:
    """
    Up to three known codes that a slip may have meant: swapped digits or one wrong digit, then by
    number.
    """

    import heapq

    def slips(other: str) -> tuple[int, int]:
        differing = sum(map(ne, code, other))
        if sorted(code) == sorted(other):  # two swapped digits are one slip
            differing -= 1
        return differing, abs(int(code[1:]) - int(other[1:]))

    return tuple(heapq.nsmallest(_MOST_NEIGHBOURS, known, key=slips))
