"""What nothing explains is not passed over; an account is known by its name."""

import pytest

from bot.terminal import Session
from bot.types import Intent, Outcome


@pytest.mark.parametrize("text", ["churn in Atlantis last month", "NPS of the Foobar team", "churn since the eclipse"])
def test_a_group_or_a_time_that_nobody_knows_is_never_passed_over(demo: Session, text: str) -> None:
    assert demo.service.ask(demo.question(text)).outcome is Outcome.REFUSE


def test_an_account_is_known_by_its_name_alone(demo: Session) -> None:
    answer = demo.service.ask(demo.question("Quiladine Bakery, anything odd there?"))
    assert (answer.intent, answer.queries[0].subject) == (Intent.PROFILE, "A0322")
