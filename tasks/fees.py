"""CMS's relative value file and localities -> data/pfs/<release>.json: numbers and indicators, no descriptors."""

from __future__ import annotations

from pathlib import Path

from cdtref import FeeSchedule, cmsfile, download
from cdtref.record import plain
from tasks import datafile

EFFECTIVE = "2026-07-01"
FILE, LOCALITIES = "PPRRVU2026_Jul_nonQPP.csv", "GPCI2026.csv"
ADDRESS = "https://www.cms.gov/medicare/payment/fee-schedules/physician/pfs-relative-value-files/rvu26c"
RETRIEVED = "2026-11-23"


def build(cms: Path, data: Path) -> None:
    release = cmsfile.read_release(download.opened(cms / FILE))
    places = FeeSchedule.from_cms(cms / FILE, gpci=cms / LOCALITIES).localities
    header = {
        "release": release.name,
        "year": release.year,
        "effective": EFFECTIVE,
        "content": "complete",
        "conversion_factor": str(release.conversion_factor),
        "source": [
            datafile.source(
                "CMS physician fee schedule relative value file, July 2026", ADDRESS, RETRIEVED, cms / FILE
            ),
            datafile.source("CMS geographic practice cost indices, 2026", ADDRESS, RETRIEVED, cms / LOCALITIES),
        ],
        "copyright": "Numbers and indicators: US government work. No AMA or ADA descriptor is included.",
        "count": len(release.rows),
        "localities": [plain(place) for place in places],
    }
    datafile.write_map(data / "pfs" / f"{release.name.lower()}.json", header, "rows", release.rows)
