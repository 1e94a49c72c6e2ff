"""From draft to file: decided by name, checked anew, frozen, and exported without those who may not be written to."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bot.access import BUILT_IN
from bot.drafting.cells import BOM
from bot.drafting.freeze import draw_of
from bot.engines.answers import decided as deciding
from bot.engines.answers import drafts as writing
from bot.errors import BadQuestion, NotAllowed
from bot.language import available, load
from bot.records import Records, open_records
from bot.service import Service
from bot.types import Answer, Deed, Intent, Order, Place, Query, Question, filters
from tests.served import DEMO, served

EN = load("en")
NOW = datetime(2026, 11, 10, 12)
MARKETER = BUILT_IN["marketer"]


@pytest.fixture(scope="module")
def whole() -> Iterator[Service]:
    """The demo company, whose people are read once: its data does not change between two steps of a test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("accounts_of", "recipients", "shipped"):
            patch.setattr(writing, name, once(getattr(writing, name)))
        patch.setattr(deciding, "rule_sql", once(deciding.rule_sql))
        patch.setattr(deciding, "unit_of", once(deciding.unit_of))
        yield served(DEMO, None)  # type: ignore[arg-type] # each test brings its own records


def once(read: Callable[..., Any]) -> Callable[..., Any]:
    """The same answer to the same question, asked of the data one time."""
    kept: dict[str, Any] = {}

    def asked(first: Any, *rest: Any) -> Any:
        key = repr((getattr(first, "rights", None), rest))
        if key not in kept:
            kept[key] = read(first, *rest)
        return kept[key]

    return asked


@pytest.fixture
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    with open_records(f"sqlite:///{tmp_path_factory.mktemp('records')}/records.sqlite") as made:
        yield made


@pytest.fixture
def service(whole: Service, records: Records) -> Service:
    whole.__dict__["records"] = records
    return whole


def question(**more: Any) -> Question:
    return Question(**{"text": "", "now": NOW, "rights": MARKETER, "asker": "U1", "language": "en", **more})


def drafted(service: Service, country: str = "FR", language: str = "fr", **more: Any) -> str:
    query = Query(Intent.DRAFT, filters=filters({"country": [country]}), subject="slipping_away", language=language)
    answer = service.draft(question(**more), query, None, None, "email")
    assert answer.error is None, answer.text
    return answer.drafts[0].id


def decide(service: Service, deed: Deed, **more: Any) -> Answer:
    return service.decided.decide(question(**more), deed, EN)


def approved(service: Service, id: str, **more: Any) -> str:
    answer = decide(service, Deed("approve", id, "Ana", confirmed=True), **more)
    assert answer.error is None, answer.text
    return str(next(one.values["campaign"] for one in answer.findings if one.key == "draft_approved"))


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").lstrip(BOM).splitlines(keepends=True)))


def export(service: Service, id: str, folder: Path, tool: str = "customer_io", **more: Any) -> dict[str, Any]:
    order = Order(id, folder, tool, more.pop("link", None), "Ana")
    answer = service.export(question(**more), order, EN)
    assert answer.error is None, answer.text
    return json.loads((folder / "campaign.json").read_text(encoding="utf-8"))


# Who, and what for


@pytest.mark.slow
@pytest.mark.parametrize("role", ["viewer", "analyst"])
def test_only_roles_that_may_approve_decide(service: Service, role: str) -> None:
    id = drafted(service)
    for deed in (Deed("approve", id, "Ana"), Deed("reject", id, "Ana", reason="no"), Deed("edit", id, "Ana")):
        with pytest.raises(NotAllowed):
            decide(service, deed, rights=BUILT_IN[role])
    assert service.records.decisions.of(id) == []


def test_a_decision_has_a_name_and_is_kept_with_it(service: Service) -> None:
    id = drafted(service)
    with pytest.raises(BadQuestion, match="decision_needs_name"):
        decide(service, Deed("reject", id, " ", reason="too early"))
    decide(service, Deed("reject", id, "Ana", reason="too early"))
    (kept,) = service.records.decisions.of(id)
    assert (kept.verb, kept.by, kept.at, kept.document) == (
        "reject", "Ana", NOW, {"reason": "too early", "asker": "U1", "role": "marketer"},
    )  # fmt: skip


