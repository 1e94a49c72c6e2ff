"""Several workspaces of a company, each installed by OAuth: what is one's is no other's."""

import html
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from slack_sdk import WebClient
from sqlalchemy import select

from bot.dropped import dropped
from bot.errors import BadWorkspace
from bot.language import load
from bot.playground import Pace, Slack
from bot.records import Records, open_records, records_of
from bot.records.database import connect
from bot.records.schema import answers, inbox, slack_bots, slack_oauth_states
from bot.settings import Environment
from bot.slack.app import SlackBot, open_bots
from bot.slack.conversation import utc
from bot.slack.desks import Furnished
from bot.slack.heard import Heard
from bot.slack.installations import TeamClient
from bot.slack.manifest import EVENTS_PATH, manifest
from bot.slack.reach import repeating
from bot.slack.transports import Requests
from bot.types import Rate
from bot.wiring import several
from tests.served import DEMO, FINGERS
from tests.slack.town import Script, Town, said

EN = load("en")
HOME, AWAY = "T0HOME", "T0AWAY"


@dataclass
class Company:
    """Two workspaces of one Slack, the bot of both, and what each has of its own."""

    home: Slack
    away: Slack
    bot: SlackBot
    root: str
    scripts: dict[str, Script]
    records: dict[str, Records]
    again: Callable[[], SlackBot]
    """The bot as the next process makes it."""

    @property
    def address(self) -> str:
        assert isinstance(self.bot.transport, Requests)
        return f"http://127.0.0.1:{self.bot.transport.listener.port}"

    def install(self, slack: Slack, seconds: int | None = None, **change: str) -> tuple[int, str]:
        """What an admin's browser does, from the install page to the last one: its status and text."""
        with urllib.request.urlopen(f"{self.address}/slack/install", timeout=5) as page:  # noqa: S310  our own address
            cookie = page.headers["Set-Cookie"].partition(";")[0]
            link = html.unescape(re.search(r'<a href="([^"]+)"', page.read().decode()).group(1))
        code = slack.allow(slack.person("Ines"), link, seconds)
        state = re.search(r"state=([^&]+)", link).group(1)
        given = {"code": code, "state": state, "cookie": cookie, **change}
        back = f"{self.address}/slack/oauth_redirect?code={given['code']}&state={given['state']}"
        request = urllib.request.Request(back, headers={"Cookie": given["cookie"]})  # noqa: S310  likewise
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310  likewise
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def town(self, slack: Slack) -> Town:
        slack.advance(61)
        ana = slack.person("Ana")
        return Town(slack, ana, ana, slack.channel("retention", members=[ana]))

    def rows(self, url: str) -> set[str]:
        """The teams of whatever was accepted in these records."""
        with connect(url).reading() as connection:
            return set(connection.execute(select(inbox.c.team)).scalars())


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    root = f"sqlite:///{tmp_path}/records.sqlite"
    scripts = {one: Script(answers={"churn?": said(f"Churn of {one}")}) for one in (HOME, AWAY)}
    records: dict[str, Records] = {}

    def furnish(team: str) -> Furnished:
        if team not in scripts:
            raise BadWorkspace("slack_not_set_up", file=f"{team}.toml")
        records[team] = open_records(records_of(root, team))
        return Furnished(scripts[team], records[team], "en", Rate(10_000, 10_000, 1), scripts[team].try_file)

    with Slack(manifest("https://bot.example"), Pace(retries=(0.0, 0.2, 0.2))) as home:
        away = home.another(AWAY, "Away")

        def bot() -> SlackBot:
            return open_bots(
                open_records(root).installed,
                furnish,
                client_id=home.client_id,
                client_secret=home.client_secret,
                signing_secret=home.signing_secret,
                listen=("127.0.0.1", 0),
                api_url=home.api_url,
            )

        made = Company(home, away, bot(), root, scripts, records, bot)
        made.bot.connect()
        home.request_url(made.address + EVENTS_PATH)
        yield made
        made.bot.close()


def test_each_workspace_sees_its_own_and_a_revoked_token_stops_its_own_alone(company: Company) -> None:
    assert company.install(company.home) == (200, EN.say("slack_installed"))
    assert company.install(company.away) == (200, EN.say("slack_installed"))
    home, away = company.town(company.home), company.town(company.away)
    for town, team in ((home, HOME), (away, AWAY)):
        town.slack.mention(town.ana, town.channel, "churn?")
        assert town.answer()["text"] == f"Churn of {team}"
        town.slack.command(town.ana, town.channel, "/retention churn?")
        assert town.whisper(town.ana)["text"].endswith(f"Churn of {team}")
    assert [len(one.asked) for one in company.scripts.values()] == [2, 2]
    assert company.rows(records_of(company.root, HOME)) == {HOME}
    assert company.rows(records_of(company.root, AWAY)) == {AWAY}
    assert company.rows(company.root) == set()

    away.slack.uninstall("tokens_revoked")
    away.slack.wait_for(lambda: AWAY not in _installed(company))
    away.slack.mention(away.ana, away.channel, "churn?")
    home.slack.mention(home.ana, home.channel, "churn?")
    assert home.answer(number=2)["text"] == f"Churn of {HOME}"
    away.quiet()
    assert len(away.answers()) == 1
    assert len(company.scripts[AWAY].asked) == 2
    # Installed anew, it goes on where it was.
    assert company.install(away.slack)[0] == 200
    away.slack.mention(away.ana, away.channel, "churn?")
    assert away.answer(number=2)["text"] == f"Churn of {AWAY}"


def test_an_uninstalled_workspace_leaves_no_token_behind(company: Company) -> None:
    company.install(company.home)
    company.install(company.away)
    assert set(_installed(company)) == {HOME, AWAY}
    company.away.uninstall()
    company.away.wait_for(lambda: set(_installed(company)) == {HOME})


