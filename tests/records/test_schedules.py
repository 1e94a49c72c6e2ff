"""A due time is claimed once, and taken over when its worker died; of several missed the last. On both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, time, timedelta

from bot.records import Records, open_records
from bot.types import Cadence, Schedule

NOON = datetime(2026, 11, 9, 12)
LEASE = timedelta(minutes=1)
DAY = timedelta(days=1)


def daily(**changed: object) -> Schedule:
    one = Schedule("T1", "C1", "U1", Cadence.DAILY, time(9), "UTC", "fr", due=datetime(2026, 11, 10, 9))
    return replace(one, **changed)  # type: ignore[arg-type]  # the fields are of many types


def test_a_schedule_is_kept_whole_and_found_by_its_place_and_its_number(records: Records) -> None:
    weekly = daily(cadence=Cadence.WEEKLY, day=0, readers="success", personal=True, channel="D1")
    made = records.schedules.make(weekly, NOON)
    assert made == replace(weekly, id=made.id)
    other = records.schedules.make(daily(team="T2"), NOON)
    assert records.schedules.of("T1", "D1") == [made]
    assert records.schedules.get("T1", made.id) == made
    assert records.schedules.get("T1", other.id) is None


def test_the_same_schedule_made_twice_is_one_until_it_is_deleted(records: Records) -> None:
    made = records.schedules.make(daily(), NOON)
    assert records.schedules.make(daily(owner="U2"), NOON) == made
    assert records.schedules.make(daily(at=time(10)), NOON).id != made.id
    records.schedules.change(replace(made, state="deleted"))
    again = records.schedules.make(daily(), NOON)
    assert again.id != made.id
    assert records.schedules.get("T1", made.id) is None


def test_nothing_is_claimed_before_it_is_due_and_then_once(records: Records) -> None:
    made = records.schedules.make(daily(), NOON)
    assert records.schedules.claim(made.due - LEASE, "ann", LEASE) is None
    claimed = records.schedules.claim(made.due, "ann", LEASE)
    assert claimed is not None
    assert (claimed.schedule.id, claimed.due, claimed.tries) == (made.id, made.due, 1)
    assert records.schedules.claim(made.due, "bob", LEASE) is None
    assert records.schedules.of("T1", "C1")[0].due == made.due + DAY


def test_of_many_workers_at_once_one_gets_each_due_time(url: str, records: Records) -> None:
    made = [records.schedules.make(daily(channel=f"C{n}"), NOON) for n in range(5)]
    with open_records(url) as other, ThreadPoolExecutor(8) as pool:
        both = [records, other] * 10
        claims = list(
            pool.map(lambda pair: pair[1].schedules.claim(made[0].due, f"w{pair[0]}", LEASE), enumerate(both))
        )
    assert sorted(one.schedule.id for one in claims if one) == [one.id for one in made]


def test_of_the_times_that_were_missed_the_last_is_claimed(records: Records) -> None:
    made = records.schedules.make(daily(), NOON)
    late = made.due + 5 * DAY + LEASE
    claimed = records.schedules.claim(late, "ann", LEASE)
    assert claimed is not None
    assert claimed.due == made.due + 5 * DAY
    assert records.schedules.claim(late, "ann", LEASE) is None


def test_a_claim_whose_worker_died_is_taken_over_after_its_lease(records: Records) -> None:
    made = records.schedules.make(daily(), NOON)
    first = records.schedules.claim(made.due, "ann", LEASE)
    assert first is not None
    assert records.schedules.renew(("ann",), made.due + LEASE / 2, LEASE) == 1
    assert records.schedules.claim(made.due + LEASE, "bob", LEASE) is None
    second = records.schedules.claim(made.due + 2 * LEASE, "bob", LEASE)
    assert second is not None
    assert (second.due, second.tries, second.begun_at) == (made.due, 2, made.due)
    assert records.schedules.renew(("ann",), made.due + 2 * LEASE, LEASE) == 0
    assert not records.schedules.finish(first, "ann", made.due, "posted", "1.1")
    assert records.schedules.finish(second, "bob", made.due, "posted", "1.2")
    assert records.schedules.claim(made.due + 9 * LEASE, "bob", LEASE) is None
    assert records.schedules.posted(made.id) == [(made.due, "posted", "1.2")]


def test_what_was_left_unfinished_is_dropped_when_the_next_time_has_come(records: Records) -> None:
    made = records.schedules.make(daily(), NOON)
    records.schedules.claim(made.due, "ann", LEASE)
    claimed = records.schedules.claim(made.due + DAY, "bob", LEASE)
    assert claimed is not None
    assert claimed.due == made.due + DAY
    assert [state for _, state, _ in records.schedules.posted(made.id)] == ["dropped", "open"]


def test_a_time_that_was_posted_is_never_claimed_again_even_if_it_is_due_once_more(records: Records) -> None:
    made = records.schedules.make(daily(), NOON)
    claimed = records.schedules.claim(made.due, "ann", LEASE)
    assert claimed is not None
    records.schedules.finish(claimed, "ann", made.due, "posted", "1.1")
    records.schedules.change(made)  # put back by hand, or a clock that was
    assert records.schedules.claim(made.due, "bob", LEASE) is None
    assert records.schedules.of("T1", "C1")[0].due == made.due + DAY


def test_a_schedule_that_is_paused_is_not_claimed(records: Records) -> None:
    made = records.schedules.make(daily(), NOON)
    records.schedules.change(replace(made, state="paused"))
    assert records.schedules.claim(made.due + DAY, "ann", LEASE) is None


def test_a_schedule_follows_its_owner_only_if_nothing_else_changed_it(records: Records) -> None:
    made = records.schedules.make(daily(personal=True), NOON)
    assert records.schedules.personal(made.due) == [made]
    assert records.schedules.personal(made.due - LEASE) == []
    assert records.schedules.move(made, "Asia/Tokyo", made.due - 9 * DAY / 24)
    assert not records.schedules.move(made, "Europe/Rome", made.due)
    assert records.schedules.of("T1", "C1")[0].zone == "Asia/Tokyo"
