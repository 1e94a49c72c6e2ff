"""The page draws what an app sends and tells what a person does; the app here is a bare client."""

import json
import re
import threading
from pathlib import Path

import pytest
from slack_sdk import WebClient
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.playground import Opening, Slack
from bot.playground.page import FOLDER
from tests.slack.double import pieces
from tests.slack.double.conftest import MANIFEST

pytestmark = pytest.mark.browser
DOT = "data:image/gif;base64,R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs="
MONTHS = ["May", "Jun", "Jul", "Aug", "Sep", "Oct"]


def series(name, *values):
    return {"name": name, "data": [{"label": m, "value": v} for m, v in zip(MONTHS, values, strict=True)]}


def drawn(kind, *lines):
    axis = {"categories": MONTHS, "x_label": "Month", "y_label": "Customers"}
    chart = {"type": kind, "series": list(lines), "axis_config": axis}
    return {"type": "data_visualization", "title": f"A {kind} chart", "chart": chart}


def cells(*rows):
    return [[{"type": "raw_text", "text": str(cell)} for cell in row] for row in rows]


MARKED = "*Bold*, _italic_, ~struck~, `code`, <https://example.com|a link>, &lt;escaped&gt;\n• one\n• two\n&gt; quoted"
MARKDOWN = (
    "## A heading\n\nWith **bold**, [a link](https://example.com) and\n\n1. a list\n2. of two\n\n"
    "| a | b |\n|---|---|\n| 1 | 2 |"
)
GALLERY = [
    [
        {"type": "header", "text": pieces.plain("Everything a message can hold")},
        pieces.section(MARKED),
        {"type": "section", "fields": [{"type": "mrkdwn", "text": f"*Field {n}*\n{n}"} for n in range(4)]},
        pieces.section("With a picture", accessory={"type": "image", "image_url": DOT, "alt_text": "a dot"}),
        pieces.section("With a menu", accessory=pieces.overflow(3)),
        {"type": "divider"},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "a *context* line"}]},
        pieces.actions(
            pieces.button(),
            pieces.button(action_id="b", style="primary", text=pieces.plain("Yes")),
            pieces.button(action_id="c", style="danger", text=pieces.plain("No")),
            pieces.select(4),
        ),
    ],
    [
        drawn("line", series("2025", 9, 8, 8, 7, 9, 6), series("2026", 7, 6, 8, 9, 11, 14)),
        drawn("bar", series("Lost", 3, 5, 2, 8, -4, 6)),
    ],
    [drawn("area", series("Users", 120, 150, 140, 180, 210, 260)), pieces.pie(5, 3, 2)],
    [
        pieces.table([["Country", "Of"], ["Spain", "110"], ["France", "20"]]),
        {
            "type": "data_table",
            "caption": "Sorted by a click",
            "page_size": 3,
            "rows": cells(["Month", "Lost"], *[[m, n * 7 % 5] for n, m in enumerate(MONTHS)]),
        },
    ],
    [
        {"type": "markdown", "text": MARKDOWN},
        {
            "type": "plan",
            "title": "A plan",
            "tasks": [
                {"type": "task_card", "task_id": "1", "title": "Measured", "status": "complete"},
                {"type": "task_card", "task_id": "2", "title": "Explaining", "status": "in_progress"},
                {"type": "task_card", "task_id": "3", "title": "Writing", "status": "pending"},
            ],
        },
        {"type": "image", "image_url": DOT, "alt_text": "a dot", "title": pieces.plain("An image")},
        {
            "type": "card",
            "title": {"type": "mrkdwn", "text": "*A card*"},
            "body": {"type": "mrkdwn", "text": "with text"},
            "actions": [pieces.button(text=pieces.plain("Open"))],
        },
        {
            "type": "container",
            "title": pieces.plain("A container"),
            "is_collapsible": True,
            "child_blocks": [pieces.section("inside")],
        },
        pieces.rich({"type": "text", "text": "Rich", "style": {"bold": True}}, {"type": "text", "text": " text"}),
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": "f",
                    "positive_button": {"text": pieces.plain("Good"), "value": "+"},
                    "negative_button": {"text": pieces.plain("Bad"), "value": "-"},
                }
            ],
        },
    ],
]
FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": pieces.plain("A form"),
    "submit": pieces.plain("Save"),
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": pieces.plain("Name"),
            "element": {"type": "plain_text_input", "action_id": "it"},
            "hint": pieces.plain("As in the contract"),
        },
        {
            "type": "input",
            "block_id": "why",
            "optional": True,
            "label": pieces.plain("Why"),
            "element": {"type": "plain_text_input", "action_id": "it", "multiline": True},
        },
        {
            "type": "input",
            "block_id": "which",
            "label": pieces.plain("Which"),
            "element": {**pieces.select(3), "action_id": "it"},
        },
        {
            "type": "input",
            "block_id": "when",
            "label": pieces.plain("When"),
            "element": {"type": "datepicker", "action_id": "it", "initial_date": "2026-11-10"},
        },
        {
            "type": "input",
            "block_id": "how",
            "label": pieces.plain("How"),
            "element": {
                "type": "radio_buttons",
                "action_id": "it",
                "options": [{"text": pieces.plain(n), "value": n} for n in ("post", "email")],
            },
        },
    ],
}


