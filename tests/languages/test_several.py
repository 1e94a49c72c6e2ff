"""Several questions in one message, each with its own period, group or split."""

from __future__ import annotations

import pytest

from bot.engines.understanding.reading import Reading
from bot.engines.understanding.several import together
from bot.types import Intent, Note, Query
from tests.languages.asked import written

SEP, OCT, Q3 = "2026-09-01/2026-10-01", "2026-10-01/2026-11-01", "2026-07-01/2026-10-01"
OWN = [
    (
        "csat by channel in september and churn by plan",
        f"breakdown csat {SEP} by=channel & breakdown churn_rate {SEP} by=plan",
    ),
    ("churn in september and nps in october", f"value churn_rate {SEP} & value nps {OCT}"),
    ("in Q3: NPS for France and churn for Spain", f"value nps {Q3} country=FR & value churn_rate {Q3} country=ES"),
    (
        "did churn rise in october and nps fall in september?",
        f"premise churn_rate {OCT} base=previous claim=up & premise nps {SEP} base=previous claim=down",
    ),
    ("nps in october? and who are the detractors?", f"value nps {OCT} & list_people about=detractors"),
    ("le churn en septembre et le NPS en octobre", f"value churn_rate {SEP} & value nps {OCT}"),
    ("churn en septiembre en España y NPS en octubre", f"value churn_rate {SEP} country=ES & value nps {OCT}"),
    ("churn we wrześniu i NPS w październiku", f"value churn_rate {SEP} & value nps {OCT}"),
    ("churn in october, and while you are at it the weekly report", f"value churn_rate {OCT} & weekly"),
    # a message that is asked for after a question is for its own people, or for those of the question
    ("MRR now? also draft something for VIPs", "value mrr & draft about=vip"),
    ("le NPS du T3, et rédige un mail aux détracteurs", f"value nps {Q3} & draft about=detractors"),
    (
        "who is at risk in France? draft them an email",
        "list_people country=FR about=at_risk & draft country=FR about=at_risk",
    ),
    (
        "kim są nasi promotorzy w Hiszpanii i co im wysłać?",
        "list_people country=ES about=promoters & draft country=ES about=promoters",
    ),
]
GONE_ON = [
    (
        "churn de octubre en España? Y en Francia?",
        f"value churn_rate {OCT} country=ES & value churn_rate {OCT} country=FR",
    ),
    ("what was churn in october? and in Spain?", f"value churn_rate {OCT} & value churn_rate {OCT} country=ES"),
    ("churn d’octobre ? et en septembre ?", f"value churn_rate {OCT} & value churn_rate {SEP}"),
    ("NRR Q3? i według kraju?", f"value nrr {Q3} & breakdown nrr {Q3} by=country"),
]
IN_TURN = [
    "how many customers paused and then left",
    "combien de clients ont mis en pause puis sont partis ?",
    "cuántos clientes pausaron y luego se fueron",
    "ilu klientów wstrzymało subskrypcję i potem odeszło",
]
SHARED = [
    ("churn and nps in october by plan", f"breakdown churn_rate {OCT} by=plan & breakdown nps {OCT} by=plan"),
    ("churn in september and in october", f"compare churn_rate {OCT} base={SEP}"),
    ("nps in october for France and Spain", f"value nps {OCT} country=ES,FR"),
]


@pytest.mark.parametrize(("text", "expected"), OWN)
def test_each_figure_has_what_is_said_of_it(text: str, expected: str) -> None:
    assert written(text) == expected


@pytest.mark.parametrize(("text", "expected"), SHARED)
def test_what_is_said_once_is_of_all_figures(text: str, expected: str) -> None:
    assert written(text) == expected


@pytest.mark.parametrize(("text", "expected"), GONE_ON, ids=[one[0] for one in GONE_ON])
def test_a_question_behind_another_goes_on_from_it(text: str, expected: str) -> None:
    assert written(text) == expected


@pytest.mark.parametrize("text", IN_TURN)
def test_one_thing_after_another_of_the_same_people_is_not_two_figures(text: str) -> None:
    assert written(text).startswith("no not_understood")


def test_what_is_assumed_in_two_questions_alike_is_said_once() -> None:
    words = Note("assumed_spelling", {"words": "chrn", "read": "churn"})
    other = Note("assumed_spelling", {"words": "npss", "read": "NPS"})
    one = Reading("en", Intent.VALUE, (Query(Intent.VALUE, "churn_rate"),), assumed=(words,))
    two = Reading("en", Intent.VALUE, (Query(Intent.VALUE, "nps"),), assumed=(other, words))
    assert together([one, two]).assumed == (words, other)
