"""What a person sees on the Home: the data, the week, what is kept and what waits, and questions to start from. Pure.

ADD A SECTION: one function, `def NAME(home: Home) -> list[Block]`, entered in SECTIONS; it gives nothing where there is
nothing to show. All of it is within Slack's limits however long the lists are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.language import Language
from bot.slack import buttons, limits
from bot.slack.blocks import COMPOSE, mrkdwn, verbatim
from bot.slack.home_forms import CHANGE, carried
from bot.slack.limits import Block, shortened
from bot.slack.prompts import prompts
from bot.types import Answer, Definitions, Entry, Evidence, Intent, Note, Standing, Unit

BARS = "▁▂▃▄▅▆▇█"
MOST_LINES = 8
TYPED = "typed_"
"""How the actions begin that do what is typed after the command."""
OPEN = f"{COMPOSE}_open"
LONGEST_LINE = 300
SMALL_SAMPLE = Definitions().small_sample


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What there is of another data set, and the channels in which it is asked."""

    standing: Standing
    channels: Sequence[str]


@dataclass(frozen=True, slots=True)
class Home:
    """What the sections are made from; `week` is None while it is measured."""

    language: Language
    standing: Standing
    week: Answer | None = None
    elsewhere: Sequence[Elsewhere] = ()


def view(home: Home, channel: str) -> dict[str, Any]:
    """The Home of a person, whose questions are answered in their direct messages, `channel`."""
    blocks = [block for section in SECTIONS for block in section(home)]
    return {
        "type": "home",
        "private_metadata": json.dumps({"channel": channel}),
        "blocks": blocks[: limits.VIEW_BLOCKS],
    }


def refused(sentence: str) -> dict[str, Any]:
    """All that somebody sees who may see nothing."""
    return {"type": "home", "blocks": [_section(mrkdwn(sentence))]}


# --- sections ---------------------------------------------------------------------------------


def data(home: Home) -> list[Block]:
    """Whose data it is, and how far it reaches."""
    said = [home.language.say(note.key, **note.values) for note in home.standing.data]
    lines = {"type": "context", "elements": [verbatim(mrkdwn(shortened(line, LONGEST_LINE))) for line in said]}
    return [_header(home.standing.company), *([lines] if said else [])]


def week(home: Home) -> list[Block]:
    """The key figures of the last complete week, each with its course over the weeks before."""
    language, title = home.language, _header(home.language.say("slack_home_week"))
    if home.week is None:
        return [title, _section(mrkdwn(language.say("slack_home_measuring")))]
    told = [one for one in home.week.evidence if one.role == "main" and one.query.intent is Intent.WEEKLY and one.rows]
    if not told:
        return [title, _section(mrkdwn(shortened(home.week.text.partition("\n")[0], LONGEST_LINE)))]
    headline = home.week.text.partition("\n")[0]
    return [
        title,
        {"type": "context", "elements": [verbatim(mrkdwn(shortened(headline, LONGEST_LINE)))]},
        _section("\n".join(_figure(one, language) for one in told[:MOST_LINES])),
    ]


def segments(home: Home) -> list[Block]:
    """The segments that people saved, each with its size, and a button where the person may delete it."""
    return _entries(home, "slack_home_segments", home.standing.segments)


def drafts(home: Home) -> list[Block]:
    """The drafts that wait for a decision, each with a button that opens it."""
    rows = []
    for number, note in enumerate(home.standing.drafts[:MOST_LINES]):
        line = home.language.say(note.key, **note.values)
        rows.append((line, [_button(home, f"{OPEN}_{number}", "open", f"{home.language.code} {note.values['id']}")]))
    return _rows(home, "slack_home_drafts", rows, len(home.standing.drafts))


def coming(home: Home) -> list[Block]:
    """The summaries and alerts of the person, each with buttons that change it and end it."""
    return _entries(home, "slack_home_coming", home.standing.coming)


def wanted(home: Home) -> list[Block]:
    """The metrics that people miss and what words are to mean, each with buttons that decide."""
    return _entries(home, "slack_home_wanted", home.standing.wanted)


def settings(home: Home) -> list[Block]:
    """How the bot is set up, for admins, and where that is changed."""
    if not home.standing.settings:
        return []
    blocks = _entries(home, "slack_home_settings", home.standing.settings)
    for channel in {str(one.line.values.get("channel", "")) for one in home.standing.settings} - {""}:
        for block in blocks:  # the workspace file knows a channel by its id, people by its name
            if block["type"] == "section":
                block["text"]["text"] = block["text"]["text"].replace(channel, f"<#{channel}>")
    return [*blocks, {"type": "context", "elements": [verbatim(mrkdwn(home.language.say("settings_where")))]}]


def notes(home: Home) -> list[Block]:
    """What people noted, the latest first."""
    return _notes(home, "slack_home_notes", home.standing.notes[::-1])


def elsewhere(home: Home) -> list[Block]:
    """What there is of the other data sets, and where it is asked and changed; a draft is opened here all the same."""
    blocks = []
    for place, one in enumerate(home.elsewhere):
        kept = one.standing
        where = mrkdwn(home.language.say("slack_home_elsewhere", channels=one.channels[:MOST_LINES]))
        for channel in one.channels:
            where = where.replace(channel, f"<#{channel}>")
        led = {"type": "context", "elements": [verbatim(where)]}
        blocks += [{"type": "divider"}, _header(kept.company), led]
        blocks += [_section(_bold(home, "slack_home_drafts"))] if kept.drafts else []
        for number, note in enumerate(kept.drafts[:MOST_LINES]):
            value = f"{home.language.code} {note.values['id']}"
            opens = _button(home, f"{OPEN}_{place}_{number}", "open", value)
            blocks.append({**_section(mrkdwn(_said(home, note))), "accessory": opens})
        blocks += _more(home, len(kept.drafts))
        for title, entries in (("coming", kept.coming), ("wanted", kept.wanted), ("segments", kept.segments)):
            told = [mrkdwn(_said(home, entry.line)) for entry in entries[:MOST_LINES]]
            blocks += [_section("\n".join([_bold(home, f"slack_home_{title}"), *told]))] if told else []
            blocks += _more(home, len(entries))
    return blocks


