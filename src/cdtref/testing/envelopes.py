"""Claims in an 837D interchange whose parties are invented."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import count
from typing import Final

from cdtref.claim import Claim, Separators

_NOON: Final = "1200"
_INVENTED_DAY: Final = date(2020, 1, 2)
_GUIDE: Final = "005010X224A2"
_INVENTED_BILLING: Final = "INVENTED DENTAL PRACTICE"
Segment = Sequence[str]


def interchange(claims: Iterable[Claim], separators: Separators | None = None) -> str:
    """
    The text of an 837D interchange (5010, X224A2) with these claims, between parties that are
    invented: a practice, a payer, and a subscriber for each claim, who is the patient. It is for
    tests alone; what a payer asks of an interchange is your software's job.

    Raises:
        DataFormatError: as `Claim.to_837`.

    >>> import cdtref
    >>> line = cdtref.ClaimLine("D0120", fee=60)
    >>> claim = cdtref.Claim([line], "26-1", "2026-03-02", place_of_service="11")
    >>> interchange([claim]).splitlines()[-1]
    'IEA*1*000000001~'
    """
    used = Separators() if separators is None else separators
    body = list(_transaction_segments(claims, used))
    segments = [
        *_envelope_heads(used),
        *body,
        ("SE", str(len(body) + 1), "0001"),
        ("GE", "1", "1"),
        ("IEA", "1", "000000001"),
    ]
    end = used.segment
    if end not in ("\n", "\r"):
        end += "\n"
    return "".join(f"{used.element.join(segment)}{end}" for segment in segments)


def _envelope_heads(used: Separators) -> Iterator[Segment]:
    day = _INVENTED_DAY.strftime("%Y%m%d")
    sender, receiver = "INVENTEDSENDER".ljust(15), "INVENTEDPAYER".ljust(15)
    blank = " " * 10
    isa = ("ISA", "00", blank, "00", blank, "ZZ", sender, "ZZ", receiver, day[2:], _NOON)
    yield (*isa, used.repetition, "00501", "000000001", "0", "T", used.component)
    group = ("GS", "HC", sender.strip(), receiver.strip(), day, _NOON, "1", "X", _GUIDE)
    yield group


def _transaction_segments(claims: Iterable[Claim], used: Separators) -> Iterator[Segment]:
    day = _INVENTED_DAY.strftime("%Y%m%d")
    yield "ST", "837", "0001", _GUIDE
    yield "BHT", "0019", "00", "1", day, _NOON, "CH"
    yield "NM1", "41", "2", _INVENTED_BILLING, "", "", "", "", "46", "1"
    yield "PER", "IC", "NOBODY", "TE", "5550100"
    yield "NM1", "40", "2", "INVENTED PAYER", "", "", "", "", "46", "2"
    levels = count(1)
    for claim in claims:
        billing = str(next(levels))
        yield "HL", billing, "", "20", "1"
        yield from _practice_segments(claim)
        yield "HL", str(next(levels)), billing, "22", "0"
        yield from _subscriber_segments(claim)
        yield from claim.to_837(used)


def _practice_segments(claim: Claim) -> Iterator[Segment]:
    practice = ("NM1", "85", "2", _INVENTED_BILLING)
    if claim.provider_npi is None:
        yield practice
    else:
        yield (*practice, "", "", "", "", "XX", claim.provider_npi)
    yield "N3", "1 INVENTED STREET"
    yield "N4", "NOWHERE", "ZZ", "00000"
    yield "REF", "EI", "000000000"


def _subscriber_segments(claim: Claim) -> Iterator[Segment]:
    yield "SBR", "P", "18", "", "", "", "", "", "", "CI"
    yield "NM1", "IL", "1", "NOBODY", "INVENTED", "", "", "", "MI", "000000000"
    if claim.birth_date is not None:
        yield "DMG", "D8", claim.birth_date.isoformat().replace("-", ""), "U"
    yield "NM1", "PR", "2", "INVENTED PAYER", "", "", "", "", "PI", "00000"
