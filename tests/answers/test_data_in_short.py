"""The check of the data in a conversation: in short, and no more of it than its reader may see."""

from datetime import date

import pytest

from bot.health import MOST_ODDITIES, short
from bot.language import available, load
from bot.sources.check import Report, TableReport
from bot.sources.probes import Oddity


def report(oddities: int) -> Report:
    table = TableReport("accounts", 24, None, None, ("account_id",), ("region", "size"))
    odd = tuple(Oddity("duplicate_keys", "accounts", "account_id", n + 1, example=f"A{n}") for n in range(oddities))
    return Report((table,), ("invoices",), (), date(2026, 11, 2), False, False, None, None, False, odd, None)


@pytest.mark.parametrize("code", sorted(available()))
def test_tables_gaps_and_oddities_are_told_and_the_rest_is_counted(code: str) -> None:
    language = load(code)
    lines = list(short(report(MOST_ODDITIES + 2), (130, 135), language, counted=True, shown=True))
    text = "\n".join(lines)
    assert language.say("data_table", name="accounts", n=24) in text
    assert language.say("check_unmapped", tables=["invoices"]) in lines
    assert language.say("data_lack", name="accounts", n=2) in text
    assert sum(line.startswith("• ") for line in lines) == MOST_ODDITIES
    assert "A0" in text
    assert language.say("slack_home_more", n=2) in lines
    assert language.say("data_metrics", n=130, whole=135) in lines


def test_who_may_see_no_single_people_gets_no_examples() -> None:
    text = "\n".join(short(report(1), (135, 135), load("en"), counted=True, shown=False))
    assert "accounts.account_id" in text
    assert "A0" not in text


def test_who_sees_some_rows_only_is_told_no_counts_of_all() -> None:
    text = "\n".join(short(report(1), (135, 135), load("en"), counted=False, shown=True))
    assert "accounts" in text
    assert "24" not in text
    assert "account_id" not in text


def test_where_nothing_is_odd_that_is_said() -> None:
    assert load("en").say("check_no_oddities") in list(short(report(0), (1, 1), load("en"), counted=True, shown=True))
