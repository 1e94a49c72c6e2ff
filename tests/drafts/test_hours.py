"""When a message may come to a person: in the hours of their law, on every clock that may be theirs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bot.drafting import load_handbook
from bot.drafting.hours import Where, open_at, span, zones_of
from tests.drafts.conftest import ROOT

POLICY = load_handbook(ROOT / "knowledge").policy
LATE = datetime(2026, 11, 10, 22)
"""A Tuesday: 23:00 in Paris and Warsaw, 17:00 in New York, 12:00 in Honolulu."""
PARIS, FLORIDA = Where("FR", "", "Europe/Paris"), Where("US", "FL", "America/New_York")
ANYWHERE = Where("US", "Arizona", "")


def told(where: Where, channel: str, hour: int | None = None, since: datetime = LATE) -> str | None:
    laws = {code: POLICY.law(code, channel) for code in ("US", "FR", "PL", "CA")}
    found = span(where, laws, since, hour)
    return None if found is None else f"{found[0]:%d %H:%M} to {found[1]:%d %H:%M}"


CASES = [
    ("the next morning, by their own clock", PARIS, "email", None, "11 09:00 to 11 20:00"),
    ("at once, where it is day", FLORIDA, "sms", None, "10 17:00 to 10 20:00"),
    ("at the hour at which they use the product", PARIS, "email", 14, "11 14:00 to 11 20:00"),
    ("not at night, though they work at night", PARIS, "email", 23, "11 09:00 to 11 20:00"),
    ("not on a holiday by text: the eleventh is one in France", PARIS, "sms", None, "12 09:00 to 12 20:00"),
    ("by phone in the stretches of the law", PARIS, "call", 13, "12 10:00 to 12 13:00"),
    ("an unknown zone is all zones of the country at once", ANYWHERE, "email", None, "10 12:00 to 10 15:00"),
    ("a number from elsewhere has its clock too", Where("US", "FL", "America/New_York", "FR"),
     "sms", None, "12 09:00 to 12 14:00"),
    ("an American number at home elsewhere: both clocks, and the narrower state",
     Where("US", "Arizona", "America/Phoenix", "US", POLICY.areas["401"]), "sms", None, "10 15:00 to 10 16:00"),
    ("the product has no hours", PARIS, "in_app", None, "10 23:00 to 11 23:00"),
    ("nobody knows where they are", Where("", "", ""), "email", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("case", "where", "channel", "hour", "expected"), CASES, ids=[case[0] for case in CASES])
def test_the_first_stretch_is_in_their_own_hours(
    case: str, where: Where, channel: str, hour: int | None, expected: str | None
) -> None:
    assert told(where, channel, hour) == expected


@settings(max_examples=80, deadline=None)
@given(
    some.sampled_from(["US", "FR", "PL", "CA"]),
    some.sampled_from(["", "Florida", "TX", "Rhode Island", "Arizona"]),
    some.booleans(),
    some.sampled_from(["email", "sms", "push", "call", "whatsapp"]),
    some.integers(0, 14 * 24 * 60),
    some.none() | some.integers(0, 23),
)
def test_no_moment_of_a_stretch_is_outside_the_hours(
    country: str, region: str, known: bool, channel: str, minutes: int, hour: int | None
) -> None:
    where = Where(country, region, str(zones_of(country)[0]) if known else "")
    laws = {country: POLICY.law(country, channel)}
    since = LATE + timedelta(minutes=minutes)
    found = span(where, laws, since, hour)
    assert found is not None
    moment, end = (one.astimezone(UTC).replace(tzinfo=None) for one in found)
    assert since <= moment < end
    while moment < end:
        assert open_at(where, laws, moment)
        moment += timedelta(minutes=5)


def test_every_area_code_is_at_home_in_one_state_with_known_zones() -> None:
    assert len(POLICY.areas) > 300
    assert len({one.state for one in POLICY.areas.values()}) == 51, "fifty states and the capital"
    known = {str(zone) for zone in zones_of("US")}
    for code, home in POLICY.areas.items():
        assert len(code) == 3, code
        assert set(home.zones) <= known, code


def test_the_zones_of_a_country_are_told_by_its_clocks() -> None:
    assert [str(zone) for zone in zones_of("PL")] == ["Europe/Warsaw"]
    assert {"America/New_York", "Pacific/Honolulu"} <= {str(zone) for zone in zones_of("US")}
    assert zones_of("") == ()
