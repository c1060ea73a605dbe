"""Teeth, their surfaces, and the areas of the oral cavity."""

from cdtref.tooth.area import (
    RUN_TOGETHER,
    SPOKEN,
    Area,
    area_names,
    names_in_lists,
    parse_area,
    parse_areas,
)
from cdtref.tooth.notation import from_fdi, from_palmer, parse_teeth, parse_tooth, tooth_names
from cdtref.tooth.spelling import (
    AREA_STEPS,
    GROUP_STEPS,
    LONGEST_SITE,
    SITE_SIGNS,
    SPACES,
    SURFACE_STEPS,
    TEETH_STEPS,
    Steps,
    invalid_site,
    plain_text,
)
from cdtref.tooth.surfaces import letters_in_order, parse_surfaces
from cdtref.tooth.tooth import TEETH, Tooth

__all__ = [
    "AREA_STEPS",
    "GROUP_STEPS",
    "LONGEST_SITE",
    "RUN_TOGETHER",
    "SITE_SIGNS",
    "SPACES",
    "SPOKEN",
    "SURFACE_STEPS",
    "TEETH",
    "TEETH_STEPS",
    "Area",
    "Steps",
    "Tooth",
    "area_names",
    "from_fdi",
    "from_palmer",
    "invalid_site",
    "letters_in_order",
    "names_in_lists",
    "parse_area",
    "parse_areas",
    "parse_surfaces",
    "parse_teeth",
    "parse_tooth",
    "plain_text",
    "tooth_names",
]