class App:
    """An app of a few lines: it acknowledges, remembers, and answers a form by a script."""

    def __init__(self, slack):
        self.heard = []
        self.answers = {}
        self.web = WebClient(token=slack.bot_token, base_url=slack.api_url)
        app = WebClient(token=slack.app_token, base_url=slack.api_url)
        self.socket = SocketModeClient(app_token=slack.app_token, web_client=app)
        self.socket.socket_mode_request_listeners.append(self.hear)
        self.lock = threading.Lock()

    def hear(self, client, request):
        payload = request.payload
        with self.lock:
            self.heard.append(payload)
        answer = self.answers.pop(payload.get("type", ""), None)
        if answer != "silence":
            client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload=answer))

    def of(self, kind):
        return [one for one in self.heard if one.get("type") == kind]


@pytest.fixture(scope="module")
def slack():
    with Slack(MANIFEST) as slack:
        yield slack


@pytest.fixture(scope="module")
def app(slack):
    app = App(slack)
    app.socket.connect()
    slack.wait_for(lambda: slack.connections)
    yield app
    app.socket.close()


@pytest.fixture(scope="module")
def town(slack, app, page):
    """Ana and Bo, a channel, and the page open in it as Ana sees it."""
    ana, bo = slack.person("Ana Ruiz", title="Analyst"), slack.person("Bo", guest="multi", title="Guest")
    channel = slack.channel("town", members=[ana, bo])
    slack.channel("quiet", "private", members=[ana])
    slack.direct(ana)
    slack.open_page_on(Opening(ana, channel, starters=({"title": "Say hi", "text": "hi"},)))
    page.open(slack.url)
    page.until("document.querySelector('#channel h1')")
    return {"ana": ana, "bo": bo, "channel": channel, "slack": slack, "app": app, "page": page}


def choose(page, menu, value):
    """What a person's choice in a menu of the browser's own does."""
    find = f"document.querySelector({json.dumps(menu)})"
    page.run(f"(() => {{ {find}.value = '{value}'; {find}.dispatchEvent(new Event('change')); }})()")


def last(page):
    return page.run("[...document.querySelectorAll('#channel .message')].at(-1)?.innerText ?? ''")


def test_an_empty_channel_says_how_to_begin(town, picture):
    assert "very beginning" in town["page"].run("document.querySelector('#channel').innerText")
    picture("empty")


