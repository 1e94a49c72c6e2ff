"""What nothing explains is not passed over; an account is known by its name."""

from unittest.mock import Mock

import pytest

from bot.engines.understanding.doubt import Doubt, looked_at_again
from bot.engines.understanding.heard import Heard, Named
from bot.engines.understanding.opinion import Guess
from bot.engines.understanding.reading import Reading
from bot.language import load
from bot.terminal import Session
from bot.types import Intent, Outcome, Query


@pytest.mark.parametrize("text", ["churn in Atlantis last month", "NPS of the Foobar team", "churn since the eclipse"])
def test_a_group_or_a_time_that_nobody_knows_is_never_passed_over(demo: Session, text: str) -> None:
    assert demo.service.ask(demo.question(text)).outcome is Outcome.REFUSE


@pytest.mark.slow
def test_an_account_is_known_by_its_name_alone(demo: Session) -> None:
    answer = demo.service.ask(demo.question("Quiladine Bakery, anything odd there?"))
    assert (answer.intent, answer.queries[0].subject) == (Intent.PROFILE, "A0322")


def test_figures_in_one_breath_of_which_none_is_the_likeliest_are_all_told() -> None:
    """An opinion about a third figure decides nothing between the two that are named."""
    text, code = "churn rate nps", load("en")
    heard = Heard(code, code.hear(text)[0], metrics=[Named("churn_rate", start=0), Named("nps", start=2)], matter=text)
    first = Reading("en", Intent.MULTI, (Query(Intent.VALUE, "churn_rate"), Query(Intent.VALUE, "nps")))
    opinion = Mock(of=lambda *_: (Guess("metric:mrr", 1.5, frozenset()), Guess("metric:nps", 0.9, frozenset())))
    assert looked_at_again(heard, first, Mock(), Doubt(opinion, lambda _: None)) is None
