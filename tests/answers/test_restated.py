"""Figures that were posted are held against the data: what is shown otherwise is said, with the rows that did it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.access import BUILT_IN
from bot.documents import query_document
from bot.engines.answers.alerts import Rule
from bot.language import load
from bot.records import Records, open_records
from bot.service import Service
from bot.types import Alert, Answer, Grain, Intent, Query, Question, RowFilter, Window
from bot.wiring import service_of
from tests.served import FINGERS

MONDAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 2, 9)
OCTOBER = Window(date(2026, 10, 1), date(2026, 11, 1), Grain.MONTH, name="month")
RIGHTS = replace(BUILT_IN["analyst"], drafts=False)
"""Weighing what to draft takes a summary seconds, and states nothing that is held."""
LATE = "S99,A8,2026-10-27,,active,starter,1,33.4,0,,,,,,,,\n"
"""A second subscription of A8's, of the week before, that the data did not have on Monday."""
Kept = dict[str, Any]


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    with open_records(f"sqlite:///{tmp_path_factory.mktemp('restated')}/records.sqlite") as opened:
        yield opened


@pytest.fixture(scope="module")
def monday(records: Records) -> Service:
    return served(FINGERS, records, MONDAY)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The tables of the finger-count company, as files of the test's own."""
    folder = tmp_path / "data"
    folder.mkdir()
    for file in (FINGERS.parent / "data").iterdir():
        (folder / file.name).write_text(file.read_text())
    (tmp_path / "workspace.toml").write_text(FINGERS.read_text())
    return folder


def served(workspace: Path, records: Records, as_of: date) -> Service:
    service = service_of(workspace, as_of)
    service.__dict__["records"] = records
    return service


def asked(language: str = "en", rights: Any = RIGHTS, day: datetime = NOW) -> Question:
    return Question("", day, rights, asker="U1", language=language)


def held(service: Service, answer: Answer | None) -> Kept | None:
    """What is kept of an answer, as the records give it back."""
    assert answer is not None
    return json.loads(json.dumps(service.clerk.stated(answer, asked())))


def chosen(service: Service, query: Query) -> Kept | None:
    return held(service, service.choose(asked(), query_document(query)))


@pytest.fixture(scope="module")
def mrr(monday: Service) -> Kept:
    """What is kept of MRR in October, as it was posted on Monday: 950 euros."""
    kept = chosen(monday, Query(Intent.VALUE, "mrr", OCTOBER))
    assert kept is not None
    return kept


class Later:
    """The bot a week after, on the tables as they are then."""

    def __init__(self, data: Path, records: Records) -> None:
        self.service = served(data.parent / "workspace.toml", records, MONDAY + timedelta(weeks=1))

    def says(self, kept: Kept, language: str = "en", rights: Any = RIGHTS) -> tuple[Answer, Any] | None:
        return self.service.clerk.restated(kept, asked(language, rights, NOW + timedelta(weeks=1)))

    def text(self, kept: Kept) -> str:
        found = self.says(kept)
        return found[0].text if found else ""


def rewrite(data: Path, change: Callable[[str], str]) -> None:
    """Subscriptions as they came later."""
    file = data / "subscriptions.csv"
    before = file.read_text()
    file.write_text(change(before))
    assert file.read_text() != before


def test_the_figures_of_a_summary_stand_until_a_late_row_restates_one(monday: Service, data: Path, records) -> None:
    kept = held(monday, monday.weekly(asked()))
    assert kept is not None
    metrics = [one["query"]["metric"] for one in kept["figures"]]
    assert metrics == ["churned_customers", "new_customers", "mrr", "active_users"]
    assert kept["until"] == "2026-12-28"
    assert Later(data, records).says(kept) is None
    rewrite(data, lambda text: text + LATE)
    found = Later(data, records).says(kept)
    assert found is not None
    assert found[0].text.splitlines() == [
        "The data has changed since this was posted, and so has what it says:",
        "• MRR in the week of 26 October to 1 November 2026: it was €950, it is €983 now.",
        "What did it, as far as the data tells: 1 row of subscriptions came after it was posted.",
    ]
    assert Later(data, records).says(json.loads(json.dumps(found[1]))) is None, "it is said once"


