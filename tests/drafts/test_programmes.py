"""The campaigns as written: what they may not say, and that no way through their steps breaks a cap."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.drafting import Handbook, Policy, load_handbook
from bot.drafting.cadence import Contact, limits, turns
from bot.drafting.programmes import load
from bot.errors import BadWorkspace
from bot.metrics import catalogue
from tests.drafts.conftest import ROOT

FOLDER = ROOT / "knowledge" / "campaigns"
WRITTEN = FOLDER.joinpath("win_back.toml").read_text(encoding="utf-8")
START = date(2026, 11, 10)
POLICY = load_handbook(ROOT / "knowledge").policy


def faults_of(folder: Path, text: str, handbook: Handbook) -> str:
    """What loading a folder with this one campaign says."""
    folder.joinpath("win_back.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadWorkspace, match="campaigns_broken") as broken:
        load(folder, handbook.policy, handbook.messages)
    return "\n".join(broken.value.values["gaps"])


def test_the_seven_campaigns_are_written_and_measured_by_metrics_that_exist(handbook: Handbook) -> None:
    assert list(handbook.programmes) == [
        "churn_prevention", "engagement", "loyalty", "onboarding", "reactivation", "referral", "win_back",
    ]  # fmt: skip
    measured = {name for one in handbook.programmes.values() for name in (one.goal, *one.guardrails)}
    assert measured <= set(catalogue())


def test_every_step_has_a_text_in_all_languages_on_each_of_its_channels(handbook: Handbook) -> None:
    known = {one.id: one for one in handbook.messages}
    lacking = [
        (one.id, step.id, id, channel)
        for one in handbook.programmes.values()
        for step in one.steps
        for id in step.messages
        for channel in set(step.channels) & set(known[id].channels)
        if set(known[id].languages(channel)) != {"en", "fr", "es", "pl"}
    ]
    assert lacking == []


FAULTS = [
    ('messages = ["DT23-reconnect"]', 'messages = ["DT99"]', "reconnect: no message is called DT99"),
    ('messages = ["DT23-reconnect"]', 'messages = ["DT27"]', "an offer never comes first"),
    ('messages = ["DT23-goodbye"]', 'messages = ["DT23-reconnect"]', "DT23-reconnect would reach a person twice"),
    ("wait = 10", "wait = 1", "reason: comes too soon, or is one too many (FRQ-01)"),
    ('"DT22", "DT23-fixed", "DT23-price"', '"DT28"', "offer: sells where too little before it does not (FRQ-15)"),
    ("wait = 0", "wait = 3", "the first step waits by its trigger alone"),
    ('channels = ["email", "sms"]', 'channels = ["email", "landing"]', "landing reaches no person"),
    ('channels = ["email", "sms"]', 'channels = ["push"]', "DT27 is written for none of its channels"),
    ('clicked = "exit"', 'clicked = "reconnect"', "clicked leads to reconnect, which is no later step"),
    ('clicked = "exit"', 'opened = "exit"', "no branch is called opened"),
    ('sequence = "win_back"', 'sequence = "siege"', "caps.toml has no sequence siege"),
    ('importance = "promotion"', 'importance = "mine"', "the order of caps.toml has no mine"),
    ("churned_eligible_for_win_back", "everybody", "no segment is called everybody"),
    ('event = "left"', 'event = "opened"', "no trigger is called opened"),
    ('id = "goodbye"', 'id = "offer"', "two steps are called offer"),
    ("window = 90", "windows = 90", "a field is missing, unknown, or of another kind"),
    ("window = 90", "window = ", "unreadable"),
]


@pytest.mark.parametrize(("was", "now", "said"), FAULTS)
def test_a_campaign_with_a_fault_names_it(tmp_path: Path, handbook: Handbook, was: str, now: str, said: str) -> None:
    assert was in WRITTEN
    assert said in faults_of(tmp_path, WRITTEN.replace(was, now, 1), handbook)


def test_all_faults_of_a_campaign_are_named_at_once(tmp_path: Path, handbook: Handbook) -> None:
    text = WRITTEN.replace("wait = 10", "wait = 1").replace('"DT27"', '"DT99"').replace("win-back", "nothing")
    found = faults_of(tmp_path, text, handbook)
    assert all(words in found for words in ("DT99", "FRQ-01", "carries out the play nothing"))


def test_a_fifth_message_of_a_win_back_in_sixty_days_is_one_too_many(tmp_path: Path, handbook: Handbook) -> None:
    more = '\n[[steps]]\nid = "again"\nwait = 14\nmessages = ["DT28"]\nchannels = ["email"]\n'
    assert "again: comes too soon, or is one too many (FRQ-06)" in faults_of(tmp_path, WRITTEN + more, handbook)


def test_a_step_left_out_gives_its_wait_to_the_next_one(handbook: Handbook) -> None:
    whole = handbook.programmes["win_back"]
    less = whole.without(["reason"])
    assert [(one.id, one.wait) for one in less.steps] == [("reconnect", 0), ("offer", 24), ("goodbye", 14)]
    assert [one.id for one in whole.without(["reconnect"]).steps if not one.wait] == ["reason"]


# ------------------------------------------------------------ the caps, by another count than the code's


def broken(contacts: list[Contact], policy: Policy) -> Iterator[str]:
    """The rules that a person's messages break: of every message, how many fall into the days that follow it."""
    frequency: dict[str, Any] = dict(policy.channels["frequency"])
    caps = tomllib.loads((ROOT / "knowledge" / "policy" / "caps.toml").read_text(encoding="utf-8"))
    for one in contacts:
        after = [(other.day - one.day).days for other in contacts if other.day >= one.day]
        for name, days in (("day", 1), ("week", 7), ("month", 30)):
            if sum(gap <= days for gap in after) > frequency[name]:
                yield f"FRQ-01 {name}"
        same = [(o.day - one.day).days for o in contacts if o.word == one.word and o.day >= one.day]
        if one.word in caps["gap_hours"] and sum(gap * 24 <= 24 for gap in same) > 1:
            yield "FRQ-02"
        most = caps["most"].get(one.word, {})
        if sum(gap <= 7 for gap in same) > most.get("week", 9) or sum(gap <= 30 for gap in same) > most.get("month", 9):
            yield "FRQ-03"
        if one.kind in caps["sequence"]:
            rule = caps["sequence"][one.kind]
            if (
                sum((o.day - one.day).days <= rule["days"] for o in contacts if o.kind == one.kind and o.day >= one.day)
                > rule["messages"]
            ):
                yield "FRQ-06"
    named = [one.message for one in contacts if one.message]
    if len(named) != len(set(named)):
        yield "FRQ-05"