def test_a_held_draft_needs_the_confirmation_of_a_named_person(service: Service) -> None:
    id = drafted(service)
    answer = decide(service, Deed("approve", id, "Ana"))
    assert answer.error is not None
    assert answer.error.key == "draft_held_now"
    assert "PER-AMBER" in answer.text
    assert service.records.campaigns.get(id) is None
    campaign = service.records.campaigns.get(approved(service, id))
    assert campaign is not None
    assert "PER-AMBER" in campaign.document["confirmed"]
    assert service.records.decisions.of(id)[-1].document["confirmed"] == campaign.document["confirmed"]


def test_a_draft_that_is_blocked_now_is_not_approved_and_says_why(service: Service) -> None:
    """Ready when it was shown; an edit that no check lets through stands against it."""
    id = drafted(service)
    edited = decide(service, Deed("edit", id, "Ana", part="body", text="Cher client, vous nous manquez ! {link}"))
    assert "CON-01" in edited.text
    answer = decide(service, Deed("approve", id, "Ana", confirmed=True))
    assert answer.error is not None
    assert answer.error.key == "draft_blocked_now"
    assert "CON-01" in answer.text
    assert service.records.campaigns.get(id) is None


def test_an_edit_changes_all_variants_but_for_what_they_differ_in(service: Service) -> None:
    id = drafted(service)
    preheader = "Ce qui est nouveau pour votre équipe, en quelques lignes."
    decide(service, Deed("edit", id, "Ana", part="preheader", text=preheader))
    with pytest.raises(BadQuestion, match="edit_names_variant"):
        decide(service, Deed("edit", id, "Ana", part="subject", text="Quoi de neuf"))
    decide(service, Deed("edit", id, "Ana", part="subject", text="Quoi de neuf", variant="B"))
    kept = service.records.drafts.get(id)
    assert kept is not None
    first, second = deciding.variants_of(kept.document["draft"])
    assert (first["preheader"], second["preheader"]) == (preheader, preheader)
    assert (first["subject"] != second["subject"], second["subject"]) == (True, "Quoi de neuf")
    campaign = service.records.campaigns.get(approved(service, id))
    assert campaign is not None
    assert deciding.variants_of(campaign.document)[1]["subject"] == "Quoi de neuf"


def test_what_is_approved_or_rejected_does_not_change(service: Service) -> None:
    id = drafted(service)
    approved(service, id)
    for deed in (Deed("approve", id, "Bruno", confirmed=True), Deed("reject", id, "Bruno", reason="no, not yet")):
        with pytest.raises(BadQuestion, match="draft_is_approved"):
            decide(service, deed)


def test_a_rejected_draft_stays_rejected_when_it_is_asked_for_again(service: Service) -> None:
    id = drafted(service)
    decide(service, Deed("reject", id, "Ana", reason="too early"))
    assert drafted(service) == id
    with pytest.raises(BadQuestion, match="draft_is_rejected"):
        decide(service, Deed("approve", id, "Ana", confirmed=True))


def test_a_snoozed_draft_says_until_when_and_comes_back(service: Service) -> None:
    id = drafted(service)
    with pytest.raises(BadQuestion, match="snooze_needs_day"):
        decide(service, Deed("snooze", id, "Ana", until=NOW.date()))
    decide(service, Deed("snooze", id, "Ana", until=date(2026, 11, 20)))
    keys = {
        day: service.decided.listed(question(now=day), EN).findings[0].key for day in (NOW, NOW + timedelta(days=10))
    }
    assert list(keys.values()) == ["drafts_listed_snoozed", "drafts_listed_held"]


