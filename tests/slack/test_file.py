"""A file dropped on a direct conversation is read for whoever gave it; anywhere else it is not read."""

import threading
import urllib.request
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.error import HTTPError
from urllib.parse import urlencode

import pytest
from slack_sdk import WebClient

from bot.dropped import dropped, harmless
from bot.errors import BadData, Unavailable
from bot.language import load
from bot.lent import placed
from bot.playground import Slack
from bot.slack.files import MOST_BYTES, Files
from bot.types import Rights
from bot.types.sizes import LONGEST_QUESTION
from tests.slack.town import MANIFEST

EN, FR = load("en"), load("fr")
SUBSCRIPTIONS = "customer_id,plan,start_date,end_date,mrr,country\n" + "".join(
    f"c{n},basic,2026-0{n % 6 + 1}-05,{'2026-09-1' + str(n) if n < 4 else ''},10.00,FR\n" for n in range(40)
)
"""40 customers from France who pay 10 each; 4 leave in September 2026, so 36 pay 360 at the end."""


def asked(url, data=None, **headers):
    """The status and the bytes with which the server answers."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers)) as answer:  # noqa: S310  our loopback
            return answer.status, answer.read()
    except HTTPError as error:
        return error.code, b""


def post(slack, data, type="application/octet-stream", **told):  # noqa: A002  the header's own name
    return asked(f"{slack.url}/page/file?{urlencode(told)}", data, **{"Content-Type": type})


# --- the whole way --------------------------------------------------------------------------------


def test_a_file_in_a_direct_message_is_read_and_answered_in_its_thread(town, service):
    place = town.slack.direct(town.ana)
    root = town.slack.share(town.ana, place, "Our customers.csv", b"a,b\n1,2\n")
    answer = town.answer(place)
    assert (answer["text"], answer["thread_ts"]) == ("Read: Our customers.csv", root)
    assert service.given == [([("Our customers.csv", b"a,b\n1,2\n")], "en")]
    assert service.asked == []
    town.quiet()
    assert len(town.slack.messages(place, by_app=True)) == 1


def test_words_beside_a_file_that_is_not_read_are_not_asked_and_it_says_so(town, service):
    place = town.slack.direct(town.ana)
    town.slack.share(town.ana, place, "a.csv", b"a\n1\n", "what was our churn?")
    assert town.answer(place)["text"] == "Read: a.csv"
    town.slack.share(town.ana, place, "a.xlsx", b"PK", "what was our churn?")
    assert town.answer(place, 2)["text"].endswith(EN.say("slack_file_words"))
    assert service.asked == []


def test_too_many_words_beside_a_file_are_told_so_before_it_is_fetched(town, service):
    place = town.slack.direct(town.ana)
    town.slack.share(town.ana, place, "a.csv", b"a\n1\n", "churn " * 400)
    expected = EN.say("question_too_long", n=len(("churn " * 400).strip()), most=LONGEST_QUESTION)
    assert town.answer(place)["text"] == expected
    assert service.given == []


def test_a_picture_beside_a_question_leaves_it_a_question(town, service):
    place = town.slack.direct(town.ana)
    town.slack.share(town.ana, place, "screen.png", b"\x89PNG", "churn?")
    assert town.answer(place)["text"] == "Answer to: churn?"
    assert service.given == []


def test_what_is_no_table_gets_a_sentence(town, service):
    place = town.slack.direct(town.bruno)
    town.slack.share(town.bruno, place, "customers.xlsx", b"PK")
    known = {"known": [".csv", ".tsv", ".parquet"], "documents": [".md", ".pdf"]}
    expected = FR.say("slack_file_kind", files=["customers.xlsx"], **known)
    assert town.answer(place)["text"] == expected
    assert service.given == []


def test_a_guest_is_refused_before_anything_is_fetched(town, service):
    guest = town.slack.person("Gus", guest="multi")
    place = town.slack.direct(guest)
    town.slack.share(guest, place, "a.csv", b"a\n1\n")
    assert town.answer(place)["text"] == EN.say("slack_unseen_place")
    assert service.given == []


def test_who_may_not_see_single_customers_is_told_that_the_file_stays_closed(town, service, monkeypatch):
    monkeypatch.setattr(service, "admit", lambda *_: replace(Rights(), person_level=False), raising=True)
    place = town.slack.direct(town.ana)
    town.slack.share(town.ana, place, "a.csv", b"a\n1\n")
    assert town.answer(place)["text"] == EN.say("slack_file_not_allowed")
    assert service.given == []


def admins(monkeypatch, service):
    monkeypatch.setattr(service, "admit", lambda *_: Rights(role="admin"))


def test_an_admins_document_goes_into_the_playbook_and_is_not_tried(town, service, monkeypatch):
    admins(monkeypatch, service)
    place = town.slack.direct(town.ana)
    town.slack.share(town.ana, place, "Our rules.PDF", b"%PDF")
    assert town.answer(place)["text"] == "Added: Our rules.PDF"
    town.slack.share(town.ana, place, "a.md", b"# A", "Please add this to our playbook")
    assert town.answer(place, number=2)["text"] == "Added: a.md"
    town.slack.share(town.ana, place, "b.md", b"# B", "what was our churn?")
    assert town.answer(place, number=3)["text"] == f"Added: b.md\n{EN.say('slack_file_words')}"
    assert service.shelved[0] == ([("Our rules.PDF", b"%PDF")], town.ana)
    assert service.given == service.asked == []


def test_only_an_admin_adds_a_document_and_nothing_is_fetched_for_others(town, service):
    place = town.slack.direct(town.ana)
    town.slack.share(town.ana, place, "rules.pdf", b"%PDF", "add to playbook")
    assert town.answer(place)["text"] == EN.say("documents_not_allowed")
    assert service.shelved == []


def test_a_file_in_a_channel_is_not_read(town, service):
    town.slack.share(town.ana, town.channel, "a.csv", b"a\n1\n")
    town.slack.share(town.ana, town.channel, "a.csv", b"a\n1\n", f"<@{town.slack.space.bot_user}> churn?")
    assert town.answer()["text"] == "Answer to: churn?"
    town.quiet()
    assert service.given == []
    assert len(town.slack.messages(town.channel, by_app=True)) == 1


def test_a_file_delivered_again_is_answered_once(town, service):
    place = town.slack.direct(town.ana)
    root = town.slack.share(town.ana, place, "a.csv", b"a\n1\n")
    town.answer(place)
    (delivery,) = [d for d in town.slack.deliveries("message") if d.payload["event"].get("ts") == root]
    town.slack.deliver_again(delivery)
    town.quiet()
    assert len(service.given) == 1


# --- what is in it --------------------------------------------------------------------------------


def looked(folder, name, data):
    """What a look at one file comes to."""
    (folder / "data").mkdir()
    placed(folder / "data", name, data)
    return dropped(folder / "data", folder / "workspace.toml", "en", {})


def test_a_company_is_recognised_and_asked(tmp_path):
    """All of it in one text, which does not tell where on this machine it lies."""
    found = looked(tmp_path, "Our customers (1).csv", SUBSCRIPTIONS.encode())
    assert "account_id ← customer_id" in found.text
    assert "Amounts are taken as EUR, for most customers are in France." in found.text
    assert EN.say("try_q_mrr") in found.text
    assert "€360.00" in found.text
    assert str(tmp_path) not in found.text


def test_files_of_one_name_do_not_take_each_others_place(tmp_path):
    names = ["a_2.csv", "a.csv", "A.parquet", "dir/a.csv"]
    paths = [placed(tmp_path, name, name.encode()) for name in names]
    assert [path.read_bytes().decode() for path in paths] == names
    assert len({path.stem.lower() for path in paths}) == 4
    assert all(path.parent == tmp_path for path in paths)


@pytest.mark.parametrize("name", ["junk.csv", "junk.parquet"])
def test_junk_is_refused_by_its_name(name, tmp_path):
    with pytest.raises(BadData) as caught:
        looked(tmp_path, name, bytes(range(256)) * 20)
    assert name in EN.say(caught.value.key, **caught.value.values)


@pytest.mark.parametrize("where", ["select", "columns"])
def test_a_name_that_stands_for_a_secret_of_this_machine_is_not_filled_in(where):
    """A workspace fills `${NAME}` from the environment, in which the bot's tokens are."""
    name = "id ${SLACK_BOT_TOKEN}"
    map_ = {"select": None, "columns": {}, where: f'SELECT "{name}"' if where == "select" else {"account_id": name}}
    guess = SimpleNamespace(tables=[SimpleNamespace(map=SimpleNamespace(**map_), sources=("a",))])
    with pytest.raises(BadData, match="drop_unread"):
        harmless(guess)


