"""Pictures under answers, in the local Slack: uploaded once, with words of their language; missed, never waited for."""

from slack_sdk import WebClient

from bot.language import load
from bot.pictures import Painter
from bot.slack.heard import Heard
from bot.slack.limits import Message
from bot.slack.replies import Replies
from tests.pictures.test_pictures import answer as told
from tests.pictures.test_pictures import curve, grid
from tests.slack.town import said

PNG = b"\x89PNG"


def uploaded(town, channel, number=1):
    """The messages that carry a file, once there are so many."""
    return town.slack.wait_for(lambda: found if len(found := carried(town, channel)) >= number else [], seconds=10)


def carried(town, channel):
    return [one for one in town.slack.messages(channel, by_app=True) if one.get("files")]


def announced(town):
    return town.slack.calls("files.getUploadURLExternal")


def test_a_heat_map_follows_the_answer_into_its_thread(town, service):
    service.answers["cohorts?"] = said("Cohort retention: …", evidence=(grid(),))
    root = town.slack.mention(town.ana, town.channel, "cohorts?")
    (message,) = uploaded(town, town.channel)
    (file,) = message["files"]
    assert message["thread_ts"] == root
    assert "table" in {block["type"] for block in town.answers()[0]["blocks"]}
    assert file["name"] == "cohort_retention-2026-05-01.png"
    assert file["alt_txt"].startswith("Heat map of cohort retention")
    assert town.slack.file(file["id"]).startswith(PNG)


def test_a_french_answer_has_a_french_picture(town, service):
    direct = town.slack.direct(town.bruno)
    service.answers["survie ?"] = said("Courbe de survie…", language="fr", evidence=(curve(),))
    town.slack.tell(town.bruno, "survie ?")
    (message,) = uploaded(town, direct)
    assert message["files"][0]["alt_txt"].startswith("Courbe\u00a0: courbe de survie")


def test_an_answer_whose_picture_is_not_taken_goes_out_with_its_table(town, service):
    service.answers["cohorts?"] = said("Cohort retention: …", evidence=(grid(),))
    before = len(announced(town))
    town.slack.fail("files.getUploadURLExternal", 500)
    town.slack.mention(town.ana, town.channel, "cohorts?")
    assert "table" in {block["type"] for block in town.answer()["blocks"]}
    town.slack.wait_for(lambda: len(announced(town)) > before)
    assert not announced(town)[-1].ok
    assert carried(town, town.channel) == []


def test_what_one_person_alone_is_told_has_no_picture_for_others_to_see(town, service):
    service.answers["cohorts?"] = said("Cohort retention: …", evidence=(grid(),))
    before = len(announced(town))
    town.slack.command(town.ana, town.channel, "/retention cohorts?")
    assert "table" in {block["type"] for block in town.whisper(town.ana)["blocks"]}
    town.quiet()
    assert len(announced(town)) == before


def test_an_answer_taken_up_again_after_a_crash_has_its_picture_once(town):
    client = WebClient(token=town.slack.bot_token, base_url=town.slack.api_url)
    root = town.slack.mention(town.ana, town.channel, "cohorts?")
    town.answer()
    heard = Heard("e", "other", "mention", town.slack.space.team, town.channel, town.ana, "cohorts?", thread=root)
    picture = Painter().draw(told(grid()), load("en"))
    for again in (False, True, True):
        reply = Replies(client, lambda _: None).to(heard)
        reply.begin("…", again)
        reply.finish(Message("Cohort retention"))
        reply.picture(picture)
        uploaded(town, town.channel)
    town.quiet()
    assert len(carried(town, town.channel)) == 1