def test_a_token_that_runs_out_is_renewed_before_and_its_refresh_token_used_once(company: Company) -> None:
    company.install(company.home, seconds=3600)
    town = company.town(company.home)
    town.slack.mention(town.ana, town.channel, "churn?")
    assert town.answer()["text"] == f"Churn of {HOME}"
    renewed = [one for one in town.slack.calls("oauth.v2.access") if one.args.get("grant_type") == "refresh_token"]
    assert [one.ok for one in renewed] == [True]
    town.slack.advance(2 * 3600)  # the first token is of no use any more
    town.slack.mention(town.ana, town.channel, "churn?")
    assert town.answer(number=2)["text"] == f"Churn of {HOME}"
    again = [one for one in town.slack.calls("oauth.v2.access") if one.args.get("grant_type") == "refresh_token"]
    assert again == renewed


def test_a_client_that_asks_again_has_the_token_of_that_moment() -> None:
    tokens = ["xoxb-first"]
    again = repeating(TeamClient(lambda: tokens[-1], WebClient()))
    tokens.append("xoxb-renewed")
    assert again.token == "xoxb-renewed"


def test_a_workspace_without_settings_is_told_where_they_belong(company: Company) -> None:
    stray = company.home.another("T0STRAY", "Stray")
    status, text = company.install(stray)
    assert status == 200
    assert "T0STRAY.toml" in text
    town = company.town(stray)
    town.slack.mention(town.ana, town.channel, "quel est notre taux de churn ?")
    assert town.answer()["text"] == load("fr").say("slack_not_set_up", file="T0STRAY.toml")
    delivery = town.slack.command(town.ana, town.channel, "/retention what is our churn rate?")
    sentence = EN.say("slack_not_set_up", file="T0STRAY.toml")
    town.slack.wait_for(lambda: delivery.response == {"text": sentence})


def test_a_workspace_in_which_it_was_never_installed_gets_nothing(company: Company) -> None:
    town = company.town(company.home)
    town.slack.mention(town.ana, town.channel, "churn?")
    town.quiet()
    assert town.answers() == []
    assert company.scripts[HOME].asked == []


@pytest.mark.parametrize(
    ("change", "status"),
    [({"cookie": "slack-app-oauth-state=another"}, 400), ({"state": "made-up"}, 400), ({"code": "made-up"}, 401)],
)
def test_an_installation_that_nobody_here_began_is_refused(
    company: Company, change: dict[str, str], status: int
) -> None:
    assert company.install(company.home, **change)[0] == status
    assert _installed(company) == {}


def test_a_state_is_good_for_one_use(company: Company) -> None:
    company.install(company.home)
    with connect(company.root).reading() as connection:
        assert list(connection.execute(select(slack_oauth_states.c.state))) == []


@pytest.mark.slow
def test_the_program_gives_each_workspace_the_data_and_the_settings_of_its_own_file(tmp_path: Path) -> None:
    folder = tmp_path / "workspaces"
    folder.mkdir()
    data = (FINGERS.parent / "data").as_posix()
    fingers = FINGERS.read_text(encoding="utf-8").replace("files:data", f"files:{data}")
    (folder / f"{HOME}.toml").write_text(fingers, encoding="utf-8")
    (folder / f"{AWAY}.toml").write_text(DEMO.read_text(encoding="utf-8"), encoding="utf-8")
    with Slack(manifest("https://bot.example")) as home:
        away = home.another(AWAY, "Away")
        environment = Environment(
            slack_client_id=home.client_id, slack_client_secret=home.client_secret,
            slack_signing_secret=home.signing_secret, slack_api_url=home.api_url, mainstay_listen="127.0.0.1:0",
            mainstay_home=tmp_path, mainstay_records=None,
        )  # fmt: skip
        with several(folder, environment, dropped) as bot:
            company = Company(home, away, bot, environment.records_url, {}, {}, lambda: bot)
            home.request_url(company.address + EVENTS_PATH)
            assert [company.install(one)[0] for one in (home, away)] == [200, 200]
            told = {}
            for slack in (home, away):
                town = company.town(slack)
                slack.mention(town.ana, town.channel, "what was our churn rate in October 2026?")
                told[slack.space.team] = slack.wait_for(town.answers, 90)[-1]["text"]
    assert "3 of 8" in told[HOME]
    assert "3 of 8" not in told[AWAY]
    assert "churn rate" in told[AWAY].lower()
    for team in (HOME, AWAY):
        with connect(records_of(environment.records_url, team)).reading() as connection:
            assert {id.partition("/")[0] for id in connection.execute(select(answers.c.id)).scalars()} == {team}


def test_what_was_left_unanswered_is_taken_up_in_its_own_workspace_after_a_restart(company: Company) -> None:
    company.install(company.home)
    company.install(company.away)
    town = company.town(company.away)
    root = town.slack.post(town.ana, town.channel, "churn?")
    what = Heard("Ev1", root, "mention", AWAY, town.channel, town.ana, "churn?", thread=root)
    company.bot.close()
    company.records[AWAY].inbox.accept(
        event=what.event, team=AWAY, channel=what.channel, ts=what.ts, payload=what.as_row(), now=utc()
    )
    company.bot = company.again()
    company.bot.connect()
    assert town.answer()["text"] == f"Churn of {AWAY}"
    assert company.scripts[HOME].asked == []


def _installed(company: Company) -> dict[str, str]:
    with connect(company.root).reading() as connection:
        return {row.team_id: row.bot_token for row in connection.execute(select(slack_bots).order_by(slack_bots.c.id))}