def test_every_block_is_drawn_and_none_is_unknown(town, picture):
    page, web = town["page"], town["app"].web
    for number, blocks in enumerate(GALLERY):
        web.chat_postMessage(channel=town["channel"], text=f"gallery {number}", blocks=blocks)
        page.until(f"document.querySelectorAll('#channel .message').length === {number + 1}")
        page.run("[...document.querySelectorAll('#channel .message')].at(-1).scrollIntoView()")
        picture(f"gallery-{number}")
    kinds = {block["type"] for blocks in GALLERY for block in blocks}
    assert len(kinds) >= 15
    assert page.run("document.querySelectorAll('.unknown').length") == 0
    assert page.run("document.querySelectorAll('.chart svg').length") == 4
    assert page.run("document.querySelectorAll('.chart table').length") == 4
    assert page.faults == []


def test_what_is_typed_is_said_with_its_mention_and_nothing_in_it_is_html(town):
    page, slack = town["page"], town["slack"]
    page.click("#main-composer")
    page.type("@Te")
    page.until("!document.querySelector('#main-composer-offers').hidden")
    page.key("Tab")
    page.type("<img src=x onerror=alert(1)> & more")
    page.key("Enter", shift=True)
    page.type("next line")
    page.key("Enter")
    said = slack.wait_for(lambda: [m for m in slack.messages(town["channel"]) if m["user"] == town["ana"]])[-1]
    assert said["text"] == "<@U0APP> &lt;img src=x onerror=alert(1)&gt; &amp; more\nnext line"
    page.until("[...document.querySelectorAll('#channel .message')].at(-1).innerText.includes('<img src=x')")
    assert page.run("document.querySelectorAll('#channel img[src=x]').length") == 0
    assert page.run("document.querySelector('#main-composer').value") == ""


def test_a_reply_opens_its_thread_and_escape_closes_it(town, picture):
    page, slack = town["page"], town["slack"]
    root = slack.messages(town["channel"])[-1]["ts"]
    assert page.run("document.querySelector('#thread').hidden")
    town["app"].web.chat_postMessage(channel=town["channel"], text="Hello <@" + town["ana"] + ">", thread_ts=root)
    page.until("document.querySelector('#thread .mention-me')")
    page.click("#thread-composer")
    page.type("thanks")
    page.key("Enter")
    slack.wait_for(lambda: len(slack.messages(town["channel"], root)) == 3)
    page.until("document.querySelectorAll('#thread .message').length === 3")
    picture("thread")
    page.key("Escape")
    page.until("document.querySelector('#thread').hidden")
    assert "2 replies" in last(page)
    assert page.run("document.activeElement.id") == "main-composer"


def test_what_comes_out_of_sight_is_announced_and_one_click_goes_there(town):
    page = town["page"]
    page.run("document.querySelector('#channel .messages').scrollTop = 0")
    page.settle()
    town["app"].web.chat_postMessage(channel=town["channel"], text="far below")
    page.until("!document.querySelector('#channel .newer').hidden")
    assert page.run("document.querySelector('#channel .messages').scrollTop") == 0
    page.click("#channel .newer")
    page.until("document.querySelector('#channel .newer').hidden")


def test_an_ephemeral_message_is_marked_and_seen_by_its_reader_alone(town):
    page = town["page"]
    town["app"].web.chat_postEphemeral(channel=town["channel"], user=town["ana"], text="psst")
    page.until("[...document.querySelectorAll('.ephemeral')].some((m) => m.innerText.includes('Only visible to you'))")
    page.click(".account", "Bo")
    page.until("document.querySelector('.account[aria-pressed=true]').innerText.includes('Bo')")
    page.until("document.querySelectorAll('#channel .message').length")
    assert page.run("document.querySelectorAll('.ephemeral').length") == 0
    assert page.run("document.querySelectorAll('.entry').length") == 1
    page.click(".account", "Ana")
    page.until("document.querySelectorAll('.ephemeral').length === 1")


def test_a_menu_and_a_button_tell_the_app_what_was_chosen(town):
    page, app = town["page"], town["app"]
    page.click(".menu > button")
    page.key("ArrowDown")
    page.key("Enter")
    town["slack"].wait_for(lambda: app.of("block_actions"))
    assert app.of("block_actions")[-1]["actions"][0]["selected_option"]["value"] == "v1"
    choose(page, ".actions .select", "v2")
    town["slack"].wait_for(lambda: len(app.of("block_actions")) == 2)
    assert app.of("block_actions")[-1]["actions"][0]["selected_option"]["value"] == "v2"
    page.click(".button.danger", "No")
    town["slack"].wait_for(lambda: len(app.of("block_actions")) == 3)
    assert app.of("block_actions")[-1]["actions"][0]["action_id"] == "c"


