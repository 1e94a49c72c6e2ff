"""The whole way of a company's own documents: shared by an admin, read, indexed, cited, taken out."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.language import load
from bot.playground import Pace, Slack
from bot.records import open_records
from tests.plays import written
from tests.served import FINGERS, ROOT, served
from tests.slack.town import MANIFEST, Town, start

EN = load("en")
pytestmark = pytest.mark.slow
"""The index of all plays is built anew, by the model that the product has."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finger-count company with Ana as its admin, and a document in its folder."""
    folder = tmp_path_factory.mktemp("company")
    text = FINGERS.read_text(encoding="utf-8").replace("files:data", f"files:{FINGERS.parent / 'data'}")
    text += '\n[playbook]\ndocuments = "ours"\n\n[access.roles.admin]\nmembers = ["ana@example.com"]\n'
    (folder / "workspace.toml").write_text(text, encoding="utf-8")
    (folder / "ours").mkdir()
    (folder / "ours" / "winback.html").write_bytes(written.PAGE)
    (folder / "ours" / "torn.pdf").write_bytes(written.pdf()[:300])
    return folder / "workspace.toml"


@pytest.fixture(scope="module")
def city(workspace: Path) -> Iterator[Town]:
    """The local Slack with the real bot in it, at home beside the workspace."""
    home = workspace.parent / "home"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MAINSTAY_HOME", str(home))
        with (
            Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack,
            open_records(f"sqlite:///{workspace.parent}/records.sqlite") as records,
        ):
            service = served(workspace, records)
            service.playbook.build()
            with start(service, records, slack):
                slack.wait_for(lambda: slack.connections)
                ana = slack.person("Ana", email="ana@example.com")
                bruno = slack.person("Bruno", locale="fr-FR")
                yield Town(slack, ana, bruno, slack.channel("retention", members=[ana, bruno]))


def told(city: Town, person: str, text: str) -> str:
    """The answer to a direct message."""
    place = city.slack.direct(person)
    number = len(city.answers(place)) + 1
    city.slack.tell(person, text)
    city.slack.wait_for(lambda: len(city.answers(place)) >= number, seconds=60)
    return city.answers(place)[-1]["text"]


def shared(city: Town, person: str, name: str, data: bytes, text: str = "") -> str:
    """The answer to a file."""
    place = city.slack.direct(person)
    number = len(city.answers(place)) + 1
    city.slack.share(person, place, name, data, text)
    city.slack.wait_for(lambda: len(city.answers(place)) >= number, seconds=60)
    return city.answers(place)[-1]["text"]


def at_the_terminal(workspace: Path, *words: str) -> dict:
    """Another process with the same home."""
    environment = {**os.environ, "MAINSTAY_HOME": str(workspace.parent / "home")}
    command = [sys.executable, "app.py", *words, "--workspace", str(workspace), "--json"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_shared_pdf_and_word_document_are_cited_by_section_by_every_process(city: Town, workspace: Path) -> None:
    added = shared(city, city.ana, "Renewals.pdf", written.pdf(), "Please add this to our playbook")
    assert added.startswith("Renewals.pdf is now in the playbook as “Renewal handbook”")
    assert "Onboarding calls" in shared(city, city.ana, "calls.docx", written.docx())
    question = "What should we do ninety days before an annual renewal?"
    answer = told(city, city.bruno, question)
    assert "“Renewal handbook”" in answer
    assert "(Ninety days before)" in answer
    assert written.HANDBOOK[0][1] in answer
    assert "“Onboarding calls”" in told(city, city.ana, "What should we do in the first week of a new customer?")
    assert "Renewal handbook" in told(city, city.bruno, "Que faire quatre-vingt-dix jours avant un renouvellement ?")

    first = at_the_terminal(workspace, "plays", question)["plays"][0]
    assert (first["id"], first["section"], first["own"]) == ("own/Renewals.pdf", "Ninety days before", True)
    first = at_the_terminal(workspace, "plays", "which offers may we make to win back Pro customers")["plays"][0]
    assert (first["id"], first["section"]) == ("own/winback.html", "Offers we allow")
    documents = at_the_terminal(workspace, "check")["documents"]
    assert [one["name"] for one in documents if one["key"].startswith("documents_line")] == [
        "Renewals.pdf", "calls.docx", "winback.html",
    ]  # fmt: skip
    assert [one["name"] for one in documents if one["key"] == "document_broken"] == ["torn.pdf"]

    city.slack.command(city.ana, city.channel, "/retention documents drop Renewals.pdf")
    assert city.whisper(city.ana)["text"].endswith(EN.say("document_removed", name="Renewals.pdf"))
    assert at_the_terminal(workspace, "plays", question)["plays"][0]["own"] is False


def test_what_cannot_be_taken_gets_a_clear_sentence(city: Town) -> None:
    locked = shared(city, city.ana, "locked.pdf", written.pdf(password="secret"))
    assert locked == EN.say("document_encrypted", name="locked.pdf")
    assert shared(city, city.ana, "torn.pdf", written.pdf()[:300]) == EN.say("document_broken", name="torn.pdf")
    refused = shared(city, city.bruno, "rules.md", b"# Rules\n\nCall everybody twice a year.")
    assert refused == load("fr").say("documents_not_allowed")
