"""
What a claim line for a code must name, in words: the facts of a `Procedure` for people to read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cdtref.procedure import Confidence, Procedure, Requirement

_UNSURE: Final = "look at the payer's rules"
_SOURCES: Final = {
    "IHS names by edition": "the names that IHS gave it, edition by edition",
    "nomenclature": "the name of the code",
    "siblings": "codes of its kind",
    "vendor list (not public)": "software vendors' code lists",
}
"""What the tables call a source, in words for a reader who does not know them."""
_TEETH: Final = {"1-3": "one to three", "4+": "four or more"}
_PROSTHESIS: Final = {
    "asked": "say whether it is the first one or a replacement, and of what date",
    "allowed": "the line may say whether it is the first one or a replacement; no rule asks for it",
}

Row = tuple[str, str]
"""A term and its value."""


def requirements(p: Procedure) -> tuple[Row, ...]:
    """
    The facts that a claim line for the code has to carry or keep to, each with its name, and how
    sure they are.
    """
    needed = p.requirement
    coming = (_coming_row(needed, later) for later in p.later_requirements)
    return (*_rows_of(needed), *coming, ("Certainty", _certainty_of_place(needed)))


def answer(p: Procedure) -> str:
    """The same as sentences that answer 'What must a claim line for it name?'."""
    (_, named), *others, (_, certainty) = requirements(p)
    sentences = [f"{named[0].upper()}{named[1:]}."]
    if others:
        sentences.append(f"Also {'; '.join(map(_in_passing, others))}.")
    sentences.append(f"Certainty is {certainty}.")
    return " ".join(sentences)


def dates_certainty(p: Procedure) -> str:
    """
    How sure the dates of the code are; an unknown first day is said as that, and not graded.

    >>> import cdtref
    >>> dates_certainty(cdtref.get("D0120"))
    'the first day is not known; that it is in force is sure'
    """
    sure = _DATES[p.dates_confidence]
    if p.periods[-1].precision != "unknown":
        return f"{p.dates_confidence}: {sure}"
    if p.terminated is None:
        return f"the first day is not known; that it is in force is {_GRADES[p.dates_confidence]}"
    return f"the first day is not known; that it ended then is {_GRADES[p.dates_confidence]}"


_DATES: Final = {
    "high": "the lists agree",
    "medium": "some lists leave it out or give another day",
    "low": "they rest on one list",
    "none": "no list at hand gives them",
}
_GRADES: Final = {"high": "sure", "medium": "likely", "low": "told by one list", "none": "open"}


def _in_passing(row: Row) -> str:
    term, value = row
    return f"{term[0].lower()}{term[1:]}: {value}"


def _rows_of(needed: Requirement) -> Iterator[Row]:
    yield from _place_rows(needed)
    yield from _patient_rows(needed)
    yield from _other_rows(needed)


def _place_rows(needed: Requirement) -> Iterator[Row]:
    sure = needed.confidence
    yield "The line names", needed.named_on_line
    if needed.arch:
        told = f"{needed.arch} ({needed.arch.label}), which the code itself implies"
        yield "Arch", _with_doubt(told, sure.arch)
    if needed.tooth_classes:
        yield "Teeth allowed", _with_doubt(" or ".join(needed.tooth_classes), sure.tooth_classes)
    if needed.teeth_in_quadrant:
        told = _TEETH[needed.teeth_in_quadrant]
        yield "Teeth in the quadrant", _with_doubt(told, sure.teeth_in_quadrant)


def _patient_rows(needed: Requirement) -> Iterator[Row]:
    if needed.dentition:
        yield "Dentition", _with_doubt(needed.dentition, needed.confidence.dentition)
    elif needed.usual_dentition:
        lists = "by lists of the Indian Health Service, which are no rule for others"
        yield "Dentition", f"{needed.usual_dentition}, {lists}"
    if needed.under_age is not None:
        told = f"below {needed.under_age} years"
        yield "Age", _with_doubt(told, needed.confidence.under_age)


def _other_rows(needed: Requirement) -> Iterator[Row]:
    sure = needed.confidence
    if needed.prosthesis_code in _PROSTHESIS:
        told = _PROSTHESIS[needed.prosthesis_code]
        if needed.prosthesis_code == "asked":
            told = _with_doubt(told, sure.prosthesis_code)
        yield "Prosthesis", told
    if needed.by_report:
        told = "a report of what was done and why goes with the claim"
        yield "Narrative", _with_doubt(told, sure.by_report)
    if needed.add_on:
        told = "reported only beside the code that it is added to"
        yield "Main service", _with_doubt(told, sure.add_on)
    if needed.counted_by:
        told = f"the {needed.counted_by}, of which a tooth may have several"
        yield "Quantity counts", _with_doubt(told, sure.counted_by)


def _with_doubt(told: str, confidence: Confidence) -> str:
    """The row of certainty is about the place; what else is less than sure says so itself."""
    if confidence == "high":
        return told
    return f"{told} (certainty: {confidence})"


def _coming_row(needed: Requirement, later: Requirement) -> Row:
    """What a requirement of a later day changes."""
    now, then = dict(_rows_of(needed)), dict(_rows_of(later))
    terms = [term for term in now | then if now.get(term) != then.get(term)]
    changes = (_in_passing((term, then.get(term, "no limit any more"))) for term in terms)
    return f"From {later.effective}", "; ".join(changes)


def _certainty_of_place(needed: Requirement) -> str:
    """How sure the place is, and what that rests on: a reason, or sources that simply agree."""
    confidence = needed.confidence.treatment_area
    sources = needed.sources.treatment_area
    if confidence == "none":
        return "none: no source at hand speaks of it"
    told = [_SOURCES.get(source, source) for source in sources]
    why = f"the sources agree ({', '.join(told)})"
    if needed.reasons.treatment_area:
        why = _with_votes_told(needed.reasons.treatment_area)
    if not needed.reasons.treatment_area and len(sources) == 1:  # one alone agrees with nobody
        why = f"one source says so ({told[0]})"
    if confidence == "high":
        return f"high: {why}"
    return f"{confidence}: {why}; {_UNSURE}"


def _with_votes_told(reason: str) -> str:
    """
    A reason with what each source says in words, as 'IHS says a site': a record notes it in
    brackets behind the reason, '[IHS: a site]'.
    """
    why, bracket, votes = reason.removesuffix("]").partition(" [")
    if not bracket:
        return reason
    return f"{why} ({'; '.join(map(_vote_told, votes.split('; ')))})"


def _vote_told(vote: str) -> str:
    names, _, value = vote.replace("vendor lists", "software vendors' lists").partition(": ")
    *others, last = names.split(", ")
    if others:
        return f"{', '.join(others)} and {last} say {value}"
    if last.endswith("s") and not last.isupper():  # vendor lists
        return f"{last} say {value}"
    return f"{last} says {value}"
