"""How much of what a person gets may sell: which messages do, and which of ours count beside the company's own."""

from __future__ import annotations

from datetime import datetime, timedelta

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.analysis.recipients import recipients
from bot.drafting import Handbook, Policy, load_handbook
from bot.drafting.ours import Ours
from bot.sources import Company
from bot.sources.demo import FOLDER
from bot.types import Touch
from tests.drafts.conftest import AS_OF, ROOT, made_people

NOON = datetime(2026, 11, 9, 12)
POLICY = load_handbook(ROOT / "knowledge").policy


def test_what_states_an_offer_sells_and_what_is_owed_or_only_asks_does_not(handbook: Handbook, policy: Policy) -> None:
    assert {one.type for one in handbook.messages if one.offer} <= {name for name in policy.kinds if policy.sells(name)}
    owed = [
        name for name, kind in policy.kinds.items() if kind.sells and (kind.service or kind.survey or kind.farewell)
    ]
    assert owed == []


@given(st.lists(st.sampled_from(["offer", "DT27", "DT12", "DT37", "newsletter", "untold"]), max_size=12))
def test_after_one_more_that_sells_half_still_do_not(touches: list[str]) -> None:
    counted = [one for one in touches if one != "DT37"]
    selling = sum(one in {"offer", "DT27"} for one in counted) + 1
    assert POLICY.oversells(touches) == (bool(counted) and 2 * (len(counted) + 1 - selling) < len(counted) + 1)


def test_our_own_exports_count_once_and_for_ninety_days() -> None:
    written = [
        Touch("U0", NOON, "shown", "DT27"),
        Touch("U0", NOON - timedelta(days=80), "own", "DT40"),
        Touch("U0", NOON - timedelta(days=90), "old", "DT36"),
        Touch("U1", NOON, "shown", "DT27"),
    ]
    people = made_people({"touches_90": "offer", "received": "shown\nspring"}, {}, {"touches_90": "digest"})
    told = Ours(written=written).told(people, AS_OF, "UTC").people
    assert list(told.touches_90) == ["offer DT40", "DT27", "digest"]
    assert list(told.messages_30) == [1, 1, 0]


@pytest.mark.slow
@pytest.mark.parametrize("channel", ["email", "sms"])
def test_the_touches_of_the_demo_are_those_that_sql_counts(channel: str, demo: Company) -> None:
    connection = duckdb.connect()
    for name in ("sends", "campaigns"):
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{FOLDER / name}.parquet')")
    rows = connection.execute("""
        SELECT user_id, string_agg(type, ' ' ORDER BY type) FROM sends JOIN campaigns USING (campaign_id)
        WHERE purpose = 'marketing' AND NOT coalesce(holdout, false)
          AND occurred_at >= TIMESTAMP '2026-08-12' AND occurred_at < TIMESTAMP '2026-11-11' GROUP BY 1""").fetchall()
    people: pd.DataFrame = recipients(demo, [f"A{n:04}" for n in range(1, 1001)], AS_OF, channel).people
    got = {user: touches for user, touches in zip(people.user_id, people.touches_90, strict=True) if touches}
    assert len(got) > 100
    assert got == {user: touches for user, touches in rows if user in set(people.user_id)}
