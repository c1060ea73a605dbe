"""The known traps of this code set, one test each, in the order of their collection."""

from __future__ import annotations

import pytest

import cdtref
import pinned
from cdtref import InvalidCodeError, NotInForceError, UnknownCodeError


def lives(code):
    return [(str(p.effective or ""), str(p.terminated or "")) for p in cdtref.get(code).periods]


def ends(*codes):
    return {code: str(cdtref.get(code).terminated) for code in codes}


def stated(*codes):
    return {code: pinned.TERMINATED[code] for code in codes}


def valid(code, on):
    return cdtref.get(code).in_force(on)


def test_01_fluoride_child_and_adult_ended():
    codes = ("D1201", "D1203", "D1204", "D1205")
    assert ends(*codes) == stated(*codes)


def test_02_thirty_minute_sedation_ended():
    for code in ("D9220", "D9221", "D9240", "D9241", "D9242"):
        assert valid(code, pinned.LAST_DAY[code])
        assert not valid(code, pinned.TERMINATED[code])


@pytest.mark.parametrize("code", ["D1352", "D9248"])
def test_03_valid_through_a_year_and_not_a_day_longer(code):
    assert cdtref.get(code, on=pinned.LAST_DAY[code]).code == code
    with pytest.raises(NotInForceError, match=f"until {pinned.LAST_DAY[code]}"):
        cdtref.get(code, on=pinned.TERMINATED[code])


def test_04_four_vaccines_ended_and_their_neighbours_stay():
    ended = {"D1705", "D1706", "D1707", "D1712"}
    run = {f"D17{n:02}" for n in range(1, 15)}
    assert run - ended == {p.code for p in cdtref.procedures(category="preventive")} & run
    assert ends(*ended) == stated(*ended)


def test_05_old_images_ended_beside_those_that_stay():
    codes = ("D0260", "D0290", "D0351", "D0704")
    assert ends(*codes) == stated(*codes)
    assert valid("D0250", pinned.DAY)
    assert valid("D0350", pinned.DAY)


def test_06_codes_split_by_arch_or_type():
    splits = {
        "D1515": ("D1516", "D1517"),
        "D1525": ("D1526", "D1527"),
        "D5281": ("D5282", "D5283"),
        "D9940": ("D9944", "D9945", "D9946"),
    }
    for old, new in splits.items():
        assert new == cdtref.get(old).replaced_by
        assert not valid(old, pinned.TERMINATED[old])
        assert all(valid(code, pinned.TERMINATED[old]) for code in new)
    assert ends("D1550", "D1555") == stated("D1550", "D1555")
    assert all(cdtref.get(code).succession == "split" for code in (*splits, "D1550", "D1555"))


def test_07_orthodontic_codes_that_a_payer_list_keeps_alive():
    codes = ("D8050", "D8060", "D8690", "D8691", "D8692", "D8693", "D8694")
    assert ends(*codes) == stated(*codes)


def test_08_the_temporary_crown_had_two_lives():
    (_, first_end), (second_start, second_end) = pinned.LIVES["D2970"]
    assert lives("D2970") == pinned.LIVES["D2970"]
    days = (pinned.FIRST_DAY, first_end, second_start, second_end)
    assert [valid("D2970", day) for day in days] == [True, False, True, False]


@pytest.mark.parametrize("code", ["D7993", "D7994"])
def test_09_reused_implant_numbers(code):
    assert lives(code) == pinned.LIVES[code]
    assert not valid(code, pinned.FIRST_DAY)
    assert "re-used" in cdtref.get(code).dates_note


def test_10_codes_that_lived_a_year_or_two():
    assert lives("D9931") == pinned.LIVES["D9931"]
    assert cdtref.get("D9931").replaced_by == ("D9932", "D9933", "D9934", "D9935")
    assert lives("D0704") == pinned.LIVES["D0704"]


def test_11_tomosynthesis_is_no_periopic_and_no_cpt_code():
    p = cdtref.get("D0389")
    assert str(p.effective) == pinned.STARTED["D0389"]
    assert "tomosynthesis" in p.description.lower()
    assert "Periopic" not in p.title
    assert cdtref.code_system("D0389") is cdtref.CodeSystem.CDT
    assert "CPT" not in cdtref.rvu("D0389").explain()


def test_12_a_misprint_that_never_existed():
    with pytest.raises(UnknownCodeError) as caught:
        cdtref.get(pinned.MISPRINT)
    assert "D0417" in caught.value.neighbours


@pytest.mark.parametrize("code", pinned.INVENTED)
def test_13_invented_and_mistyped_numbers(code):
    assert cdtref.is_valid_code(code)
    assert code not in cdtref.catalog()


def test_14_gaps_inside_dense_runs():
    assert not set(pinned.GAPS) & set(cdtref.catalog())
    sleep = {p.code for p in cdtref.procedures(category="sleep-apnea")}
    assert {"D9949", "D9953"} <= sleep
    assert not {"D9950", "D9951", "D9952", "D9961"} & sleep


def test_15_sedation_by_quarter_hours():
    assert lives("D9222")[0][0] == pinned.STARTED["D9222"]
    assert valid("D9223", pinned.DAY)
    assert not valid("D9241", pinned.TERMINATED["D9241"])


@pytest.mark.parametrize("code", ["D0417", "D0418"])
def test_16_saliva_samples_stay(code):
    assert valid(code, pinned.DAY)
    assert cdtref.get(code).replaced_by == ()


def test_17_adult_orthodontics_stays():
    assert valid("D8090", pinned.DAY)


def test_18_house_numbers_that_later_became_real():
    for code in ("D0190", "D1355", "D9130", "D9990"):
        assert str(cdtref.get(code).effective) == pinned.STARTED[code]


def test_19_an_implant_service_numbered_among_the_bridges():
    assert cdtref.get("D6280").category == "implant-services"
    assert cdtref.get("D6280").dates_confidence != "high"


@pytest.mark.parametrize(
    ("code", "heirs"),
    [("D7110", ("D7111", "D7140")), ("D7120", ("D7111", "D7140")), ("D7130", ("D7140",))],
)
def test_20_extraction_classics(code, heirs):
    """D7111 takes the crown remnants of a baby tooth, and so no roots, which D7130 was for."""
    with pytest.raises(NotInForceError) as caught:
        cdtref.get(code, on=pinned.FIRST_DAY)
    assert caught.value.replaced_by == heirs


def test_21_fluoride_whose_heir_ended_itself():
    p = cdtref.get("D1201")
    assert p.replaced_by == ("D1120", "D1203")
    assert p.pointers_on(pinned.LAST_DAY["D1203"]) == ("D1120", "D1203")
    assert p.pointers_on(pinned.TERMINATED["D1203"]) == ("D1120", "D1208")


def test_22_vaccines_that_nothing_took_the_place_of():
    for code in ("D1705", "D1706", "D1707", "D1712"):
        assert (cdtref.get(code).succession, cdtref.get(code).replaced_by) == ("none", ())
        with pytest.raises(NotInForceError, match="nothing took its place"):
            cdtref.get(code, on=pinned.DAY)


def test_a_number_without_its_letter_is_asked_back():
    with pytest.raises(InvalidCodeError, match="did you mean D0120"):
        cdtref.get("0120")
