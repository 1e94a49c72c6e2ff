"""Support and loyalty on public data: figures equal those of pandas over the raw files, and a cut log is noticed."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from bot.analysis.measure import Analyst, measure
from bot.settings import read_workspace
from bot.sources.check import examine
from bot.types import Evidence, Grain, Intent, Query, Rights, Window
from bot.wiring import company_of

pytestmark = pytest.mark.real

HERE = Path(__file__).parent
MAY = Window(date(2016, 5, 1), date(2016, 6, 1), Grain.MONTH)
JUNE = Window(date(2016, 6, 1), date(2016, 7, 1), Grain.MONTH)


@pytest.fixture(scope="module")
def incidents(data: Path) -> Analyst:
    company = company_of(read_workspace(HERE / "it_incidents" / "workspace.toml"))
    return Analyst(company, Rights(), company.as_of(date(2026, 1, 1)))


def told(analyst: Analyst, metric: str, window: Window, *by: str, **variant: str) -> Evidence:
    return measure(analyst, Query(Intent.VALUE, metric, window, by=by, variant=tuple(variant.items())))


def raw(data: Path) -> pd.DataFrame:
    return pd.read_parquet(data / "it_incidents" / "tickets.parquet")


def test_incidents_of_a_month_are_those_of_the_raw_file(incidents: Analyst, data: Path) -> None:
    tickets = raw(data)
    may = tickets[(tickets.opened_at >= "2016-05-01") & (tickets.opened_at < "2016-06-01")]
    row = told(incidents, "ticket_volume", MAY).rows[0]
    assert (row["value"], row["n"]) == (len(may), may.caller_id.nunique())
    by = {row["priority"]: row["value"] for row in told(incidents, "ticket_volume", MAY, "priority").rows}
    names = {"1": "urgent", "2": "high", "3": "normal", "4": "low"}
    assert by == may.priority.astype(str).map(names).value_counts().to_dict()


def test_resolution_by_the_clock_is_the_median_of_the_raw_file(incidents: Analyst, data: Path) -> None:
    tickets = raw(data)
    solved = tickets[(tickets.resolved_at >= "2016-05-01") & (tickets.resolved_at < "2016-06-01")]
    hours = (solved.resolved_at - solved.opened_at).dt.total_seconds() / 3600
    hours = hours[hours >= 0]
    row = told(incidents, "resolution_time", MAY, hours="calendar").rows[0]
    assert (row["value"], row["n"]) == (pytest.approx(hours.median()), len(hours))
    business = told(incidents, "resolution_time", MAY).rows[0]
    assert business["n"] == len(hours)
    assert business["value"] < row["value"]
    reopened = told(incidents, "reopen_rate", MAY).rows[0]
    assert (reopened["part"], reopened["whole"]) == ((solved.reopen_count > 0).sum(), len(solved))


def test_the_first_answer_is_the_first_update_after_the_ticket_was_new(incidents: Analyst, data: Path) -> None:
    updates = pd.read_parquet(data / "it_incidents" / "ticket_events.parquet")
    worked = updates[~updates.incident_state.isin(["New", "-100"]) & (updates.sys_mod_count > 0)]
    first = worked.groupby("number").sys_updated_at.min()
    tickets = raw(data)
    may = tickets[(tickets.opened_at >= "2016-05-01") & (tickets.opened_at < "2016-06-01")]
    hours = (may.ticket_id.map(first) - may.opened_at).dt.total_seconds() / 3600
    hours = hours[hours >= 0]
    row = told(incidents, "first_response_time", MAY, hours="calendar").rows[0]
    assert (row["value"], row["n"]) == (pytest.approx(hours.median()), len(hours))


def test_the_cut_of_the_log_is_noticed_by_every_figure_after_it_and_by_the_check(incidents: Analyst) -> None:
    """The log is whole to the end of May 2016; the few tickets after that are no fall of demand."""
    assert [note.key for note in told(incidents, "ticket_volume", MAY).caveats] == []
    june = told(incidents, "ticket_volume", JUNE)
    (note,) = [note for note in june.caveats if note.key == "log_ends"]
    assert (june.rows[0]["value"], note.values["day"]) == (5, date(2016, 6, 1))
    assert note.values["before"] > 50 * note.values["since"]
    oddities = examine(incidents.company, datetime(2026, 1, 1)).oddities
    assert [(odd.table, odd.other) for odd in oddities if odd.key == "log_ends"] == [("tickets", "2016-06-01")]


def test_the_airlines_have_the_score_of_the_raw_answers_and_it_is_said_that_they_are_a_picture(data: Path) -> None:
    scores = pd.read_csv(data / "nps_airline" / "nps_responses.csv").score
    company = company_of(read_workspace(HERE / "nps_airline" / "workspace.toml"))
    analyst = Analyst(company, Rights(), company.as_of(date(2026, 1, 1)))
    found = told(analyst, "nps", Window(date(2020, 1, 1), date(2020, 2, 1), Grain.MONTH))
    row = found.rows[0]
    assert (row["promoters"], row["detractors"], row["whole"]) == ((scores > 8).sum(), (scores < 7).sum(), len(scores))
    assert "snapshot" in {note.key for note in found.caveats}
