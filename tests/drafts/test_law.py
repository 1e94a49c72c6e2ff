"""The law of each country as data: bases, hours and holidays, each against the rule it stands for."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from dateutil.easter import easter

from bot.analysis.reach import CHANNELS
from bot.drafting import Policy
from bot.drafting.law import holidays
from bot.drafting.policy import load
from bot.errors import BadWorkspace
from tests.drafts.conftest import ROOT

TUESDAY, SATURDAY, SUNDAY = date(2026, 11, 10), date(2026, 11, 14), date(2026, 11, 15)
ARMISTICE = date(2026, 11, 11)


@pytest.mark.parametrize(
    ("country", "channel", "standing", "basis"),
    [
        ("US", "email", "former", "opt_out"),
        ("US", "sms", "customer", "consent"),
        ("US", "whatsapp", "customer", "closed"),
        ("CA", "email", "trial", "implied"),
        ("CA", "email", "never", "consent"),
        ("FR", "email", "former", "soft_opt_in"),
        ("FR", "email", "trial", "consent"),
        ("FR", "call", "customer", "implied"),
        ("FR", "call", "former", "consent"),
        ("ES", "sms", "customer", "soft_opt_in"),
        ("PL", "email", "customer", "consent"),
        ("PL", "push", "customer", "consent"),
        ("PL", "letter", "customer", "opt_out"),
        ("DE", "email", "customer", "consent"),
        ("GB", "email", "customer", "consent"),
        ("IT", "email", "customer", "soft_opt_in"),
        ("IT", "linkedin", "trial", "consent"),
        ("BR", "letter", "former", "consent"),
        ("BR", "tour", "never", "opt_out"),
    ],
)
def test_the_basis_is_that_of_country_channel_and_standing(
    country: str, channel: str, standing: str, basis: str, policy: Policy
) -> None:
    assert getattr(policy.law(country, channel), standing) == basis


HOURS = [
    ("US", "sms", TUESDAY, "Arizona", ((9, 20),)),
    ("US", "sms", TUESDAY, "Rhode Island", ((9, 18),)),
    ("US", "sms", SUNDAY, "RI", ((10, 17),)),
    ("US", "sms", SUNDAY, "texas", ((12, 20),)),
    ("US", "sms", SATURDAY, "TX", ((9, 20),)),
    ("US", "sms", TUESDAY, None, ((9, 18),)),
    ("US", "sms", date(2026, 11, 26), "Arizona", ()),
    ("US", "email", date(2026, 11, 26), "Arizona", ((9, 20),)),
    ("FR", "sms", SUNDAY, None, ()),
    ("FR", "sms", SATURDAY, None, ((9, 20),)),
    ("FR", "call", TUESDAY, None, ((10, 13), (14, 20))),
    ("FR", "call", SATURDAY, None, ()),
    ("FR", "call", ARMISTICE, None, ()),
    ("FR", "email", ARMISTICE, None, ((9, 20),)),
    ("ES", "call", TUESDAY, None, ((9, 20),)),
    ("ES", "call", SATURDAY, None, ()),
    ("ES", "push", TUESDAY, None, ((10, 20),)),
    ("PL", "sms", ARMISTICE, None, ()),
    ("CA", "call", SUNDAY, None, ((10, 18),)),
    ("JP", "call", SATURDAY, None, ()),
    ("FR", "in_app", SUNDAY, None, ((0, 24),)),
    ("FR", "letter", SUNDAY, None, ((0, 24),)),
]


@pytest.mark.parametrize(("country", "channel", "day", "region", "spans"), HOURS)
def test_the_hours_are_those_of_day_and_place(
    country: str, channel: str, day: date, region: str | None, spans: tuple[tuple[int, int], ...], policy: Policy
) -> None:
    assert policy.law(country, channel).spans(day, region) == spans


def test_a_text_at_half_past_eight_in_the_evening_is_too_late_in_florida(policy: Policy) -> None:
    law = policy.law("US", "sms")
    assert not law.open_at(datetime(2026, 11, 10, 20, 30), "Florida")
    assert law.open_at(datetime(2026, 11, 10, 19, 59), "Florida")
    assert not law.open_at(datetime(2026, 11, 10, 8, 59), "Florida")


def test_no_hour_is_wider_than_the_law_of_any_state(policy: Policy) -> None:
    """The table of states as the law has it, said once more by hand."""
    widest = {"Connecticut": (9, 20), "Florida": (8, 20), "Maryland": (8, 20), "Mississippi": (8, 20),
              "New Jersey": (8, 20), "Oklahoma": (8, 20), "Rhode Island": (9, 18), "Texas": (9, 21)}  # fmt: skip
    for state, (first, last) in widest.items():
        for start, end in policy.law("US", "sms").spans(TUESDAY, state):
            assert first <= start < end <= last


KNOWN_HOLIDAYS = {
    ("FR", 2026): "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25",
    ("PL", 2026): "01-01 01-06 04-05 04-06 05-01 05-03 05-24 06-04 08-15 11-01 11-11 12-24 12-25 12-26",
    ("ES", 2026): "01-01 01-06 04-03 05-01 08-15 10-12 11-01 12-06 12-08 12-25",
    ("US", 2027): "01-01 01-18 02-15 05-31 06-19 07-04 09-06 10-11 11-11 11-25 12-25",
    ("CA", 2026): "01-01 04-03 05-18 07-01 09-07 09-30 10-12 11-11 12-25",
}


@pytest.mark.parametrize(("country", "year"), KNOWN_HOLIDAYS)
def test_holidays_fall_on_the_days_of_the_calendar(country: str, year: int, policy: Policy) -> None:
    found = sorted(day.strftime("%m-%d") for day in holidays(policy.country(country).holidays, year))
    assert " ".join(found) == KNOWN_HOLIDAYS[country, year]


def test_easter_is_found_for_three_hundred_years() -> None:
    for year in range(1900, 2200):
        assert holidays(["easter", "easter-2"], year) == {easter(year), easter(year) - timedelta(days=2)}


def test_every_country_has_rules_with_a_source_for_every_channel(policy: Policy) -> None:
    for country in policy.countries.values():
        for channel in CHANNELS:
            assert country.law(channel).source


def test_a_broken_country_is_named_with_all_its_faults(tmp_path: Path) -> None:
    folder = tmp_path / "policy"
    shutil.copytree(ROOT / "knowledge/policy", folder)
    (folder / "countries/EU.toml").unlink()
    (folder / "countries/FR.toml").write_text(
        'holidays = ["some day"]\ncolour = "blue"\n[email]\ncustomer = "whatever"\nformer = "consent"\n'
        'trial = "consent"\nnever = "consent"\nsource = "x"\n',
        encoding="utf-8",
    )
    with pytest.raises(BadWorkspace) as caught:
        load(folder)
    gaps = "\n".join(caught.value.values["gaps"])
    for part in (
        "countries/EU.toml: missing",
        "lacks [sms]",
        "unknown colour",
        "the holiday some day",
        "[email] cannot",
    ):
        assert part in gaps
