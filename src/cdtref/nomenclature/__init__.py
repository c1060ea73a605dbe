"""A licensee's own wording, and codes of a coming edition, laid over our records."""

from cdtref.nomenclature.overlay import overlaid
from cdtref.nomenclature.report import NomenclatureReport, Remark

__all__ = ["NomenclatureReport", "Remark", "overlaid"]
