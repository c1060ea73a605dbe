"""
Three questions about a code with their answers, derived from its record and its fee schedule row;
never stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

import attrs

from cdtref.dentalrvu import DentalRvu
from cdtref.feeschedule import RelativeValues
from cdtref.pages.sentences import answer
from cdtref.procedure import Procedure, Related, TreatmentArea
from cdtref.procedure.relation import RANK, RELATIONS
from cdtref.record import Record, Unpacked

_QUESTIONS: Final = 3
_PAYS_OTHERWISE: Final = "A dental plan pays by its own fee schedule, of which this says nothing."
_SUCCESSION: Final = {
    "replaced": "It was replaced by {heirs}.",
    "split": "It was divided into {heirs}.",
    "merged": "It was taken into {heirs}.",
    "none": "Nothing took its place.",
    "unsupported": "No source at hand names a successor.",
}


@attrs.frozen
class Question(Record, Unpacked):
    """
    A question about a code, and the answer.

    Attributes:
        question: The question.
        answer: The answer.
    """

    question: str
    answer: str


def questions(
    p: Procedure,
    values: RelativeValues | None,
    linked: Sequence[Procedure],
    release: str,
    *,
    dental: DentalRvu | None = None,
) -> tuple[Question, ...]:
    """
    The three questions that say most of the code: *linked* are the codes it has links to,
    *release* the schedule, *dental* the value on the dental scale.
    """
    billing = f"{_billing_answer(values, release)}{_dental_sentence(dental)} {_PAYS_OTHERWISE}"
    first = Question(f"Is {p.code} billable with RVUs?", billing)
    return (first, *islice(_more_questions(p, linked), _QUESTIONS - 1))


def _more_questions(p: Procedure, linked: Sequence[Procedure]) -> Iterator[Question]:
    """The other questions, those that say most of the code first."""
    if p.terminated is not None:
        yield Question(f"Can {p.code} still be reported?", _reporting_answer(p))
    other = _most_telling(p, linked)
    if other is not None:
        asked = f"What is the difference between {p.code} and {other.code}?"
        yield Question(asked, _difference_answer(p, other))
    if p.area is not TreatmentArea.UNKNOWN:
        yield Question(f"What must a claim line for {p.code} name?", answer(p))
    yield Question(f"When did {p.code} come into force?", _start_answer(p))
    yield Question(
        f"Is {p.code} a CPT code?",
        "No. It is a dental procedure code (CDT), a code system of its own.",
    )


def _billing_answer(values: RelativeValues | None, release: str) -> str:
    schedule = f"Medicare's physician fee schedule {release}"
    if values is None:
        return f"No. {schedule} has no row for it."
    verdict, figures = "No", "all its relative values there are 0.00"
    if values.is_billable_with_rvu:
        verdict = "Yes"
    if values.has_values:
        figures = "it has relative values there"
    status = f"status {values.status} ({values.status.meaning})"
    return f"{verdict}. {schedule} gives it {status}; {figures}."


def _dental_sentence(dental: DentalRvu | None) -> str:
    if dental is None:
        return ""
    return f" On the dental scale of the Indian Health Service it counts {dental.value}."


def _reporting_answer(p: Procedure) -> str:
    lives = "; ".join(map(str, p.periods))
    kind = p.succession or "unsupported"
    if p.replaced_by and p.succession is None:  # a record of a user's own
        kind = "replaced"
    became = _SUCCESSION[kind].format(heirs=", ".join(p.replaced_by))
    return f"Only for a date of service within its life: {lives}. {became}"


def _most_telling(p: Procedure, linked: Sequence[Procedure]) -> Procedure | None:
    """
    The linked code that people mix it up with; where none was chosen, as of a record of a user's
    own, the one whose difference tells most: by relation, then one in force, of the same category,
    by number.
    """
    for other in linked:
        if other.code == p.compared_with:
            return other
    relations = {link.code: link.relation for link in sorted(p.related, key=_rank_of, reverse=True)}

    def order(other: Procedure) -> tuple[object, ...]:
        rank = _place_of(relations[other.code])
        return other.terminated is not None, rank, other.category is not p.category, other.code

    candidates = [other for other in linked if other.code in relations]
    return min(candidates, key=order, default=None)


def _rank_of(link: Related) -> int:
    return _place_of(link.relation)


def _place_of(relation: str) -> int:
    """The place of a relation in the table; one that is not in it comes last."""
    return RANK.get(relation, len(RANK))


def _difference_answer(p: Procedure, other: Procedure) -> str:
    links = [link for link in p.related if link.code == other.code]
    known = RELATIONS.get(min(links, key=_rank_of).relation)
    if known is None or known is RELATIONS["confused_with"]:
        return f"{_told_of(p)} {_told_of(other)}"  # that they are mixed up is no difference
    return f"{known.difference.format(a=p.code, b=other.code)} {_told_of(other)}"


def _told_of(p: Procedure) -> str:
    if not p.description:
        return f"{p.code} is \u201c{p.title}\u201d."
    return f"{p.code} is \u201c{p.title}\u201d: {p.description}"


def _start_answer(p: Procedure) -> str:
    if p.effective is None:
        return (
            "Its first day is not known from the sources at hand; it counts as in force since ever."
        )
    life = p.periods[-1]
    if life.precision == "month":
        return f"It is valid {life} (known to the month)."
    return f"It is valid {life}."
