"""CMS's relative values and localities -> data/pfs/<release>.json: numbers and indicators alone."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from cdtref import FeeSchedule
from cdtref.feeschedule import cmsfile, pprrvu
from cdtref.record import plain
from tasks import datafile, facts

FOLDER = "CDTREF_CMS_DIR"
COPYRIGHT = "Numbers and indicators: US government work. No AMA or ADA descriptor is included."


def files_of_cms(folder: Path) -> tuple[Path, Path] | None:
    """The newest release's files in the folder that CDTREF_CMS_DIR names; None if unset."""
    if FOLDER not in os.environ:
        return None
    newest = facts.read_table(folder, "releases")[-1]
    cms = Path(os.environ[FOLDER])
    return cms / newest["relative_values"], cms / newest["localities"]


def build(folder: Path, data: Path, relative_values: Path, localities: Path) -> None:
    release = pprrvu.read_release(cmsfile.opened(relative_values))
    told = _release_row(folder, release.name)
    places = FeeSchedule.from_cms(relative_values, gpci=localities).localities
    month = f"{date.fromisoformat(told['effective']):%B %Y}"
    titles = (
        f"CMS physician fee schedule relative value file, {month}",
        f"CMS geographic practice cost indices, {release.year}",
    )
    header = {
        "release": release.name,
        "year": release.year,
        "effective": told["effective"],
        "content": "complete",
        "conversion_factor": str(release.conversion_factor),
        "source": [
            datafile.source(title, told["address"], told["retrieved"], file)
            for title, file in zip(titles, (relative_values, localities), strict=True)
        ],
        "copyright": COPYRIGHT,
        "count": len(release.rows),
        "localities": [plain(place) for place in places],
    }
    datafile.write_map(data / "pfs" / f"{release.name.lower()}.json", header, "rows", release.rows)


def _release_row(folder: Path, name: str) -> facts.Row:
    """What facts/releases.csv says of a release that CMS's file does not say itself."""
    try:
        return facts.read_by_key(folder, "releases", "release")[name]
    except KeyError:
        raise SystemExit(f"add a row for {name} to facts/releases.csv first") from None