@pytest.mark.parametrize("code", ["en", "pl"])
def test_what_was_and_is_said_of_it_is_borne_out(code: str, mrr: Kept, data: Path, records) -> None:
    rewrite(data, lambda text: text + LATE)
    later = Later(data, records)
    found, language = later.says(mrr, code), load(code)
    assert found is not None
    answer, say = found[0], language.say
    then, now = (say("restated_as_figure", value=value, unit="money", currency="EUR") for value in (950, 983.4))
    assert say("restated_line", metric="mrr", window=OCTOBER, then=then, now=now) in answer.text
    assert say("restated_more", n=1, table="subscriptions") in answer.text
    assert later.service.unfounded(answer.text, answer.evidence, language) == []


def test_a_corrected_row_is_told_and_that_the_data_does_not_say_which(mrr: Kept, data: Path, records) -> None:
    rewrite(data, lambda text: text.replace("starter,1,90,0", "starter,1,95,0"))
    text = Later(data, records).text(mrr)
    assert "MRR in October 2026: it was €950.00, it is €955.00 now." in text
    assert "there are as many rows of subscriptions as then, so some were corrected" in text


def test_a_row_that_is_gone_is_told_too(mrr: Kept, data: Path, records) -> None:
    rewrite(data, lambda text: "".join(line for line in text.splitlines(keepends=True) if not line.startswith("S8,")))
    assert "1 row of subscriptions fewer than when it was posted" in Later(data, records).text(mrr)


def test_a_difference_that_is_not_shown_is_none(mrr: Kept, data: Path, records) -> None:
    """A summary shows MRR without cents, other answers with them."""
    rounded = {**mrr, "figures": [{**one, "form": "rounded"} for one in mrr["figures"]]}
    rewrite(data, lambda text: text.replace("starter,1,90,0", "starter,1,90.3,0"))
    later = Later(data, records)
    assert later.says(rounded) is None
    assert "it was €950.00, it is €950.30 now" in later.text(mrr)


def test_a_share_of_an_alert_is_restated_by_its_period(monday: Service, data: Path, records) -> None:
    """A3, who left on 15 October, did not leave after all."""
    rule = Rule("1", Alert(Query(Intent.VALUE, "churn_rate"), "above", 0.05), "U1", NOW, "en")
    kept = held(monday, monday.clerk.judged(rule, asked())[0])
    assert kept is not None
    assert [one["query"]["metric"] for one in kept["figures"]] == ["churn_rate"]
    rewrite(data, lambda text: text.replace("2026-03-15,2026-10-15", "2026-03-15,2026-11-15"))
    assert "Churn rate in October 2026: it was 37.5%, it is 25.0% now." in Later(data, records).text(kept)


def test_one_who_sees_other_rows_by_now_is_told_nothing_of_what_was_posted(mrr: Kept, data: Path, records) -> None:
    rewrite(data, lambda text: text + LATE)
    assert Later(data, records).says(mrr, rights=replace(RIGHTS, row_filters=(RowFilter("country", ("PL",)),))) is None


def test_what_is_open_several_or_a_list_is_not_held(monday: Service) -> None:
    november = Window(date(2026, 11, 1), date(2026, 12, 1), Grain.MONTH, name="month")
    assert chosen(monday, Query(Intent.VALUE, "mrr", november)) is None
    assert chosen(monday, Query(Intent.BREAKDOWN, "mrr", OCTOBER, by=("country",))) is None
    assert chosen(monday, Query(Intent.LIST_PEOPLE, "churned_customers", OCTOBER)) is None
