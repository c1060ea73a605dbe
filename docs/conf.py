"""
The manual: Sphinx with furo and MyST, built with `-n -W`; the pages of the codes are made by
`pages.py`.
"""

from __future__ import annotations

import ast
import importlib
import re
import runpy
import sys
from pathlib import Path
from typing import Any

from sphinx.addnodes import desc_addname, desc_signature
from sphinx.ext.napoleon import Config, GoogleDocstring

import cdtref
from cdtref.claim import PROFILES

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))  # where the order of the rooms is told
import house  # noqa: E402

DOORS = ("cdtref", "cdtref.frame", "cdtref.fhir", "cdtref.testing", "cdtref.pydantic")
SECTIONS = Config(napoleon_use_ivar=True)


def _spelled(value: int | str) -> str:
    """A number with its thousands apart, as people write it."""
    return f"{value:,}" if isinstance(value, int) else value


project = "cdtref"
author = "The cdtref authors"
copyright = "2026, The cdtref authors"  # noqa: A001  # Sphinx reads this name
version = release = cdtref.__version__
language = "en"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx_copybutton",
]
exclude_patterns = ["_build", "_generated", "site"]
templates_path = ["_templates"]

html_theme = "furo"
html_title = f"cdtref {version}"
html_copy_source = False
html_favicon = "_static/favicon.svg"
html_static_path = ["_static"]
html_css_files = ["box.css"]
html_js_files = [("keyboard.js", {"defer": "defer"}), ("box.js", {"type": "module"})]
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "codes.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b6177", "color-brand-content": "#0b6177"},
    "dark_css_variables": {"color-brand-primary": "#6cc4da", "color-brand-content": "#6cc4da"},
}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

myst_enable_extensions = ["colon_fence", "deflist", "substitution"]
PINNED = runpy.run_path(str(HERE.parent / "tests" / "pinned.py"))
NAMES = ("EDITION", "EDITIONS", "CODES", "IN_FORCE", "RELEASE", "ROWS", "LOCALITIES", "FACTOR")
myst_substitutions = {name.lower(): _spelled(PINNED[name]) for name in NAMES}
myst_heading_anchors = 3
copybutton_exclude = ".linenos, .gp, .go"

default_role = "code"  # docstrings write `name`, not ``name``
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
autoclass_content = "class"

# The types of other packages, whose inventories lie on the net; a build reads nothing from there.
PACKAGES = (
    "collections",
    "datetime",
    "decimal",
    "enum",
    "hypothesis",
    "narwhals",
    "os",
    "pathlib",
    "pytest",
    "re",
    "rich",
    "typing",
)
BARE = (
    *("Any", "Callable", "Decimal", "Enum", "Iterable", "Iterator", "Literal", "Mapping"),
    *("NamedTuple", "NewType", "None", "Path", "Sequence", "bool", "bytes", "date", "dict"),
    *("dt.date", "float", "int", "list", "object", "optional", "property", "set", "str", "tuple"),
)
# Ours that no reader writes: type variables, and the index behind a search. They are named without
# the modules that they stand in.
INNER = ("FrameT", "Index", "_Default", "_Kind")
nitpick_ignore_regex = [
    ("py:.*", rf"({'|'.join(PACKAGES)})\..*"),
    ("py:.*", "|".join(map(re.escape, BARE))),
    ("py:.*", rf"(cdtref\.[a-z.]+\.)?({'|'.join(INNER)})"),
]


def write_rooms(_app: object) -> None:
    """
    The rooms from the top down with the first sentence of each, as the test of the order has them.
    """
    rows = [f"`{room}`\n: {sentence(room)}\n" for room in house.ROOMS]
    out = HERE / "_generated"
    out.mkdir(exist_ok=True)
    (out / "rooms.md").write_text("\n".join(rows), "utf-8")


def write_rules(_app: object) -> None:
    """The table of all rules, as `cdtref rules` lists them."""
    head = "| rule | at most | field | RARC | CARC | source |\n|---|---|---|---|---|---|"
    (HERE / "_generated" / "rules.md").write_text(
        "\n".join([head, *map(_rule_row, cdtref.RULES)]), "utf-8"
    )


def _rule_row(rule: Any) -> str:
    cells = (rule.severity, rule.field, rule.rarc or "", rule.carc or "", rule.source)
    return f"| `{rule.id}` | {' | '.join(cells)} |"


def write_profiles(_app: object) -> None:
    """The titles of the columns that are known, by system and field."""
    parts = []
    for profile in PROFILES.values():
        rows = [
            f"| `{field}` | {', '.join(f'`{title}`' for title in titles)} |"
            for field, titles in profile.titles.items()
        ]
        head = f"**{profile.system}**: `{profile.name}`, from {profile.source}"
        parts.append("\n".join([head, "", "| field | titles |", "|---|---|", *rows, ""]))
    (HERE / "_generated" / "profiles.md").write_text("\n".join(parts), "utf-8")


def sentence(room: str) -> str:
    """The first paragraph of a room's docstring, read and not run."""
    path = house.modules()[room]
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split())


def read_sections(  # noqa: PLR0913, PLR0917  # Sphinx gives these
    app: Any, what: str, name: str, obj: object, options: Any, lines: list[str]
) -> None:
    """
    Google's sections in our docstrings. A property's is read as prose: "a: b" in it is no type
    with its text.
    """
    kind = "method" if what in ("attribute", "data", "property") else what
    lines[:] = GoogleDocstring(lines, SECTIONS, app, kind, name, obj, options).lines()


def name_door(_app: object, _domain: str, _kind: str, content: Any) -> None:
    """
    What is described is named as people import it, `cdtref.ClaimLine`, and not by the module that
    it is written in, which is nobody else's business.
    """
    for signature in content.parent.findall(desc_signature):
        door = door_of(signature.get("module", ""), signature.get("fullname", ""))
        prefix = signature.next_node(desc_addname)
        if door is not None and prefix is not None:
            prefix.replace_self(desc_addname("", f"{door}."))


def door_of(module: str, name: str) -> str | None:
    """The public module that a name, or the class that it belongs to, is imported from."""
    outer = name.partition(".")[0]
    if not module.startswith("cdtref."):
        return None
    value = getattr(importlib.import_module(module), outer, None)
    for door in DOORS:
        public = importlib.import_module(door)
        if outer in public.__all__ and getattr(public, outer) is value:
            return door
    return None


def setup(app: Any) -> None:
    app.connect("object-description-transform", name_door)
    app.connect("builder-inited", write_rooms)
    app.connect("builder-inited", write_rules)
    app.connect("builder-inited", write_profiles)
    app.connect("autodoc-process-docstring", read_sections)
