"""The thirty situations that the rules of drafting are known by: what is asked for, and the verdict it must have."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.drafting.guardrails import Copy, check
from bot.drafting.testplan import plan
from tests.drafts.conftest import ROOT
from tests.drafts.test_guardrails import opens, says, texts
from tests.drafts.test_situations import SITUATIONS

TEXTS: dict[int, tuple[str, dict[str, Any], set[str]]] = {
    1: ("come back and log in", opens("en", "Come back and log in."), {"CON-02"}),
    3: ("dear customer, we miss you", opens("en", "Dear customer, we miss you!"), {"CON-01", "CON-03"}),
    5: ("a discount outside of the catalogue", opens("en", "Here is a 20% discount."), {"OFF-01"}),
    6: ("a German date in a French email", opens("fr", "C’est prévu le 01.12.2026."), {"LOC-05"}),
    7: ("a Polish past form and a bare first name", {"language": "pl", "body": says(
        "Dzień dobry,", "Dawno się nie logowałeś, {first_name|}")}, {"PL-02", "PL-03"}),
    8: ("a French text message of seventy-two characters", {"language": "fr", **texts(
        "{brand}\u00a0: l’équipe vous a écrit, tout est prêt {link} {stop}")}, {"SMS-07"}),
    9: ("a Spanish subject", {"language": "es", "subject": "Listo para volver?"}, {"ES-02", "ES-03"}),
    13: ("they opened it three times", opens("en", "You opened our email three times last night."), {"PER-03"}),
    15: ("a name without a fallback", {"body": says("{first_name|there}", "{first_name}")}, {"OUT-07"}),
    16: ("a promotion that looks like a reply", {"subject": "Re: your invoice"}, {"LEG-08"}),
    17: ("only today", opens("en", "Only today!"), {"CON-05"}),
    24: ("a score", opens("en", "Your churn score is 0.82."), {"PER-06"}),
}  # fmt: skip
"""Number → in words, what spoils a good text, the rules that must stop it."""

PEOPLE = {
    1: "a lapsed customer with two open tickets, asked to come back",
    10: "a Canadian eight months after a trial",
    11: "a Frenchwoman who clicked last three years and two months ago, and opened last week",
    12: "a text to Florida at half past eight in the evening",
    21: "a customer who left 26 months ago",
    22: "a fifth message in thirty days",
    26: "an offer to somebody who cancelled yesterday",
    27: "a WhatsApp template to a number in New York",
    28: "a referral asked of somebody who gave a four last week",
    29: "an invitation of team mates in the first session",
    30: "a Polish company contact who never consented",
}
"""Number → one of the situations of `test_situations`, which holds its verdict."""

ELSEWHERE = {
    2: "drafts/test_draft.py::test_trials_and_lapsed_customers_in_one_audience_are_blocked",
    4: "drafts/test_audience.py::test_news_are_those_released_since_and_for_the_plan",
    14: "drafts/test_situations.py::"
    "test_a_most_valuable_customer_whose_three_tickets_are_solved_gets_a_personal_word_or_nothing",
    18: "drafts/test_draft.py::test_a_reduction_in_the_union_counts_from_the_lowest_price_of_thirty_days",
    20: "drafts/test_outcome.py::test_a_draw_that_does_not_fit_is_not_judged",
    23: "drafts/test_merge_tags.py::test_what_is_no_first_name_is_not_used_as_one",
    25: "drafts/test_export.py::test_marketing_mail_without_a_tool_has_the_one_click_headers",
}
"""Number → the test that tries it."""

TRIED_BELOW = {19}


def test_each_of_the_thirty_is_tried() -> None:
    assert {*TEXTS, *PEOPLE, *ELSEWHERE, *TRIED_BELOW} == set(range(1, 31))
    assert set(PEOPLE.values()) <= set(SITUATIONS)
    for place in ELSEWHERE.values():
        path, _, name = place.partition("::")
        tree = ast.parse((ROOT / "tests" / Path(path)).read_text(encoding="utf-8"))
        assert name in {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}


@pytest.mark.parametrize("number", TEXTS)
def test_a_text_of_the_thirty_is_stopped_for_its_reason(number: int, copy: Callable[..., Copy]) -> None:
    _, changes, rules = TEXTS[number]
    failed = [verdict for verdict in check(copy(**changes)) if not verdict.passed]
    assert rules <= {verdict.id for verdict in failed}
    assert {verdict.severity for verdict in failed if verdict.id in rules} & {"BLOCK", "HOLD"}


def test_three_hundred_an_arm_do_not_show_a_tenth_more_of_four_percent() -> None:
    found = plan(600, 0.04, share=0.5)
    assert (found.held_out, found.treated) == (300, 300)
    assert found.detectable is not None
    assert found.detectable > 0.1 * 0.04
    assert not found.worth_it
