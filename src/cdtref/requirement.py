"""
Which teeth a code takes: what keeps a tooth from it, by the code set itself and by house lists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from cdtref.procedure import Procedure
from cdtref.tooth import Tooth


# Asked of every tooth of every line, so each looks first at what few codes have.
def _is_other_dentition(p: Procedure, tooth: Tooth) -> bool:
    return p.dentition is not None and p.dentition != tooth.dentition


def _is_other_class(p: Procedure, tooth: Tooth) -> bool:
    allowed = p.tooth_class
    if not allowed:
        return False
    return tooth.tooth_class not in allowed and tooth.position not in allowed


def _is_other_arch(p: Procedure, tooth: Tooth) -> bool:
    return p.arch is not None and p.arch != tooth.arch


def _is_unusual_dentition(p: Procedure, tooth: Tooth) -> bool:
    if p.dentition is not None or p.dentition_hint is None:
        return False
    return p.dentition_hint != tooth.dentition


MISFITS: Final[Mapping[str, Callable[[Procedure, Tooth], bool]]] = MappingProxyType(
    {
        "tooth.dentition": _is_other_dentition,
        "tooth.class": _is_other_class,
        "tooth.arch": _is_other_arch,
        "tooth.house-dentition": _is_unusual_dentition,
    }
)
"""
What keeps a tooth from a code, by the id of the rule that tells it; the last is of house lists
only.
"""


def allows(p: Procedure, tooth: Tooth) -> bool:
    """
    True where the code set does not keep the tooth from the code.

    >>> import cdtref
    >>> molar = cdtref.parse_tooth("30")
    >>> allows(cdtref.get("D3330"), molar), allows(cdtref.get("D3310"), molar)
    (True, False)
    """
    return not (
        _is_other_dentition(p, tooth) or _is_other_class(p, tooth) or _is_other_arch(p, tooth)
    )


def is_usual(p: Procedure, tooth: Tooth) -> bool:
    """
    True where neither the code set nor a house list keeps the tooth from the code.

    >>> import cdtref
    >>> baby_molar = cdtref.parse_tooth("A")
    >>> procedure = cdtref.get("D2740")
    >>> is_usual(procedure, baby_molar) <= allows(procedure, baby_molar)
    True
    """
    return allows(p, tooth) and not _is_unusual_dentition(p, tooth)