def starters(home: Home) -> list[Block]:
    """Questions to press; the answer comes as a direct message."""
    loads = [(title, buttons.for_text(question)) for title, question in prompts(home.language)]
    pressed = [
        {"type": "button", "action_id": f"ask_{number}", "text": {"type": "plain_text", "text": title}, "value": load}
        for number, (title, load) in enumerate(loads)
        if load is not None
    ]
    return [_header(home.language.say("slack_home_ask")), {"type": "actions", "elements": pressed}]


SECTIONS: Sequence[Callable[[Home], list[Block]]] = (
    data, week, drafts, coming, wanted, segments, notes, starters, settings, elsewhere,
)  # fmt: skip
"""In the order in which they are shown."""


# --- pieces -----------------------------------------------------------------------------------


def sparkline(values: Iterable[float | None]) -> str:
    """The course of some values as bars between the lowest and the highest of them; a gap for what is not known."""
    course = list(values)
    known = [one for one in course if one is not None]
    if not known:
        return ""
    low, height = min(known), max(known) - min(known)

    def bar(value: float) -> str:
        return BARS[round((value - low) / height * (len(BARS) - 1))] if height else BARS[len(BARS) // 2]

    return "".join(" " if one is None else bar(one) for one in course)


def _figure(evidence: Evidence, language: Language) -> str:
    """One metric of the week; a rate on a small base says little, so that counts stand in its place."""
    row = evidence.rows[-1]
    unit = {"unit": evidence.unit.value, "currency": evidence.currency}
    small = isinstance(row.get("whole"), (int, float)) and row["whole"] < SMALL_SAMPLE
    if row.get("value") is None:
        said = limits.NOTHING
    elif small:
        said = language.say("slack_home_counts", part=row["part"], whole=row["whole"])
    else:
        said = language.say("cell_money" if evidence.unit is Unit.MONEY else "cell_figure", value=row["value"], **unit)
    name = language.say("cell_metric", metric=evidence.query.metric)
    course = "" if small else f"  `{sparkline(one.get('value') for one in evidence.rows)}`"
    return language.say("slack_home_figure", name=mrkdwn(name), said=f"*{mrkdwn(said)}*") + course


def _said(home: Home, note: Note) -> str:
    return shortened(home.language.say(note.key, **note.values), LONGEST_LINE)


def _notes(home: Home, title: str, lines: Sequence[Note]) -> list[Block]:
    return _list(home, title, [home.language.say(note.key, **note.values) for note in lines])


def _entries(home: Home, title: str, entries: Sequence[Entry]) -> list[Block]:
    """A title, and each line with what may be done about it."""
    rows = []
    for number, one in enumerate(entries[:MOST_LINES]):
        pressed, name = [], f"{title}_{number}"
        if (value := carried(one.change, home.language)) is not None:
            pressed.append(_button(home, f"{CHANGE}_{name}", "change", value))
        loads = ((deed, buttons.for_text(typed)) for deed, typed in one.deeds.items())
        pressed += [_button(home, f"{TYPED}{deed}_{name}", deed, load) for deed, load in loads if load is not None]
        rows.append((home.language.say(one.line.key, **one.line.values), pressed))
    return _rows(home, title, rows, len(entries))


def _rows(home: Home, title: str, rows: Sequence[tuple[str, list[Block]]], of: int) -> list[Block]:
    """A title, and lines with their buttons: one stands beside its line, several below it."""
    if not rows:
        return []
    blocks = [_header(home.language.say(title))]
    for line, pressed in rows:
        section = _section(mrkdwn(shortened(line, LONGEST_LINE)))
        if len(pressed) == 1:
            section["accessory"] = pressed[0]
        blocks.append(section)
        if len(pressed) > 1:
            blocks.append({"type": "actions", "elements": pressed})
    return [*blocks, *_more(home, of)]


def _more(home: Home, of: int) -> list[Block]:
    """How many are left out of so many."""
    left = of - MOST_LINES
    return [_section(mrkdwn(home.language.say("slack_home_more", n=left)))] if left > 0 else []


def _bold(home: Home, title: str) -> str:
    return f"*{mrkdwn(home.language.say(title))}*"


def _button(home: Home, action: str, label: str, value: str) -> Block:
    text = {"type": "plain_text", "text": home.language.say(f"slack_home_{label}")}
    return {"type": "button", "action_id": action, "text": text, "value": value}


def _list(home: Home, title: str, lines: Sequence[str]) -> list[Block]:
    """A title and its lines, the last ones left out where there are many."""
    if not lines:
        return []
    left = len(lines) - MOST_LINES
    more = [home.language.say("slack_home_more", n=left)] if left > 0 else []
    shown = [mrkdwn(shortened(line, LONGEST_LINE)) for line in [*lines[:MOST_LINES], *more]]
    return [_header(home.language.say(title)), _section("\n".join(shown))]


def _header(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": shortened(text or limits.NOTHING, limits.HEADER)}}


def _section(text: str) -> Block:
    return {"type": "section", "text": verbatim(shortened(text, limits.SECTION))}