past = some.lists(
    some.builds(
        lambda ago, word, kind: Contact(START - timedelta(days=ago), word, kind),
        some.integers(0, 60),
        some.sampled_from(["email", "sms", "push"]),
        some.sampled_from(["", "win_back", "re_engagement"]),
    ),
    max_size=6,
)
planned = some.lists(
    some.tuples(
        some.integers(0, 20),
        some.none() | some.builds(
            lambda word, kind, message: Contact(START, word, kind, message),
            some.sampled_from(["email", "sms", "push", "post"]),
            some.sampled_from(["", "win_back", "re_engagement"]),
            some.sampled_from(["DT22", "DT27", "DT28", "DT38"]),
        ),
    ),
    min_size=1,
    max_size=7,
)  # fmt: skip


@given(past, planned)
def test_whatever_was_sent_no_planned_message_breaks_a_cap(
    sent: list[Contact], steps: list[tuple[int, Contact | None]]
) -> None:
    """The past may break a cap by itself; what is planned never adds to it."""
    before = set(broken(sent, POLICY))
    found = turns(steps, START, sent, limits(POLICY), 7)
    made = [
        contact._replace(day=turn.day)
        for (_, contact), turn in zip(steps, found, strict=True)
        if contact is not None and turn is not None and turn.day is not None
    ]
    if not before:
        assert list(broken([*sent, *made], POLICY)) == []
    assert list(broken(made, POLICY)) == []
    assert [one.day for one in made] == sorted(one.day for one in made)
    assert all(
        (turn is None) == (contact is None) and (turn is None or (turn.day is None) == bool(turn.rule))
        for (_, contact), turn in zip(steps, found, strict=True)
    )


def test_a_message_of_yesterday_moves_the_first_step_and_all_that_follow() -> None:
    steps = [(0, Contact(START, "email")), (10, Contact(START, "email"))]
    found = turns(steps, START, [Contact(START - timedelta(days=1), "push")], limits(POLICY), 7)
    assert [one and one.day for one in found] == [date(2026, 11, 11), date(2026, 11, 21)]


def test_a_message_that_finds_no_day_in_a_week_is_dropped_and_names_its_rule() -> None:
    month = [Contact(START - timedelta(days=ago), "push") for ago in (1, 4, 9, 13)]
    (found,) = turns([(0, Contact(START, "email"))], START, month, limits(POLICY), 7)
    assert (found and found.day, found and found.rule) == (None, "FRQ-01")
