"""What is over its time goes from the records; what was decided, or is still open, stays."""

from datetime import date, datetime, timedelta
from pathlib import Path

from bot.records import Records, open_records
from bot.slack.keeping import Keeping
from bot.types import Decision, Spent
from tests.slack.town import Sole

NOW = datetime(2026, 11, 10, 12)
LONG_AGO, LATELY = NOW - timedelta(days=400), NOW - timedelta(days=300)


def filled(records: Records, at: datetime, name: str) -> None:
    """One of each thing that is kept, from this instant."""
    key = {"team": "T1", "channel": "C1", "ts": name, "event": name}
    records.inbox.accept(**key, payload={"text": name}, now=at)
    records.threads.remember("T1", "C1", name, query=None, language="en", now=at)
    records.answers.keep(name, question=name, document={"text": name}, now=at)
    records.spending.add("U1", at.date(), Spent(1, 1))
    records.proposals.keep("Acme", "mark", name, document={}, state="open", by="U1", now=at)
    records.proposals.keep("Acme", "note", name, document={}, state="accepted", by="U1", now=at)
    records.promises.make(name, channel="C1", thread="1", asker="U1", document={}, due=date(2027, 1, 1), now=at)
    for state in ("ready", "approved", "rejected"):
        records.drafts.keep(f"{name} {state}", document={}, state=state, now=at)
    records.drafts.keep(f"{name} edited", document={}, state="held", now=at)
    records.decisions.add(Decision(f"{name} edited", "edit", "Nora", at, {}))


def test_what_is_over_its_time_goes_and_what_was_decided_stays(tmp_path: Path) -> None:
    with open_records(f"sqlite:///{tmp_path}/records.sqlite", timedelta(days=365)) as records:
        filled(records, LONG_AGO, "old")
        filled(records, LATELY, "new")
        gone = records.expire(NOW)
        assert gone == dict.fromkeys(("answers", "inbox", "threads", "spending", "proposals", "drafts"), 1)
        assert (records.answers.get("old"), records.answers.get("new")) == (None, {"text": "new"})
        assert records.threads.recall("T1", "C1", "old") is None
        assert records.threads.recall("T1", "C1", "new") is not None
        assert [one.event for one in records.inbox.unfinished(NOW)] == ["new"]
        assert records.spending.spent(LONG_AGO.date()) == Spent(0, 0)
        assert [one.name for one in records.proposals.all("Acme", "mark")] == ["new"]
        assert [one.name for one in records.proposals.all("Acme", "note")] == ["old", "new"]
        kept = {f"{name} {state}" for name in ("old", "new") for state in ("approved", "rejected", "edited")}
        assert {one.id for one in records.drafts.all()} == kept | {"new ready"}
        assert records.promises.due(datetime(2027, 1, 2)) == ["new", "old"]
        assert records.expire(NOW) == {}


def test_without_a_period_nothing_goes(tmp_path: Path) -> None:
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records:
        filled(records, LONG_AGO, "old")
        assert records.expire(NOW) == {}
        assert records.answers.get("old") is not None


def test_the_bot_sweeps_when_it_starts_and_once_a_day(tmp_path: Path) -> None:
    with open_records(f"sqlite:///{tmp_path}/records.sqlite", timedelta(days=365)) as records:
        clock = [NOW]
        keeping = Keeping(records, Sole(None), lambda: clock[0])
        for hours, left in ((0, False), (23, True), (24, False)):
            records.answers.keep("old", question="old", document={}, now=LONG_AGO)
            clock[0] = NOW + timedelta(hours=hours)
            keeping.sweep()
            assert (records.answers.get("old") is not None) is left
