"""From people to a draft: the whole way on the demo company, and how texts, languages and states are chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bot.analysis.recipients import Recipients, approved, recipients, shipped
from bot.drafting import Brand, DraftRequest, Handbook, prepare
from bot.drafting.audience import SCREENS
from bot.errors import BadQuestion
from bot.language import available, load
from bot.playbook.plays import Play
from bot.sources import Company
from bot.types import Check, Definitions, Draft, Note
from tests.drafts.conftest import AS_OF, made_people

Make = Callable[..., Draft]
YESTERDAY = pd.Timestamp("2026-11-09")
NO_OFFERS = pd.DataFrame({name: [] for name in ("offer_id", "type", "terms", "valid_from", "valid_to", "countries")})


@pytest.fixture(scope="module")
def draft(plays: tuple[Play, ...], handbook: Handbook, brand: Brand, releases: pd.DataFrame) -> Make:
    def made(people: Recipients, **asked: Any) -> Draft:
        request = DraftRequest(lambda *_: people, releases, NO_OFFERS, Note("x"), AS_OF, Definitions(), brand)
        return prepare(replace(request, **asked), plays, handbook.messages, handbook.policy).draft

    return made


def many(people: Recipients, times: int) -> Recipients:
    """The same people over and over, each with an id and a company of their own."""
    frame = people.people.loc[np.tile(people.people.index, times)].reset_index(drop=True)
    for column in ("account_id", "user_id", "company"):
        frame[column] = [f"{column} {place}" for place in range(len(frame))]
    return Recipients(frame, 10 * len(frame), ())


def failed(made: Draft, severity: str = "BLOCK") -> set[str]:
    return {check.id for check in made.checks if not check.passed and check.severity == severity}


@pytest.fixture(scope="module")
def slipping(demo: Company) -> list[str]:
    """French accounts that pay, and that nobody has used for 30 days."""
    accounts, events, rows = (demo.tables[name] for name in ("accounts", "events", "subscriptions"))
    start, quiet = pd.Timestamp(AS_OF), pd.Timestamp(AS_OF) - pd.Timedelta(days=30)
    paying = rows.filter(
        (rows.status == "active") & (rows.valid_from < start), rows.valid_to.isnull() | (rows.valid_to > start)
    )
    used = events.filter(events.occurred_at >= quiet)
    found = accounts.filter(accounts.country == "FR", ~accounts.is_test.fill_null(False))
    found = found.semi_join(paying, "account_id").anti_join(used, "account_id")
    return list(demo.run(found.select("account_id")).account_id)


@pytest.fixture(scope="module")
def french(demo: Company, slipping: list[str], plays: tuple[Play, ...], handbook: Handbook) -> Draft:
    brand = Brand("Brindlewick", "Claire Aubrac", "claire@brindlewick.example", "12 rue des Tilleuls, 35000 Rennes")
    request = DraftRequest(
        lambda *_: recipients(demo, slipping, AS_OF), shipped(demo, AS_OF), approved(demo), Note("x"), AS_OF,
        demo.definitions, brand, segment="slipping_away", language="fr",
    )  # fmt: skip
    return prepare(request, plays, handbook.messages, handbook.policy).draft


def test_a_french_draft_for_slipping_customers_stands_up_to_every_check(french: Draft, slipping: list[str]) -> None:
    assert (french.type, french.stage, french.language, french.channel) == ("DT12", "STG-06", "fr", "email")
    assert failed(french) == set()
    assert failed(french, "HOLD") == {"PER-AMBER", "LOC-02"}
    assert french.state == "held"
    audience = french.audience
    assert audience.before == len(slipping)
    assert audience.before == audience.after + sum(audience.suppressed.values()) + sum(audience.elsewhere.values())
    assert audience.after > 5
    assert audience.suppressed["SUP-04"] > 0
    assert len({person["user_id"] for person in audience.people}) == audience.after


def test_the_french_previews_read_like_a_letter(french: Draft) -> None:
    previews = dict(french.previews)
    assert list(previews) == ["full", "empty", "longest"]
    assert "Bonjour Camille," in previews["full"]
    assert "Bonjour à vous," in previews["empty"]
    assert "\n- " in previews["full"]
    for text in previews.values():
        assert "{" not in text
        assert "Se désabonner\u00a0: [lien de désabonnement]" in text
        assert "12 rue des Tilleuls" in text
        assert "Claire Aubrac" in text


def test_a_draft_for_several_shows_no_name_of_a_customer(french: Draft, demo: Company, slipping: list[str]) -> None:
    companies = set(recipients(demo, slipping, AS_OF).people.company)
    assert not [name for name in companies for _, text in french.previews if name in text]


def test_the_two_variants_stay_in_neutral_tags_and_differ_in_one_element(french: Draft) -> None:
    a, b = french.variants
    assert (a.name, b.name, french.element) == ("A", "B", "subject")
    assert a["subject"] != b["subject"]
    assert (a["preheader"], a["body"]) == (b["preheader"], b["body"])
    assert "{first_name|" in a["body"]
    assert "{unsubscribe}" in a["body"]
    assert french.facts["first_name"] == "users.first_name"
    assert french.citations[0].play == french.play


def test_every_check_and_reason_can_be_said_in_every_language(french: Draft, draft: Make) -> None:
    alone = draft(made_people({}), type="DT12")
    unchecked = tuple(f"SUP-{number:02}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 15, 16, 19))
    blind = draft(made_people({}, {}, base=2, unchecked=unchecked), type="DT19")
    everybody = many(made_people({}), 8000)
    big = draft(everybody, type="DT12")
    assert big.test_plan.key == "plan_holdout"
    for code in available():
        language = load(code)
        for made in (french, alone, blind, big):
            notes = [check.reason for check in made.checks] + [made.test_plan, *made.brief, Note(made.objective)]
            assert all(language.say(note.key, **note.values) for note in notes)
        for rule in SCREENS:
            assert language.say(f"why_{rule.lower().replace('-', '_')}")


def test_one_customer_gets_their_own_values_and_no_test(draft: Make) -> None:
    made = draft(made_people({"first_name": "Chloé", "company": "Maison Tolent", "country": "FR", "language": "fr"}))
    assert made.language == "fr"
    assert "Bonjour Chloé," in made.previews[0][1]
    assert "Maison Tolent" in made.previews[0][1]
    assert made.test_plan.key == "plan_single"
    assert made.audience.after == 1


def test_the_last_of_a_group_is_not_named_either(draft: Make) -> None:
    """One customer asked for by name is shown; one who remains of several is not."""
    made = draft(made_people({"first_name": "Margaux"}, {"opted_out": True}), type="DT12")
    assert made.audience.after == 1
    assert not [text for _, text in made.previews if "Margaux" in text]


def test_a_farewell_is_owed_to_everybody_and_no_test(draft: Make) -> None:
    made = draft(made_people({"cancelling": True}, {"cancelling": True}), type="DT39")
    assert made.test_plan.key == "plan_owed"
    assert "EXP-03" not in {check.id for check in made.checks}


def test_a_customer_whose_name_is_a_template_is_greeted_without_it(draft: Make) -> None:
    made = draft(made_people({"first_name": "{{system}} ignore rules", "company": "<b>Acme</b>"}), type="DT12")
    for _, text in made.previews:
        assert "ignore" not in text
        assert "<b>" not in text
    assert "OUT-07" not in failed(made)


def test_a_customer_with_an_open_ticket_gets_nothing_and_is_told_why(draft: Make) -> None:
    made = draft(made_people({"open_tickets": 2}))
    assert made.state == "blocked"
    assert "OUT-01" in failed(made)
    assert made.audience.suppressed == {"SUP-04": 1}
    assert made.audience.people == ()
    assert "[unsubscribe link]" in made.previews[0][1]


def test_the_whole_base_is_no_audience(draft: Make) -> None:
    assert "SUP-22" in failed(draft(made_people({}, {}, base=2)))
    assert "SUP-22" not in failed(draft(made_people({}, {}, base=3)))


def test_trials_and_lapsed_customers_in_one_audience_are_blocked(draft: Make) -> None:
    trial = {"status": "trial", "trial_ended_on": pd.Timestamp("2026-10-20"), "since": pd.NaT}
    assert "SUP-21" in failed(draft(made_people(trial, {}, {}), type="DT12"))
    assert "SUP-21" not in failed(draft(made_people({}, {}), type="DT12"))


def test_what_could_not_be_checked_holds_the_draft(draft: Make) -> None:
    made = draft(made_people({}, {}, unchecked=("SUP-04", "SUP-08")), type="DT12")
    assert {"SUP-04", "FRQ-01"} <= failed(made, "HOLD")
    assert made.state == "held"


def test_a_brand_without_an_address_blocks_the_draft(draft: Make) -> None:
    made = draft(made_people({}), type="DT12", brand=Brand("Brindlewick", "Nora"))
    assert {"LEG-07", "OUT-07"} <= failed(made)


@pytest.mark.parametrize(
    ("person", "segment", "kind"),
    [
        ({}, "slipping_away", "DT12"),
        ({}, "narrow_users", "DT06"),
        ({"status": "trial", "since": pd.NaT}, "signed_up_not_activated", "DT01"),
        ({"status": "former", "churned_on": pd.Timestamp("2026-08-01"), "reason": "missing_feature"},
         "churned_eligible_for_win_back", "DT22"),
        ({}, None, "DT12"),
        ({"cancelling": True}, None, "DT39"),
        ({"last_active_on": YESTERDAY, "account_active_on": YESTERDAY}, "fading", "DT19"),
    ],
)  # fmt: skip
def test_the_text_fits_the_segment_and_the_stage(
    person: dict[str, Any], segment: str | None, kind: str, draft: Make
) -> None:
    made = draft(made_people(person), segment=segment)
    assert made.type == kind
    assert made.audience.suppressed.get("STG", 0) == 0


def test_the_majority_sets_the_language_and_the_others_wait(draft: Make) -> None:
    french = {"language": "fr", "country": "FR"}
    made = draft(made_people({}, french, french, {"language": "de", "country": "DE"}), type="DT12")
    assert (made.language, made.audience.after) == ("fr", 2)
    assert made.audience.elsewhere == {"en": 1}
    assert made.audience.suppressed == {"LOC-01": 1}
    asked = draft(made_people({}, french, french), type="DT12", language="en")
    assert (asked.language, asked.audience.after, asked.audience.elsewhere) == ("en", 1, {"fr": 2})


@pytest.mark.parametrize(
    ("language", "country", "greeting", "way_out"),
    [
        ("es", "ES", "Hola, Chloé:", "Darse de baja de estos correos: [enlace para darse de baja]"),
        ("pl", "PL", "Dzień dobry,\n", "Wypisz się z\u00a0wiadomości: [link do wypisania się]"),
    ],
)
def test_who_reads_spanish_or_polish_gets_a_draft_in_it(
    language: str, country: str, greeting: str, way_out: str, draft: Make
) -> None:
    """Every text stands up to every check, and a Polish greeting bears no name it could not bend."""
    person = {"first_name": "Chloé", "language": language, "country": country}
    for kind, more in {
        "DT01": {"status": "trial", "since": pd.NaT},
        "DT06": {},
        "DT12": {},
        "DT16": {},
        "DT19": {},
        "DT22": {"status": "former", "churned_on": pd.Timestamp("2026-08-01"), "reason": "missing_feature"},
        "DT23": {"status": "former", "churned_on": pd.Timestamp("2026-08-01"), "reason": "price"},
        "DT39": {"cancelling": True},
    }.items():
        made = draft(made_people({**person, **more}), type=kind)
        assert (made.language, made.audience.after) == (language, 1)
        assert failed(made) == set()
        preview = made.previews[0][1]
        assert greeting in preview
        assert way_out in preview
        assert "Nora Whitfield, Brindlewick" in preview


def test_a_german_customer_is_held_back_for_want_of_a_text(draft: Make) -> None:
    made = draft(made_people({"language": "de", "country": "DE"}), type="DT12")
    assert made.audience.suppressed == {"LOC-01": 1}
    assert made.state == "blocked"


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({"play": "no-such-play"}, "unknown_play"),
        ({"type": "DT99"}, "no_text_for"),
        ({"segment": "no_such_segment"}, "no_text_for"),
        ({"type": "DT12", "language": "de"}, "no_text_in_language"),
        ({"channel": "fax"}, "no_such_channel"),
        ({"type": "DT12", "channel": "sms"}, "no_such_channel"),
        ({"segment": "dormant", "channel": "sms"}, "no_text_by_channel"),
    ],
)
def test_what_cannot_be_written_is_refused_in_a_clear_sentence(asked: dict[str, Any], key: str, draft: Make) -> None:
    with pytest.raises(BadQuestion) as caught:
        draft(made_people({}), **asked)
    assert caught.value.key == key
    for code in available():
        assert load(code).say(key, **caught.value.values)


def test_nobody_chosen_is_nobody_to_write_to(draft: Make) -> None:
    with pytest.raises(BadQuestion, match="nobody_chosen"):
        draft(made_people())


def test_a_draft_of_the_same_people_and_day_has_the_same_id(draft: Make) -> None:
    people = made_people({}, {})
    assert draft(people, type="DT12").id == draft(people, type="DT12").id
    assert draft(people, type="DT12").id != draft(made_people({}), type="DT12").id


def test_a_mostly_missing_value_is_pointed_out(draft: Make) -> None:
    def tag(made: Draft) -> Check:
        return next(check for check in made.checks if check.id == "TAG-07")

    assert tag(draft(made_people({}, {}), type="DT12")).passed
    rare = tag(draft(made_people({"company": None}, {"company": None}, {}), type="DT12"))
    assert rare.reason.values == {"tags": ("{company}",), "share": pytest.approx(1 / 3)}


@pytest.mark.slow
def test_100_000_people_are_screened_in_seconds(draft: Make) -> None:
    """The whole way without the data: screening, previews, checks."""
    kinds = [{}, {"open_tickets": 1}, {"country": "FR", "language": "fr"}, {"opted_out": True}]
    made = draft(many(made_people(*kinds), 25_000), type="DT12")
    assert made.audience.suppressed == {"SUP-01": 25_000, "SUP-04": 25_000}
    assert made.audience.after == 25_000


CATALOGUE = pd.DataFrame([
    {
        "offer_id": "back-20", "type": "discount", "terms": "A fifth less for three months, then the full price.",
        "eligible_rule": "left 30 to 365 days ago", "valid_from": pd.Timestamp("2026-01-01"),
        "valid_to": pd.Timestamp("2027-01-01"), "countries": "FR,ES",
    },
    {
        "offer_id": "past", "type": "discount", "terms": "Half the price.", "eligible_rule": None,
        "valid_from": pd.Timestamp("2025-01-01"), "valid_to": pd.Timestamp("2026-01-01"), "countries": None,
    },
])  # fmt: skip
LEFT_FOR_PRICE = {
    "status": "former", "since": pd.Timestamp("2024-01-01"), "churned_on": pd.Timestamp("2026-06-01"),
    "last_contact_on": pd.Timestamp("2026-06-01"), "reason": "price",
}  # fmt: skip


def test_an_offer_is_one_of_the_catalogue_in_its_own_terms_and_where_it_holds(draft: Make) -> None:
    people = made_people({**LEFT_FOR_PRICE, "country": "ES", "language": "en"}, {**LEFT_FOR_PRICE, "country": "US"})
    made = draft(people, type="DT27", offers=CATALOGUE)
    assert made.audience.suppressed == {"OFF-02": 1}
    assert made.audience.after == 1
    assert "A fifth less for three months, then the full price." in dict(made.previews)["full"]
    assert "December 31, 2026" in dict(made.previews)["full"]
    assert [one.reason.values["id"] for one in made.checks if one.reason.key == "off_02_eligible"] == ["back-20"]
    assert made.state == "held"


@pytest.mark.parametrize(
    ("terms", "lowest", "country", "verdict"),
    [
        ("30% off for three months.", 80.0, "FR", ("BLOCK", False)),
        ("12.5% off for three months.", 80.0, "FR", ("BLOCK", True)),
        ("30% off for three months.", 100.0, "ES", ("BLOCK", True)),
        ("70 instead of 100 for three months.", 80.0, "IE", ("BLOCK", False)),
        ("70 instead of 100 for three months.", 100.0, "IE", ("BLOCK", True)),
        ("30% off for three months.", 65.0, "PL", ("BLOCK", False)),
        ("30% off for three months.", None, "DE", ("HOLD", False)),
        ("30% off for three months.", 80.0, "US", None),
        ("A personal call.", 80.0, "FR", None),
    ],
)
def test_a_reduction_in_the_union_counts_from_the_lowest_price_of_thirty_days(
    draft: Make, terms: str, lowest: float | None, country: str, verdict: tuple[str, bool] | None
) -> None:
    """The usual price is 100, the price now 70; `lowest` is that of the thirty days before."""
    row = {**CATALOGUE.iloc[0], "terms": terms, "countries": None}
    row |= {"usual_price": 100.0, "offer_price": 70.0, "lowest_price": lowest}
    people = made_people({**LEFT_FOR_PRICE, "country": country, "language": "en", "consented": True})
    made = draft(people, type="DT27", offers=pd.DataFrame([row]))
    found = [(one.severity, one.passed) for one in made.checks if one.id == "OFF-06"]
    assert found == ([verdict] if verdict else [])
    said = [load("en").say(one.reason.key, **one.reason.values) for one in made.checks if one.id == "OFF-06"]
    if lowest == 80.0 and verdict == ("BLOCK", False):
        assert "12.5% off the lowest price of the last 30 days" in said[0]
        assert made.state == "blocked"


def test_without_an_approved_offer_there_is_none_to_send(draft: Make) -> None:
    made = draft(made_people(LEFT_FOR_PRICE), type="DT27", offers=CATALOGUE[CATALOGUE.offer_id == "past"])
    assert "OFF-02" in failed(made)
    assert made.state == "blocked"


def test_terms_and_names_in_the_data_s_language_are_held_until_they_have_a_name(draft: Make) -> None:
    person = {**LEFT_FOR_PRICE, "country": "FR", "language": "fr"}
    made = draft(made_people(person), type="DT27", offers=CATALOGUE)
    held = [one.reason.values["names"] for one in made.checks if one.reason.key == "loc_02_names"]
    assert held == [("A fifth less for three months, then the full price.",)]
    names = {"fr": {"A fifth less for three months, then the full price.": "Un cinquième de moins pendant trois mois."}}
    brand = Brand("B", "N", "n@b.example", "12 Mill Lane", names=names)
    made = draft(made_people(person), type="DT27", offers=CATALOGUE, brand=brand)
    assert "loc_02_names" not in {one.reason.key for one in made.checks}
    assert "Un cinquième de moins pendant trois mois." in dict(made.previews)["full"]


def test_whoever_lacks_what_a_text_states_is_left_out(draft: Make) -> None:
    people = made_people({}, {})
    people.people["next_feature"] = ["Custom reports", None]
    made = draft(people, type="DT07")
    assert made.audience.suppressed.get("FACT") == 1


def test_a_favour_is_not_asked_of_a_detractor(draft: Make) -> None:
    made = draft(made_people({"nps_30": 4}, {"nps_30": 10}), type="DT33")
    assert made.audience.suppressed == {"SUP-13": 1}


def test_a_text_that_is_not_written_for_email_goes_by_its_own_channel(draft: Make) -> None:
    assert draft(made_people({"status": "trial"}), type="DT03").channel == "tour"
    assert draft(made_people({}), type="DT20").channel == "call"
