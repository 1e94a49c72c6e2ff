"""The modal in which a draft is made: a form, the draft with its checks and previews, what became of it. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bot.language import Language
from bot.slack import limits
from bot.slack.blocks import COMPOSE, decisions, mrkdwn, verbatim
from bot.slack.limits import Block, pieces, shortened
from bot.types import TONES, Answer, Choices, Composition

View = dict[str, Any]
AGAIN, SHORTER, OTHER, EXPORT = f"{COMPOSE}_again", f"{COMPOSE}_shorter", f"{COMPOSE}_other", f"{COMPOSE}_export"
TOOL = f"{COMPOSE}_tool"
NEUTRAL = "neutral"
"""The tool that is none: plain files."""
WHO, PERSON = "who", "person"
THOSE = "answer:"
"""Begins the value of the choice that stands for the people of an answer."""
CHOSEN = ("play", "channel", "language", "tone", "offer")
LONGEST_PERSON = 150
LONGEST_PREVIEW = 1_200
OPTIONS, OPTION, OPTION_VALUE = 100, 75, 150


def metadata(told: Mapping[str, str], wanted: Composition | None = None, draft: str = "") -> str:
    """What the modal carries: where it was asked for, in which language, what was chosen, and which draft it shows."""
    chosen = {name: value for name, value in asdict(wanted).items() if value} if wanted else {}
    return json.dumps({**told, "wanted": chosen, "draft": draft}, ensure_ascii=False)


def waiting(language: Language, key: str, carried: str) -> View:
    """What stands there while something is made."""
    return _modal(language, [_section(language.say(key))], carried)


def said(language: Language, text: str, carried: str = "") -> View:
    """A sentence alone."""
    return _modal(language, [_section(one) for one in pieces(mrkdwn(text), limits.SECTION)], carried)


def form(language: Language, choices: Choices, carried: str, note: str = "") -> View:
    """The form, with what is chosen already; `note` says what was wrong with it before."""
    chosen = choices.chosen
    those = [(THOSE + chosen.answer, language.say("slack_compose_those"))] if chosen.answer else []
    groups = [*those, *_sorted((name, language.value_name("segment", name)) for name in choices.segments)]
    names = {
        "play": _sorted(choices.plays),
        "channel": [(one, language.value_name("message_channel", one)) for one in choices.channels],
        "language": [(one, language.value_name("language", one)) for one in choices.languages],
        "tone": [(one, language.say(f"slack_compose_tone_{one}")) for one in TONES],
        "offer": [(one, _offer(language, one)) for one in choices.offers],
    }
    who = THOSE + chosen.answer if chosen.answer else chosen.segment
    person = {"type": "plain_text_input", "action_id": PERSON, "max_length": LONGEST_PERSON}
    if chosen.person:
        person["initial_value"] = chosen.person[:LONGEST_PERSON]
    blocks = [
        *([_section(f":warning: {mrkdwn(note)}")] if note else []),
        _chooser(language, WHO, groups, who),
        *([_input(language, PERSON, person)] if choices.persons else []),
        *(_chooser(language, name, names[name], getattr(chosen, name)) for name in CHOSEN if names[name]),
    ]
    submit = _plain(language, "slack_compose_submit")
    return {**_modal(language, blocks, carried), "submit": submit}


def filled(values: Mapping[str, Mapping[str, Any]], before: Composition) -> Composition:
    """What a form that came back says; `before` is what it does not show."""
    states = {name: state or {} for block in values.values() for name, state in block.items()}

    def option(name: str) -> str:
        return str((states.get(name, {}).get("selected_option") or {}).get("value") or "")

    who = option(WHO)
    return Composition(
        segment="" if who.startswith(THOSE) else who,
        person=str(states.get(PERSON, {}).get("value") or "").strip(),
        answer=who.removeprefix(THOSE) if who.startswith(THOSE) else "",
        message=before.message,
        **{name: option(name) for name in CHOSEN},
    )


def drafted(language: Language, answer: Answer, carried: str, note: str = "") -> View:
    """A draft: who gets it, its texts and checks, how it reads, and what can be done about it."""
    (draft,) = answer.drafts
    again = [(AGAIN, "slack_compose_again"), (SHORTER, "slack_compose_shorter"), (OTHER, "slack_compose_other")]
    if not json.loads(carried)["wanted"]:  # nobody filled in a form from which it could be made anew
        again = [(SHORTER, "slack_compose_shorter")]
    blocks: list[Block] = [
        *([_section(mrkdwn(note)), {"type": "divider"}] if note else []),
        *(_section(one) for one in pieces(mrkdwn(answer.text), limits.SECTION)),
        {"type": "divider"},
        *_previews(language, draft.previews),
        {"type": "actions", "elements": [_button(language, *one, draft.id) for one in again]},
        decisions(draft.id, language),
    ]
    return _modal(language, blocks, carried)


def settled(
    language: Language, note: str, carried: str, tools: Sequence[tuple[str, str]] = (), draft: str = ""
) -> View:
    """What was decided; with the tools that an approved draft can be exported for."""
    blocks = [_section(one) for one in pieces(mrkdwn(note), limits.SECTION)]
    named = dict(tools) | {NEUTRAL: language.say("slack_compose_plain_files")}
    options = [_option(id, named[id]) for id in sorted((id for id, _ in tools), key=lambda id: id != NEUTRAL)]
    if options:
        tool = {"type": "static_select", "action_id": TOOL, "options": options[:OPTIONS], "initial_option": options[0]}
        blocks += [
            _section(mrkdwn(language.say("slack_compose_which_tool"))),
            {"type": "actions", "block_id": EXPORT,
             "elements": [tool, _button(language, EXPORT, "slack_compose_export", draft)]},
        ]  # fmt: skip
    return _modal(language, blocks, carried)


def tool_of(body: Mapping[str, Any]) -> str:
    """Which tool is chosen in the modal in which "export" was pressed: the first one where nobody chose.

    Raises ValueError where the modal offers none.
    """
    state = body["view"].get("state", {}).get("values", {}).get(EXPORT, {}).get(TOOL) or {}
    if chosen := state.get("selected_option"):
        return str(chosen["value"])
    [block] = [one for one in body["view"]["blocks"] if one.get("block_id") == EXPORT]
    return str(block["elements"][0]["initial_option"]["value"])


# --- pieces -----------------------------------------------------------------------------------


def _modal(language: Language, blocks: list[Block], carried: str) -> View:
    return {
        "type": "modal",
        "callback_id": COMPOSE,
        "title": _plain(language, "slack_compose_title"),
        "close": _plain(language, "slack_receipt_close"),
        "private_metadata": carried,
        "blocks": blocks[: limits.VIEW_BLOCKS],
    }


def _previews(language: Language, previews: Iterable[tuple[str, str]]) -> Iterator[Block]:
    for profile, text in previews:
        title = language.say(f"slack_compose_preview_{profile}")
        yield _section(f"*{mrkdwn(title)}*\n{mrkdwn(shortened(text, LONGEST_PREVIEW))}")


def _offer(language: Language, kind: str) -> str:
    key = f"slack_compose_offer_{kind}"
    return language.say(key) if key in language.keys else kind


def _sorted(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(pairs, key=lambda pair: pair[1].casefold())


def _chooser(language: Language, name: str, pairs: list[tuple[str, str]], chosen: str) -> Block:
    options = [_option(value, label) for value, label in pairs if len(value) <= OPTION_VALUE][:OPTIONS]
    element: Block = {"type": "static_select", "action_id": name, "options": options}
    element["placeholder"] = _plain(language, "slack_compose_any" if name != WHO else "slack_compose_choose")
    if first := next((one for one in options if one["value"] == chosen), None):
        element["initial_option"] = first
    return _input(language, name, element)


def _input(language: Language, name: str, element: Block) -> Block:
    label = _plain(language, f"slack_compose_{name}")
    return {"type": "input", "block_id": name, "label": label, "element": element, "optional": True}


def _option(value: str, label: str) -> Block:
    return {"text": {"type": "plain_text", "text": shortened(label, OPTION)}, "value": value}


def _button(language: Language, action: str, key: str, value: str) -> Block:
    return {"type": "button", "action_id": action, "text": _plain(language, key), "value": value}


def _plain(language: Language, key: str) -> Block:
    return {"type": "plain_text", "text": language.say(key)}


def _section(text: str) -> Block:
    return {"type": "section", "text": verbatim(text)}