def test_a_name_cannot_lead_out_of_the_folder(tmp_path):
    assert "€360.00" in looked(tmp_path, "../../${HOME}/a.csv", SUBSCRIPTIONS.encode()).text
    assert [one.parent.name for one in tmp_path.rglob("*.csv")] == ["data"]


# --- fetching -------------------------------------------------------------------------------------


@pytest.fixture
def files(slack):
    return Files(WebClient(token=slack.bot_token, base_url=slack.api_url), (".pdf",))


@pytest.mark.parametrize(
    "url",
    [
        "https://drive.example.com/a.csv",
        "http://127.0.0.1.example.com/a.csv",
        "file:///etc/hostname",
        "",
        "http://[broken",
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost/a.csv",
        "http://token@{home}/a.csv",
        "http://evil.example\\.{home}/a.csv",
        "http://evil.example%2f.{home}/a.csv",
        "http://evil.example%23.{home}/a.csv",
        "http://evil.example?.{home}/a.csv",
        "http://evil.example#.{home}/a.csv",
        "http://evil{home}/a.csv",
        "http://{home}.evil.example/a.csv",
        "ftp://{home}/a.csv",
        "gopher://{home}/a.csv",
    ],
)
def test_the_token_goes_nowhere_but_to_slack(files, url, slack, monkeypatch):
    opened = []
    monkeypatch.setattr(files._opener, "open", lambda request, **_: opened.append(request.full_url))
    url = url.replace("{home}", slack.url.partition("//")[2])
    with pytest.raises(Unavailable, match="slack_file_not_fetched"):
        files.fetch([{"name": "a.csv", "size": 1, "url_private_download": url}])
    assert opened == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_with_the_token_or_without(status):
    """Slack itself might be led to send elsewhere; whoever is named there hears nothing."""
    heard = []

    class Sends(BaseHTTPRequestHandler):
        def do_GET(self):
            heard.append(self.path)
            self.send_response(status)
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
            self.end_headers()

        def log_message(self, *_):
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Sends) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}"
        redirected = Files(WebClient(token="xoxb-1", base_url=f"{base}/api/"), ())
        with pytest.raises(Unavailable, match="slack_file_not_fetched"):
            redirected.fetch([{"name": "a.csv", "size": 1, "url_private_download": f"{base}/a.csv"}])
        server.shutdown()
    assert heard == ["/a.csv"]