@pytest.mark.parametrize("code", available())
def test_every_step_is_told_in_each_language(service: Service, code: str, tmp_path: Path) -> None:
    id, spoken = drafted(service), load(code)
    for deed in (Deed("snooze", id, "Ana", until=date(2026, 12, 1)), Deed("approve", id, "Ana"),
                 Deed("approve", id, "Ana", confirmed=True)):  # fmt: skip
        assert service.decided.decide(question(language=code), deed, spoken).text
    answer = service.export(question(), Order(id, tmp_path / code, "braze", None, "Ana"), spoken)
    assert answer.text
    assert service.decided.listed(question(), spoken).text


# What is frozen


def test_arms_are_as_many_as_planned_and_of_the_hash_alone(service: Service) -> None:
    id = drafted(service)
    campaign = service.records.campaigns.get(approved(service, id))
    assert campaign is not None
    people, draw = service.records.campaigns.people(campaign.id), draw_of(campaign.document)
    assert campaign.document["arms"] == {"holdout": 2, "treatment": 15}
    assert [(one.arm, one.variant) for one in people] == [
        (draw.arm(one.account), draw.variant(one.account)) for one in people
    ]
    assert campaign.document["unit"] == "account", "in this company accounts have several users"
    assert campaign.ends_on == date(2026, 11, 24), "whole weeks, two at least"


def test_who_our_running_campaign_holds_out_gets_no_other_message(service: Service) -> None:
    first = approved(service, drafted(service))
    held = {one.account for one in service.records.campaigns.people(first) if one.arm == "holdout"}
    query = Query(Intent.DRAFT, subject="slipping_away", language="fr")
    draft = service.draft(question(), query, None, None, "email").drafts[0]
    assert draft.audience.suppressed["SUP-15"] == len(held)
    assert not held & {one["account_id"] for one in draft.audience.people}


def test_an_export_of_ours_counts_in_the_caps_of_other_messages(service: Service, tmp_path: Path) -> None:
    query = Query(Intent.DRAFT, subject="slipping_away", language="fr")

    def held_back(kind: str) -> dict[str, int]:
        return dict(service.draft(question(), query, None, kind, "email").drafts[0].audience.suppressed)

    before = {kind: held_back(kind) for kind in ("DT12", "DT15")}
    campaign = approved(service, drafted(service))
    document = export(service, campaign, tmp_path)
    many = document["people"]["exported"]
    assert held_back("DT15")["FRQ-01"] == before["DT15"].get("FRQ-01", 0) + many, "another message"
    assert held_back("DT12")["FRQ-05"] == many, "the same message, for good"
    assert "FRQ-05" not in before["DT12"]
    assert export(service, campaign, tmp_path / "again")["people"]["exported"] == document["people"]["exported"]


@pytest.mark.slow
def test_an_approver_reaches_nobody_whom_the_author_could_not_see(service: Service) -> None:
    spain = service.rights_of("spain", Place.DM)
    query = Query(Intent.DRAFT, subject="slipping_away", language="es")
    draft = service.draft(question(rights=spain), query, None, None, "email").drafts[0]
    campaign = approved(service, draft.id)
    assert {one.country for one in service.records.campaigns.people(campaign)} <= {"ES"}


def test_a_message_that_the_own_data_shows_as_sent_is_not_sent_again(service: Service, tmp_path: Path) -> None:
    """The records may have forgotten the people: their own table of messages has our campaign beside each."""
    campaign = approved(service, drafted(service))
    treated = [one.person for one in service.records.campaigns.people(campaign) if one.arm == "treatment"]
    export(service, campaign, tmp_path)
    found = service.decided.ours(service.decided.analyst(MARKETER, NOW)).sent("DT12")
    assert (found.campaigns, found.people) == ({campaign}, set(treated))
    for person in treated:
        service.records.campaigns.forget(person)
    found = service.decided.ours(service.decided.analyst(MARKETER, NOW)).sent("DT12")
    assert (found.campaigns, found.people) == ({campaign}, set())


