"""Campaigns made for the demo company: the people of each step, one cap over all, and messages that agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

from bot.analysis.contacted import contacted
from bot.analysis.recipients import Recipients
from bot.drafting import Brand, DraftRequest, Handbook
from bot.drafting.agreement import agreement
from bot.drafting.cadence import Contact
from bot.drafting.merge import FIELDS
from bot.drafting.offers import Offer
from bot.drafting.pack import Ahead, Pack, Past, Written, pack
from bot.playbook.plays import Play
from bot.sources import Company
from bot.types import Check, Definitions, Note
from tests.drafts.conftest import AS_OF, made_people

FORMER: dict[str, Any] = {
    "status": "former", "churned_on": pd.Timestamp("2026-08-20"), "reason": "price", "features": None,
}  # fmt: skip
OFFERS = pd.DataFrame(
    {
        "offer_id": ["return-20"], "type": ["discount"], "terms": ["20% off for three months"], "eligible_rule": [None],
        "valid_from": [pd.Timestamp("2026-01-01")], "valid_to": [pd.Timestamp("2027-01-01")], "countries": [None],
    }
)  # fmt: skip
RELEASES = pd.DataFrame({"name": [], "released_at": pd.Series([], dtype="datetime64[us]"), "audience": [], "tag": []})
Make = Callable[..., Pack]


@pytest.fixture(scope="module")
def make(plays: tuple[Play, ...], handbook: Handbook, brand: Brand) -> Make:
    """A win-back for made people: `make([{...}, ...], past, phone=["U1"])`."""

    def made(rows: Sequence[dict[str, Any]], past: Past | None = None, **more: Any) -> Pack:
        offers = more.pop("offers", OFFERS)
        programme = handbook.programmes[more.pop("programme", "win_back")]
        phones = more.pop("phones", ())

        @cache
        def people(channel: str, facts: tuple[str, ...]) -> Recipients:
            found = made_people(*rows, channel=channel)
            told = {name: pd.Series([row.get(name) for row in rows], dtype="object") for name in facts}
            lacking = {name: column for name, column in told.items() if name not in found.people}
            frame = found.people.assign(**lacking)
            if channel == "sms":
                frame["reachable"] = frame.user_id.isin(phones)
            return replace(found, people=frame)

        request = DraftRequest(people, RELEASES, offers, Note("x"), AS_OF, Definitions(company="Acme"), brand)
        return pack(request, programme, AS_OF, past or Past(), plays, handbook, **more)

    return made


def reached(found: Pack) -> dict[str, list[tuple[str, str, date]]]:
    """Step → (person, channel, day)."""
    rows = found.people.sort_values("user_id")
    return {
        one.step.id: [
            (person, channel, day)
            for step, person, channel, day in zip(rows.step, rows.user_id, rows.channel, rows.day, strict=True)
            if step == one.step.id
        ]
        for one in found.steps
    }


def test_each_person_gets_the_text_for_their_reason_and_the_others_are_named(make: Make) -> None:
    found = make([FORMER, {**FORMER, "reason": "bug"}, {**FORMER, "reason": "moved"}, {**FORMER, "opted_out": True}])
    days = [AS_OF + timedelta(days=n) for n in (0, 10, 24, 38)]
    assert reached(found) == {
        "reconnect": [(f"U{n}", "email", days[0]) for n in range(3)],
        "reason": [("U0", "email", days[1]), ("U1", "email", days[1])],
        "offer": [("U0", "email", days[2])],
        "goodbye": [(f"U{n}", "email", days[3]) for n in range(3)],
    }
    assert dict(zip(found.people.user_id, found.people.message, strict=False))["U1"] != "DT23-price"
    assert [dict(one.held) for one in found.steps] == [
        {"SUP-01": 1}, {"STG": 1, "SUP-01": 1}, {"STG": 2, "SUP-01": 1}, {"SUP-01": 1},
    ]  # fmt: skip
    assert (found.chosen, found.reached) == (4, 3)


def test_a_person_is_reached_on_the_first_of_the_channels_that_is_open(make: Make) -> None:
    closed = {**FORMER, "bounced": True}
    found = make([FORMER, closed], phones=["U0"])
    assert [(person, channel) for person, channel, _ in reached(found)["offer"]] == [("U0", "email")]
    assert found.steps[2].channels == {"email": 1, "sms": 0}
    assert found.people.groupby(["user_id", "step"]).size().max() == 1


def test_what_anybody_sent_counts_and_the_schedule_gives_way(make: Make) -> None:
    yesterday = Contact(AS_OF - timedelta(days=1), "push")
    found = make([FORMER, FORMER], Past({"U1": [yesterday]}))
    assert reached(found)["reconnect"] == [("U0", "email", AS_OF), ("U1", "email", AS_OF + timedelta(days=1))]
    assert found.steps[0].moved == 1


def test_a_second_sequence_beyond_its_limit_is_dropped_with_its_rule(make: Make) -> None:
    before = [Contact(AS_OF - timedelta(days=days), "email", "win_back") for days in (10, 19, 28, 37)]
    found = make([FORMER], Past({"U0": before}))
    assert found.steps[0].dropped == {"FRQ-06": 1}
    assert reached(found)["reconnect"] == []


def test_of_two_campaigns_on_one_day_the_more_important_wins(make: Make) -> None:
    """A save that is planned stands, and the win-back moves; beside a save a promotion falls away."""
    save = Ahead("U0", Contact(AS_OF, "email"), "save")
    found = make([FORMER, FORMER], Past(ahead=[save]))
    assert [day for _, _, day in reached(found)["reconnect"]] == [AS_OF + timedelta(days=2), AS_OF]
    assert found.yields == 0
    lesser = Ahead("U0", Contact(AS_OF, "email"), "promotion")
    active = pd.Timestamp(AS_OF - timedelta(days=1))
    fading = {"fading": True, "recap": (("boards", 12),), "last_active_on": active, "account_active_on": active}
    first = make([fading], Past(ahead=[lesser]), programme="churn_prevention")
    assert first.yields == 1
    assert [day for _, _, day in reached(first)["recap"]] == [AS_OF]


def test_one_holdout_is_planned_over_all_people_of_the_campaign(make: Make) -> None:
    found = make([FORMER] * 20, share=0.2)
    assert (found.plan.held_out, found.plan.treated) == (4, 16)


def test_readers_without_a_text_are_counted_by_language(make: Make) -> None:
    found = make([FORMER, {**FORMER, "language": "de", "country": "DE"}])
    assert found.steps[0].lacking == {"de": 1}
    (check,) = [one for one in agreement(found.texts, found.steps, Brand("Acme")) if one.id == "PACK-LANGUAGE"]
    assert not check.passed


# ------------------------------------------------------------ agreement, each check once passed and once failed


def verdicts(texts: Sequence[Written], found: Pack, brand: Brand) -> dict[str, bool]:
    return {one.id: one.passed for one in agreement(texts, found.steps, brand)}


def changed(one: Written, **draft: Any) -> Written:
    """The text with another draft, or another offer."""
    offer = draft.pop("offer", one.prepared.offer)
    day = draft.pop("day", one.day)
    return replace(
        one, day=day, prepared=replace(one.prepared, offer=offer, draft=replace(one.prepared.draft, **draft))
    )


def test_the_messages_of_a_good_campaign_agree(make: Make, brand: Brand) -> None:
    french = {**FORMER, "language": "fr", "country": "FR"}
    found = make([FORMER, french])
    told = verdicts(found.texts, found, brand)
    assert told == dict.fromkeys(("PACK-OFFER", "PACK-FACTS", "PACK-FORM", "PACK-SENDER", "PACK-LANGUAGE"), True)


DISAGREE: list[tuple[str, Callable[[Written], dict[str, Any]]]] = [
    ("PACK-OFFER", lambda one: {"offer": Offer("return-30", "30% off", frozenset(), None, "")}),
    ("PACK-OFFER", lambda one: {"offer": None}),
    ("PACK-OFFER", lambda one: {"facts": {k: v for k, v in one.prepared.draft.facts.items() if k != "offer_until"}}),
    ("PACK-OFFER-DAY", lambda one: {"day": date(2027, 1, 2)}),
    ("PACK-FACTS", lambda one: {"facts": {**one.prepared.draft.facts, "wish": FIELDS["wish"].source}}),
    ("PACK-FORM", lambda one: {"checks": (Check("FR-01", "BLOCK", passed=False, reason=Note("x")),)}),
    ("PACK-SENDER", lambda one: {"facts": {"offer": "offers.terms", "offer_until": "offers.valid_to"}}),
]


@pytest.mark.slow
@pytest.mark.parametrize(("check", "spoil"), DISAGREE)
def test_one_text_that_differs_is_found(
    make: Make, brand: Brand, check: str, spoil: Callable[[Written], dict[str, Any]]
) -> None:
    found = make([FORMER, {**FORMER, "language": "fr", "country": "FR"}])
    last = max(at for at, one in enumerate(found.texts) if one.step == "offer")
    texts = [changed(one, **spoil(one)) if at == last else one for at, one in enumerate(found.texts)]
    assert verdicts(texts, found, brand)[check] is False


def test_a_brand_without_an_address_to_answer_to_is_told(make: Make) -> None:
    found = make([FORMER])
    assert verdicts(found.texts, found, Brand("Acme", "Ana"))["PACK-SENDER"] is False


# ------------------------------------------------------------ the demo company


def test_the_messages_of_the_past_are_those_that_independent_sql_counts(demo: Company) -> None:
    found = contacted(demo, AS_OF, 60)
    sends = demo.run(demo.tables["sends"])
    since = pd.Timestamp(AS_OF) - pd.Timedelta(days=60)
    mine = sends[(sends.occurred_at >= since) & (sends.occurred_at < pd.Timestamp(AS_OF) + pd.Timedelta(days=1))]
    mine = mine[
        ~mine.holdout.fillna(False).astype(bool) & ~mine.purpose.fillna("marketing").isin(("service", "transactional"))
    ]
    assert len(found) == len(mine[mine.user_id.notna()]) > 0


def gaps(days: Sequence[date]) -> Iterator[int]:
    return ((later - earlier).days for earlier, later in pairwise(sorted(days)))


def test_no_person_of_the_demo_gets_two_messages_within_a_day(make: Make) -> None:
    rows = [{**FORMER, "reason": reason} for reason in ("price", "bug", "service", "moved") * 5]
    past = {f"U{n}": [Contact(AS_OF - timedelta(days=n % 9), "email")] for n in range(20)}
    found = make(rows, Past(past))
    for person, mine in found.people.groupby("user_id"):
        days = [*mine.day, *(one.day for one in past[str(person)])]
        assert min(gaps(days)) >= 2
        assert all(sum(abs((other - day).days) <= 30 and other >= day for other in days) <= 4 for day in days)