def test_a_table_and_a_document_in_one_message_are_not_taken_for_the_same(files):
    listed = [{"name": name, "size": 1, "url_private_download": "https://nowhere"} for name in ("a.csv", "b.pdf")]
    with pytest.raises(BadData, match="slack_file_mixed"):
        files.fetch(listed)


def test_a_file_that_is_gone_is_said_so(files, slack):
    url = f"{slack.url}/files-pri/F404/download/a.csv"
    with pytest.raises(Unavailable, match="slack_file_not_fetched"):
        files.fetch([{"name": "a.csv", "size": 1, "url_private_download": url}])


def test_what_is_larger_than_allowed_is_not_read_whatever_it_says_of_its_size(files, slack, monkeypatch):
    with pytest.raises(BadData, match="slack_file_too_large"):
        files.fetch([{"name": "a.csv", "size": MOST_BYTES + 1, "url_private_download": "https://nowhere"}])
    ana = slack.person("Ana")
    slack.share(ana, slack.direct(ana), "a.csv", b"x" * 100)
    (listed,) = slack.messages(slack.direct(ana))[-1]["files"]
    assert files.fetch([listed]) == [("a.csv", b"x" * 100)]
    with pytest.raises(BadData, match="slack_document_too_large"):
        files.fetch([{"name": "a.pdf", "size": 50 * 2**20, "url_private_download": "https://nowhere"}])
    monkeypatch.setattr("bot.slack.files.MOST_BYTES", 99)
    with pytest.raises(BadData, match="slack_file_too_large"):
        files.fetch([{**listed, "size": 1}])


# --- the double and its page ----------------------------------------------------------------------


def test_the_page_takes_a_file_in_a_direct_conversation_and_nowhere_else(slack):
    ana, bo = slack.person("Ana"), slack.person("Bo")
    place, channel = slack.direct(ana), slack.channel("town", members=[ana])
    told = {"as": ana, "channel": place, "name": "dir/a.csv"}
    assert b'"ok": true' in post(slack, b"a\n1\n", **told)[1]
    message = slack.messages(place)[-1]
    assert (message["subtype"], message["files"][0]["name"], message["files"][0]["size"]) == ("file_share", "a.csv", 4)
    assert b"file_not_here" in post(slack, b"a", **{**told, "channel": channel})[1]
    assert b"not_in_channel" in post(slack, b"a", **{**told, "as": bo})[1]
    assert b"user_not_found" in post(slack, b"a", **{**told, "as": "U404"})[1]
    assert b"file_is_empty" in post(slack, b"", **told)[1]
    assert b"file_too_large" in post(slack, b"x" * (20 * 2**20 + 1), **told)[1]
    assert post(slack, b"a", "text/plain", **told)[0] == 415
    assert len([one for one in slack.messages(place) if one["user"] == ana]) == 1


def test_only_the_bot_token_opens_the_address_of_a_file(slack):
    ana = slack.person("Ana")
    slack.share(ana, slack.direct(ana), "my file.csv", b"a,b")
    url = slack.messages(slack.direct(ana))[-1]["files"][0]["url_private_download"]
    assert asked(url) == (403, b"")
    assert asked(url, Authorization=f"Bearer {slack.app_token}") == (403, b"")
    assert asked(url, Authorization=f"Bearer {slack.bot_token}") == (200, b"a,b")


def test_an_app_without_the_scope_is_not_told_of_a_file():
    scopes = [scope for scope in MANIFEST["oauth_config"]["scopes"]["bot"] if scope != "files:read"]
    with Slack({**MANIFEST, "oauth_config": {"scopes": {"bot": scopes}}}) as slack:
        ana = slack.person("Ana")
        slack.share(ana, slack.direct(ana), "a.csv", b"a")
        slack.tell(ana, "hello")
        assert [d.payload["event"]["text"] for d in slack.deliveries("message")] == ["hello"]
        url = slack.messages(slack.direct(ana))[0]["files"][0]["url_private_download"]
        assert asked(url, Authorization=f"Bearer {slack.bot_token}")[0] == 403
