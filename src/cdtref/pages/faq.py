"""
Three questions about a code with their answers, derived from its record and its fee schedule row;
never stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from cdtref.feeschedule import RelativeValues
from cdtref.pages.sentences import answer
from cdtref.procedure import Procedure, TreatmentArea
from cdtref.relation import RANK, RELATIONS

_QUESTIONS: Final = 3
_PAYS_OTHERWISE: Final = "A dental plan pays by its own fee schedule, of which this says nothing."


class Question(NamedTuple):
    """A question about a code, and the answer."""

    question: str
    answer: str


def questions(
    p: Procedure, values: RelativeValues | None, linked: Sequence[Procedure], release: str
) -> tuple[Question, ...]:
    """
    The three questions that say most of the code: *linked* are the codes it has links to,
    *release* the schedule.
    """
    return tuple(islice(_questions(p, values, linked, release), _QUESTIONS))


def _questions(
    p: Procedure, values: RelativeValues | None, linked: Sequence[Procedure], release: str
) -> Iterator[Question]:
    yield Question(f"Is {p.code} billable with RVUs?", _billable(values, release))
    if p.terminated is not None:
        yield Question(f"Can {p.code} still be reported?", _reportable(p))
    other = _compared(p, linked)
    if other is not None:
        yield Question(
            f"What is the difference between {p.code} and {other.code}?", _difference(p, other)
        )
    if p.area is not TreatmentArea.UNKNOWN:
        yield Question(f"What must a claim line for {p.code} name?", answer(p))
    yield Question(f"When did {p.code} come into force?", _start(p))
    yield Question(
        f"Is {p.code} a CPT code?",
        "No. It is a dental procedure code (CDT), a code system of its own.",
    )


def _billable(values: RelativeValues | None, release: str) -> str:
    if values is None:
        return (
            f"No. Medicare's physician fee schedule {release} has no row for it. {_PAYS_OTHERWISE}"
        )
    verdict = "Yes" if values.is_billable_with_rvu else "No"
    figures = (
        "it has relative values there"
        if values.has_values
        else "all its relative values there are 0.00"
    )
    status = f"status {values.status} ({values.status.meaning})"
    return f"{verdict}. Medicare's physician fee schedule {release} gives it {status}; {figures}. {_PAYS_OTHERWISE}"


def _reportable(p: Procedure) -> str:
    lives = "; ".join(map(str, p.periods))
    heirs = (
        f"It was replaced by {', '.join(p.replaced_by)}."
        if p.replaced_by
        else "No source at hand names a successor."
    )
    return f"Only for a date of service within its life: {lives}. {heirs}"


def _compared(p: Procedure, linked: Sequence[Procedure]) -> Procedure | None:
    """
    The linked code whose difference tells most: by relation, then one in force, of the same
    category, by number.
    """
    relation = {link.code: link.relation for link in sorted(p.related, key=_rank, reverse=True)}

    def order(other: Procedure) -> tuple[object, ...]:
        rank = RANK.get(relation.get(other.code, ""), len(RANK))
        return other.terminated is not None, rank, other.category is not p.category, other.code

    return min((other for other in linked if other.code in relation), key=order, default=None)


def _rank(link: tuple[str, str]) -> int:
    return RANK.get(link[0], len(RANK))


def _difference(p: Procedure, other: Procedure) -> str:
    name = min((link for link in p.related if link.code == other.code), key=_rank).relation
    known = RELATIONS.get(name, RELATIONS["confused_with"])
    told = f": {other.description}" if other.description else "."
    return f"{known.difference.format(a=p.code, b=other.code)} {other.code} is {_quoted(other.title)}{told}"


def _quoted(title: str) -> str:
    return f"\u201c{title}\u201d"


def _start(p: Procedure) -> str:
    if p.effective is None:
        return (
            "Its first day is not known from the sources at hand; it counts as in force since ever."
        )
    known = " (known to the month)" if p.periods[-1].precision == "month" else ""
    return f"It is valid {p.periods[-1]}{known}."
