"""Files go up in three steps, in their order, and are taken as strictly as Slack takes them."""

import urllib.request
from urllib.error import HTTPError

import pytest
from slack_sdk import WebClient

from bot.playground import Slack
from tests.slack.double.conftest import MANIFEST
from tests.slack.double.pieces import refusal

SCOPES = [*MANIFEST["oauth_config"]["scopes"]["bot"], "files:write", "files:read", "im:write"]


@pytest.fixture
def slack():
    with Slack({**MANIFEST, "oauth_config": {"scopes": {"bot": SCOPES}}}) as slack:
        yield slack


def announced(client, name="a.csv", length=3, **more):
    return client.files_getUploadURLExternal(filename=name, length=length, **more)


def fetched(url, data=None, **headers):
    """The status, the bytes and the headers with which the server answers."""
    try:
        asked = urllib.request.Request(url, data, headers)  # noqa: S310  our own loopback
        with urllib.request.urlopen(asked) as answer:  # noqa: S310  our own loopback
            return answer.status, answer.read(), answer.headers
    except HTTPError as error:
        return error.code, b"", error.headers


def sent(url, data=b"a,b"):
    """The status with which an address takes these bytes."""
    return fetched(url, data)[0]


def completed(client, file, **more):
    return client.files_completeUploadExternal(files=[{"id": file, "title": "A"}], **more)


def test_a_file_goes_up_and_its_message_comes_later(client, slack, ana):
    direct = client.conversations_open(users=ana)["channel"]["id"]
    answer = client.files_upload_v2(channel=direct, filename="a.csv", title="A", content="a,b", initial_comment="here")
    assert "shares" not in answer["file"]
    (message,) = slack.wait_for(lambda: slack.messages(direct, by_app=True))
    assert (message["text"], message["files"][0]["name"]) == ("here", "a.csv")
    assert slack.file(message["files"][0]["id"]) == b"a,b"
    status, data, headers = fetched(slack.url + message["files"][0]["url_private"])
    assert (status, data) == (200, b"a,b")
    assert "attachment" in headers["Content-Disposition"]


def test_a_file_needs_a_name_a_length_and_a_short_description(client):
    assert refusal(lambda: announced(client, name="")) == "invalid_arguments"
    assert refusal(lambda: announced(client, length=0)) == "invalid_arguments"
    assert refusal(lambda: announced(client, length="many")) == "invalid_arguments"
    assert refusal(lambda: announced(client, alt_txt="x" * 1_001)) == "invalid_arguments"


def test_the_bytes_must_be_as_many_as_said_and_come_once(client):
    file = announced(client)
    assert sent(file["upload_url"], b"a,b,c") == 400
    assert sent(file["upload_url"]) == 200
    assert sent(file["upload_url"]) == 400
    assert sent(file["upload_url"].replace(file["file_id"], "F404")) == 400


def test_only_what_was_uploaded_is_shared_once_and_where_the_app_is_a_member(client, slack, town):
    file = announced(client)
    assert refusal(lambda: completed(client, file["file_id"], channel_id=town)) == "file_not_found"
    sent(file["upload_url"])
    outside = slack.channel("outside", joined=False)
    assert refusal(lambda: completed(client, file["file_id"], channel_id=outside)) == "not_in_channel"
    assert refusal(lambda: completed(client, file["file_id"], channel_id="#town")) == "channel_not_found"
    assert refusal(lambda: completed(client, file["file_id"], channel_id=town, thread_ts="1.1")) == "thread_not_found"
    assert refusal(lambda: completed(client, file["file_id"], channels=[town] * 101)) == "invalid_arguments"
    assert completed(client, file["file_id"], channel_id=town)["ok"]
    assert refusal(lambda: completed(client, file["file_id"], channel_id=town)) == "file_not_found"
    assert client.files_info(file=file["file_id"])["file"]["title"] == "A"


def test_a_file_that_was_not_shared_cannot_be_fetched(client, slack):
    file = announced(client)
    sent(file["upload_url"])
    assert fetched(f"{slack.url}/files/{file['file_id']}/a.csv")[0] == 404
    assert refusal(lambda: client.files_info(file=file["file_id"])) == "file_not_found"


def test_files_need_their_scope(ana):
    with Slack(MANIFEST) as plain:
        client = WebClient(token=plain.bot_token, base_url=plain.api_url)
        assert refusal(lambda: announced(client)) == "missing_scope"


def test_the_page_speaks_only_to_itself(slack):
    """Another site in the same browser may neither read nor act, whatever name it gives this machine."""
    assert fetched(f"{slack.url}/", Origin="https://elsewhere.example")[0] == 403
    assert fetched(f"{slack.url}/", Host="elsewhere.example")[0] == 403
    assert fetched(f"{slack.url}/page/act", b"as=U1", **{"Content-Type": "text/plain"})[0] == 415
    assert fetched(f"{slack.url}/", Origin=slack.url)[0] == 200