def test_a_moment_that_is_fixed_leaves_out_whoever_sleeps(service: Service, tmp_path: Path) -> None:
    """The company's clock is UTC: 19:30 there is 20:30 in Paris."""
    campaign = approved(service, drafted(service))
    many = len(rows_of(exported_at(service, campaign, tmp_path / "day", datetime(2026, 11, 11, 9, 30))))
    assert many == 15
    assert not rows_of(exported_at(service, campaign, tmp_path / "night", datetime(2026, 11, 11, 19, 30)))
    kept = json.loads((tmp_path / "night/campaign.json").read_text(encoding="utf-8"))
    assert (kept["people"]["left_out_since"], kept["send_at"]) == ({"FRQ-13": 15}, "2026-11-11T19:30Z")
    with pytest.raises(BadQuestion, match="send_at_is_over"):
        exported_at(service, campaign, tmp_path / "past", datetime(2026, 11, 9, 9, 30))


def exported_at(service: Service, campaign: str, folder: Path, moment: datetime) -> Path:
    order = Order(campaign, folder, "neutral", None, "Ana", moment)
    assert service.export(question(), order, EN).error is None
    return folder / "people.csv"


# What leaves the house


def test_the_export_has_the_treated_and_nobody_else(service: Service, tmp_path: Path) -> None:
    campaign = approved(service, drafted(service))
    document = export(service, campaign, tmp_path, link="https://brindlewick.example/new?x=1")
    people = service.records.campaigns.people(campaign)
    rows, held = rows_of(tmp_path / "people.csv"), rows_of(tmp_path / "holdout.csv")
    assert {row["id"] for row in rows} == {one.person for one in people if one.arm == "treatment"}
    assert {row["id"] for row in held} == {one.person for one in people if one.arm == "holdout"}
    assert {row["arm"] for row in rows} == {"treatment"}
    assert all(row["consent_basis"] and row["proof_date"] for row in rows)
    starts = [datetime.fromisoformat(row["send_from"]) for row in rows]
    assert all(9 <= one.hour < 20 and one.utcoffset() for one in starts), "by their own clock"
    assert len({one.hour for one in starts}) > 3, "each at the hour at which they use the product"
    assert document["people"]["without_proof"] == sum(not row["proof_source"] for row in rows)
    assert {row["rules_version"] for row in rows} == {service.handbook.policy.version}
    for path in tmp_path.iterdir():
        assert campaign in path.read_text(encoding="utf-8"), f"{path.name} does not say of which campaign it is"
    assert sum(int(row["people"]) for row in rows_of(tmp_path / "suppressed.csv")) == 46 - len(people)
    plan = document["test_plan"]
    assert not [name for name, value in plan.items() if value is None]
    assert (plan["unit"], plan["alpha"], plan["power"], plan["planned_n"]) == (
        "account", 0.05, 0.8, {"holdout": 2, "treatment": 15},
    )  # fmt: skip
    text = (tmp_path / "message-A.txt").read_text(encoding="utf-8")
    assert "{{customer.features_new}}" in text
    assert '{{customer.plan | default: "actuelle"}}' in text, "a fallback is the tool's to choose, not ours"
    assert f"https://brindlewick.example/new?x=1&utm_campaign={campaign}" in text
    assert document["to_fill_in"] == []
    assert service.records.decisions.of(document["draft"])[-1].verb == "export"


@pytest.mark.slow
@pytest.mark.parametrize(("channel", "segment"), [("landing", "loyal"), ("social", "power_users")])
def test_what_anybody_may_see_is_exported_as_texts_without_people(
    service: Service, tmp_path: Path, channel: str, segment: str
) -> None:
    query = Query(Intent.DRAFT, subject=segment, language="en")
    answer = service.draft(question(), query, None, None, channel)
    assert answer.error is None, answer.text
    draft = answer.drafts[0]
    assert (draft.channel, draft.test_plan.key) == (channel, "plan_public")
    campaign = approved(service, draft.id)
    assert service.records.campaigns.people(campaign) == []
    document = export(service, campaign, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"message-A.txt", "message-B.txt", "campaign.json"}
    assert set(document["files"]) == {"message-A.txt", "message-B.txt"}
    assert document["people"]["assigned"] == {"holdout": 0, "treatment": 0}
    again = service.export(question(), Order(campaign, tmp_path, "customer_io", None, "Ana"), EN)
    assert EN.say("export_public") in again.text
    assert "people.csv" not in again.text
    read = [one.key for one in service.outcome(question(), campaign, "retained", EN).findings]
    assert read[-2:] == ["plan_public", "outcome_unproven"], "nothing to wait for"


