"""What people add to the figures, the whole way: noted and endorsed in Slack, and said in everybody's answers."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from bot.language import load
from bot.playground import Pace, Slack
from bot.records import open_records
from tests.served import FINGERS, served
from tests.slack.town import MANIFEST, Town, start

EN = load("en")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The real bot, to which everybody is an analyst."""
    folder = tmp_path_factory.mktemp("notes")
    workspace = folder / "workspace.toml"
    told = FINGERS.read_text().replace("files:data", f"files:{FINGERS.parent}/data")
    workspace.write_text(f'{told}\n[access]\ndefault_role = "analyst"\n')
    with open_records(f"sqlite:///{folder}/records.sqlite") as records:
        service = served(workspace, records)
        service.now = lambda: datetime(2026, 11, 2, 9)
        with Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack, start(service, records, slack):
            slack.wait_for(lambda: slack.connections)
            ana, bruno = slack.person("Ana"), slack.person("Bruno", locale="fr-FR")
            yield Town(slack, ana, bruno, slack.channel("retention", members=[ana, bruno]))


def test_a_note_written_by_a_command_is_context_in_everybodys_answers(city: Town) -> None:
    city.slack.command(city.ana, city.channel, "/retention note 1 October new checkout")
    assert "Noted as number 1: new checkout, 1 October 2026" in city.whisper(city.ana)["text"]
    city.slack.mention(city.bruno, city.channel, "clients perdus par mois depuis juillet 2026 ?")
    assert "new checkout (1er octobre)" in city.answer()["text"]
    city.slack.command(city.bruno, city.channel, "/retention note retirer 1")
    assert "La note 1 est retirée" in city.whisper(city.bruno)["text"]


def test_a_definition_endorsed_in_a_receipt_is_endorsed_by_name_from_then_on(city: Town) -> None:
    number = len(city.answers()) + 1
    city.slack.mention(city.ana, city.channel, "what was our churn rate in October?")
    city.slack.press(city.ana, city.answer(number=number), EN.say("slack_receipt_button"), city.channel)

    def shown() -> dict[str, object] | None:
        view = city.slack.modal(city.ana)
        ready = view is not None and EN.say("slack_receipt_endorse") in str(view)
        return view if ready and EN.say("slack_receipt_measuring") not in str(view) else None

    city.slack.press_in_view(city.ana, city.slack.wait_for(shown, 20), EN.say("slack_receipt_endorse"))
    line = "Definition endorsed by Ana on 2 November 2026."
    city.slack.wait_for(lambda: line in str(city.slack.modal(city.ana)), 10)
    city.slack.mention(city.bruno, city.channel, "what was our churn rate in September?")
    assert line in city.answer(number=number + 1)["text"]
