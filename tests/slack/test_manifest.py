"""The manifest: printed from the code, within Slack's limits, and no wider than what the bot does."""

import json
import re

from bot.playground.methods import METHODS
from bot.slack.commands import load_commands
from bot.slack.manifest import COMMAND, EVENTS, SCOPES, SHORTCUT, manifest, printed
from tests.slack.town import MANIFEST, ROOT

# Lengths and counts of the manifest's JSON schema (slackapi/manifest-schema, version 2.0.0).
LONGEST = {
    ("display_information", "name"): 35,
    ("display_information", "description"): 140,
    ("display_information", "long_description"): 4000,
    ("features", "bot_user", "display_name"): 80,
    ("features", "agent_view", "agent_description"): 300,
}


def at(path):
    found = manifest()
    for name in path:
        found = found[name]
    return found


def test_the_file_is_what_the_code_prints():
    assert (ROOT / "manifest.json").read_text() == printed()
    assert manifest() == MANIFEST


def test_texts_keep_their_lengths():
    assert {path: len(at(path)) for path in LONGEST if len(at(path)) > LONGEST[path]} == {}
    assert len(at(("display_information", "long_description"))) >= 175
    assert re.fullmatch(r"#[0-9a-f]{6}", at(("display_information", "background_color")))


def test_the_command_keeps_its_limits_and_names_what_it_takes():
    (command,) = manifest()["features"]["slash_commands"]
    assert command["command"] == COMMAND
    assert len(COMMAND) <= 32
    assert len(command["description"]) <= 2000
    assert len(command["usage_hint"]) <= 1000
    for known in load_commands():
        assert known.name in command["usage_hint"]


def test_the_shortcut_keeps_its_limits():
    (one,) = manifest()["features"]["shortcuts"]
    assert (one["type"], one["callback_id"]) == ("message", SHORTCUT)
    assert len(one["name"]) <= 24
    assert len(one["description"]) <= 150
    assert len(SHORTCUT) <= 255


def test_with_an_address_slack_calls_it_there_and_nothing_else_changes():
    there, here = manifest("https://bot.example/"), manifest()
    url = "https://bot.example/slack/events"
    settings = there["settings"]
    assert not settings["socket_mode_enabled"]
    assert settings["event_subscriptions"].pop("request_url") == url
    assert settings["interactivity"].pop("request_url") == url
    heard = settings["event_subscriptions"]["bot_events"]
    assert set(heard) - set(EVENTS) == {"app_uninstalled", "tokens_revoked"}
    settings["event_subscriptions"]["bot_events"] = [one for one in heard if one in EVENTS]
    assert there["oauth_config"].pop("redirect_urls") == ["https://bot.example/slack/oauth_redirect"]
    assert [one.pop("url") for one in there["features"]["slash_commands"]] == [url]
    assert {**there, "settings": {**settings, "socket_mode_enabled": True}} == here


def test_it_runs_without_a_public_address():
    settings = manifest()["settings"]
    assert settings["socket_mode_enabled"]
    assert settings["interactivity"] == {"is_enabled": True}
    assert "request_url" not in json.dumps(manifest())


def test_every_event_has_the_scope_to_read_it():
    needed = {
        "app_mention": "app_mentions:read",
        "message.channels": "channels:history",
        "message.groups": "groups:history",
        "message.im": "im:history",
        "message.mpim": "mpim:history",
        "user_change": "users:read",
    }
    assert set(EVENTS) - {"app_home_opened", "agent_session_stopped", "function_executed"} == set(needed)
    assert set(needed.values()) <= set(SCOPES)


def test_every_scope_is_one_that_something_needs():
    called = ("chat.postMessage", "users.info", "usergroups.list", "files.completeUploadExternal")
    of_methods = {METHODS[name].scope for name in called}
    of_methods.add(METHODS["assistant.threads.setSuggestedPrompts"].scope)
    families = ("channels", "groups", "im", "mpim")
    of_channels = {f"{family}:{what}" for family in families for what in ("read", "history")}
    others = {"app_mentions:read", "commands", "users:read.email", "im:write", "files:read"}
    assert set(SCOPES) == of_methods | of_channels | others
