"""
What a claim line for a code must name, in words: the facts of a `Procedure` for people to read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cdtref.area import Area
from cdtref.procedure import Procedure

_CERTAINTY: Final = {
    "high": "high: the sources agree",
    "medium": "medium: not every source says so; look at the payer's rules",
    "low": "low: the sources differ or are few; look at the payer's rules",
    "none": "none: no source at hand speaks of it",
}
_TEETH: Final = {"1-3": "one to three", "4+": "four or more"}


def requirements(p: Procedure) -> tuple[tuple[str, str], ...]:
    """
    The facts that a claim line for the code has to carry or keep to, each with its name, and how
    sure they are.
    """
    facts = (*_place_facts(p), *_patient_facts(p), *_other_facts(p))
    return (*facts, ("Certainty", _CERTAINTY[p.confidence]))


def answer(p: Procedure) -> str:
    """The same as sentences that answer 'What must a claim line for it name?'."""
    (_, named), *others, (_, certainty) = requirements(p)
    sentences = [f"{named[0].upper()}{named[1:]}."]
    if others:
        more = "; ".join(f"{term[0].lower()}{term[1:]}: {value}" for term, value in others)
        sentences.append(f"Also {more}.")
    sentences.append(f"Certainty is {certainty}.")
    return " ".join(sentences)


def _place_facts(p: Procedure) -> Iterator[tuple[str, str]]:
    yield "The line names", p.named_on_line
    if p.arch:
        yield "Arch", f"{p.arch} ({Area(p.arch).label}), which the code itself implies"
    if p.tooth_class:
        yield "Teeth allowed", " or ".join(p.tooth_class)
    if p.teeth:
        yield "Teeth in the quadrant", _TEETH[p.teeth]


def _other_facts(p: Procedure) -> Iterator[tuple[str, str]]:
    if p.prosthesis:
        yield "Prosthesis", "say whether it is the first one or a replacement, and of what date"
    if p.by_report:
        yield "Narrative", "a report of what was done and why goes with the claim"
    if p.add_on:
        yield "Main service", "reported only beside the code that it is added to"


def _patient_facts(p: Procedure) -> Iterator[tuple[str, str]]:
    if p.dentition:
        yield "Dentition", p.dentition
    elif p.dentition_hint:
        lists = "by lists of the Indian Health Service, which are no rule for others"
        yield "Dentition", f"{p.dentition_hint}, {lists}"
    if p.under_age is not None:
        yield "Age", f"below {p.under_age} years"