def test_a_shortcut_is_chosen_on_a_message(town):
    page, app = town["page"], town["app"]
    ts = town["slack"].post(town["ana"], town["channel"], "what about this?")
    page.until(f"document.querySelector('[data-ts=\"{ts}\"] .shortcut')")
    page.click(f'[data-ts="{ts}"] .shortcut')
    town["slack"].wait_for(lambda: app.of("message_action"))
    (chosen,) = app.of("message_action")
    assert (chosen["callback_id"], chosen["message_ts"], chosen["user"]["id"]) == ("about", ts, town["ana"])


def test_a_form_is_filled_corrected_and_sent(town, picture):
    page, app, slack = town["page"], town["app"], town["slack"]
    app.web.views_open(trigger_id=slack.trigger(town["ana"]), view=FORM)
    page.until("document.querySelector('dialog.view')")
    page.click("dialog input[type=text]")
    page.type("Zed")
    page.click("dialog label", "email")
    choose(page, "dialog select", "v1")
    app.answers["view_submission"] = {"response_action": "errors", "errors": {"name": "Not in the contract"}}
    page.click("dialog .button.primary", "Save")
    page.until("document.querySelector('dialog .wrong')?.textContent === 'Not in the contract'")
    picture("form")
    assert page.run("document.querySelector('dialog input[type=text]').value") == "Zed"
    page.click("dialog .button.primary", "Save")
    page.until("!document.querySelector('dialog')")
    values = app.of("view_submission")[-1]["view"]["state"]["values"]
    assert values["name"]["it"] == {"type": "plain_text_input", "value": "Zed"}
    assert values["which"]["it"]["selected_option"]["value"] == "v1"
    assert values["when"]["it"]["selected_date"] == "2026-11-10"
    assert values["how"]["it"]["selected_option"]["value"] == "email"


def test_modals_lie_on_each_other_and_escape_closes_the_topmost(town):
    page, app, slack = town["page"], town["app"], town["slack"]
    app.web.views_open(trigger_id=slack.trigger(town["ana"]), view=pieces.modal(title=pieces.plain("First")))
    app.web.views_push(trigger_id=slack.trigger(town["ana"]), view=pieces.modal(title=pieces.plain("Second")))
    page.until("document.querySelector('dialog h2')?.textContent === 'Second'")
    page.key("Escape")
    page.until("document.querySelector('dialog h2')?.textContent === 'First'")
    page.key("Escape")
    page.until("!document.querySelector('dialog')")
    assert slack.modal(town["ana"]) is None


def test_the_home_of_the_app_is_a_tab_of_its_own(town, picture):
    page, app = town["page"], town["app"]
    page.click(".entry", "Tester")
    page.click("[role=tab]", "Home")
    page.until("document.querySelector('.empty')?.innerText.includes('has not published')")
    app.web.views_publish(user_id=town["ana"], view={"type": "home", "blocks": GALLERY[0][:3]})
    page.until("document.querySelector('.home .header')")
    picture("home")
    page.click("[role=tab]", "Messages")
    page.until("document.querySelector('#main-composer')")


def test_wrong_commands_and_an_app_that_keeps_silent_are_said(town, picture):
    page, app = town["page"], town["app"]
    page.click(".entry", "town")
    page.until("document.querySelector('#channel h1').innerText.includes('town')")
    page.click("#main-composer")
    page.type("/nonsense")
    page.key("Enter")
    page.until("document.querySelector('.toast')?.innerText.includes('/nonsense is not a command')")
    assert page.run("document.querySelector('#main-composer').value") == "/nonsense"
    app.answers["block_actions"] = "silence"
    page.click(".button.danger", "No")
    page.until("[...document.querySelectorAll('.toast')].some((t) => t.innerText.includes('did not respond'))")
    picture("errors")
    page.run("document.querySelector('#main-composer').value = ''")