def test_a_person_who_may_not_be_written_to_any_more_is_left_out_and_counted(service: Service, tmp_path: Path) -> None:
    """Between the approval and the export one opts out, one opens a ticket, and one comes back."""
    campaign = approved(service, drafted(service))
    treated = sorted(one.person for one in service.records.campaigns.people(campaign) if one.arm == "treatment")
    anew = service.decided.anew

    def later(*given: Any, **more: Any) -> Any:
        found = anew(*given, **more)
        people, reasons = found.screened.people, found.screened.reasons.copy()
        reasons[people.user_id == treated[0]] = "SUP-01"
        reasons[people.user_id == treated[1]] = "SUP-04"
        here = people.user_id != treated[2]
        return replace(found, screened=replace(found.screened, people=people[here], reasons=reasons[here]))

    service.decided.anew = later  # type: ignore[method-assign] # put back below
    try:
        document = export(service, campaign, tmp_path)
    finally:
        service.decided.anew = anew  # type: ignore[method-assign] # put back below
    assert document["people"]["left_out_since"] == {"SUP-01": 1, "SUP-04": 1, "left_segment": 1}
    assert {row["id"] for row in rows_of(tmp_path / "people.csv")} == set(treated[3:])
    assert len(service.records.campaigns.people(campaign)) == 17, "they still count in their arm"


def test_a_customer_named_like_a_formula_is_text_in_every_file(service: Service, tmp_path: Path) -> None:
    from bot.drafting.export import Parcel
    from bot.engines.answers import exported as exporting

    campaign = approved(service, drafted(service))
    made = exporting._parcel
    evil = "=cmd|'/C calc'!A0"

    def poisoned(*given: Any) -> Parcel:
        parcel = made(*given)
        names = {one.person: f"{evil}{number}" for number, one in enumerate(parcel.assigned)}
        people = parcel.people.assign(user_id=parcel.people.user_id.map(names).fillna(parcel.people.user_id))
        people["news"] = pd.Series([(evil,)] * len(people), index=people.index)
        assigned = [replace(one, person=names[one.person]) for one in parcel.assigned]
        return replace(parcel, people=people, assigned=assigned)

    exporting._parcel = poisoned
    try:
        export(service, campaign, tmp_path)
    finally:
        exporting._parcel = made
    cells = [cell for path in tmp_path.glob("*.csv") for row in rows_of(path) for cell in row.values()]
    assert any("cmd" in cell for cell in cells)
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")]


@pytest.mark.parametrize("tool", ["braze", "mailchimp", "whatsapp", "neutral"])
def test_only_the_neutral_export_begins_with_the_mark_for_spreadsheets(
    service: Service, tmp_path: Path, tool: str
) -> None:
    export(service, approved(service, drafted(service)), tmp_path, tool)
    assert (tmp_path / "people.csv").read_text(encoding="utf-8").startswith(BOM) == (tool == "neutral")


def test_what_is_not_approved_is_not_exported(service: Service, tmp_path: Path) -> None:
    with pytest.raises(BadQuestion, match="draft_not_approved"):
        export(service, drafted(service), tmp_path)
    with pytest.raises(BadQuestion, match="no_such_draft"):
        export(service, "d-nothing", tmp_path)
    with pytest.raises(NotAllowed, match="people_not_allowed"):
        export(service, "d-nothing", tmp_path, rights=replace(MARKETER, person_level=False))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("link", ["http://x.example", "javascript:alert(1)", "https://", "https://a@b.example"])
def test_a_link_that_is_no_plain_https_address_is_refused(service: Service, tmp_path: Path, link: str) -> None:
    with pytest.raises(BadQuestion, match="link_not_https"):
        export(service, approved(service, drafted(service)), tmp_path, link=link)
