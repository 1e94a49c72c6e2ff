"""Further data sets of a workspace: what is wrong with one is told by name, and the main one goes on."""

from datetime import datetime
from pathlib import Path

import pytest

from bot.errors import BadQuestion, BadWorkspace
from bot.health import set_lines
from bot.language import load
from bot.records import open_records
from bot.types import Question, Rights
from bot.wiring import service_of
from tests.served import served
from tests.two_companies import two_companies

EN = load("en")


@pytest.fixture
def both(tmp_path: Path) -> Path:
    return two_companies(tmp_path)


def test_each_is_told_how_it_stands_and_what_is_wrong_with_one(both: Path) -> None:
    both.with_name("asia.toml").write_text('[data]\nurl = "files:nowhere"\n')
    both.write_text(both.read_text().replace("[data.sets]\n", '[data.sets]\nasia = "asia.toml"\n'))
    service = service_of(both)
    asia, europe = set_lines(service.sets.checked(service.now()), EN)
    assert asia.startswith("The data set asia cannot be opened, all else goes on: ")
    assert str(both.parent / "nowhere") in asia
    assert europe.startswith("The data set europe, Finger Count Europe: 26 tables, complete to 1 November 2026, ")


def test_a_channel_that_names_none_of_them_ends_the_start_with_those_there_are(both: Path) -> None:
    both.write_text(both.read_text() + '[access.channels.C1]\ndata = "asia"\n')
    with pytest.raises(BadWorkspace, match="access_gaps") as caught:
        service_of(both)
    (gap,) = caught.value.values["gaps"]
    assert EN.say(gap.key, **gap.values) == 'access.channels.C1.data: [data.sets] names no "asia".'
    assert gap.values["near"] == ("europe",)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (("Finger Count Europe", "Finger Count"), "data_set_same_company"),
        (("[data]", '[own]\nfolder = "ours"\n\n[data]'), "data_set_own"),
        (("[data]", "[dat]"), "workspace_gaps"),
    ],
)
def test_what_cannot_be_a_data_set_is_told_to_whoever_runs_the_bot(
    both: Path, change: tuple[str, str], key: str
) -> None:
    file = both.with_name("europe.toml")
    file.write_text(file.read_text().replace(*change, 1))
    service = service_of(both)
    ((name, error),) = service.sets.checked(service.now())
    assert (name, getattr(error, "key", None)) == ("europe", key)
    with pytest.raises(BadWorkspace, match="data_set_broken"):
        service.sets.named("europe")
    assert service.sets.all() == [service]


def test_a_draft_of_one_is_no_draft_of_the_other(both: Path) -> None:
    with open_records(f"sqlite:///{both.parent}/records.sqlite") as records:
        service = served(both, records)
        europe, now = service.sets.named("europe"), datetime(2026, 11, 2, 12)
        asked = Question("draft something for those most likely to churn", now, Rights(), language="en", id="q")
        (here,), (there,) = (one.ask(asked).drafts for one in (service, europe))
        assert here.id != there.id
        for own, other, draft in ((service, europe, here), (europe, service, there)):
            assert own.decided.kept(draft.id).id == draft.id
            assert service.sets.of_draft(draft.id) is own
            with pytest.raises(BadQuestion, match="no_such_draft"):
                other.decided.kept(draft.id)


def test_the_rights_and_the_records_are_those_of_the_main_one(both: Path) -> None:
    with open_records(f"sqlite:///{both.parent}/records.sqlite") as records:
        service = served(both, records)
        europe = service.sets.named("europe")
        assert europe.policy is service.policy
        assert europe.records is service.records
