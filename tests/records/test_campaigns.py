"""Decisions are only ever added; an approved campaign keeps its people, and its counts when one is forgotten."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

from bot.records import Records
from bot.types import Assigned, Campaign, Decision
from bot.types.campaigns import Arm

NOON = datetime(2026, 11, 2, 12)
DAY = timedelta(days=1)


def campaign(id: str = "c1", draft: str = "d1", ends_on: date = date(2027, 2, 1)) -> Campaign:
    return Campaign(id, draft, "Acme", {"arms": {"holdout": 1, "treatment": 2}, "type": "DT12"}, "Ana", NOON, ends_on)


def person(number: int, arm: Arm = "treatment") -> Assigned:
    return Assigned(f"U{number}", f"A{number}", arm, "" if arm == "holdout" else "A", "FR", "fr")


PEOPLE = [person(1, "holdout"), person(2), person(3)]


def test_decisions_come_back_in_their_order_and_by_draft(records: Records) -> None:
    said = [
        Decision("d1", "edit", "Ana", NOON, {"part": "subject", "text": "Zażółć « gęślą »"}),
        Decision("d2", "reject", "Bruno", NOON, {"reason": "too early"}),
        Decision("d1", "approve", "Bruno", NOON - DAY),
    ]
    for one in said:
        records.decisions.add(one)
    assert records.decisions.of("d1") == [said[0], said[2]]
    assert records.decisions.of("d9") == []


def test_a_draft_that_is_written_again_keeps_what_was_decided_about_it(records: Records) -> None:
    assert records.drafts.add("d1", document={"n": 1}, state="ready", now=NOON)
    records.drafts.move("d1", "rejected")
    assert not records.drafts.add("d1", document={"n": 2}, state="ready", now=NOON + DAY)
    kept = records.drafts.get("d1")
    assert kept is not None
    assert (kept.state, kept.document, kept.created_at) == ("rejected", {"n": 1}, NOON)
    records.drafts.move("d1", "held", document={"n": 3})
    changed = records.drafts.get("d1")
    assert changed is not None
    assert (changed.state, changed.document) == ("held", {"n": 3})


def test_a_campaign_is_found_by_its_id_and_by_its_draft_with_its_people(records: Records) -> None:
    assert records.campaigns.freeze(campaign(), PEOPLE)
    assert records.campaigns.get("c1") == campaign() == records.campaigns.get("d1")
    assert records.campaigns.get("c9") is None
    assert records.campaigns.people("c1") == PEOPLE
    assert records.campaigns.all("Acme") == [campaign()]
    assert records.campaigns.all("Other") == []


def test_two_who_approve_at_once_freeze_one_campaign(records: Records) -> None:
    """The second leaves nothing behind, not even people."""
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda n: records.campaigns.freeze(campaign(f"c{n}"), PEOPLE), range(4)))
    assert sum(made) == 1
    assert sum(len(records.campaigns.people(f"c{n}")) for n in range(4)) == 3


def test_ten_thousand_people_are_frozen_together(records: Records) -> None:
    assert records.campaigns.freeze(campaign(), [person(n) for n in range(10_001)])
    assert len(records.campaigns.people("c1")) == 10_001


def test_forgetting_a_person_takes_the_id_and_leaves_the_count(records: Records) -> None:
    records.campaigns.freeze(campaign(), PEOPLE)
    records.campaigns.freeze(campaign("c2", "d2"), PEOPLE[:2])
    assert records.campaigns.forget("U1") == 2
    assert records.campaigns.forget("U1") == 0
    assert [one.person for one in records.campaigns.people("c1")] == ["U2", "U3"]
    kept = records.campaigns.get("c1")
    assert kept is not None
    assert kept.document["arms"] == {"holdout": 1, "treatment": 2}


def test_who_is_held_out_counts_until_the_campaign_ends(records: Records) -> None:
    records.campaigns.freeze(campaign(), PEOPLE)
    assert records.campaigns.held_out("Acme", date(2027, 1, 31)) == {"A1"}
    assert records.campaigns.held_out("Acme", date(2027, 2, 1)) == set()
    assert records.campaigns.held_out("Other", date(2027, 1, 31)) == set()


def test_only_treated_people_of_exported_campaigns_were_written_to(records: Records) -> None:
    records.campaigns.freeze(campaign(), PEOPLE)
    assert records.campaigns.written_to("Acme", NOON - DAY) == []
    records.campaigns.exported("c1", NOON)
    records.campaigns.exported("c1", NOON + DAY)
    left = records.campaigns.written_to("Acme", NOON - DAY)
    assert sorted((one.person, one.at, one.campaign, one.type) for one in left) == [
        ("U2", NOON, "c1", "DT12"),
        ("U3", NOON, "c1", "DT12"),
    ]
    assert records.campaigns.written_to("Acme", NOON - DAY, but=["c1"]) == []
    assert records.campaigns.written_to("Acme", NOON + DAY) == []
