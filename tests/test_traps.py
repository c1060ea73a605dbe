"""The known traps of this code set, one test each, in the order of their collection."""

from __future__ import annotations

import pytest

import cdtref
from cdtref import InvalidCodeError, NotInForceError, UnknownCodeError


def lives(code):
    return [(str(p.effective) if p.effective else None, str(p.terminated or "")) for p in cdtref.get(code).periods]


def valid(code, on):
    return cdtref.get(code).in_force(on)


def test_01_fluoride_child_and_adult_ended_2013():
    for code, end in {
        "D1203": "2013-01-01",
        "D1204": "2013-01-01",
        "D1201": "2007-01-01",
        "D1205": "2007-01-01",
    }.items():
        assert end == str(cdtref.get(code).terminated)


def test_02_thirty_minute_sedation_ended_2016():
    for code in ("D9220", "D9221", "D9241", "D9242"):
        assert valid(code, "2015-12-31")
        assert not valid(code, "2016-01-01")
    assert str(cdtref.get("D9240").terminated) == "2000-01-01"


@pytest.mark.parametrize("code", ["D1352", "D9248"])
def test_03_valid_through_2025_and_not_a_day_longer(code):
    assert cdtref.get(code, on="2025-12-31").code == code
    with pytest.raises(NotInForceError, match="until 2025-12-31"):
        cdtref.get(code, on="2026-01-01")


def test_04_four_vaccines_ended_2026_and_their_neighbours_stay():
    ended = {"D1705", "D1706", "D1707", "D1712"}
    run = {f"D17{n:02}" for n in range(1, 15)}
    assert run - ended == {p.code for p in cdtref.procedures(category="preventive")} & run
    assert {str(cdtref.get(code).terminated) for code in ended} == {"2026-01-01"}


def test_05_old_images_ended_beside_those_that_stay():
    ends = {"D0260": "2016-01-01", "D0290": "2017-01-01", "D0351": "2023-01-01", "D0704": "2023-01-01"}
    assert ends == {code: str(cdtref.get(code).terminated) for code in ends}
    assert valid("D0250", "2026-01-01")
    assert valid("D0350", "2026-01-01")


def test_06_codes_split_by_arch_or_type():
    splits = {
        "D1515": ("D1516", "D1517"),
        "D1525": ("D1526", "D1527"),
        "D5281": ("D5282", "D5283"),
        "D9940": ("D9944", "D9945", "D9946"),
    }
    for old, new in splits.items():
        assert new == cdtref.get(old).replaced_by
        assert not valid(old, "2019-01-01")
        assert all(valid(code, "2019-01-01") for code in new)
    assert {str(cdtref.get(code).terminated) for code in ("D1550", "D1555")} == {"2020-01-01"}


def test_07_orthodontic_codes_that_a_payer_list_keeps_alive():
    assert {str(cdtref.get(code).terminated) for code in ("D8690", "D8050", "D8060")} == {"2022-01-01"}
    assert {str(cdtref.get(f"D869{n}").terminated) for n in range(1, 5)} == {"2020-01-01"}
    assert len(cdtref.changes("2021", "2022").terminated) == 5


def test_08_the_temporary_crown_had_two_lives():
    assert lives("D2970") == [(None, "2005-01-01"), ("2007-01-01", "2016-01-01")]
    assert [valid("D2970", f"{year}-06-01") for year in (2004, 2006, 2008, 2016)] == [True, False, True, False]


@pytest.mark.parametrize("code", ["D7993", "D7994"])
def test_09_reused_implant_numbers(code):
    assert lives(code) == [(None, "1996-04-15"), ("2021-01-01", "")]
    assert not valid(code, "2010-01-01")
    assert "re-used" in cdtref.get(code).dates_note


def test_10_codes_that_lived_a_year_or_two():
    assert lives("D9931") == [("2015-01-01", "2016-01-01")]
    assert cdtref.get("D9931").replaced_by == ("D9932", "D9933", "D9934", "D9935")
    assert lives("D0704") == [("2021-01-01", "2023-01-01")]


def test_11_tomosynthesis_is_no_periopic_and_no_cpt_code():
    p = cdtref.get("D0389")
    assert str(p.effective) == "2023-01-01"
    assert "tomosynthesis" in p.description.lower()
    assert "Periopic" not in p.title
    assert cdtref.code_system("D0389") is cdtref.CodeSystem.CDT
    assert "CPT" not in cdtref.rvu("D0389").explain()


def test_12_a_misprint_that_never_existed():
    with pytest.raises(UnknownCodeError) as caught:
        cdtref.get("D0147")
    assert "D0417" in caught.value.neighbours


INVENTED = ["D9998", "D4186", "D4345", "D0183", "D8888", "D4288", "D7476", "D8877", "D9696", "D4223", "D3233"]


@pytest.mark.parametrize("code", INVENTED)
def test_13_invented_and_mistyped_numbers(code):
    assert cdtref.is_valid_code(code)
    assert code not in cdtref.catalog()


def test_14_gaps_inside_dense_runs():
    gaps = {"D5285", "D6108", "D6109", "D8700", "D9958", "D9960", *(f"D037{n}" for n in range(5, 10))}
    assert not gaps & set(cdtref.catalog())
    sleep = {p.code for p in cdtref.procedures(category="sleep-apnea")}
    assert {"D9949", "D9953"} <= sleep
    assert not {"D9950", "D9951", "D9952", "D9961"} & sleep


def test_15_sedation_by_quarter_hours():
    assert lives("D9222")[0][0] == "2018-01-01"
    assert valid("D9223", "2026-01-01")
    assert not valid("D9241", "2016-01-01")


@pytest.mark.parametrize("code", ["D0417", "D0418"])
def test_16_saliva_samples_stay(code):
    assert valid(code, "2026-06-01")
    assert cdtref.get(code).replaced_by == ()


def test_17_adult_orthodontics_stays():
    assert valid("D8090", "2026-06-01")


def test_18_house_numbers_that_later_became_real():
    starts = {"D0190": "2013-01-01", "D9130": "2019-01-01", "D9990": "2019-01-01", "D1355": "2021-01-01"}
    assert starts == {code: str(cdtref.get(code).effective) for code in starts}
    assert not {"D9140", "D9170", "D0114"} & set(cdtref.catalog())


def test_19_an_implant_service_numbered_among_the_bridges():
    assert cdtref.get("D6280").category == "implant-services"
    assert cdtref.get("D6280").dates_confidence != "high"


@pytest.mark.parametrize("code", ["D7110", "D7120", "D7130"])
def test_20_extraction_classics(code):
    with pytest.raises(NotInForceError) as caught:
        cdtref.get(code, on="2003-01-01")
    assert caught.value.replaced_by == ("D7111", "D7140")


def test_a_number_without_its_letter_is_asked_back():
    with pytest.raises(InvalidCodeError, match="did you mean D0120"):
        cdtref.get("0120")
