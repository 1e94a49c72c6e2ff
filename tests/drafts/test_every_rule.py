"""Every rule of the drafts that stops one and that code can check: where it is in force and who tries it, or why not.

A rule on people is a screen, a rule on the text a guardrail; both have a case that fails and one that passes by their
id. The others stand in `ELSEWHERE` with their tests. What is not built stands in `NOT_BUILT` with the reason.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from bot.drafting import Policy
from bot.drafting.guardrails import guardrails
from bot.drafting.screens import SCREENS
from tests.drafts.conftest import ROOT
from tests.drafts.test_audience import NEAR_MISSES, ONE_RULE
from tests.drafts.test_guardrails import BAD

RULES = [
    "OUT-01",
    "OUT-02",
    "OUT-04",
    "OUT-05",
    "OUT-06",
    "OUT-07",
    "OUT-11",
    "OUT-12",
    "LEG-01",
    "LEG-02",
    "LEG-03",
    "LEG-04",
    "LEG-05",
    "LEG-06",
    "LEG-07",
    "LEG-08",
    "LEG-10",
    "LEG-11",
    "LEG-12",
    "LEG-13",
    "LEG-14",
    "LEG-16",
    "LEG-17",
    "LEG-18",
    "LEG-19",
    "LEG-20",
    "LEG-22",
    "LEG-23",
    "DEL-02",
    "DEL-03",
    "DEL-04",
    "DEL-05",
    "DEL-06",
    "DEL-07",
    "DEL-10",
    "DEL-14",
    "DEL-15",
    "SMS-06",
    "SMS-07",
    "FRQ-01",
    "FRQ-02",
    "FRQ-03",
    "FRQ-04",
    "FRQ-05",
    "FRQ-06",
    "FRQ-07",
    "FRQ-08",
    "FRQ-09",
    "FRQ-10",
    "FRQ-11",
    "FRQ-12",
    "FRQ-13",
    "FRQ-15",
    "SUP-01",
    "SUP-02",
    "SUP-03",
    "SUP-04",
    "SUP-05",
    "SUP-06",
    "SUP-07",
    "SUP-08",
    "SUP-09",
    "SUP-10",
    "SUP-11",
    "SUP-12",
    "SUP-13",
    "SUP-15",
    "SUP-16",
    "SUP-17",
    "SUP-18",
    "SUP-19",
    "SUP-21",
    "SUP-22",
    "PER-03",
    "PER-04",
    "PER-06",
    "PER-07",
    "PER-08",
    "PER-10",
    "CON-01",
    "CON-03",
    "CON-05",
    "CON-07",
    "CON-08",
    "CON-15",
    "CON-20",
    "LOC-01",
    "LOC-02",
    "LOC-03",
    "LOC-05",
    "LOC-06",
    "LOC-07",
    "LOC-10",
    "FR-01",
    "FR-04",
    "FR-06",
    "FR-08",
    "ES-01",
    "ES-02",
    "ES-03",
    "ES-04",
    "ES-06",
    "ES-07",
    "PL-01",
    "PL-02",
    "PL-03",
    "PL-04",
    "PL-05",
    "PL-09",
    "PL-10",
    "PL-11",
    "OFF-01",
    "OFF-02",
    "OFF-03",
    "OFF-04",
    "OFF-06",
    "OFF-07",
    "OFF-10",
    "OFF-11",
    "EXP-01",
    "EXP-02",
    "EXP-05",
    "EXP-06",
    "EXP-07",
    "EXP-08",
    "EXP-11",
    "EXP-12",
    "EXP-15",
    "TAG-01",
    "TAG-02",
    "TAG-03",
    "TAG-05",
    "TAG-06",
    "TAG-08",
]

UNDER = {
    "LEG-03": "SUP-01", "LEG-17": "LEG-16", "SMS-06": "OUT-11", "SUP-08": "FRQ-01", "SUP-10": "FRQ-12",
    "LOC-03": "FR-01", "LOC-10": "OUT-11", "PL-04": "TAG-08", "PL-10": "LEG-02", "EXP-15": "SUP-15",
}  # fmt: skip
"""Rules that are told under the id of another, whose case they are."""

ELSEWHERE = {
    "OUT-01": "drafts/test_draft.py::test_a_customer_with_an_open_ticket_gets_nothing_and_is_told_why",
    "OUT-02": "drafts/test_draft.py::test_a_french_draft_for_slipping_customers_stands_up_to_every_check",
    "OUT-12": "drafts/test_draft.py::test_a_draft_for_several_shows_no_name_of_a_customer",
    "SUP-21": "drafts/test_draft.py::test_trials_and_lapsed_customers_in_one_audience_are_blocked",
    "SUP-22": "drafts/test_draft.py::test_the_whole_base_is_no_audience",
    "OFF-02": "drafts/test_draft.py::test_an_offer_is_one_of_the_catalogue_in_its_own_terms_and_where_it_holds",
    "OFF-06": "drafts/test_draft.py::test_a_reduction_in_the_union_counts_from_the_lowest_price_of_thirty_days",
    "LEG-22": "drafts/test_draft.py::test_a_reduction_in_the_union_counts_from_the_lowest_price_of_thirty_days",
    "OFF-04": "drafts/test_programmes.py::test_a_campaign_with_a_fault_names_it",
    "FRQ-07": "drafts/test_programmes.py::test_a_campaign_with_a_fault_names_it",
    "PER-07": "drafts/test_merge_tags.py::test_no_value_from_data_changes_the_text_around_it",
    "PER-08": "drafts/test_merge_tags.py::test_what_is_no_first_name_is_not_used_as_one",
    "CON-08": "drafts/test_facts.py::test_what_is_to_come_is_told_when_it_may_be",
    "CON-20": "drafts/test_decisions.py::test_the_export_has_the_treated_and_nobody_else",
    "LOC-06": "drafts/test_facts.py::test_an_event_has_its_moment_and_the_zone_it_is_told_in",
    "DEL-03": "drafts/test_export.py::test_marketing_mail_without_a_tool_has_the_one_click_headers",
    "DEL-05": "drafts/test_export.py::test_marketing_mail_without_a_tool_has_the_one_click_headers",
    "EXP-01": "drafts/test_decisions.py::test_the_export_has_the_treated_and_nobody_else",
    "EXP-02": "analysis/test_sample_size.py::test_two_proportions_need_this_many_people_an_arm",
    "EXP-05": "drafts/test_outcome.py::test_before_the_planned_end_there_are_counts_and_no_difference",
    "EXP-06": "drafts/test_outcome.py::test_a_draw_that_does_not_fit_is_not_judged",
    "EXP-07": "answers/test_experiments.py::test_all_assigned_count_also_those_whom_no_message_reached",
    "EXP-11": "drafts/test_outcome.py::test_the_uplift_of_the_win_back_campaign_is_recovered_within_its_interval",
}
"""Rule → the test that tries it, for those that are neither a screen nor a guardrail."""

OF_THE_TOOL = "what sends is not ours: the export goes to a tool, and it or the company's domain decides this"
NOT_BUILT = {
    "OUT-04": "the window is in force (FRQ-13); trigger and exit are told in the brief, and carried out by the tool",
    "OUT-05": "language and form of address are checked one by one; the language of a link's page is not known",
    "LEG-06": OF_THE_TOOL,
    "LEG-10": "no message asks for consent, so nobody is asked without a basis",
    "LEG-11": "whether a product is similar to the one bought needs a person; the recorded basis is checked (LEG-02)",
    "LEG-14": "no rule, segment or time of ours is made from opens; what the tool does with pixels is not known",
    "LEG-20": "the canonical tables have no special-category column; a trait of that kind is refused where it is read",
    "LEG-23": "a French text is chosen for who reads French (LOC-01); who in Quebec is a consumer is not known",
    "DEL-02": OF_THE_TOOL,
    "DEL-04": OF_THE_TOOL,
    "DEL-06": OF_THE_TOOL,
    "DEL-07": "complaints are counted per campaign; the rate of a whole domain is known to the mailbox providers alone",
    "DEL-10": "texts are exported, and the tool makes the HTML",
    "DEL-15": "no metric of ours has opens in it",
    "FRQ-04": "messages of every tool count that the company's data shows; days are counted in the company's zone",
    "FRQ-08": OF_THE_TOOL,
    "PER-04": "no product is marked as sensitive in the data",
    "PER-10": "no price is decided by us: an offer is the catalogue's, and its eligibility is held for a person",
    "CON-15": "no message says anything of values",
    "LOC-07": "no message counts things in its own words",
    "PL-05": "no message counts things in its own words",
    "OFF-03": "the terms are the catalogue's own words; whether they are complete is for the person who approves them",
    "OFF-10": "the terms of a reward are the catalogue's own words",
    "OFF-11": "no paid survey is written",
    "EXP-08": "the limits are frozen with the plan; stopping is the tool's",
    "EXP-12": "no metric of ours has opens in it",
}
"""Rule → why it is not in force as a check of its own."""


def test_each_rule_stands_in_one_place_and_none_is_forgotten() -> None:
    by_code = {*SCREENS, *guardrails()}
    for rule in RULES:
        places = [rule in by_code, rule in UNDER, rule in ELSEWHERE, rule in NOT_BUILT]
        assert sum(places) == 1 or (places == [True, False, True, False] and rule == "OFF-02"), rule
    assert {*UNDER, *ELSEWHERE, *NOT_BUILT} <= set(RULES)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule in SCREENS and rule not in ELSEWHERE])
def test_a_rule_on_people_has_somebody_whom_it_holds_back(rule: str) -> None:
    """Whom no rule is about passes all of them in test_audience."""
    assert rule in {rule for rule, *_ in (*ONE_RULE, *NEAR_MISSES)}


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule in guardrails()])
def test_a_rule_on_the_text_stops_a_text_and_blocks_it(rule: str) -> None:
    """The good text of each language passes all of them in test_guardrails."""
    assert rule in {rule for rule, *_ in BAD}
    assert guardrails()[rule].severity == "BLOCK"


@pytest.mark.parametrize("rule", ELSEWHERE)
def test_a_rule_that_is_neither_has_its_own_test(rule: str) -> None:
    path, _, name = ELSEWHERE[rule].partition("::")
    tree = ast.parse((ROOT / "tests" / Path(path)).read_text(encoding="utf-8"))
    assert name in {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}


@pytest.mark.parametrize("rule", UNDER)
def test_a_rule_told_under_another_id_is_in_force_there(rule: str) -> None:
    assert UNDER[rule] in {*SCREENS, *guardrails()}


def test_no_metric_of_a_draft_counts_opens(policy: Policy) -> None:
    """DEL-15 and EXP-12: Apple's mail opens every message by itself."""
    assert not [name for name, kind in policy.kinds.items() if "open" in kind.metric]
