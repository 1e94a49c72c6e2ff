"""The forms in which a summary or an alert is changed on the Home: a form, and what is typed for what it says. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import time
from typing import Any
from zoneinfo import available_timezones

from bot.language import Language
from bot.language import load as load_language
from bot.language.scheduled import change_of
from bot.slack.blocks import mrkdwn, verbatim
from bot.slack.limits import Block, shortened
from bot.types import Cadence, Limit, Readers, Schedule
from bot.types.schedules import LAST_DAY

CHANGE = "change"
"""The action that opens a form, and what names the form."""
DAY, AT, ZONE, READERS, AMOUNT = "day", "at", "zone", "readers", "amount"
EVERYONE = "everyone"
FOR: tuple[Readers, ...] = ("leadership", "marketing", "success")
LONGEST_RULE, LONGEST_TEXT, OPTION = 300, 100, 75
Load = Mapping[str, Any]


def carried(change: Schedule | Limit | None, language: Language) -> str | None:
    """The value of a button that opens the form of this; None where nothing may be changed."""
    if change is None:
        return None
    load: dict[str, Any] = {"language": language.code}
    if isinstance(change, Limit):
        load |= {"alert": change.name, "rule": shortened(change.rule, LONGEST_RULE), AMOUNT: change.amount}
    else:
        load |= {
            "id": change.id, "cadence": change.cadence.value, DAY: change.day, AT: change.at.strftime("%H:%M"),
            ZONE: "" if change.personal else change.zone, READERS: change.readers or EVERYONE,
        }  # fmt: skip
    return json.dumps(load, ensure_ascii=False)


def form(value: str, channel: str) -> dict[str, Any]:
    """The form that a pressed button opens; what it says is told in `channel`."""
    load: Load = json.loads(value)
    language = _language(load)
    blocks = list(_of_alert(load, language) if "alert" in load else _of_schedule(load, language))
    return {
        "type": "modal",
        "callback_id": CHANGE,
        "title": _plain(language, "slack_home_form_alert" if "alert" in load else "slack_home_form_schedule"),
        "submit": _plain(language, "slack_home_form_save"),
        "close": _plain(language, "slack_receipt_close"),
        "private_metadata": json.dumps({**load, "channel": channel}, ensure_ascii=False),
        "blocks": blocks,
    }


def wrong(view: Mapping[str, Any]) -> dict[str, str]:
    """What cannot be so in a form that came back: field → why."""
    load, said = _read(view)
    zone = said.get(ZONE)
    if zone is not None and zone not in available_timezones():
        return {ZONE: _language(load).say("slack_home_form_zone_unknown")}
    return {}


def typed(view: Mapping[str, Any]) -> str:
    """What is typed for what a form says; empty where it says what was so before."""
    load, said = _read(view)
    language = _language(load)
    if all(str(load.get(name)) == value for name, value in said.items()):
        return ""
    if "alert" in load:
        verb = language.say("alerts_verb_change").split()[0]
        return f"{language.say('alerts_word')} {verb} {load['alert']} {said.get(AMOUNT, '')}"
    now = {**load, **said}
    readers = next((one for one in FOR if one == now[READERS]), None)
    kept = Schedule(
        "", "", "", Cadence(load["cadence"]), time.fromisoformat(now[AT]), str(now[ZONE]), load["language"],
        None if now[DAY] is None else int(now[DAY]), readers, personal=not load[ZONE], id=load["id"],
    )  # fmt: skip
    return change_of(kept, language)


def channel_of(view: Mapping[str, Any]) -> str:
    """Where what a form says is told."""
    return str(json.loads(view["private_metadata"])["channel"])


# --- pieces -----------------------------------------------------------------------------------


def _read(view: Mapping[str, Any]) -> tuple[Load, dict[str, str]]:
    """What the form carried, and what was filled in; a field that stands empty says nothing."""
    said: dict[str, str] = {}
    for block in view["state"]["values"].values():
        for name, state in block.items():
            chosen = (state or {}).get("selected_option") or {}
            value = chosen.get("value") or (state or {}).get("selected_time") or (state or {}).get("value")
            if value:
                said[name] = str(value).strip()
    return json.loads(view["private_metadata"]), said


def _of_schedule(load: Load, language: Language) -> list[Block]:
    blocks: list[Block] = []
    if load["cadence"] == Cadence.WEEKLY:
        names = language.say("schedule_weekdays").split("|")
        blocks.append(_chooser(language, DAY, "weekday", [(str(at), name) for at, name in enumerate(names)], load[DAY]))
    elif load["cadence"] == Cadence.MONTHLY:
        days = [(str(day), str(day)) for day in range(1, LAST_DAY)]
        days.append((str(LAST_DAY), language.say("slack_home_form_last")))
        blocks.append(_chooser(language, DAY, "day", days, load[DAY]))
    blocks.append(_input(language, AT, "at", {"type": "timepicker", "action_id": AT, "initial_time": load[AT]}))
    if load[ZONE]:
        zone = {"type": "plain_text_input", "action_id": ZONE, "initial_value": load[ZONE], "max_length": LONGEST_TEXT}
        blocks.append(_input(language, ZONE, "zone", zone))
    readers = [(one, language.say(f"slack_home_form_{one}")) for one in (EVERYONE, *FOR)]
    return [*blocks, _chooser(language, READERS, "readers", readers, load[READERS])]


def _of_alert(load: Load, language: Language) -> list[Block]:
    amount = {
        "type": "plain_text_input",
        "action_id": AMOUNT,
        "initial_value": load[AMOUNT],
        "max_length": LONGEST_TEXT,
    }
    rule = {"type": "section", "text": verbatim(mrkdwn(load["rule"]))}
    return [rule, _input(language, AMOUNT, "amount", amount)]


def _chooser(language: Language, name: str, label: str, pairs: list[tuple[str, str]], chosen: object) -> Block:
    options = [
        {"text": {"type": "plain_text", "text": shortened(said, OPTION)}, "value": value} for value, said in pairs
    ]
    first = next(one for one in options if one["value"] == str(chosen))
    element = {"type": "static_select", "action_id": name, "options": options, "initial_option": first}
    return _input(language, name, label, element)


def _input(language: Language, name: str, label: str, element: Block) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "label": _plain(language, f"slack_home_form_{label}"),
        "element": element,
    }


def _plain(language: Language, key: str) -> Block:
    return {"type": "plain_text", "text": language.say(key)}


def _language(load: Load) -> Language:
    return load_language(str(load["language"]))
