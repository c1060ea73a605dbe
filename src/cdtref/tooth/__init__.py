"""Teeth, their surfaces, and the areas of the oral cavity."""

from cdtref.tooth.area import LONGEST_SITE, SPOKEN, Area, invalid_site, parse_area, plain_text
from cdtref.tooth.notation import from_fdi, from_palmer, parse_teeth, parse_tooth
from cdtref.tooth.surfaces import parse_surfaces
from cdtref.tooth.tooth import TEETH, Tooth

__all__ = [
    "LONGEST_SITE",
    "SPOKEN",
    "TEETH",
    "Area",
    "Tooth",
    "from_fdi",
    "from_palmer",
    "invalid_site",
    "parse_area",
    "parse_surfaces",
    "parse_teeth",
    "parse_tooth",
    "plain_text",
]
