"""Hypotheses on behaviour: which deed is meant, and what many comparisons at once still show."""

from math import erfc, sqrt

import pytest

from bot.analysis.behaviours import Deed, _corrected, _words
from bot.engines.answers.behaviours import meant
from bot.language import load

KNOWN = tuple(
    Deed(name, _words(name), feature)
    for name, feature in [
        ("automations", True), ("comments", True), ("files", True), ("custom_reports", True), ("automation_run", False),
        ("member_invited", False), ("data_imported", False), ("task_completed", False), ("fileShared", False),
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text", "deed"),
    [
        ("en", "users who invite a teammate in their first week retain better", "member_invited"),
        ("en", "customers who use Automations churn less", "automations"),
        ("en", "customers who import their data stay longer", "data_imported"),
        ("en", "people who finish a task stay", "task_completed"),
        ("en", "customers who dance on Fridays stay longer", None),
        ("fr", "les clients qui invitent un collègue restent plus longtemps", "member_invited"),
        ("fr", "ceux qui importent leurs données partent moins", "data_imported"),
        ("fr", "ceux qui écrivent des commentaires restent", "comments"),
        ("fr", "ceux qui dansent le vendredi restent", None),
    ],
)
def test_the_deed_is_the_one_whose_name_is_said_in_any_language(language: str, text: str, deed: str | None) -> None:
    found = meant(load(language), text, KNOWN)
    assert (found.name if found else None) == deed


def test_a_name_in_one_word_is_parted_where_it_bends() -> None:
    assert _words("fileShared") == ("file", "shared")
    assert _words("member_invited") == ("member", "invited")


def test_holm_takes_each_p_times_the_tests_left_and_never_below_the_one_before() -> None:
    """Holm (1979), with z of 3.5, 2.2, 2.1 and 0.5: the second and third are no longer under 5 %."""
    rows = [{"did": str(z), "difference": z / 100, "error": 0.01} for z in (0.5, 2.1, 3.5, 2.2)]
    _corrected(rows)
    found = {row["did"]: row for row in rows}
    alone = {name: erfc(float(name) / sqrt(2)) for name in found}
    assert found["3.5"]["p"] == pytest.approx(4 * alone["3.5"])
    assert found["2.2"]["p"] == pytest.approx(3 * alone["2.2"])
    assert found["2.1"]["p"] == pytest.approx(max(2 * alone["2.1"], 3 * alone["2.2"]))
    assert found["0.5"]["p"] == pytest.approx(alone["0.5"])
    assert [name for name, row in found.items() if row["clear"]] == ["3.5"]


def test_the_joint_interval_of_four_is_that_of_two_and_a_half_deviations() -> None:
    """Bonferroni for four at 95 %: the normal quantile of 0.99375 is 2.4977."""
    rows = [{"did": str(n), "difference": 0.05, "error": 0.01} for n in range(4)]
    _corrected(rows)
    assert rows[0]["interval"] == pytest.approx([0.05 - 0.024977, 0.05 + 0.024977], abs=1e-6)
