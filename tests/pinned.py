"""
The one place for what an edition or a release changes, and for what is known of editions gone by.

Years, counts, names of releases, figures of examples: literals, as the sources have them, never
computed from the package. No test, no example in a docstring, no page of the manual has one of its
own. Whoever brings a new edition or release rewrites this file; `python -m tasks.rehearse` does so
for a fictitious one.
"""

from __future__ import annotations

# The edition of the code set

EDITION, YEAR = "2026", 2026
EDITIONS = 19
CODES, IN_FORCE = 949, 847
STARTS_UNKNOWN, STARTS_KNOWN_TO_THE_MONTH = 440, 15
DAY = "2026-03-02"  # a date of service in it, 2 March

# Numbers that no code has. The first may come with an edition; tests add the others; real codes
# stand near the last.
COMING = "D9965"
FREE = ("D2395", "D2397", "D2398", "D2399")
MISPRINT = "D0147"
INVENTED = (
    "D9998",
    "D4186",
    "D4345",
    "D0183",
    "D8888",
    "D4288",
    "D7476",
    "D8877",
    "D9696",
    "D4223",
    "D3233",
)
GAPS = (
    *("D0375", "D0376", "D0377", "D0378", "D0379", "D5285", "D6108", "D6109", "D8700"),
    *("D9958", "D9960", "D9140", "D9170", "D0114"),
)

# The release of the fee schedule, and CMS's files of it

RELEASE, RELEASE_YEAR = "RVU26C", 2026
PPRRVU, GPCI = "PPRRVU2026_Jul_nonQPP.csv", "GPCI2026.csv"
FACTOR = "33.4009"
ROWS, CODES_WITH_ROWS, LOCALITIES = 19_356, 17_096, 109
CODES_WITHOUT_ROWS: tuple[str, ...] = ()  # dental, in force
ROWS_WITHOUT_CODES: tuple[str, ...] = ()  # dental, of no code in force

# By code and modifier: work, practice expense outside of a facility and in one, malpractice, totals
# outside and in
VALUES = {
    ("21110", ""): ("5.84", "19.58", "13.65", "0.71", "26.13", "20.20"),
    ("86153", "26"): ("0.67", "0.30", "0.30", "0.02", "0.99", "0.99"),
    ("99213", ""): ("1.30", "1.46", "0.33", "0.09", "2.85", "1.72"),
}
# Dollars by code, modifier, setting, locality and conversion factor
PAYMENTS = {
    ("86153", "26", "non-facility", "", FACTOR): "33.07",
    ("99213", "", "non-facility", "", FACTOR): "95.19",
    ("99213", "", "facility", "", FACTOR): "57.45",
    ("99213", "", "non-facility", "CA-18", FACTOR): "104.89",
    ("99213", "", "non-facility", "", "33.5675"): "95.67",
}
CONVERSION_FACTORS = {"2026 non-qualifying": "33.4009", "2026 qualifying APM": "33.5675"}

# Days of values on the dental scale: a crown's, an older one of it, the first of all

CROWN_DAY, OLDER_CROWN_DAY, SCALE_START = "2019-11-21", "2019-06-01", "2004-01-01"

# Editions and releases gone by

# CMS's D codes of each year; the mid-year figures hold the COVID codes of March 2021 and March
# 2022.
IN_FORCE_ON = {
    "2019-01-01": 699,
    "2019-06-01": 699,
    "2020-01-01": 730,
    "2021-01-01": 754,
    "2021-04-01": 762,
    "2022-01-01": 773,
    "2022-04-01": 780,
    "2023-01-01": 800,
    "2024-01-01": 814,
    "2025-01-01": 822,
    "2025-06-01": 822,
    "2026-01-01": 847,
}
ENDODONTICS_IN_FORCE_ON = {"2025-06-01": 46}
BEFORE_ALL, FIRST_DAY, FIRST_EDITION, NO_EDITION = "2002-12-31", "2003-01-01", "2003", "2004"

# Between two editions: how many codes came, which ended, some that were reworded, whether all of
# those are known
CHANGES = {
    ("2021", "2022"): (24, ("D4320", "D4321", "D8050", "D8060", "D8690"), (), False),
    ("2023", "2024"): (14, (), ("D2335", "D5876"), True),
    ("2025", "2026"): (
        31,
        ("D1352", "D1705", "D1706", "D1707", "D1712", "D9248"),
        ("D2391",),
        False,
    ),
}

