"""Whoever may not be written to is in no exported file, whatever the people and their reasons are."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bot.analysis.recipients import Recipients
from bot.drafting import Brand, load_handbook
from bot.drafting.cells import BOM
from bot.drafting.esp import load
from bot.drafting.export import LEFT, Parcel, export, headers
from bot.drafting.values import Telling
from bot.types import Assigned, Campaign, Variant
from tests.drafts.conftest import ROOT, made_people

TEXTS = (Variant("A", {"subject": "Hello {first_name|there}", "body": "{features_new}\n\n{link}\n{unsubscribe}"}),)
DOCUMENT: dict[str, Any] = {
    "language": "en", "channel": "email", "type": "DT12", "play": "p", "suppressed": {"SUP-02": 3}, "before": 9,
    "elsewhere": {}, "arms": {"holdout": 1, "treatment": 9}, "element": "subject", "unit": "user",
    "metric": "active_users", "window_days": 14, "alpha": 0.05, "power": 0.8, "base_rate": 0.05,
    "detectable": 0.1, "starts_on": "2026-11-10",
    "stop": {}, "salt": "c", "cut": "", "texts": {"A": 9}, "rules": "v", "confirmed": [], "sql": "SELECT 1",
    "query": {}, "rights": [],
}  # fmt: skip
CAMPAIGN = Campaign("c", "d", "Acme", DOCUMENT, "Ana", datetime(2026, 11, 10), date(2026, 12, 1))
SINCE = datetime(2026, 11, 10, 22)
"""Late in the evening in Europe, afternoon in New York."""
HANDBOOK = load_handbook(ROOT / "knowledge")

cases = some.lists(
    some.fixed_dictionaries(
        {
            "reason": some.sampled_from(["", "", "SUP-01", "SUP-02", "SUP-04", "FRQ-01", "FRQ-12", "LEG-01"]),
            "arm": some.sampled_from(["treatment", "treatment", "holdout", None]),
            "language": some.sampled_from(["en", "en", "fr"]),
            "country": some.sampled_from(["US", "FR", "PL"]),
            "word": some.sampled_from([None, "granted", "denied", "withdrawn"]),
            "first_name": some.sampled_from(["Anna", "=1+1", None, "@cmd"]),
        }
    ),
    min_size=1,
    max_size=12,
)


def written(
    people: Recipients, rows: list[dict[str, Any]], tool: str = "braze"
) -> tuple[list[dict[str, str]], dict[str, Any]]:
    """The rows of people.csv, and campaign.json."""
    frame = people.people.assign(
        news=pd.Series([("Forms",)] * len(rows), dtype="object"),
        language=[row["language"] for row in rows],
        country=[row["country"] for row in rows],
    )
    assigned = [
        Assigned(f"U{at}", f"A{at}", row["arm"], "A" if row["arm"] == "treatment" else "", row["country"], "en")
        for at, row in enumerate(rows)
        if row["arm"]
    ]
    words = [
        {
            "user_id": f"U{at}",
            "status": row["word"],
            "basis": "consent",
            "source": "form",
            "given_on": pd.Timestamp("2025-01-01"),
        }
        for at, row in enumerate(rows)
        if row["word"]
    ]
    columns = ["user_id", "status", "basis", "source", "given_on"]
    parcel = Parcel(
        CAMPAIGN, assigned, frame, pd.Series([row["reason"] for row in rows], dtype="object"),
        pd.DataFrame(words, columns=columns), TEXTS, HANDBOOK.policy, Brand("Acme"), None,
        Telling("en", date(2026, 11, 10)), {"rule": "", "hypothesis": "", "stop": ""}, SINCE,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        document = export(parcel, load()[tool], None, Path(folder))
        assert (Path(folder) / "headers.txt").exists() == ("headers.txt" in document["files"])
        text = (Path(folder) / "people.csv").read_text(encoding="utf-8").lstrip(BOM)
    return list(csv.DictReader(text.splitlines(keepends=True))), document


@settings(max_examples=60, deadline=None)
@given(cases)
def test_nobody_is_exported_who_may_not_be_written_to(rows: list[dict[str, Any]]) -> None:
    """In France customers, and in Poland everybody, must have said yes; in the United States nobody must have."""
    people = made_people(*({"first_name": row["first_name"]} for row in rows))
    exported, document = written(people, rows)
    may = {
        f"U{at}"
        for at, row in enumerate(rows)
        if row["arm"] == "treatment" and not row["reason"] and row["language"] == "en"
        and (row["word"] == "granted" or row["country"] == "US")
    }  # fmt: skip
    assert {row["id"] for row in exported} == may
    treated = sum(row["arm"] == "treatment" for row in rows)
    assert treated == len(exported) + sum(document["people"]["left_out_since"].values())
    assert all(row["first_name"] in ("Anna", "") for row in exported)


def test_who_is_no_longer_chosen_is_left_out_and_counted(people: Callable[..., Recipients]) -> None:
    row = {"reason": "", "arm": "treatment", "language": "en", "country": "US", "word": None, "first_name": "Anna"}
    both = [row, {**row}]
    found = people({}, {})
    gone = Recipients(found.people.head(1), found.base, found.unchecked)
    frame, document = written_without_second(gone, both)
    assert [one["id"] for one in frame] == ["U0"]
    assert document["people"]["left_out_since"] == {LEFT: 1}


def written_without_second(
    people: Recipients, rows: list[dict[str, Any]]
) -> tuple[list[dict[str, str]], dict[str, Any]]:
    """The export where the second of two people assigned is no longer among those the draft is for."""
    frame = people.people.assign(news=pd.Series([("Forms",)], dtype="object"), language=["en"], country=["US"])
    assigned = [Assigned(f"U{at}", f"A{at}", "treatment", "A", "US", "en") for at in range(len(rows))]
    words = pd.DataFrame([], columns=["user_id", "status", "basis", "source", "given_on"])
    parcel = Parcel(
        CAMPAIGN, assigned, frame, pd.Series([""], dtype="object"), words, TEXTS, HANDBOOK.policy, Brand("Acme"), None,
        Telling("en", date(2026, 11, 10)), {"rule": "", "hypothesis": "", "stop": ""}, SINCE,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        document = export(parcel, load()["neutral"], None, Path(folder))
        text = (Path(folder) / "people.csv").read_text(encoding="utf-8").lstrip(BOM)
    return list(csv.DictReader(text.splitlines(keepends=True))), document


@pytest.mark.parametrize("tool", load())
def test_every_tool_gets_a_file_with_its_own_columns(people: Callable[..., Recipients], tool: str) -> None:
    row = {"reason": "", "arm": "treatment", "language": "en", "country": "US", "word": "granted", "first_name": None}
    exported, document = written(people({"first_name": None}), [row], tool)
    made = load()[tool]
    columns = ["1", "2"] if made.numbered else [made.column("first_name"), made.column("features_new")]
    assert all(column in exported[0] for column in columns)
    assert exported[0][columns[0]] == ("there" if made.numbered else ""), (
        "a fallback stands in the text, or in the file"
    )
    assert "\n" not in exported[0][columns[1]]
    assert document["to_fill_in"] == sorted({"link", "unsubscribe"} - set(made.own))


def test_marketing_mail_without_a_tool_has_the_one_click_headers(people: Callable[..., Recipients]) -> None:
    """DEL-03, DEL-05, DEL-14: both lines, a link of its own, and short; a tool of the list adds its own."""
    row = {"reason": "", "arm": "treatment", "language": "en", "country": "US", "word": "granted", "first_name": "Anna"}
    for tool in load():
        assert ("headers.txt" in written(people({}), [row], tool)[1]["files"]) == (tool == "neutral")
    lines = headers(load()["neutral"], CAMPAIGN)
    assert lines[1:] == ("List-Unsubscribe: <{unsubscribe}>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    assert all(len(line) < 998 and line.isprintable() for line in lines)