def test_a_status_shows_that_the_app_is_at_work(town):
    page, app, slack = town["page"], town["app"], town["slack"]
    root = slack.post(town["ana"], town["channel"], "and now?")
    page.click("#channel .message:last-child .reply:not(.shortcut)")
    page.until("!document.querySelector('#thread').hidden")
    app.web.assistant_threads_setStatus(channel_id=town["channel"], thread_ts=root, status="is counting …")
    page.until("document.querySelector('.typing')?.innerText.includes('is counting')")
    app.web.chat_postMessage(channel=town["channel"], thread_ts=root, text="done")
    page.until("!document.querySelector('.typing')")
    page.key("Escape")


def test_work_can_be_stopped_by_a_button_beside_its_thread(town, monkeypatch):
    page, app, slack = town["page"], town["app"], town["slack"]
    monkeypatch.setattr(slack.space, "stoppable", True)
    monkeypatch.setattr(slack._acts, "subscribed", slack._acts.subscribed | {"agent_session_stopped"})
    root = slack.post(town["ana"], town["channel"], "why?")
    page.click("#channel .message:last-child .reply:not(.shortcut)")
    page.until("!document.querySelector('#thread').hidden")
    session = {"channel_id": town["channel"], "thread_ts": root}
    app.web.agents_sessions_setStatus(**session, status="processing")
    page.click(".typing button", "Stop")
    heard = slack.wait_for(lambda: slack.deliveries("agent_session_stopped"))
    assert heard[-1].payload["event"]["thread_ts"] == root
    app.web.agents_sessions_setStatus(**session, status="active")
    page.until("!document.querySelector('.typing')")
    page.key("Escape")


def test_everything_can_be_reached_by_tab_and_has_a_name(town):
    page = town["page"]
    page.run("document.activeElement.blur()")
    seen = []
    for _ in range(60):
        page.key("Tab")
        seen.append(
            page.run("document.activeElement.id || document.activeElement.className || document.activeElement.tagName")
        )
    for wanted in ("skip", "entry", "account", "messages", "button", "chip", "main-composer"):
        assert any(wanted in one for one in seen), (wanted, seen)
    nameless = page.run(
        "[...document.querySelectorAll('button, select, textarea, input, a')].filter((one) => one.offsetParent"
        " && !(one.textContent.trim() || one.ariaLabel || one.title || one.labels?.length || one.placeholder))"
        ".map((one) => one.outerHTML)"
    )
    assert nameless == []


def test_an_app_that_is_gone_and_a_server_that_is_gone_are_said(page, picture):
    with Slack(MANIFEST) as slack:
        ana = slack.person("Ana")
        slack.open_page_on(Opening(ana, slack.channel("town", members=[ana])))
        page.open(slack.url)
        page.until("document.querySelector('#banner').innerText.includes('is not connected')")
        picture("alone")
    page.until("document.querySelector('#banner').innerText.includes('was lost')")


def test_the_dark_page_is_dark(page):
    with Slack(MANIFEST) as slack:
        slack.person("Ana")
        page.size(1400, 900, dark=True)
        page.open(slack.url)
        page.until("document.querySelector('#channel .empty, #channel .intro')")
        colour = page.run("getComputedStyle(document.body).backgroundColor")
        assert sum(int(part) for part in re.findall(r"\d+", colour)) < 150
        page.size(1400, 900)


def test_no_bot_is_known_to_the_page() -> None:
    """It is a Slack: what an app is called and does comes from its manifest."""
    texts = {path.name: path.read_text().lower() for path in Path(FOLDER).iterdir()}
    manifest = json.loads((Path(__file__).parents[2] / "manifest.json").read_text())
    words = [manifest["display_information"]["name"].lower(), "retention", "churn", "http://", "https://"]
    found = {
        (name, word) for name, text in texts.items() for word in words if word in text.replace("http://www.w3.org", "")
    }
    assert found == set()