# Codes that ended, by the last day on which they were valid and the next, which is what the sources
# give
ENDED = {
    ("1999-12-31", "2000-01-01"): ("D9240",),
    ("2006-12-31", "2007-01-01"): ("D1201", "D1205"),
    ("2012-12-31", "2013-01-01"): ("D1203", "D1204"),
    ("2015-12-31", "2016-01-01"): ("D0260", "D9220", "D9221", "D9241", "D9242"),
    ("2016-12-31", "2017-01-01"): ("D0290",),
    ("2018-12-31", "2019-01-01"): ("D1515", "D1525", "D5281", "D9940"),
    ("2019-12-31", "2020-01-01"): ("D1550", "D1555", "D8691", "D8692", "D8693", "D8694"),
    ("2021-12-31", "2022-01-01"): ("D8050", "D8060", "D8690"),
    ("2022-12-31", "2023-01-01"): ("D0351", "D0704"),
    ("2025-12-31", "2026-01-01"): ("D1352", "D1705", "D1706", "D1707", "D1712", "D9248"),
}
LAST_DAY = {code: last for (last, _), codes in ENDED.items() for code in codes}
TERMINATED = {code: end for (_, end), codes in ENDED.items() for code in codes}
STARTED = {
    "D0190": "2013-01-01",
    "D0389": "2023-01-01",
    "D0606": "2021-03",  # known to the month
    "D1352": "2011-01-01",
    "D1355": "2021-01-01",
    "D2391": "2003-01-01",
    "D9130": "2019-01-01",
    "D9222": "2018-01-01",
    "D9990": "2019-01-01",
}
BEFORE_D0389 = "2022-12-31"
# Each life from its first day to the day after its last
LIVES = {
    "D0704": [("2021-01-01", "2023-01-01")],
    "D2970": [("", "2005-01-01"), ("2007-01-01", "2016-01-01")],
    "D7993": [("", "1996-04-15"), ("2021-01-01", "")],
    "D7994": [("", "1996-04-15"), ("2021-01-01", "")],
    "D9931": [("2015-01-01", "2016-01-01")],
}
# D2390 is for any tooth from the edition of 2027 on.
EVE_OF_NEW_RULE, NEW_RULE = "2026-12-31", "2027-01-01"
MEDICARE_ASKS_FOR_KX = 2025, 7, 1

# An older release of CMS, whose layout the tests make up files in
OLDER_RELEASE, OLDER_YEAR, OLDER_FACTOR, OLDER_ROWS = "RVU25D", 2025, "32.3465", 19_090
OLDER_PPRRVU = {form: f"PPRRVU2025_Oct.{form}" for form in ("csv", "txt", "xlsx")}
OLDER_GPCI, OLDER_ANESTHESIA = "GPCI2025.csv", "ANES2025.csv"
OLDER_LOCALITIES, OLDER_ANESTHESIA_FACTOR = 109, "20.3178"
OLDER_WORK_OF_99213 = "1.30"
OLDER_EFFECTIVE, EFFECTIVE = "2025-10-01", "2026-07-01"
# A factor that changed within a quarter, with its year and its first day
CHANGED_FACTOR, CHANGED_YEAR, CHANGED_ON = "33.2875", 2024, "2024-03-09"

# The dental scale of the Indian Health Service: what was set by a day does not change any more

# By code and day: value, the first day of its use, the first day of the next value where that is
# known to stay
DENTAL_VALUES = {
    ("D0150", "2004-01-01"): ("1.00", "2004-01-01", ""),
    ("D2740", "2004-01-01"): ("22.33", "2004-01-01", "2019-11-21"),
    ("D2740", "2019-06-01"): ("22.33", "2004-01-01", "2019-11-21"),
    ("D2740", "2019-11-20"): ("22.33", "2004-01-01", "2019-11-21"),
    ("D2740", "2019-11-21"): ("20.00", "2019-11-21", ""),
    ("D2710", "2005-08-07"): ("11.17", "2004-01-01", "2005-08-08"),
    ("D2710", "2005-08-08"): ("6.78", "2005-08-08", "2019-11-21"),
    ("D2710", "2021-01-01"): ("10.00", "2019-11-21", ""),
    ("D7490", "2004-06-30"): ("138.46", "2004-01-01", "2005-08-08"),
    ("D7490", "2018-10-11"): ("84.07", "2005-08-08", "2018-10-12"),
    ("D7490", "2020-11-20"): ("150.00", "2018-10-12", "2020-11-21"),
    ("D7490", "2020-11-21"): ("124.00", "2020-11-21", ""),
    ("D6094", "2019-01-01"): ("16.90", "2018-10-12", "2020-11-21"),
    ("D0389", "2022-12-02"): ("0.40", "2022-12-02", ""),
    ("D0417", "2010-01-01"): ("0.00", "2008-09-17", ""),
}
# The eve and the day of the first value
DENTAL_VALUE_BEGINS = {
    "D0389": ("2022-12-01", "2022-12-02"),
    "D0150": ("2003-12-31", "2004-01-01"),
    "D0145": ("2007-02-26", "2007-02-27"),
}
REBASED, REBASED_PATCH, SCALE_BEGAN, SCALE_BEGAN_PATCH = "2019-11-21", 34, "2004-01-01", 15
